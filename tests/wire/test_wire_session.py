"""A WebSocket session: order, timeouts, what is sent and what comes of it."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import Any

import httpx
import httpx_ws
import numpy as np
import pytest
from strict_servers import Request, http_server, response, segment, sends, socket_server
from websockets.asyncio.server import ServerConnection

from pytest_stt.audio import AudioEncoding, AudioSample
from pytest_stt.client import STTClient, STTResult, STTSession
from pytest_stt.errors import (
    AudioError,
    BusyError,
    ClosedError,
    ConnectError,
    ProtocolError,
    RejectedError,
    STTError,
    STTTimeoutError,
    SuiteError,
)

pytestmark = pytest.mark.asyncio


async def echo(connection: ServerConnection) -> None:
    async for message in connection:
        await connection.send(message)


def says(*messages: str | bytes | list[str]) -> Any:
    """Send these messages, a list in fragments, and wait for the client to leave."""

    async def talk(connection: ServerConnection) -> None:
        for message in messages:
            await connection.send(message)
        await connection.wait_closed()

    return talk


async def test_frames_come_in_their_order() -> None:
    async with socket_server(echo) as url:
        client = STTClient(url=url)
        async with client.ws() as session:
            await session.send_text("one")
            await session.send_bytes(b"two")
            await session.send_text("three")
            assert await session.receive_text() == "one"
            assert await session.receive_bytes() == b"two"
            assert await session.receive_text() == "three"
            result = session.result()
        await client.aclose()
    assert (result.hypothesis_text, result.fragments, result.chunks_received) == (
        "one three",
        ["one", "three"],
        3,
    )
    assert result.text_metrics is None


async def test_a_frame_of_the_other_kind_is_named_and_stays_the_next() -> None:
    async with socket_server(says(b"\x00\x01\x02", "\x1b[31mtext")) as url:
        client = STTClient(url=url)
        async with client.ws() as session:
            for _ in range(2):
                with pytest.raises(
                    ProtocolError,
                    match=r"Expected a text frame .* binary frame of 3 bytes.*receive_bytes\(\)",
                ):
                    await session.receive_text()
            assert await session.receive_bytes() == b"\x00\x01\x02"
            with pytest.raises(
                ProtocolError, match=r"Expected a binary frame .*'\\x1b\[31mtext'.*receive_text\(\)"
            ):
                await session.receive_bytes()
            assert await session.receive_text() == "\x1b[31mtext"
        await client.aclose()


async def test_waiting_ends_with_what_was_awaited_and_what_came_last() -> None:
    async with socket_server(says("red\x07")) as url:
        client = STTClient(url=f"{url}?key=secret", timeout=0.1)
        async with client.ws() as session:
            await session.receive_text()
            with pytest.raises(STTTimeoutError) as raised:
                await session.receive_text()
            text = str(raised.value)
        await client.aclose()
    assert "did not send a text frame within 0.1 s" in text
    assert "the text 'red\\x07'" in text
    assert "secret" not in text


async def test_a_limit_of_the_call_replaces_the_clients() -> None:
    async with socket_server(says()) as url:
        client = STTClient(url=url, timeout=60)
        async with client.ws() as session:
            with pytest.raises(STTTimeoutError, match=r"a binary frame within 0\.05 s. No whole message was"):
                await session.receive_bytes(timeout=0.05)
        await client.aclose()


@pytest.mark.parametrize("timeout", [float("nan"), float("inf"), -1, "3"])
async def test_a_limit_that_is_no_duration_is_refused(timeout: Any) -> None:
    async with socket_server(says("red")) as url:
        client = STTClient(url=url)
        async with client.ws() as session:
            for receive in (session.receive_text, session.receive_bytes):
                with pytest.raises(SuiteError, match="timeout has to be a number of seconds of 0 or more"):
                    await receive(timeout=timeout)
            assert await session.receive_text() == "red"
            with pytest.raises(STTTimeoutError, match="within 0 s"):
                await session.receive_text(timeout=0)
        await client.aclose()


async def test_a_message_in_fragments_with_a_ping_between_is_one_message() -> None:
    async def talk(connection: ServerConnection) -> None:
        async def pieces() -> Any:
            yield "re"
            await connection.ping()
            yield "d dóó"
            yield "r"

        await connection.send(pieces())
        await connection.wait_closed()

    async with socket_server(talk) as url:
        client = STTClient(url=url)
        async with client.ws() as session:
            assert await session.receive_text() == "red dóór"
        await client.aclose()


async def test_a_message_of_five_megabytes_goes_both_ways() -> None:
    big = "x" * 5_000_000
    async with socket_server(echo, max_size=None) as url:
        client = STTClient(url=url)
        async with client.ws() as session:
            await session.send_text(big)
            assert await session.receive_text() == big
        await client.aclose()


async def test_reading_goes_on_while_sending() -> None:
    """A server that talks all the time and reads slowly would block both sides otherwise."""

    async def talk(connection: ServerConnection) -> None:
        for number in range(40):
            await connection.send(f"{number} " + "x" * 100_000)
            await connection.recv()

    async with socket_server(talk) as url:
        client = STTClient(url=url)
        async with client.ws() as session:
            for _ in range(40):
                await session.send_bytes(b"y" * 100_000)
            numbers = [int((await session.receive_text()).split()[0]) for _ in range(40)]
        await client.aclose()
    assert numbers == list(range(40))


async def test_a_server_that_takes_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytest_stt.client.ownership._CLOSE_S", 0.1)
    left = asyncio.Event()

    async def talk(connection: ServerConnection) -> None:
        connection.transport.pause_reading()
        await left.wait()
        connection.transport.abort()

    async with socket_server(talk) as url:
        client = STTClient(url=url, timeout=0.2)
        async with client.ws() as session:
            with pytest.raises(STTTimeoutError, match=r"took no data for 0\.2 s"):
                await session.send_bytes(bytes(100_000_000))
        left.set()
        await client.aclose()


@pytest.mark.parametrize(
    ("encoding", "rate"),
    [(AudioEncoding.FLOAT32, None), (AudioEncoding.PCM16, 8000), (AudioEncoding.PCM16_BASE64, 24000)],
)
async def test_a_sample_is_sent_whole_in_the_encoding(
    tone: AudioSample, encoding: AudioEncoding, rate: int | None
) -> None:
    got: list[str | bytes] = []

    async def talk(connection: ServerConnection) -> None:
        async for message in connection:
            got.append(message)

    async with socket_server(talk) as url:
        client = STTClient(url=url)
        async with client.ws(sample=tone) as session:
            await session.send_sample(tone, encoding=encoding, sample_rate=rate, pace=0)
        await client.aclose()
    if encoding is AudioEncoding.PCM16_BASE64:
        sent = b"".join(base64.b64decode(frame) for frame in got)
    else:
        sent = b"".join(frame for frame in got if isinstance(frame, bytes))
    whole = tone.float32(rate).tobytes() if encoding is AudioEncoding.FLOAT32 else tone.pcm16(rate)
    assert sent == whole
    assert len(got) == 3


async def test_frames_leave_in_real_time() -> None:
    """0.5 s in frames of 100 ms: the last one leaves 0.4 s after the first, however slow the machine is."""
    sample = AudioSample.from_array(np.zeros(8000), 16000)
    async with socket_server(echo) as url:
        client = STTClient(url=url)
        async with client.ws() as session:
            loop = asyncio.get_running_loop()
            begin = loop.time()
            await session.send_sample(sample, chunk_ms=100)
            assert loop.time() - begin >= 0.4
        await client.aclose()


async def test_a_session_with_a_sample_is_scored_and_announced(tone: AudioSample) -> None:
    scored: list[STTResult] = []
    async with socket_server(says("Red", "Door.")) as url:
        client = STTClient(url=url, normalizer="basic", on_score=scored.append)
        async with client.ws(sample=tone) as session:
            before = session.result()
            assert before.text_metrics is not None
            assert before.text_metrics.deletions == 2
            await session.send_sample(tone, pace=0)
            await session.receive_text()
            await session.receive_text()
            result = session.result()
            assert session.result() is result
        await client.aclose()
    assert result is before
    assert all(entry is result for entry in scored)
    assert result.text_metrics is not None
    assert (result.text_metrics.wer, result.reference, result.audio_s) == (0.0, "red door", 0.5)
    assert (result.language, result.dialect, result.normalizer) == ("en-US", None, "basic")


async def test_a_reference_of_the_tests_own_stays() -> None:
    async with socket_server(says("red", "door")) as url:
        client = STTClient(url=url)
        async with client.ws() as session:
            await session.receive_text()
            session.result().compute_metrics("red door")
            await session.receive_text()
            result = session.result()
        await client.aclose()
    assert result.text_metrics is not None
    assert result.text_metrics.wer == 0.0


async def test_latency_ends_when_the_last_text_arrived_not_when_it_was_looked_at(tone: AudioSample) -> None:
    async with socket_server(echo) as url:
        client = STTClient(url=url)
        async with client.ws(sample=tone) as session:
            await session.send_bytes(b"audio")
            await session.send_text("red")
            await asyncio.sleep(1.0)
            assert await session.receive_bytes() == b"audio"
            assert await session.receive_text() == "red"
            result = session.result()
        await client.aclose()
    assert 0 < result.latency_ms < 900


async def test_a_dialects_decoder_makes_the_transcript() -> None:
    messages = [
        {"message": "SERVER_READY"},
        {"segments": [segment(0, 1, "red"), segment(1, 2, "do", completed=False)]},
        {"segments": [segment(0, 1, "red"), segment(1, 2, "door", completed=False)]},
    ]
    async with socket_server(says(*(json.dumps(message) for message in messages))) as url:
        client = STTClient(url=url, dialect="whisperlive")
        async with client.ws() as session:
            for _ in messages:
                await session.receive_text()
            result = session.result()
        await client.aclose()
    assert result.hypothesis_text == "red door"
    assert result.fragments == ["red", "do", "door"]
    assert (result.chunks_received, result.dialect) == (3, "whisperlive")


async def test_a_session_made_by_hand_reads_by_itself() -> None:
    async with socket_server(says("red", "door")) as url, httpx.AsyncClient() as http:
        raw: httpx_ws.AsyncWebSocketSession
        async with httpx_ws.aconnect_ws(url, http) as raw:
            session = STTSession(session=raw, sample=None)
            await session.send_text("hello")
            assert await session.receive_text() == "red"
            assert await session.receive_text() == "door"
            with pytest.raises(STTTimeoutError, match="the server did not send a text frame"):
                await session.receive_text(timeout=0.01)
            assert session.result().hypothesis_text == "red door"
        with pytest.raises(ClosedError):
            await session.receive_text(timeout=5)


async def test_headers_and_subprotocols_go_to_the_handshake() -> None:
    seen: dict[str, str] = {}

    async def talk(connection: ServerConnection) -> None:
        assert connection.request is not None
        seen.update({name.lower(): value for name, value in connection.request.headers.items()})
        await connection.send(str(connection.subprotocol))

    mine = {"X-Mine": "1"}
    async with socket_server(talk, subprotocols=["binary"]) as url:
        client = STTClient(url=url.replace("ws", "http"), headers={"Authorization": "Bearer k"})
        async with client.ws(headers=mine, subprotocols=["binary"]) as session:
            assert await session.receive_text() == "binary"
        await client.aclose()
    assert (seen["authorization"], seen["x-mine"]) == ("Bearer k", "1")
    assert mine == {"X-Mine": "1"}


async def open_at(url: str, **kwargs: Any) -> None:
    client = STTClient(url=url, **kwargs)
    try:
        async with client.ws():
            raise AssertionError("the handshake went through")
    finally:
        await client.aclose()


@pytest.mark.parametrize(
    ("status", "kind"), [(401, RejectedError), (404, RejectedError), (503, BusyError), (200, STTError)]
)
async def test_a_refused_handshake_quotes_the_server(status: int, kind: type[STTError]) -> None:
    async def refuse(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(response(status, {"detail": "not you"}))

    async with http_server(refuse) as server:
        with pytest.raises(kind, match=rf"answered {status} .* instead of 101.*not you") as raised:
            await open_at(f"{server.url}?token=secret")
    assert "secret" not in str(raised.value)
    assert isinstance(raised.value, httpx.HTTPStatusError)


async def test_a_handshake_without_an_answer_is_not_waited_for() -> None:
    async with http_server(sends(b"", then="hang")) as server:
        with pytest.raises(STTTimeoutError, match=r"did not open a WebSocket within 0\.1 s|Nothing came"):
            await open_at(server.url, timeout=0.1)


async def test_a_handshake_that_is_cut_is_an_error() -> None:
    async with http_server(sends(b"HTTP/1.1 101 Switch")) as server:
        with pytest.raises((ClosedError, ConnectError), match="without an answer"):
            await open_at(server.url)


async def test_two_hundred_sessions_are_open_at_once() -> None:
    async with socket_server(echo) as url:
        client = STTClient(url=url)
        everybody = asyncio.Barrier(200)

        async def talk(number: int) -> str:
            async with client.ws() as session:
                await everybody.wait()
                await session.send_text(str(number))
                return await session.receive_text()

        answers = await asyncio.gather(*(talk(number) for number in range(200)))
        await client.aclose()
    assert answers == [str(number) for number in range(200)]


async def test_what_no_frame_can_hold_is_refused_and_the_session_goes_on(tone: AudioSample) -> None:
    wrong: Any = [np.zeros(3), "text", b"bytes", None]
    array, text, raw, nothing = wrong
    async with socket_server(echo) as url:
        client = STTClient(url=url)
        async with client.ws() as session:
            for data in (array, text, nothing):
                with pytest.raises(SuiteError, match=r"data has to be bytes .*send_text takes texts"):
                    await session.send_bytes(data)
            for data in (raw, nothing):
                with pytest.raises(SuiteError, match=r"data has to be a text .*send_bytes takes bytes"):
                    await session.send_text(data)
            with pytest.raises(SuiteError, match=r"character 4, U\+D800, is half of a surrogate pair"):
                await session.send_text("red \ud800")
            with pytest.raises(AudioError, match="one of float32, pcm16, pcm16_base64; found 'mp3'"):
                await session.send_sample(tone, encoding="mp3")  # type: ignore[arg-type]
            with pytest.raises(SuiteError, match="sample has to be an AudioSample"):
                await session.send_sample(text)
            await session.send_bytes(bytearray(b"ab"))
            await session.send_bytes(memoryview(b"cd"))
            assert [await session.receive_bytes() for _ in range(2)] == [b"ab", b"cd"]
        with pytest.raises(SuiteError, match="sample has to be an AudioSample"):
            async with client.ws(sample=text):
                pass
        await client.aclose()


async def test_a_wrong_pace_is_refused_before_anything_is_sent(tone: AudioSample) -> None:
    async with socket_server(echo) as url:
        client = STTClient(url=url)
        async with client.ws() as session:
            with pytest.raises(SuiteError, match="pace"):
                await session.send_sample(tone, pace=-1)
        await client.aclose()
