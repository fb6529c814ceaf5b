"""Whether records hold all of a suite as its file is now: the gate of `merge`."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from pytest_stt.errors import SuiteError
from pytest_stt.records import plain_text
from pytest_stt.runner.digests import digest_of_case
from pytest_stt.suite.loader import load_suite
from pytest_stt.suite.model import Defaults, Overrides, item_name
from pytest_stt.text.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_stt.records import Merged, Record
    from pytest_stt.suite.model import Case, Suite

# A variable with the key before it and what follows, if that says what it stands for.
_VARIABLE = re.compile(r"""(?:(\w+)\s*:\s*["']?)?\$\{(\w+)\}(://)?""")
_STAND_INS = {"url": "http://localhost", "rate": "1/s", "dialect": "openai"}


def lacking(path: Path, merged: Merged) -> list[str]:
    """Return a line for each case of a suite file that records lack, of every server of the suite.

    A case that the file skips is not expected. Variables of the file need not be set.

    Raises:
        SuiteError: The file is no suite, or several suites of the records have this path at their end.
    """
    display = plain_text(_relative(path))
    name = _name_in_records(display, merged)
    records = {record.item_name: record for record in merged.records if record.suite == name}
    if name is None or not records:
        return [f"{display}: there is no record of this suite"]
    dialect = next((record.dialect for record in records.values() if record.dialect), "openai")
    suite = load_suite(
        path,
        environ=_environ(path),
        defaults=Defaults(url="local", dialect=dialect),
        overrides=Overrides(),
        display=display,
    )
    return [f"{display}::{printable(text)}" for text in _lacks(suite, records)]


def _relative(path: Path) -> str:
    return os.path.relpath(path).replace(os.sep, "/")


def _name_in_records(display: str, merged: Merged) -> str | None:
    """Return what records call a suite: its path from here, or a longer one that ends with it."""
    names = {*merged.header.suites, *(record.suite for record in merged.records)}
    if display in names:
        return display
    longer = sorted(name for name in names if name.endswith(f"/{display}"))
    if len(longer) > 1:
        raise SuiteError(
            f"--gate {display}: several suites of the records have this path at their end: "
            f"{printable(', '.join(longer))}; run merge where pytest runs"
        )
    return longer[0] if longer else None


def _environ(path: Path) -> dict[str, str]:
    """Return the environment, with something fit for each variable of the file that is not set."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        text = ""  # The loader says so.
    assumed = {
        name: "http" if is_scheme else _STAND_INS.get(key, "1")
        for key, name, is_scheme in _VARIABLE.findall(text)
    }
    return {**assumed, **os.environ}


def _lacks(suite: Suite, records: dict[str, Record]) -> Iterator[str]:
    for case in suite.cases:
        for server in suite.servers:
            name = item_name(suite, server.name, case)
            why = _why_lacking(case, records.get(name))
            if why and case.skip is None:
                yield f"{name} {why}"


def _why_lacking(case: Case, record: Record | None) -> str | None:
    """Say why a case can't be judged, None when it can."""
    if record is None:
        return "has no record"
    if record.outcome == "skipped":
        return "was skipped"
    if record.outcome == "error" and record.hypothesis is None:
        return "has no transcript"
    heard = record.audio.sha256 if record.audio else None
    return "was heard with other audio" if heard and heard != _sha256(case) else None


def _sha256(case: Case) -> str:
    try:
        return digest_of_case(case)
    except OSError as error:
        raise SuiteError(f"{case.audio}: the audio can't be read: {error.strerror}") from None
