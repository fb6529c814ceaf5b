"""The `pytest11` entry point: every hook, each handing on to the module that does the work.

This module is imported in every pytest run of an environment, so it and what it imports need
nothing but pytest and the standard library (and of that not asyncio).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stt.plugin import collection, fixtures, options, outcomes, tracebacks
from pytest_stt.plugin.fixtures import stt_transcribe
from pytest_stt.plugin.reporting import Reporter
from pytest_stt.plugin.run import RUN, Run, run_of

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

__all__ = ["stt_transcribe"]


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
    config.stash[RUN] = Run(config)
    config.pluginmanager.register(_async_fixtures(config), "stt-async")
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Reporter(config), "stt-report")


def _async_fixtures(config: pytest.Config) -> object:
    if config.pluginmanager.hasplugin("asyncio"):
        return import_module("pytest_stt.plugin.async_fixtures")
    return fixtures.WithoutAsyncio()


def pytest_report_header(config: pytest.Config) -> list[str]:
    return options.header_lines(config)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    return collection.collect_file(file_path, parent)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    error = call.excinfo.value if call.excinfo else None
    tracebacks.hide_our_frames(item, error)
    report = yield
    outcomes.complete(report, item, error)
    return report


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["stt_local_port"] = run_of(node.config).embedded.listen()


def pytest_sessionfinish(session: pytest.Session) -> None:
    run_of(session.config).close()


def pytest_unconfigure(config: pytest.Config) -> None:
    if RUN in config.stash:
        run_of(config).embedded.close()
