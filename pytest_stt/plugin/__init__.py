"""The `pytest11` entry point: every hook, each handing on to the module that does the work.

This module is imported in every pytest run of an environment. What it imports at its top is pytest,
the standard library (and of that not asyncio) and the few small modules that every run needs; the
others are imported when a suite or a test of ours is there.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stt.plugin import fixtures, options
from pytest_stt.plugin.fixtures import stt_transcribe
from pytest_stt.plugin.keys import REPORTER, RUN, SCORED, uses_our_fixtures
from pytest_stt.plugin.reporting import Reporter
from pytest_stt.plugin.tracebacks import hide_our_frames

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

__all__ = ["stt_transcribe"]

SUITES = (".stt.yaml", ".stt.yml")


def pytest_addoption(parser: pytest.Parser) -> None:
    options.add_ini_values(parser)


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, parser: pytest.Parser, args: list[str]
) -> Generator[None, object, object]:
    options.leave_out_values(early_config, args)
    # After the conftests: only now has every other plugin added its options.
    result = yield
    options.add_options(parser, early_config)
    return result


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", fixtures.MARKER)
    config.pluginmanager.register(_async_fixtures(config), "stt-async")
    if options.needs_check(config):
        from pytest_stt.plugin.usage import check_command_line

        check_command_line(config)
    if not hasattr(config, "workerinput"):
        _configure_reports(config)


def _configure_reports(config: pytest.Config) -> None:
    reporter = config.stash[REPORTER] = Reporter(config)
    config.pluginmanager.register(reporter, "stt-report")
    if options.keeps_records(config):
        from pytest_stt.plugin.results import register_writer

        register_writer(config, reporter)


def _async_fixtures(config: pytest.Config) -> object:
    if config.pluginmanager.hasplugin("asyncio"):
        return import_module("pytest_stt.plugin.async_fixtures")
    return fixtures.WithoutAsyncio()


def pytest_report_header(config: pytest.Config) -> list[str]:
    return options.header_lines(config)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if not file_path.name.endswith(SUITES):
        return None
    from pytest_stt.plugin.collection import SttFile

    return SttFile.from_parent(parent, path=file_path)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if RUN in config.stash or options.needs_check(config):
        from pytest_stt.plugin.selection import select

        select(config, items)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(
    item: pytest.Item, nextitem: pytest.Item | None
) -> Generator[None, object, object]:
    if RUN not in item.config.stash or not item.config.stash[RUN].suites:
        return (yield)
    look_ahead = item.config.stash[RUN].look_ahead
    look_ahead.begin(item, nextitem)
    try:
        return (yield)
    finally:
        look_ahead.end(item)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if _is_ours(item):
        from pytest_stt.plugin.outcomes import begin_attempt

        begin_attempt(item)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    error = call.excinfo.value if call.excinfo else None
    hide_our_frames(item, call)
    report = yield
    if _is_ours(item):
        # Imported when the item was set up: here the test's own monkeypatches may be in force.
        from pytest_stt.plugin.outcomes import complete

        complete(report, item, error)
    return report


def _is_ours(item: pytest.Item) -> bool:
    """Tell whether an item is a case, or a test with one of our fixtures."""
    return item.path.name.endswith(SUITES) or SCORED in item.stash or uses_our_fixtures(item)


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    ours = next(filter(_is_ours, items), None)
    if ours is not None:
        from pytest_stt.plugin.run import run_of

        run_of(ours.config).left_out = True


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    from pytest_stt.plugin.workers import prepare

    prepare(node)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    from pytest_stt.plugin.workers import forget

    forget(node)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if RUN not in session.config.stash:
        return
    run = session.config.stash[RUN]
    run.close()
    if run.worker:
        from pytest_stt.plugin.workers import report_back

        report_back(run, session)


def pytest_unconfigure(config: pytest.Config) -> None:
    if RUN in config.stash:
        config.stash[RUN].embedded.close()
