"""From an item's report to its record, its JUnit properties and a readable failure."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_stt.errors import STTError
from pytest_stt.plugin.collection import HEARD, SttItem, display_path, forget_properties
from pytest_stt.plugin.fixtures import SCORED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    import pytest

    from pytest_stt.client import STTResult
    from pytest_stt.records import Outcome, Record

PACKAGE = Path(__file__).parent.parent


def hide_our_frames(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Cut the traceback of an error of ours behind the last line of the user's.

    The message of an `STTError` is complete; what a user wants to see beside it is the line of the test.
    """
    error = call.excinfo.value if call.excinfo else None
    if not isinstance(error, STTError) or item.config.getoption("fulltrace", False):
        return
    frames = _users_frames(error, item.config.rootpath)
    if frames:
        # Filtering pytest's own view is not enough: it builds the view anew from these objects.
        frames[-1].tb_next = None
    error.__cause__ = None
    error.__suppress_context__ = True


def _users_frames(error: BaseException, rootpath: Path) -> list[TracebackType]:
    frames = []
    frame = error.__traceback__
    while frame is not None:
        if _is_users(Path(frame.tb_frame.f_code.co_filename), rootpath):
            frames.append(frame)
        frame = frame.tb_next
    return frames


def _is_users(path: Path, rootpath: Path) -> bool:
    return rootpath in path.parents and PACKAGE not in path.parents and "site-packages" not in path.parts


def complete(report: pytest.TestReport, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Add to a report what only we know: the sentence of an error, the records, the properties."""
    error = call.excinfo.value if call.excinfo else None
    if report.when == "setup" and report.failed and isinstance(error, STTError):
        _say_in_a_sentence(report, item, error)
    if report.when == "call" or (isinstance(item, SttItem) and report.when == "setup" and not report.passed):
        _attach(report, item)


def _say_in_a_sentence(report: pytest.TestReport, item: pytest.Item, error: STTError) -> None:
    """Leave out a traceback that has no line of the user's: it would show pluggy and us."""
    if not _users_frames(error, item.config.rootpath):
        report.longrepr = str(error)


def _attach(report: pytest.TestReport, item: pytest.Item) -> None:
    outcome = outcome_of(report)
    records = (
        [_case_record(item, outcome, report)]
        if isinstance(item, SttItem)
        else list(_test_records(item, outcome, report))
    )
    if records:
        # Builtins only: the report crosses to xdist's controller.
        vars(report)["stt_records"] = [record.to_dict() for record in records]
        forget_properties(item)
        item.user_properties.extend(_properties(item, records))
    if isinstance(item, SttItem) and item.suite.notes:
        path = display_path(item.path, item.config)
        vars(report)["stt_notes"] = [f"{path}: {note}" for note in item.suite.notes]


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
