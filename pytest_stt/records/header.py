"""The first line of a results file: which cases there are to be heard, and whether all were."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping  # noqa: TC003 - pydantic evaluates annotations
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_stt import __version__
from pytest_stt.records.record import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable

SCHEMA = "pytest-stt/results/1"

_SHARD = re.compile(r"\s*([0-9]{1,6})/([0-9]{1,6})\s*")


@dataclass(frozen=True, kw_only=True)
class SuiteFacts:
    """Say what a suite file held when it was run.

    Attributes:
        digest: What `digest_of` makes of its cases and their audio; null when some audio could not be read.
        ids: The names of its items in the order of the file, `hello`, or `hello[small]` where the suite has
            `servers`; of all servers, also of cases that were not run.
    """

    digest: str | None
    ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Header:
    """Describe the run that a file is from.

    Attributes:
        schema: The name and version of the format.
        plugin: The version of pytest-stt that wrote the file.
        suites: What is known of each suite file, by its path relative to rootdir with `/`.
        partial: Whether cases were left out, or the run never came to its end.
        shard: Which part of how many the run was, as in `2/5`; None for a run that was no part.
    """

    schema: str = SCHEMA
    plugin: str = __version__
    suites: Mapping[str, SuiteFacts] = field(default_factory=dict)
    partial: bool = True
    shard: str | None = None

    @property
    def is_unfinished(self) -> bool:
        """Tell whether the run ended before it could say what there was to run."""
        return self.partial and not self.suites

    @property
    def part(self) -> tuple[int, int] | None:
        """Return the shard's number, counted from 1, and how many there are; None where `shard` is none."""
        match = _SHARD.fullmatch(self.shard or "")
        number, of = (int(match[1]), int(match[2])) if match else (0, 0)
        return (number, of) if 1 <= number <= of else None

    def to_dict(self) -> dict[str, Any]:
        """Return the header as builtins, fit for JSON; a lone surrogate becomes U+FFFD as in records."""
        suites = {
            plain_text(name): {"digest": facts.digest, "ids": [plain_text(one) for one in facts.ids]}
            for name, facts in self.suites.items()
        }
        plain = {"schema": self.schema, "plugin": self.plugin, "suites": suites, "partial": self.partial}
        return plain if self.shard is None else {**plain, "shard": self.shard}


def digest_of(entries: Iterable[tuple[str, str, str | None, *tuple[str, ...]]]) -> str | None:
    """Return the sha256 of what a suite asks for, in hexadecimal: it changes with a case, a server or audio.

    Hashed is the ASCII text of one JSON list, without blanks, of the lists `["case","server","sha256"]`, of
    parts of files `["case","server","sha256","offset","duration"]`, sorted by code points.

    Args:
        entries: The case's id, the server's name and the audio's hexadecimal sha256, for each item; for a
            part of a file also its offset and its duration in seconds with six decimals, `""` for none.

    Returns:
        None when the sha256 of any audio is not known.
    """
    known = list(entries)
    if any(audio is None for _, _, audio, *_ in known):
        return None
    text = json.dumps(sorted(known), separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()
