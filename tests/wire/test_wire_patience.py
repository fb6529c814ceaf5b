"""How long one call waits, and for what."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from strict_servers import StrictWhisperLive, http_server, says, sends, socket_server, strict_openai

from pytest_stt.audio import AudioSample
from pytest_stt.client import STTClient
from pytest_stt.client.stream import StreamOptions
from pytest_stt.errors import ClosedError, ConnectError, ConnectTimeoutError, STTTimeoutError, SuiteError

pytestmark = pytest.mark.asyncio


@pytest.fixture
def unreachable() -> Iterator[str]:
    """An address where nobody answers a connection, because the queue of those that wait is full."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for caller in waiting:
            caller.setblocking(False)
            caller.connect_ex(listener.getsockname())
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        for caller in waiting:
            caller.close()


async def entered(opening: Any) -> None:
    async with opening:
        pass


@pytest.mark.parametrize("way", ["post", "stream", "sse", "ws"])
async def test_a_connection_that_is_not_made_in_time_is_told_apart(unreachable: str, way: str) -> None:
    client = STTClient(url=f"http://{unreachable}", timeout=0.2)
    with pytest.raises(ConnectTimeoutError, match=r"no connection to \w+://127.* for 0\.2 s") as raised:
        await (client.post() if way == "post" else entered(getattr(client, way)()))
    assert isinstance(raised.value, ConnectError)
    assert isinstance(raised.value, STTTimeoutError)
    await client.aclose()


@pytest.mark.parametrize("dialect", ["openai", "whisperlive"])
async def test_a_transcription_tells_that_there_was_no_connection(
    unreachable: str, dialect: str, tone: AudioSample
) -> None:
    client = STTClient(url=f"http://{unreachable}", dialect=dialect)
    with pytest.raises(ConnectTimeoutError, match=r"for 0\.2 s"):
        await client.hear(tone, limit_s=0.2)
    await client.aclose()


async def test_waiting_for_an_answer_is_no_failure_to_connect() -> None:
    async with http_server(sends(b"", then="hang")) as server:
        client = STTClient(url=server.url, timeout=0.1)
        with pytest.raises(STTTimeoutError) as raised:
            await client.post()
        assert not isinstance(raised.value, ConnectError)
        await client.aclose()


async def test_a_trace_of_the_callers_own_is_left_alone() -> None:
    steps = []

    async def trace(step: str, _info: object) -> None:
        steps.append(step)

    async with http_server(says(200, {})) as server:
        client = STTClient(url=server.url)
        await client.post(extensions={"trace": trace})
        await client.aclose()
    assert "connection.connect_tcp.started" in steps


async def test_a_limit_of_one_call_replaces_the_timeout(tone: AudioSample) -> None:
    async def slow(_request: object, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.3)
        await says(200, {"text": "red"})(None, writer)  # type: ignore[arg-type]

    async with http_server(strict_openai(slow)) as server:
        client = STTClient(url=server.url, dialect="openai", timeout=0.1)
        assert (await client.hear(tone, limit_s=10)).hypothesis_text == "red"
        with pytest.raises(STTTimeoutError, match=r"within 0\.1 s"):
            await client.hear(tone)
        with pytest.raises(STTTimeoutError, match=r"within 0\.05 s"):
            await client.hear(tone, limit_s=0.05)
        with pytest.raises(SuiteError, match="timeout has to be"):
            await client.hear(tone, limit_s=0)
        await client.aclose()


async def test_the_limit_of_a_call_is_what_a_socket_waits_for(tone: AudioSample) -> None:
    """The server takes the handshake and then says nothing."""
    server = StrictWhisperLive(ready=())
    options = {"ready_timeout": 0.2, "settle_ms": 10}
    async with socket_server(server.talk) as url:
        client = STTClient(url=url, dialect="whisperlive", options=options, timeout=30)
        with pytest.raises(STTTimeoutError, match=r"not ready within 0\.2 s"):
            await client.hear(tone, limit_s=5)
        await client.aclose()


async def test_an_allowance_is_what_the_dialect_takes_on_purpose(tone: AudioSample) -> None:
    assert STTClient(url="http://127.0.0.1:1").allowance_s(tone) == 0.0
    assert STTClient(url="http://127.0.0.1:1", dialect="openai").allowance_s(tone) == 0.0
    options = {"ready_timeout": 5, "pad_after_ms": 1500, "settle_ms": 1000}
    client = STTClient(
        url="ws://127.0.0.1:1", dialect="whisperlive", options=options, stream=StreamOptions(pace=2)
    )
    # Loading, (0.5 s of audio and 1.5 s of silence) at twice the speed, settling.
    assert client.allowance_s(tone) == pytest.approx(5 + 1 + 1)
    with pytest.raises(SuiteError, match="an AudioSample"):
        client.allowance_s("tone.wav")  # type: ignore[arg-type]


async def test_a_hash_that_is_known_comes_with_the_result(tone: AudioSample) -> None:
    async with http_server(strict_openai(says(200, {"text": "red"}))) as server:
        client = STTClient(url=server.url, dialect="openai")
        assert (await client.hear(tone)).audio_sha256 is None
        digest = tone.sha256
        assert (await client.hear(tone)).audio_sha256 == digest
        await client.aclose()


async def test_a_broken_connection_is_told_from_one_that_was_closed() -> None:
    async def vanish(connection: Any) -> None:
        connection.transport.abort()

    async def full(connection: Any) -> None:
        await connection.close(1013, "full")

    assert [await ending(talk) for talk in (vanish, full)] == [(1006, True), (1013, False)]


async def ending(talk: Any) -> tuple[int, bool]:
    async with socket_server(talk) as url, STTClient(url=url).ws() as session:
        with pytest.raises(ClosedError) as raised:
            await session.receive_text()
    return raised.value.code, raised.value.broke


async def test_a_connection_that_we_closed_did_not_break() -> None:
    async with socket_server(lambda connection: connection.wait_closed()) as url:
        client = STTClient(url=url)
        async with client.ws() as session:
            await client.aclose()
            with pytest.raises(ClosedError) as raised:
                await session.receive_text()
    assert not raised.value.broke


async def test_an_answer_that_breaks_off_is_a_broken_connection() -> None:
    async with http_server(sends(b"", then="abort")) as server:
        client = STTClient(url=server.url)
        with pytest.raises(ClosedError) as raised:
            await client.post()
        await client.aclose()
    assert raised.value.broke
