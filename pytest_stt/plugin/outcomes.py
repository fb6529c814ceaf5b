"""From an item's report to its record, its JUnit properties and a readable failure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_stt.errors import STTError
from pytest_stt.plugin.collection import HEARD, SttItem, display_path, forget_properties
from pytest_stt.plugin.fixtures import SCORED
from pytest_stt.plugin.tracebacks import users_frames

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from pytest_stt.client import STTResult
    from pytest_stt.records import Outcome, Record

OUR_FIXTURES = frozenset(["stt_client", "stt_session", "stt_transcribe"])


def complete(report: pytest.TestReport, item: pytest.Item, error: BaseException | None) -> None:
    """Add to a report what only we know: the sentence of an error, the records, the properties."""
    if report.when == "setup" and report.failed and isinstance(error, STTError):
        _say_in_a_sentence(report, item, error)
    if report.when == "call" or (report.when == "setup" and not report.passed):
        _attach(report, item, error)


def _say_in_a_sentence(report: pytest.TestReport, item: pytest.Item, error: STTError) -> None:
    """Leave out a traceback that has no line of the user's: it would show pluggy and us."""
    if not users_frames(item, error):
        report.longrepr = str(error)


def _attach(report: pytest.TestReport, item: pytest.Item, error: BaseException | None) -> None:
    records = (
        [_case_record(item, report)]
        if isinstance(item, SttItem)
        else list(_test_records(item, report, error))
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


def _case_record(item: SttItem, report: pytest.TestReport) -> Record:
    from pytest_stt.plugin.recording import record_of_case

    result = item.stash.get(HEARD, None)
    return record_of_case(item, result, outcome=outcome_of(report), message=_message(report))


def _test_records(
    item: pytest.Item, report: pytest.TestReport, error: BaseException | None
) -> Iterator[Record]:
    """Yield a record for each result that a Python test scored.

    A test that an `STTError` ended says nothing about quality: its records are errors, and there
    is one also when nothing was scored.
    """
    without_transcript = isinstance(error, STTError)
    scored: list[STTResult | None] = list(item.stash.get(SCORED, ()))
    if without_transcript and not scored and not OUR_FIXTURES.isdisjoint(getattr(item, "fixturenames", ())):
        scored = [None]
    if scored:
        from pytest_stt.plugin.recording import record_of_test

        outcome = "error" if without_transcript else outcome_of(report)
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
