"""The file of records that a run writes; light until there is something to write."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stt.errors import SuiteError
from pytest_stt.plugin.files import results_file
from pytest_stt.plugin.keys import RUN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_stt.plugin.inventory import Inventory
    from pytest_stt.plugin.reporting import Reporter
    from pytest_stt.records import Record, ResultsFile


class ResultsWriter:
    """Write the records of a run, each as its test completes, in the process that talks to the user."""

    def __init__(self, config: pytest.Config, reporter: Reporter, path: Path) -> None:
        self._config = config
        self._reporter = reporter
        self._path = path
        self._file: ResultsFile | None = None
        self._inventory: Inventory = {}
        self._waiting: dict[str, list[Record]] = {}

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if hasattr(report, "stt_records") and report.outcome in ("passed", "failed", "skipped"):
            self._waiting[report.nodeid] = self._reporter.latest
        if report.when == "teardown":
            with ending_the_run():
                for record in self._waiting.pop(report.nodeid, []):
                    self._opened().write(record)

    def _opened(self) -> ResultsFile:
        if self._file is None:
            from pytest_stt.records import ResultsFile

            self._file = ResultsFile(self._path.parent)
            self._file.open()
        return self._file

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        # A worker that crashed has no output; each of the others knows all suites.
        self._inventory.update(getattr(node, "workeroutput", {}).get("stt_inventory", {}))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        records, run = self._reporter.records, session.config.stash.get(RUN, None)
        has_suites = self._inventory or (run is not None and run.suites)
        was_refused = exitstatus == pytest.ExitCode.USAGE_ERROR
        if self._config.option.collectonly or was_refused or not (records or has_suites):
            return
        from pytest_stt.plugin.inventory import header_of, in_order, inventory_of

        self._inventory.update(inventory_of(run) if run else {})
        was_whole = exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
        header = header_of(self._inventory, records, root=self._config.rootpath, was_whole=was_whole)
        with ending_the_run():
            self._opened().close(header, in_order(records, self._inventory))


@contextmanager
def ending_the_run() -> Iterator[None]:
    """End the run with a sentence when its results can't be written."""
    try:
        yield
    except SuiteError as error:
        pytest.exit(str(error), returncode=pytest.ExitCode.USAGE_ERROR)


def register_writer(config: pytest.Config, reporter: Reporter) -> None:
    """Register the writer of a run's records, if there is to be one.

    Raises:
        UsageError: The folder can't be made or written.
    """
    try:
        path = results_file(config)
    except SuiteError as error:
        raise pytest.UsageError(str(error)) from None
    if path is not None:
        _check_folder(path.parent)
        config.pluginmanager.register(ResultsWriter(config, reporter, path), "stt-results")


def _check_folder(folder: Path) -> None:
    """Find out before the run that a folder can't be made; it is made when there is something to write."""
    nearest = next(one for one in (folder, *folder.parents) if one.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK):
        raise pytest.UsageError(f"--stt-results: {folder} can't be written: {nearest} is no folder of yours")
