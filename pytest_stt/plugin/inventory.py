"""What the suites of a run hold, whether or not it was run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stt import __version__
from pytest_stt.errors import AudioError
from pytest_stt.plugin.collection import display_path
from pytest_stt.records import Header, SuiteFacts, digest_of, missing_of
from pytest_stt.runner.digests import digest_of_case, digest_of_file
from pytest_stt.suite.model import item_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import pytest

    from pytest_stt.plugin.run import Run
    from pytest_stt.records import Record
    from pytest_stt.suite.model import Case, Suite

# For each suite, by its name in records: the name in node ids, the case, the server, the audio file and its
# sha256 ("" if nobody looked), of everything that it holds; of a part of a file also offset and duration, as
# `digest_of` takes them. Lists, no dataclasses: they cross from workers.
Inventory = dict[str, list[list[str]]]


def inventory_of(run: Run) -> Inventory:
    """Return what the suites hold that this process has collected.

    Audio that is in no file of its own has its digest already: only a process that has read the suite can
    find it. Of several workers the first one does.
    """
    is_first = run.share.index == 0
    return {name: list(_entries(suite, run.config, is_first=is_first)) for name, suite in run.suites.items()}


def _entries(suite: Suite, config: pytest.Config, *, is_first: bool) -> Iterator[list[str]]:
    for case in suite.cases:
        audio = display_path(case.audio, config)
        digest = _digest_in_table(case) if is_first and case.embedded else ""
        for server in suite.server_names or ("default",):
            yield [item_name(suite, server, case), case.id, server, audio, digest, *_part(case)]


def _part(case: Case) -> tuple[str, ...]:
    if not case.offset_s and case.duration_s is None:
        return ()
    return f"{case.offset_s:.6f}", "" if case.duration_s is None else f"{case.duration_s:.6f}"


def _digest_in_table(case: Case) -> str:
    try:
        return digest_of_case(case)
    except (OSError, AudioError):
        return ""


def with_digests(inventory: Inventory, session: pytest.Session) -> Inventory:
    """Return the inventory with the digests of what is not among the items of the session."""
    config = session.config
    selected = {(display_path(item.path, config), item.name) for item in session.items}
    return {
        suite: [
            entry if entry[4] or (suite, entry[0]) in selected else _with_digest(entry, config.rootpath)
            for entry in entries
        ]
        for suite, entries in inventory.items()
    }


def _with_digest(entry: list[str], root: Path) -> list[str]:
    name, case, server, audio, _, *part = entry
    return [name, case, server, audio, _digest(root / audio) or "", *part]


def header_of(
    inventory: Inventory, records: Sequence[Record], *, root: Path, was_whole: bool, shard: str | None
) -> Header:
    """Make the header of a file of records.

    Args:
        inventory: What the suites hold.
        records: What was run of it.
        root: Where the paths of audio files begin.
        was_whole: Whether the run came to its end, and nothing was left out.
        shard: Which part of how many was run, None for everything.
    """
    known = {
        (record.suite, record.audio.path): record.audio.sha256
        for record in records
        if record.audio is not None and record.audio.sha256
    }
    suites = {name: _facts(name, entries, known, root) for name, entries in inventory.items()}
    return Header(
        plugin=__version__,
        suites=suites,
        partial=not was_whole or any(True for _ in missing_of(suites, records)),
        shard=shard,
    )


def _facts(
    suite: str, entries: list[list[str]], known: Mapping[tuple[str, str | None], str], root: Path
) -> SuiteFacts:
    return SuiteFacts(
        digest=digest_of(
            (case, server, known.get((suite, audio)) or digest or _digest(root / audio), *part)
            for _, case, server, audio, digest, *part in entries
        ),
        ids=tuple(name for name, *_ in entries),
    )


def _digest(path: Path) -> str | None:
    try:
        return digest_of_file(path)
    except OSError:
        return None
