"""Servers that send more than anybody wants."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from strict_servers import StrictWhisperLive, chunk, http_server, says, segment, socket_server, streams

from pytest_stt.audio import AudioSample
from pytest_stt.client import STTClient
from pytest_stt.client.stream import StreamOptions
from pytest_stt.errors import BusyError, ClosedError, ProtocolError, ServerError, SuiteError

pytestmark = pytest.mark.asyncio

TOO_LARGE = r"^\w+://127\.0\.0\.1:\d+/\S*\*\*\* sent more than [01.]+ MB as {what}.*raise `max_response_mb`"
ONE_RESPONSE = TOO_LARGE.format(what="one response")

Reader = Callable[[STTClient], Awaitable[object]]


async def post(client: STTClient) -> object:
    return (await client.post()).content


async def stream(client: STTClient) -> object:
    async with client.stream() as response:
        return b"".join([piece async for piece in response.aiter_bytes()])


async def aread(client: STTClient) -> object:
    async with client.stream() as response:
        return await response.aread()


async def sse(client: STTClient) -> object:
    async with client.sse() as source:
        return [event.data async for event in source.aiter_sse()]


async def transcribe(client: STTClient) -> object:
    sample = AudioSample.from_array([0.0] * 1600, 16000)
    return (await client.transcribe(sample)).hypothesis_text


async def read(reader: Reader, url: str, limit_mb: float = 1.0) -> object:
    client = STTClient(url=f"{url}/v1/x?key=secret", dialect="openai", max_response_mb=limit_mb)
    try:
        return await reader(client)
    finally:
        await client.aclose()


def bomb(coding: str, size_bytes: int = 60_000_000) -> bytes:
    """Compress so many zeros into a thousandth of the size."""
    bits = {"gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS, "raw": -zlib.MAX_WBITS}[coding]
    deflater = zlib.compressobj(9, zlib.DEFLATED, bits)
    megabyte = bytes(1_000_000)
    return b"".join(deflater.compress(megabyte) for _ in range(size_bytes // 1_000_000)) + deflater.flush()


@pytest.mark.parametrize("reader", [post, stream, aread, sse, transcribe])
async def test_a_body_without_end_is_refused_at_the_limit(reader: Reader) -> None:
    endless = streams(b": x\n" * 10_000 for _ in iter(int, 1))
    async with http_server(endless) as server:
        with pytest.raises(ProtocolError, match=ONE_RESPONSE) as raised:
            await read(reader, server.url)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("reader", [post, stream, aread])
@pytest.mark.parametrize("form", ["gzip", "deflate", "raw"])
async def test_a_compressed_bomb_is_refused_before_it_goes_off(
    reader: Reader, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    largest = 0
    real = zlib.decompressobj

    def watched(*args: Any) -> Any:
        return Watched(real(*args))

    class Watched:
        def __init__(self, inflater: Any) -> None:
            self._inflater = inflater

        def decompress(self, *args: Any) -> bytes:
            nonlocal largest
            made: bytes = self._inflater.decompress(*args)
            largest = max(largest, len(made))
            return made

        def __getattr__(self, name: str) -> Any:
            return getattr(self._inflater, name)

    monkeypatch.setattr(zlib, "decompressobj", watched)
    coding = "deflate" if form == "raw" else form
    async with http_server(says(200, bomb(form), "text/plain", content_encoding=coding)) as server:
        with pytest.raises(ProtocolError, match=ONE_RESPONSE):
            await read(reader, server.url)
    assert largest < 1_000_000


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip", "gzip, br"])
async def test_a_compression_that_can_not_be_bounded_is_refused(coding: str) -> None:
    async with http_server(says(200, b"x", "text/plain", content_encoding=coding)) as server:
        with pytest.raises(ProtocolError, match=f"compressed as '{coding}', which was not asked for"):
            await read(post, server.url)
    assert server.requests[0].headers["accept-encoding"] == "gzip, deflate"


@pytest.mark.parametrize("coding", ["identity", "utf-8", ""])
async def test_what_is_no_compression_is_read_as_it_is(coding: str) -> None:
    async with http_server(says(200, b"red", "text/plain", content_encoding=coding)) as server:
        assert await read(post, server.url) == b"red"


@pytest.mark.parametrize("form", ["gzip", "deflate", "raw"])
@pytest.mark.parametrize("reader", [post, stream])
async def test_a_compressed_body_within_the_limit_is_read(form: str, reader: Reader) -> None:
    coding = "deflate" if form == "raw" else form
    body = bomb(form, 3_000_000)
    async with http_server(says(200, body, "text/plain", content_encoding=coding)) as server:
        assert await read(reader, server.url, 3.0) == bytes(3_000_000)


@pytest.mark.parametrize("reader", [post, stream, aread])
async def test_a_body_of_the_very_size_is_read(reader: Reader) -> None:
    async with http_server(says(200, b"x" * 1_000_000, "text/plain")) as server:
        assert await read(reader, server.url) == b"x" * 1_000_000
    async with http_server(says(200, b"x" * 1_000_001, "text/plain")) as server:
        with pytest.raises(ProtocolError, match=ONE_RESPONSE):
            await read(reader, server.url)


@pytest.mark.parametrize("reader", [post, stream, sse, transcribe])
@pytest.mark.parametrize(("status", "kind"), [(500, ServerError), (503, BusyError)])
async def test_a_refusal_without_end_is_a_refusal(reader: Reader, status: int, kind: type[Exception]) -> None:
    async def answer(_request: object, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 %d No\r\ntransfer-encoding: chunked\r\n\r\n" % status)
        while True:
            writer.write(chunk(b"out of memory " * 5000))
            await writer.drain()

    async with http_server(answer) as server:
        with pytest.raises(kind, match=f"answered {status}.*out of memory"):
            await read(reader, server.url)


async def test_a_refusal_in_brotli_is_a_refusal() -> None:
    async with http_server(says(500, b"x", "text/plain", content_encoding="br")) as server:
        with pytest.raises(ServerError, match="answered 500"):
            await read(post, server.url)


async def test_a_refused_handshake_is_not_read_for_ever() -> None:
    body = gzip.compress(bytes(50_000_000))
    async with http_server(says(503, body, "text/plain", content_encoding="gzip")) as server:
        with pytest.raises(BusyError, match="503"):
            async with STTClient(url=server.url, max_response_mb=1).ws():
                pass


@pytest.mark.parametrize("wrong", [0, -1, float("nan"), float("inf"), "16", None])
async def test_a_limit_that_is_no_size_is_refused(wrong: Any) -> None:
    with pytest.raises(SuiteError, match="max_response_mb has to be a number of megabytes above 0"):
        STTClient(url="http://127.0.0.1", max_response_mb=wrong)


async def test_large_messages_are_received() -> None:
    async def talk(connection: Any) -> None:
        await connection.send("ä" * 2_500_000)
        await connection.send(b"x" * 5_000_000)
        await connection.send(["red ", "door ", "é" * 100_000])
        await connection.wait_closed()

    async with socket_server(talk) as url, STTClient(url=url).ws() as session:
        assert await session.receive_text() == "ä" * 2_500_000
        assert await session.receive_bytes() == b"x" * 5_000_000
        assert await session.receive_text() == "red door " + "é" * 100_000


@pytest.mark.parametrize("piece", ["red", b"red", "x" * 70_000])
async def test_a_message_without_end_is_refused(piece: str | bytes) -> None:
    async def endless() -> Any:
        while True:
            yield piece
            await asyncio.sleep(0)

    async def talk(connection: Any) -> None:
        await connection.send(endless())

    async with socket_server(talk) as url:
        client = STTClient(url=f"{url}?key=secret", max_response_mb=0.1)
        async with client.ws() as session:
            with pytest.raises(ProtocolError, match=TOO_LARGE.format(what="one message")):
                await session.receive_text()
            with pytest.raises(ProtocolError, match=TOO_LARGE.format(what="one message")):
                await session.send_text("still there?")


@pytest.mark.parametrize("message", ["x" * 100_000, b"x" * 100_000, ""])
async def test_messages_that_nobody_receives_are_not_kept_for_ever(message: str | bytes) -> None:
    closed = asyncio.Event()

    async def talk(connection: Any) -> None:
        try:
            while True:
                await connection.send(message)
                await asyncio.sleep(0)
        finally:
            closed.set()

    async with socket_server(talk) as url:
        client = STTClient(url=f"{url}?key=secret", max_response_mb=0.1)
        async with client.ws() as session:
            await closed.wait()
            with pytest.raises(ProtocolError, match=TOO_LARGE.format(what="messages that nobody received")):
                await session.receive_text()


async def test_a_session_that_is_received_has_no_limit_in_all() -> None:
    async def talk(connection: Any) -> None:
        for _ in range(30):
            await connection.send("x" * 100_000)
            await connection.recv()

    async with socket_server(talk) as url, STTClient(url=url, max_response_mb=0.2).ws() as session:
        for _ in range(30):
            assert len(await session.receive_text()) == 100_000
            await session.send_text("next")
        with pytest.raises(ClosedError):
            await session.receive_text()


async def test_the_messages_of_one_transcription_are_limited_in_all(tone: AudioSample) -> None:
    padding = "x" * 100_000
    server = StrictWhisperLive(
        on_frame=lambda number: [{"segments": [segment(0, 1, "red", completed=False)], "padding": padding}]
    )
    async with socket_server(server.talk) as url:
        client = STTClient(
            url=f"{url}?key=secret",
            dialect="whisperlive",
            max_response_mb=1,
            options={"settle_ms": 100},
            stream=StreamOptions(pace=0, chunk_ms=20),
        )
        with pytest.raises(ProtocolError, match=TOO_LARGE.format(what="messages, in all")):
            await client.hear(tone)
        await client.aclose()
