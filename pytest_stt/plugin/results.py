"""The file of records that a run writes; light until there is something to write."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stt.errors import SuiteError
from pytest_stt.plugin.files import results_folder
from pytest_stt.plugin.keys import RUN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_stt.plugin.inventory import Inventory
    from pytest_stt.plugin.reporting import Reporter
    from pytest_stt.records import Record, ResultsFile


class ResultsWriter:
    """Write the records of a run, each as its test completes, in the process that talks to the user."""

    def __init__(self, config: pytest.Config, reporter: Reporter, folder: Path) -> None:
        self._config = config
        self._reporter = reporter
        self._folder = folder
        self._file: ResultsFile | None = None
        self._inventory: Inventory = {}
        self._left_out = False
        self._waiting: dict[str, list[Record]] = {}

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if self._reporter.latest and report.outcome in ("passed", "failed", "skipped"):
            self._waiting[report.nodeid] = self._reporter.latest
        if report.when == "teardown":
            with ending_the_run():
                for record in self._waiting.pop(report.nodeid, []):
                    self._opened().write(record)

    def _opened(self) -> ResultsFile:
        if self._file is None:
            from pytest_stt.records import ResultsFile

            self._file = ResultsFile(self._folder)
            self._file.open()
        return self._file

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self._left_out |= report.failed

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        # A worker that crashed has no output; each of the others knows all suites.
        self._left_out |= not hasattr(node, "workeroutput")
        output = getattr(node, "workeroutput", {})
        self._left_out |= bool(output.get("stt_left_out"))
        for suite, entries in output.get("stt_inventory", {}).items():
            if suite not in self._inventory or any(entry[4] for entry in entries):
                self._inventory[suite] = entries

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        records, run = self._reporter.records, session.config.stash.get(RUN, None)
        shard = getattr(self._config.option, "pytest_stt_shard", None)
        was_refused = session.exitstatus == pytest.ExitCode.USAGE_ERROR
        # What nothing was run for leaves the results of an earlier run; but a shard may be empty.
        if was_refused or not (records or shard):
            return
        from pytest_stt.plugin.inventory import header_of, inventory_of
        from pytest_stt.records import in_order

        self._inventory.update(inventory_of(run) if run else {})
        was_whole = exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
        header = header_of(
            self._inventory,
            records,
            root=self._config.rootpath,
            was_whole=was_whole and not self._left_out and not (run and run.left_out),
            shard=shard,
        )
        with ending_the_run():
            self._opened().close(header, in_order(header.suites, records))


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
        folder = results_folder(config)
    except SuiteError as error:
        raise pytest.UsageError(str(error)) from None
    if folder is not None and not _only_looks(config):
        _check_folder(folder)
        config.pluginmanager.register(ResultsWriter(config, reporter, folder), "stt-results")


def _check_folder(folder: Path) -> None:
    """Find out before the run that a folder can't be made; it is made when there is something to write."""
    nearest = next(one for one in (folder, *folder.parents) if one.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK):
        raise pytest.UsageError(f"--stt-results: {folder} can't be written: {nearest} is no folder of yours")


def _only_looks(config: pytest.Config) -> bool:
    """Tell whether the run only shows what there is, without running it."""
    names = ("collectonly", "setuponly", "setupplan", "showfixtures", "show_fixtures_per_test")
    return any(getattr(config.option, name, False) for name in names)
