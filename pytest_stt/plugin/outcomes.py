"""From an item's report to its records, its JUnit properties and a readable failure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stt.errors import LimitExceeded, STTError
from pytest_stt.plugin.collection import SttItem, display_path, forget_properties
from pytest_stt.plugin.keys import HEARING, JUDGED, REPORTED, REPORTER, SCORED
from pytest_stt.plugin.recording import record_of_case, record_of_test
from pytest_stt.plugin.tracebacks import users_frames
from pytest_stt.render.junit import properties_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_stt.client import STTResult
    from pytest_stt.records import Outcome, Record
    from pytest_stt.runner.hearing import Hearing

# What ends a wait from outside is told in a sentence too: pytest-timeout calls pytest.fail.
TOLD_IN_A_SENTENCE = (STTError, pytest.fail.Exception)


PER_TURN: tuple[pytest.StashKey[Any], ...] = (HEARING, JUDGED, SCORED, REPORTED)


def begin_attempt(item: pytest.Item) -> None:
    """Forget what an earlier attempt of a test that is run again has left."""
    forget_properties(item)
    end_turn(item)


def end_turn(item: pytest.Item) -> None:
    """Let go of what the reports have been made of."""
    for key in PER_TURN:
        if key in item.stash:
            del item.stash[key]


def complete(report: pytest.TestReport, item: pytest.Item, error: BaseException | None) -> None:
    """Add to a report what only we know: the sentence of an error, the records, the properties."""
    if isinstance(item, SttItem):
        if report.when == "setup" and HEARING in item.stash:
            _time(report, item.stash[HEARING])
        if report.when == "setup" and report.failed and isinstance(error, TOLD_IN_A_SENTENCE):
            report.longrepr = f"{error}\n{item.location_line}"
        if report.when == "call" or (report.when == "setup" and not report.passed):
            _attach(report, item, [_case_record(item, report)])
            vars(report)["stt_notes"] = item.notes
        return
    if report.when == "setup" and report.failed and isinstance(error, STTError):
        # A traceback without a line of the user's would show pluggy and us.
        report.longrepr = report.longrepr if users_frames(item, error) else str(error)
    records = list(_test_records(item, report, error))
    if report.when == "teardown" and report.failed and not records:
        _revise(item, report)
    if records or (report.when == "teardown" and report.failed):
        _attach(report, item, records)


def _revise(item: pytest.Item, report: pytest.TestReport) -> None:
    """Let the records of a test say that something failed behind its end; what it heard still counts."""
    reported = item.stash.get(REPORTED, [])
    reported[:] = [
        replace(record, outcome="failed", message=_message(report)) if record.outcome == "passed" else record
        for record in reported
    ]


def _time(report: pytest.TestReport, hearing: Hearing) -> None:
    """Give a setup the time that the transcription took, not that of the wait for what came ahead."""
    report.start, report.stop = hearing.began_at, hearing.ended_at
    report.duration = hearing.ended_at - hearing.began_at


def _attach(report: pytest.TestReport, item: pytest.Item, records: list[Record]) -> None:
    """Put records on a report, those of earlier phases of the test before them."""
    reported = item.stash.setdefault(REPORTED, [])
    reported.extend(records)
    reporter = item.config.stash.get(REPORTER, None)
    if reporter is not None and reporter.is_here:
        reporter.offer(report, reported)
    else:
        # Builtins only: the report crosses to xdist's controller, or from a forked child.
        vars(report)["stt_records"] = [record.to_dict() for record in reported]
    forget_properties(item)
    item.user_properties.extend(_properties(item, reported))
    report.user_properties = list(item.user_properties)


def _case_record(item: SttItem, report: pytest.TestReport) -> Record:
    return record_of_case(
        item,
        hearing=item.stash.get(HEARING, None),
        judged=item.stash.get(JUDGED, None),
        outcome=outcome_of(report),
        message=_message(report),
    )


def _test_records(
    item: pytest.Item, report: pytest.TestReport, error: BaseException | None
) -> Iterator[Record]:
    """Yield a record for each result that a Python test has scored since its last phase.

    A phase that an outage ended says nothing about quality: its records are errors. There is one also
    for a test that failed before it scored anything.
    """
    before: list[Record] = item.stash.get(REPORTED, [])
    scored: list[STTResult | None] = [*item.stash.get(SCORED, [])[len(before) :]]
    if not scored and (is_outage(error) or (report.failed and not before)):
        scored = [None]
    # A fixture scores for its test: what it scored before the test is judged with the test.
    if not scored or (report.when == "setup" and report.passed):
        return
    outcome = outcome_of(report, error)
    for number, result in enumerate(scored, len(before) + 1):
        yield record_of_test(item, result, number=number, outcome=outcome, message=_message(report))


def is_outage(error: BaseException | None) -> bool:
    """Tell whether an exception is an `STTError`, was raised from one, or is a group with one in it.

    What an exception merely came after does not count: there the test dealt with the outage.
    """
    if isinstance(error, BaseExceptionGroup):
        return any(is_outage(member) for member in error.exceptions)
    return isinstance(error, STTError) or (error is not None and is_outage(error.__cause__))


def outcome_of(report: pytest.TestReport, error: BaseException | None = None) -> Outcome:
    """Name a report's outcome as records do; an outage is an error even where a failure is expected."""
    if is_outage(error):
        return "error"
    if hasattr(report, "wasxfail"):
        return "xfailed" if report.skipped else "xpassed"
    if report.skipped:
        return "skipped"
    if report.passed:
        return "passed"
    if isinstance(error, LimitExceeded):
        return "failed"
    return "failed" if report.when == "call" else "error"


def _message(report: pytest.TestReport) -> str:
    """The first line of what went wrong."""
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2]).partition("\n")[0]
    crash = getattr(report.longrepr, "reprcrash", None)
    text = crash.message if crash else report.longreprtext
    return text.partition("\n")[0]


def _properties(item: pytest.Item, records: list[Record]) -> list[tuple[str, Any]]:
    """Make the JUnit properties of a test; several results in one test are pooled."""
    return properties_of(records, location=_location(item))


def _location(item: pytest.Item) -> str:
    if isinstance(item, SttItem):  # a row stands in its manifest
        return item.location_line
    line = item.location[1] or 0
    return f"{display_path(item.path, item.config)}:{line + 1}"
