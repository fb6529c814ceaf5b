from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from pytest_stt.records import Record
    from pytest_stt.render.lines import Line

Status = tuple[str, str, Any]


class Reporter:
    """Gather the records of a run, in the process that talks to the user, and report them.

    Attributes:
        latest: The records of the report that came last.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        # Node ids of files outside the rootdir are not unique.
        self._records: dict[tuple[str, str], list[Record]] = {}
        # Sentences about suites, each once, in the order of their coming.
        self._notes: dict[str, None] = {}
        self._finished = False
        self._was_refused = False
        self.latest: list[Record] = []
        self._process = os.getpid()
        self._offered: dict[int, tuple[pytest.TestReport, list[Record]]] = {}
        self._places: dict[str, int] = {}

    @property
    def is_here(self) -> bool:
        """Whether this is the process that the reporter was made in, and not a fork of it."""
        return os.getpid() == self._process

    def offer(self, report: pytest.TestReport, records: list[Record]) -> None:
        """Take the records of a report that is made in this process, which spares their copying."""
        # The report is kept beside them: its id is its own for that long.
        self._offered[id(report)] = report, [*records]

    def records_of(self, report: object) -> list[Record]:
        """Return the records that a report stands for, none for most reports."""
        _, records = self._offered.get(id(report), (report, []))
        return records or records_in(report)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.latest = self.records_of(report)
        # Of a test that is run again the last attempt counts.
        if self.latest and report.outcome in ("passed", "failed", "skipped"):
            self._records[self.latest[0].suite, report.nodeid] = self.latest
        self._notes.update(dict.fromkeys(getattr(report, "stt_notes", ())))

    def pytest_runtest_logfinish(self) -> None:
        self._offered.clear()

    @property
    def records(self) -> list[Record]:
        """The records so far, in the order in which their tests were collected."""
        records = [record for records in self._records.values() for record in records]
        # Workers of xdist report in any order; one process in the order of its items.
        return sorted(records, key=lambda record: self._places.get(record.id, 0)) if self._places else records

    @pytest.hookimpl(wrapper=True)
    def pytest_report_teststatus(
        self, report: pytest.TestReport | pytest.CollectReport, config: pytest.Config
    ) -> Generator[None, Status, Status]:
        status = yield
        # The short summary asks too, and has a form of its own.
        if self._finished or config.get_verbosity() < 1:
            return status
        records = self.records_of(report)
        return _with_rates(status, records) if records else status

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        self._places = {node_id: place for place, node_id in enumerate(ids)}

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        self._was_refused |= bool(getattr(node, "workeroutput", {}).get("stt_usage_errors"))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        self._finished = True
        if self._was_refused:
            session.exitstatus = pytest.ExitCode.USAGE_ERROR
        if self._records:
            from pytest_stt.plugin.junit import add_run_properties
            from pytest_stt.render.junit import properties_of

            add_run_properties(self._config, properties_of(self.records))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        nothing_ran = all(record.outcome == "skipped" for record in self.records)
        if nothing_ran or self._config.get_verbosity() < -1:
            return
        terminalreporter.section("speech-to-text quality")
        for line in self._summary(terminalreporter):
            for span in line:
                terminalreporter.write(span.text, **span.style)
            terminalreporter.line("")

    def _summary(self, terminalreporter: pytest.TerminalReporter) -> list[Line]:
        from pytest_stt.plugin.settings import slice_fields, worst_shown
        from pytest_stt.render.summary import summary_lines

        worst = worst_shown(self._config) if self._config.get_verbosity() >= 0 else 0
        return summary_lines(
            self.records,
            notes=list(self._notes),
            by=slice_fields(self._config),
            width=terminalreporter._tw.fullwidth,
            worst=worst,
        )


def records_in(report: Any) -> list[Record]:
    """Read the records that a report carries from another process."""
    if not hasattr(report, "stt_records"):
        return []
    from pytest_stt.records import Record

    return [Record.from_dict(data) for data in report.stt_records]


def _with_rates(status: Status, records: list[Record]) -> Status:
    """Put WER and CER, as far as there are words, behind PASSED or FAILED, whatever its colour."""
    from pytest_stt.gates.rates import rates_of
    from pytest_stt.gates.totals import totals_of

    category, letter, word = status
    total = totals_of("", records)
    if not word or not total.heard:
        return status
    repeated = len(records) == 1 and records[0].repeats
    figures = records[0].message if repeated else rates_of(total.metrics)
    if isinstance(word, tuple):
        return category, letter, (f"{word[0]} {figures}", word[1])
    return category, letter, f"{word} {figures}"
