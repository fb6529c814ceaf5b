"""What is wrong with a command line beyond what its parser sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_stt.errors import SuiteError
from pytest_stt.plugin.embedded import LOCAL, out_of_reach
from pytest_stt.plugin.files import replay_file, results_folder
from pytest_stt.plugin.run import Run, run_of
from pytest_stt.plugin.settings import command_line, shard
from pytest_stt.records import FILE_NAME

if TYPE_CHECKING:
    from pytest_stt.suite.model import Suite


def check_command_line(config: pytest.Config) -> None:
    """End the run if options can't be used together, or have values that can't be used.

    Raises:
        UsageError: That is so; the text says what to change.
    """
    try:
        _check_replay(config)
        shard(config)
        # A worker of xdist can't end the run before it collects: it reads the file then.
        if replay_file(config) is not None and not hasattr(config, "workerinput"):
            run_of(config).recording  # noqa: B018 - read now, so that what is wrong with it is told at once
    except SuiteError as error:
        raise pytest.UsageError(str(error)) from None


def _check_replay(config: pytest.Config) -> None:
    replayed, folder = replay_file(config), results_folder(config)
    written = None if folder is None else folder / FILE_NAME
    for flag in ("live_missing", "replay_strict"):
        if replayed is None and command_line(config, f"pytest_stt_{flag}"):
            raise SuiteError(
                f"--stt-{flag.replace('_', '-')} says how to replay, and nothing is replayed: "
                "add --stt-replay FILE"
            )
    if replayed is not None and written is not None and replayed.resolve() == written.resolve():
        raise SuiteError(
            f"--stt-replay: {replayed} is the file that this run would write; name another folder with "
            "--stt-results, or copy the file first"
        )


def usage_problem(suite: Suite, name: str, run: Run) -> str | None:
    """Say why a suite can't be run with this command line, None when it can.

    Args:
        suite: The suite.
        name: What to call it.
        run: Has the command line, and knows whether this process is a worker on another host.
    """
    overrides = run.settings.overrides
    if suite.server_names and overrides.url is not None and overrides.server is None:
        names = ", ".join(suite.server_names)
        return (
            f"{name}: --stt-url replaces the address of one server, and this suite has several: "
            f"add --stt-server NAME, one of {names}"
        )
    try:
        run.recording  # noqa: B018 - read it, where that was not done before
    except SuiteError as error:
        return str(error)
    asks_local = any(server.url == LOCAL for server in suite.servers)
    if asks_local and run.embedded.elsewhere is not None and replay_file(run.config) is None:
        return f"{name}: {out_of_reach(run.embedded.elsewhere)}"
    return None
