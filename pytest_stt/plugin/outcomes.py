"""From an item's report to its record, its JUnit properties and a readable failure."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stt.errors import STTError
from pytest_stt.plugin.collection import HEARD, SttItem, display_path, forget_properties
from pytest_stt.plugin.fixtures import SCORED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_stt.client import STTResult
    from pytest_stt.metrics import TextMetrics
    from pytest_stt.records import Outcome, Record

PACKAGE = Path(__file__).parent.parent


def hide_our_frames(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Cut our own frames and the libraries' beneath from the traceback of an error of ours.

    The message of an `STTError` is complete; what a user wants to see beside it is the line of the test.
    """
    excinfo = call.excinfo
    if excinfo is None or item.config.option.fulltrace or not isinstance(excinfo.value, STTError):
        return
    users = excinfo.traceback.filter(lambda entry: _is_users(entry.path, item.config.rootpath))
    if users:
        excinfo.traceback = users
    excinfo.value.__cause__ = None
    excinfo.value.__suppress_context__ = True


def _is_users(path: Path | str, rootpath: Path) -> bool:
    path = Path(path)
    return rootpath in path.parents and PACKAGE not in path.parents and "site-packages" not in path.parts


def complete(report: pytest.TestReport, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Add to a report what only we know: the sentence of an error, the records, the properties."""
    error = call.excinfo.value if call.excinfo else None
    if report.when == "setup" and report.failed and isinstance(error, STTError) and _is_ours(item, call):
        report.longrepr = str(error)
    if report.when == "call" or (isinstance(item, SttItem) and report.when == "setup" and not report.passed):
        _attach(report, item)


def _is_ours(item: pytest.Item, call: pytest.CallInfo[None]) -> bool:
    """Whether no code of the user's is in the traceback, which then tells nothing."""
    if isinstance(item, SttItem) or call.excinfo is None:
        return True
    return not any(_is_users(entry.path, item.config.rootpath) for entry in call.excinfo.traceback)


def _attach(report: pytest.TestReport, item: pytest.Item) -> None:
    outcome = outcome_of(report)
    records = (
        [_case_record(item, outcome, report)]
        if isinstance(item, SttItem)
        else list(_test_records(item, outcome, report))
    )
    if records:
        # Builtins only: the report crosses to xdist's controller.
        report.stt_records = [record.to_dict() for record in records]
        forget_properties(item)
        item.user_properties.extend(_properties(item, records))


def outcome_of(report: pytest.TestReport) -> Outcome:
    """Name a report's outcome as records do."""
    if hasattr(report, "wasxfail"):
        return "xfailed" if report.skipped else "xpassed"
    if report.skipped:
        return "skipped"
    if report.passed:
        return "passed"
    return "failed" if report.when == "call" else "error"


def _case_record(item: SttItem, outcome: Outcome, report: pytest.TestReport) -> Record:
    from pytest_stt.plugin.recording import record_of_case

    return record_of_case(item, item.stash.get(HEARD, None), outcome=outcome, message=_message(report))


def _test_records(item: pytest.Item, outcome: Outcome, report: pytest.TestReport) -> Iterator[Record]:
    scored: list[STTResult] = item.stash.get(SCORED, [])
    if scored:
        from pytest_stt.plugin.recording import record_of_test

        for number, result in enumerate(scored, 1):
            yield record_of_test(item, result, number=number, outcome=outcome, message=_message(report))


def _message(report: pytest.TestReport) -> str:
    """The first line of what went wrong."""
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2])
    crash = getattr(report.longrepr, "reprcrash", None)
    text = crash.message if crash else report.longreprtext
    return text.partition("\n")[0]


def _properties(item: pytest.Item, records: list[Record]) -> list[tuple[str, Any]]:
    """Make the JUnit properties of a test; several results in one test are pooled."""
    from pytest_stt.render.junit import properties_of

    line = item.location[1] or 0
    return properties_of(records, location=f"{display_path(item.path, item.config)}:{line + 1}")
