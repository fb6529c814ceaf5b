"""How far a request came: whether it left, and whether anything of an answer was there at its end."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from strict_servers import (
    CHUNKED,
    StrictWhisperLive,
    chunk,
    http_server,
    says,
    segment,
    sends,
    socket_server,
    strict_openai,
)

from pytest_stt.audio import AudioSample
from pytest_stt.client import STTClient
from pytest_stt.errors import ClosedError, ConnectError, RejectedError

pytestmark = pytest.mark.asyncio

HALF = CHUNKED % b"application/json" + chunk(b'{"text":')


def reset(writer: asyncio.StreamWriter) -> None:
    """Drop a connection so that the other side sees a reset and no end."""
    linger_not = (1).to_bytes(4, "little") + (0).to_bytes(4, "little")
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_not)
    writer.transport.abort()


def resets(raw: bytes = b"") -> Any:
    async def answer(_request: object, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)
        await writer.drain()
        # What is on its way when a connection is reset is lost.
        await asyncio.sleep(0.05 if raw else 0)
        reset(writer)

    return answer


@asynccontextmanager
async def deaf_server() -> AsyncIterator[str]:
    """Reset each connection without having read its request."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(1)
        reset(writer)

    async with await asyncio.start_server(connected, "127.0.0.1", 0, limit=16) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def ask(client: STTClient, way: str, tone: AudioSample, **kwargs: Any) -> None:
    if way == "hear":
        await client.hear(tone)
    elif way == "post":
        await client.post(**kwargs)
    else:
        async with getattr(client, way)(**kwargs) as opened:
            await opened.aread()


async def failure_of(way: str, url: str, tone: AudioSample, **kwargs: Any) -> ClosedError:
    client = STTClient(url=url, dialect="openai", timeout=10)
    with pytest.raises(ClosedError) as raised:
        await ask(client, way, tone, **kwargs)
    await client.aclose()
    return raised.value


@pytest.mark.parametrize("way", ["hear", "post", "stream", "ws"])
@pytest.mark.parametrize("answer", [sends(b""), resets()])
async def test_an_end_before_any_answer_is_told_apart(way: str, answer: Any, tone: AudioSample) -> None:
    async with http_server(answer) as server:
        error = await failure_of(way, server.url, tone)
    assert error.unanswered
    assert error.code == 1006


async def test_a_reset_instead_of_an_answer_is_told_in_plain_words(tone: AudioSample) -> None:
    async with http_server(resets()) as server:
        error = await failure_of("hear", server.url, tone)
    assert "broke: it was reset while the answer was awaited." in str(error)


async def test_a_reset_while_the_request_is_sent_is_told_in_plain_words(tone: AudioSample) -> None:
    async with deaf_server() as url:
        error = await failure_of("post", url, tone, data=bytes(50_000_000))
    assert "broke: it was reset while the request was sent." in str(error)
    assert error.unanswered


@pytest.mark.parametrize("way", ["hear", "post", "stream"])
@pytest.mark.parametrize("answer", [sends(HALF), resets(HALF)])
async def test_half_an_answer_is_an_answer(way: str, answer: Any, tone: AudioSample) -> None:
    async with http_server(answer) as server:
        error = await failure_of(way, server.url, tone)
    assert not error.unanswered
    assert "in the middle of its answer" in str(error) or "it was reset while its answer came" in str(error)


async def test_a_socket_that_breaks_after_its_handshake_was_answered(tone: AudioSample) -> None:
    async def talk(connection: Any) -> None:
        connection.transport.abort()

    async with socket_server(talk) as url:
        client = STTClient(url=url, dialect="whisperlive")
        with pytest.raises(ClosedError) as raised:
            await client.hear(tone)
        await client.aclose()
    assert not raised.value.unanswered


class Sent:
    """Count the calls."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> None:
        self.calls += 1


async def test_it_is_told_once_that_a_request_has_left(tone: AudioSample) -> None:
    sent = Sent()

    async def checks(request: Any, writer: asyncio.StreamWriter) -> None:
        assert sent.calls == 1
        await says(200, {"text": "red"})(request, writer)

    async with http_server(strict_openai(checks)) as server:
        client = STTClient(url=server.url, dialect="openai")
        result = await client.hear(tone, on_sent=sent)
        await client.aclose()
    assert sent.calls == 1
    assert (result.hypothesis_text, result.http_status) == ("red", 200)


async def test_it_is_told_once_that_a_handshake_has_left(tone: AudioSample) -> None:
    sent = Sent()
    server = StrictWhisperLive(on_frame=lambda _number: [{"segments": [segment(0, 1, "red")]}])
    async with socket_server(server.talk) as url:
        client = STTClient(url=url, dialect="whisperlive", options={"settle_ms": 10, "pad_after_ms": 0})
        result = await client.hear(tone, on_sent=sent)
        await client.aclose()
    assert sent.calls == 1
    assert result.http_status is None


async def test_it_is_not_told_where_there_is_no_connection(tone: AudioSample) -> None:
    sent = Sent()
    client = STTClient(url="http://127.0.0.1:1", dialect="openai")
    with pytest.raises(ConnectError):
        await client.hear(tone, on_sent=sent)
    await client.aclose()
    assert sent.calls == 0


async def test_a_proxy_that_is_asked_for_a_tunnel_is_not_the_server(
    tone: AudioSample, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = Sent()
    async with http_server(says(403, b"no tunnels")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        client = STTClient(url="https://stt.example", dialect="openai")
        with pytest.raises(ConnectError, match="proxy"):
            await client.hear(tone, on_sent=sent)
        await client.aclose()
    assert sent.calls == 0


async def test_a_refusal_was_sent_for(tone: AudioSample) -> None:
    sent = Sent()
    async with http_server(says(400, {"detail": "no"})) as server:
        client = STTClient(url=server.url, dialect="openai")
        with pytest.raises(RejectedError):
            await client.hear(tone, on_sent=sent)
        await client.aclose()
    assert sent.calls == 1
