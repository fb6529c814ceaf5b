"""The fixture `stt_session`: an open socket that is closed whatever the test does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from scripted import Example, socket_server
from websockets.sync.server import ServerConnection

TESTS = """
    import asyncio
    import pytest
    from pytest_stt import AudioSample, ClosedError, STTTimeoutError

    pytestmark = pytest.mark.asyncio

    async def test_talks(stt_session):
        await stt_session.send_text("say hello")
        assert await stt_session.receive_text() == "hello"
        result = stt_session.result().compute_metrics("hello").assert_quality(max_wer=0)
        assert result.fragments == ["hello"]

    async def test_fails(stt_session):
        await stt_session.send_text("say hello")
        assert await stt_session.receive_text() == "something else"

    async def test_leaves_messages_unread(stt_session):
        for number in range(50):
            await stt_session.send_text(f"say {number}")

    async def test_server_closes_unread(stt_session):
        await stt_session.send_text("close")

    async def test_server_closes(stt_session):
        await stt_session.send_text("close")
        with pytest.raises(ClosedError, match="1011.*overloaded"):
            await stt_session.receive_text()

    async def test_receive_times_out(stt_session):
        with pytest.raises(STTTimeoutError):
            await stt_session.receive_text(timeout=0.05)

    async def test_is_cancelled(stt_session):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await stt_session.receive_text()

    async def test_talks_again(stt_session):
        await stt_session.send_text("say again")
        assert await stt_session.receive_text() == "again"
"""


def talk(connection: ServerConnection) -> None:
    for message in connection:
        if message == "close":
            connection.close(1011, "overloaded")
        elif isinstance(message, str):
            connection.send(message.removeprefix("say "))


@pytest.fixture
def url() -> Iterator[str]:
    with socket_server(talk) as url:
        yield url


@pytest.mark.parametrize("mode", ["strict", "auto"])
def test_every_ending_leaves_a_clean_run(example: Example, url: str, mode: str) -> None:
    example.server.url = url
    example.ini(f"asyncio_mode = {mode}").test(TESTS)
    result = example.run("-W", "error")
    result.assert_outcomes(passed=7, failed=1, warnings=0)
    assert "never retrieved" not in result.stdout.str() + result.stderr.str()
    assert "was never awaited" not in result.stdout.str() + result.stderr.str()


def test_a_session_of_another_loop_says_how_to_mend_it(example: Example, url: str) -> None:
    example.server.url = url
    example.ini().test(
        """
        import pytest

        @pytest.mark.asyncio(loop_scope="module")
        async def test_it(stt_session):
            await stt_session.receive_text()
        """
    )
    result = example.run("-p", "no:timeout")
    result.assert_outcomes(failed=1)
    assert "loop_scope" in result.stdout.str()


def test_a_server_that_is_not_there_is_one_sentence(example: Example) -> None:
    example.server.url = "ws://127.0.0.1:9/listen"
    example.ini().test(
        """
        import pytest

        @pytest.mark.asyncio
        async def test_it(stt_session): pass
        """
    )
    result = example.run()
    result.assert_outcomes(errors=1)
    output = result.stdout.str()
    assert "ws://127.0.0.1:9/listen" in output
    assert "Traceback" not in output
    assert ".py:" not in output.partition("ERROR at setup")[2].partition("short test summary")[0]


def test_ctrl_c_ends_the_run_at_once_and_without_noise(tmp_path: Path, url: str) -> None:
    (tmp_path / "pytest.ini").write_text(
        f"[pytest]\nfilterwarnings = error\nasyncio_default_fixture_loop_scope = function\nstt_url = {url}\n"
    )
    (tmp_path / "test_it.py").write_text(
        "import pathlib, pytest\n"
        "@pytest.mark.asyncio\n"
        "async def test_it(stt_session):\n"
        "    pathlib.Path('waiting').touch()\n"
        "    await stt_session.receive_text()\n"
    )
    command = [sys.executable, "-X", "dev", "-m", "pytest", "-q", "-p", "no:randomly"]
    process = subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    while not (tmp_path / "waiting").exists() and process.poll() is None:
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGINT)
    output, _ = process.communicate(timeout=10)
    assert process.returncode == pytest.ExitCode.INTERRUPTED
    assert "KeyboardInterrupt" in output
    for noise in (
        "never retrieved",
        "was never awaited",
        "ResourceWarning",
        "was destroyed",
        "ExceptionGroup",
    ):
        assert noise not in output
