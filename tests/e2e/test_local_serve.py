"""`python -m pytest_stt serve`, as somebody at a terminal meets it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_stt.cli import main
from pytest_stt.local import LocalServer, wait_ready


@pytest.fixture
def serving() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-m", "pytest_stt", "serve", "--port", "0"],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.kill()


def ready_url(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    line = process.stdout.readline()
    assert "(OpenAI)" in line
    assert "(WhisperLive)" in line
    found = re.search(r"http://127\.0\.0\.1:\d+", line)
    assert found
    return found[0]


def test_it_says_where_it_is_ready_and_ctrl_c_ends_it_quietly(serving: subprocess.Popen[str]) -> None:
    wait_ready(ready_url(serving), timeout_s=1)

    serving.send_signal(signal.SIGINT)

    assert serving.communicate(timeout=10) == ("", "")
    assert serving.returncode == 0


def test_a_port_in_use_is_one_sentence_and_exit_status_2(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["serve", "--port", str(port)]) == 2

    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert f"can't listen on 127.0.0.1, port {port}" in said


def test_a_missing_extra_is_one_sentence_and_exit_status_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("pytest_stt.local.missing_extra", lambda: "the embedded engine is not installed: pip")

    assert main(["serve"]) == 2
    assert capsys.readouterr().err == "pytest-stt: the embedded engine is not installed: pip\n"


def test_an_engine_that_cannot_start_is_reported(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        "pytest_stt.local.process.PYTHON", [sys.executable, "-c", "raise SystemExit('no room')"]
    )

    assert main(["serve", "--port", "0"]) == 1
    assert "ended by itself with exit status 1; its last words:\n    no room" in capsys.readouterr().err


def test_an_engine_that_ends_while_it_serves_is_reported(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(LocalServer, "wait_ready", lambda server: None)
    monkeypatch.setattr(LocalServer, "join", lambda server: None)

    assert main(["serve", "--port", "0"]) == 1
    assert "ended" in capsys.readouterr().err


@pytest.mark.parametrize("port", ["-1", "65536", "http", "8.5"])
def test_a_bad_port_is_refused_with_what_was_expected(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["serve", f"--port={port}"])
    assert refused.value.code == 2
    assert f"from 0 (any free one) to 65535, found '{port}'" in capsys.readouterr().err


def test_no_command_names_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main([])
    assert refused.value.code == 2
    assert os.linesep in capsys.readouterr().err


def test_help_lists_serve(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as answered:
        main(["--help"])
    assert not answered.value.code
    assert "serve" in capsys.readouterr().out
