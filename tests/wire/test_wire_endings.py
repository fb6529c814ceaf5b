"""Every way for a WebSocket session to end, without a leaked task, a warning or an ExceptionGroup."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
import pytest
from strict_servers import socket_server
from websockets.asyncio.server import ServerConnection
from websockets.frames import Frame, Opcode

from pytest_stt.audio import AudioSample
from pytest_stt.client import STTClient, STTSession
from pytest_stt.errors import ClosedError, ProtocolError, STTTimeoutError, SuiteError

pytestmark = pytest.mark.asyncio


@asynccontextmanager
async def session_with(talk: Any, **kwargs: Any) -> AsyncIterator[STTSession]:
    """Open a session, and see to it that nothing of it is left."""
    async with socket_server(talk) as url:
        client = STTClient(url=f"{url}?token=secret", **kwargs)
        before = asyncio.all_tasks()
        try:
            async with client.ws() as session:
                yield session
        finally:
            names = {task.get_name() for task in asyncio.all_tasks() - before}
            assert not names & {"stt-session", "stt-inbox"}
            await client.aclose()


async def stays(connection: ServerConnection) -> None:
    await connection.wait_closed()


async def closes(connection: ServerConnection) -> None:
    await connection.send("red")
    await connection.send("door")
    await connection.close(1011, "out of \x1b[31mmemory")


async def drops(connection: ServerConnection) -> None:
    await connection.send("red")
    connection.transport.abort()


async def test_a_close_comes_after_everything_that_was_said() -> None:
    async with session_with(closes) as session:
        assert await session.receive_text() == "red"
        await asyncio.sleep(0.05)
        assert await session.receive_text() == "door"
        for _ in range(2):
            with pytest.raises(ClosedError, match=r"code 1011 \(internal error\)") as raised:
                await session.receive_text()
        with pytest.raises(ClosedError, match="1011"):
            await session.receive_bytes()
    error = raised.value
    assert (error.code, error.reason) == (1011, "out of \\x1b[31mmemory")
    assert "while a text frame was awaited" in str(error)
    assert "the text 'door'" in str(error)
    assert "server's log" in str(error)
    assert "\x1b" not in str(error)
    assert "secret" not in str(error)


@pytest.mark.parametrize(
    ("code", "words"),
    [(1000, "normal end"), (1008, "API key"), (1013, "no room"), (4005, "a code of the server's own")],
)
async def test_each_code_has_its_meaning(code: int, words: str) -> None:
    async def talk(connection: ServerConnection) -> None:
        await connection.close(code)

    async with session_with(talk) as session:
        with pytest.raises(ClosedError, match=words) as raised:
            await session.receive_text()
    assert raised.value.code == code


async def test_the_server_gets_its_close_answered_while_the_session_is_open() -> None:
    answered = asyncio.Event()

    async def talk(connection: ServerConnection) -> None:
        await connection.close(1000)
        answered.set()

    async with session_with(talk):
        async with asyncio.timeout(5):
            await answered.wait()


async def receive_all(session: STTSession) -> None:
    while True:
        await session.receive_text()


async def test_sending_after_a_close_is_an_error() -> None:
    async with session_with(closes) as session:
        with pytest.raises(ClosedError, match="1011"):
            await receive_all(session)
        with pytest.raises(ClosedError, match="while a frame was sent: code 1011"):
            await session.send_text("hello")
        with pytest.raises(ClosedError, match="1011"):
            await session.send_bytes(b"hello")


async def test_a_close_in_the_middle_of_the_audio_is_an_error_with_its_reason(tone: AudioSample) -> None:
    async def talk(connection: ServerConnection) -> None:
        await connection.recv()
        await connection.close(1008, "quota")

    async with session_with(talk) as session:
        with pytest.raises(ClosedError, match=r"1008.*'quota'"):
            await session.send_sample(tone, chunk_ms=20)


async def test_a_dropped_connection_is_a_close_without_a_frame() -> None:
    async with session_with(drops) as session:
        assert await session.receive_text() == "red"
        with pytest.raises(ClosedError, match="no close frame") as raised:
            await session.receive_text()
        with pytest.raises(ClosedError, match="while a frame was sent"):
            await session.send_bytes(b"x")
    assert raised.value.code == 1006


async def test_a_reset_while_sending_is_a_close() -> None:
    async def talk(connection: ServerConnection) -> None:
        await connection.recv()
        linger_not = (1).to_bytes(4, "little") + (0).to_bytes(4, "little")
        connection.transport.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, linger_not
        )
        connection.transport.abort()

    long = AudioSample.from_array(np.zeros(16000 * 600), 16000)
    async with session_with(talk) as session:
        with pytest.raises(ClosedError) as raised:
            await session.send_sample(long, pace=0)
    assert raised.value.code == 1006


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (Frame(Opcode.TEXT, b"\xff\xfe"), "utf-8"),
        (Frame(Opcode.CONT, b"x"), "CONTINUATION"),
        (Frame(Opcode.CLOSE, b"\x00"), "CLOSE"),
    ],
)
async def test_a_frame_against_the_protocol_is_told(frame: Frame, words: str) -> None:
    async def talk(connection: ServerConnection) -> None:
        await connection.send("red")
        connection.transport.write(frame.serialize(mask=False))
        await connection.wait_closed()

    async with session_with(talk) as session:
        assert await session.receive_text() == "red"
        with pytest.raises(ProtocolError, match=rf"breaks the WebSocket protocol: .*{words}.*'red'"):
            await session.receive_text()


async def test_what_is_unread_at_the_end_is_no_trouble() -> None:
    async def talk(connection: ServerConnection) -> None:
        for number in range(50):
            await connection.send(str(number))
        await connection.wait_closed()

    async with session_with(talk) as session:
        assert await session.receive_text() == "0"


@pytest.mark.parametrize("talk", [closes, drops])
async def test_an_end_that_nobody_looks_at_is_no_trouble(talk: Any) -> None:
    async with session_with(talk):
        await asyncio.sleep(0.05)


@pytest.mark.parametrize("talk", [stays, closes, drops])
async def test_the_tests_own_error_comes_out_as_it_is(talk: Any) -> None:
    async def fail() -> None:
        async with session_with(talk):
            await asyncio.sleep(0.02)
            raise AssertionError("the test's own")

    with pytest.raises(AssertionError, match="the test's own"):
        await fail()


async def test_an_error_of_ours_comes_out_as_it_is() -> None:
    async def receive_from(talk: Any) -> None:
        async with session_with(talk, timeout=0.1) as session:
            await receive_all(session)

    with pytest.raises(ClosedError):
        await receive_from(drops)
    with pytest.raises(STTTimeoutError):
        await receive_from(stays)


async def test_a_timeout_of_the_tests_own_is_one() -> None:
    async with session_with(stays) as session:
        with pytest.raises(TimeoutError) as raised:
            async with asyncio.timeout(0.02):
                await session.receive_text()
        assert not isinstance(raised.value, STTTimeoutError)
        await session.send_text("still open")


async def test_a_cancelled_test_leaves_nothing() -> None:
    async def use() -> None:
        async with session_with(stays) as session:
            await session.receive_text()

    task = asyncio.create_task(use())
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_after_the_block_what_came_can_be_read_and_nothing_more() -> None:
    async def talk(connection: ServerConnection) -> None:
        await connection.send("red")
        await connection.wait_closed()

    async with session_with(talk) as session:
        await asyncio.sleep(0.05)
    assert await session.receive_text() == "red"
    with pytest.raises(ClosedError, match="already closed by this side") as raised:
        await session.receive_text()
    with pytest.raises(ClosedError, match="already closed by this side"):
        await session.send_text("x")
    assert raised.value.code == 1000


async def test_a_client_that_is_closed_takes_the_blame_for_its_sessions() -> None:
    async with socket_server(stays) as url:
        client = STTClient(url=url)
        async with client.ws() as session:
            waiting = asyncio.create_task(session.receive_text())
            await asyncio.sleep(0.05)
            await client.aclose()
            with pytest.raises(ClosedError, match=r"closed by this side .* aclose\(\)") as raised:
                await waiting
            with pytest.raises(ClosedError, match=r"closed by this side .* aclose\(\)"):
                await session.send_text("x")
    assert raised.value.code == 1000


async def test_an_unasked_pong_is_no_trouble() -> None:
    """RFC 6455, section 5.5.3: a pong may come unasked, as a heartbeat in one direction."""

    async def talk(connection: ServerConnection) -> None:
        await connection.pong(b"heartbeat")
        await connection.send("red")
        await connection.wait_closed()

    async with session_with(talk) as session:
        assert await session.receive_text() == "red"


async def test_a_session_of_another_loop_says_what_to_do() -> None:
    async with session_with(stays) as session:

        def elsewhere(use: Any) -> None:
            with pytest.raises(SuiteError, match=r"another event loop.*loop_scope"):
                asyncio.run(use())

        await asyncio.to_thread(elsewhere, session.receive_text)
        await asyncio.to_thread(elsewhere, lambda: session.send_text("x"))
        await asyncio.to_thread(elsewhere, lambda: session.send_bytes(b"x"))


async def test_pings_of_ours_are_answered_and_can_be_set() -> None:
    async with socket_server(stays, ping_interval=None) as url:
        client = STTClient(url=url)
        async with client.ws(
            keepalive_ping_interval_seconds=0.01, keepalive_ping_timeout_seconds=5
        ) as session:
            await asyncio.sleep(0.1)
            await session.send_text("still open")
        await client.aclose()


async def test_a_server_that_answers_no_ping_has_gone() -> None:
    async def talk(connection: ServerConnection) -> None:
        connection.transport.pause_reading()
        await asyncio.sleep(0.3)
        connection.transport.abort()

    async with socket_server(talk, ping_interval=None) as url:
        client = STTClient(url=url)
        async with client.ws(
            keepalive_ping_interval_seconds=0.02, keepalive_ping_timeout_seconds=0.02
        ) as session:
            with pytest.raises(ClosedError) as raised:
                await session.receive_text()
        await client.aclose()
    assert raised.value.code == 1006
