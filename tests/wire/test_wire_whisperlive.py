"""The dialect `whisperlive` against a server that is strict about its frames."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
from strict_servers import StrictWhisperLive, segment, socket_server
from websockets.asyncio.server import ServerConnection

from pytest_stt.audio import AudioEncoding, AudioSample
from pytest_stt.client import STTClient, STTResult
from pytest_stt.client.stream import StreamOptions
from pytest_stt.errors import (
    BusyError,
    ClosedError,
    ProtocolError,
    RejectedError,
    ServerError,
    STTError,
    STTTimeoutError,
)

pytestmark = pytest.mark.asyncio

# Short waits: what is waited for is told by the server, not by a clock of ours.
QUICK = {"pad_after_ms": 256, "settle_ms": 300}


async def transcribe(
    server: StrictWhisperLive, sample: AudioSample, *, pace: float = 0, **kwargs: Any
) -> STTResult:
    options = QUICK | kwargs.pop("options", {})
    async with socket_server(server.talk) as url:
        client = STTClient(
            url=url, dialect="whisperlive", options=options, stream=StreamOptions(pace=pace), **kwargs
        )
        try:
            return await client.transcribe(sample)
        finally:
            await client.aclose()


def on_frames(**answers: list[dict[str, Any]]) -> Any:
    """Answer frame N with segments: `f2=[...]` for the second one."""

    def answer(number: int) -> Iterable[dict[str, Any]]:
        segments = answers.get(f"f{number}")
        return [] if segments is None else [{"segments": segments}]

    return answer


async def test_the_conversation_is_as_the_protocol_has_it(tone: AudioSample) -> None:
    server = StrictWhisperLive(on_frame=on_frames(f3=[segment(0, 1, " red door ", completed=False)]))
    result = await transcribe(server, tone, options={"model": "tiny.en", "extra": {"hotwords": "door"}})
    assert server.violations == []
    assert server.ended
    handshake = server.handshake
    assert (handshake["model"], handshake["language"], handshake["task"]) == ("tiny.en", "en", "transcribe")
    assert handshake["hotwords"] == "door"
    assert (result.hypothesis_text, result.dialect, result.audio_s) == ("red door", "whisperlive", 0.5)
    assert result.text_metrics is not None
    assert result.text_metrics.wer == 0.0


async def test_all_the_audio_arrives_and_then_silence(tone: AudioSample) -> None:
    server = StrictWhisperLive()
    result = await transcribe(server, tone, options={"pad_after_ms": 600})
    heard = np.frombuffer(bytes(server.audio), "<f4")
    assert np.array_equal(heard[:8000], tone.float32())
    assert len(heard) == 8000 + 3 * 4096
    assert not heard[8000:].any()
    assert (result.hypothesis_text, result.latency_ms) == ("", 0.0)


async def test_audio_of_another_rate_is_resampled() -> None:
    server = StrictWhisperLive()
    await transcribe(server, AudioSample.from_array(np.zeros(44100), 44100), options={"pad_after_ms": 0})
    assert len(server.audio) == 16000 * 4


async def test_a_raw_pcm_server_gets_pcm16(tone: AudioSample) -> None:
    server = StrictWhisperLive()
    async with socket_server(server.talk) as url:
        stream = StreamOptions(pace=0, encoding=AudioEncoding.PCM16)
        client = STTClient(url=url, dialect="whisperlive", options=QUICK | {"pad_after_ms": 0}, stream=stream)
        await client.transcribe(tone)
        await client.aclose()
    assert bytes(server.audio) == tone.pcm16()


async def test_audio_and_silence_are_sent_in_real_time(tone: AudioSample) -> None:
    """2 frames of audio and 1 of silence take 384 ms at twice the pace, and 300 ms are for settling."""
    server = StrictWhisperLive()
    begin = asyncio.get_running_loop().time()
    await transcribe(server, tone, pace=2.0)
    assert asyncio.get_running_loop().time() - begin > 0.684
    assert server.frames == 3


async def test_repeats_revisions_and_an_open_tail_make_one_transcript(tone: AudioSample) -> None:
    red, door = segment(0, 1, " red"), segment(1, 2, " door")
    server = StrictWhisperLive(
        ready=[{"status": "WARNING", "message": "slow"}, {"message": "SERVER_READY"}],
        on_frame=on_frames(
            f1=[segment(0, 0.5, "bread", completed=False)],
            f2=[red, segment(1, 1.5, "do", completed=False)],
            f3=[red, door, segment(2, 3, "is open", completed=False)],
        ),
    )
    result = await transcribe(server, tone)
    assert result.hypothesis_text == "red door is open"
    assert result.fragments == ["bread", "red", "do", "door", "is open"]
    assert [event.kind for event in result.events] == [
        "info",
        "info",
        "partial",
        "final",
        "partial",
        "final",
        "partial",
    ]


async def test_what_comes_late_still_counts(tone: AudioSample) -> None:
    late = [
        (1.0, {"segments": [segment(0, 1, "red")]}),
        (1.0, {"segments": [segment(0, 1, "red"), segment(1, 2, "door")]}),
        (0.2, {"segments": [segment(0, 1, "red"), segment(1, 2, "door")]}),
    ]
    result = await transcribe(StrictWhisperLive(late=late), tone, options={"settle_ms": 1500})
    assert result.hypothesis_text == "red door"
    *_, first, last = result.events
    assert last.ms > first.ms + 900
    assert result.latency_ms == last.ms
    assert result.chunks_received == 4


async def test_a_big_message_in_fragments_is_read(tone: AudioSample) -> None:
    big = "x" * 2_000_000

    async def talk(connection: ServerConnection) -> None:
        await connection.recv()
        await connection.send('{"message": "SERVER_READY"}')
        message = json.dumps({"segments": [segment(0, 1, big)]})
        await connection.send([message[at : at + 100_000] for at in range(0, len(message), 100_000)])
        async for _ in connection:
            pass

    async with socket_server(talk) as url:
        client = STTClient(url=url, dialect="whisperlive", options=QUICK, stream=StreamOptions(pace=0))
        assert (await client.hear(tone)).hypothesis_text == big
        await client.aclose()


async def fails(talk: Any, sample: AudioSample, kind: type[STTError], words: str, **kwargs: Any) -> STTError:
    options = QUICK | kwargs.pop("options", {})
    async with socket_server(talk) as url:
        client = STTClient(url=url, dialect="whisperlive", options=options, **kwargs)
        with pytest.raises(kind, match=words) as raised:
            await client.transcribe(sample)
        await client.aclose()
    assert "ws://127.0.0.1:" in str(raised.value)
    return raised.value


async def test_a_full_server_asks_to_wait(tone: AudioSample) -> None:
    async def talk(connection: ServerConnection) -> None:
        await connection.recv()
        await connection.send('{"uid": "1", "status": "WAIT", "message": 3.5}')

    error = await fails(talk, tone, BusyError, "wait 3.5 minutes")
    assert isinstance(error, BusyError)
    assert error.retry_after_s == 210.0


async def test_an_error_before_the_audio_is_told(tone: AudioSample) -> None:
    server = StrictWhisperLive(ready=[{"status": "ERROR", "message": "no such model"}])
    await fails(server.talk, tone, ServerError, "no such model")


async def test_an_error_in_the_middle_ends_the_sending(tone: AudioSample) -> None:
    long = AudioSample.from_array(np.zeros(16000 * 60), 16000)
    server = StrictWhisperLive(on_frame=lambda number: [{"status": "ERROR", "message": "died"}])
    await fails(server.talk, long, ServerError, "died", stream=StreamOptions(chunk_ms=50))
    assert server.frames < 20


async def test_a_server_that_says_why_and_closes_is_quoted(tone: AudioSample) -> None:
    async def talk(connection: ServerConnection) -> None:
        await connection.recv()
        await connection.send('{"message": "SERVER_READY"}')
        await connection.recv()
        await connection.send('{"status": "ERROR", "message": "out of memory"}')
        await connection.close(1011)

    await fails(talk, tone, ServerError, "out of memory", stream=StreamOptions(chunk_ms=20, pace=0.2))


async def test_a_close_without_a_word_before_ready_says_when(tone: AudioSample) -> None:
    async def talk(connection: ServerConnection) -> None:
        await connection.recv()

    error = await fails(talk, tone, ClosedError, "before it was ready: code 1000")
    assert isinstance(error, ClosedError)
    assert error.code == 1000


@pytest.mark.parametrize("frames", [1, 2])
async def test_a_close_in_the_middle_is_an_error(frames: int, tone: AudioSample) -> None:
    async def talk(connection: ServerConnection) -> None:
        await connection.recv()
        await connection.send('{"message": "SERVER_READY"}')
        for _ in range(frames):
            await connection.recv()
        await connection.close(1011, "worker died")

    await fails(talk, tone, ClosedError, "1011 .*worker died")


async def test_a_close_while_the_text_settles_is_an_error(tone: AudioSample) -> None:
    async def talk(connection: ServerConnection) -> None:
        await connection.recv()
        await connection.send('{"message": "SERVER_READY"}')
        for _ in range(3):
            await connection.recv()
        await connection.close(1001)

    error = await fails(
        talk,
        tone,
        ClosedError,
        "before its text had settled",
        stream=StreamOptions(pace=0),
        options={"settle_ms": 9999},
    )
    assert isinstance(error, ClosedError)
    assert error.code == 1001


async def test_a_dropped_connection_is_an_error(tone: AudioSample) -> None:
    async def talk(connection: ServerConnection) -> None:
        await connection.recv()
        connection.transport.abort()

    await fails(talk, tone, ClosedError, "before it was ready: code 1006")


async def test_the_end_of_the_servers_patience_is_an_error(tone: AudioSample) -> None:
    server = StrictWhisperLive(on_frame=lambda number: [{"message": "DISCONNECT"}])
    await fails(server.talk, tone, ClosedError, "limit of time")


async def test_a_server_that_never_gets_ready_is_not_waited_for(tone: AudioSample) -> None:
    server = StrictWhisperLive(ready=[{"uid": "1", "language": "en"}])
    await fails(
        server.talk,
        tone,
        STTTimeoutError,
        r"not ready within 0\.2 s \(`options.ready_timeout`\).*language",
        options={"ready_timeout": 0.2},
    )


async def test_everything_together_is_not_waited_for(tone: AudioSample) -> None:
    """A server that takes its time for the handshake and then never settles."""
    late = [(0.1, {"segments": [segment(0, 1, str(number), completed=False)]}) for number in range(100)]
    server = StrictWhisperLive(late=late)
    options = {"ready_timeout": 0.1, "pad_after_ms": 1, "settle_ms": 1000}
    stream = StreamOptions(pace=100)
    words = "no whole transcript within .*segments|still sent new text"
    await fails(server.talk, tone, STTTimeoutError, words, timeout=0.2, options=options, stream=stream)


async def test_text_that_never_settles_is_not_waited_for(tone: AudioSample) -> None:
    late = [(0.1, {"segments": [segment(0, 1, str(number), completed=False)]}) for number in range(100)]
    server = StrictWhisperLive(late=late)
    await fails(
        server.talk,
        tone,
        STTTimeoutError,
        r"still sent new text 0\.6 s after the end of the audio.*segments",
        timeout=0.3,
    )


@pytest.mark.parametrize("message", ["<html>", b"\x00\x01", '{"segments": 7}'])
async def test_what_is_no_message_of_the_protocol_is_told(message: str | bytes, tone: AudioSample) -> None:
    async def talk(connection: ServerConnection) -> None:
        await connection.recv()
        await connection.send(message)
        await connection.wait_closed()

    await fails(talk, tone, ProtocolError, "is a WhisperLive server")


async def test_bytes_that_are_not_utf8_are_told(tone: AudioSample) -> None:
    async def talk(connection: ServerConnection) -> None:
        await connection.recv()
        await connection.send(b"\xff\xfe", text=True)
        await connection.wait_closed()

    await fails(talk, tone, ProtocolError, "breaks the WebSocket protocol")


async def test_a_refused_handshake_is_told(tone: AudioSample) -> None:
    def refuse(connection: ServerConnection, request: Any) -> Any:
        return connection.respond(401, "token missing\n")

    async def talk(connection: ServerConnection) -> None:
        raise AssertionError("nobody gets here")

    async with socket_server(talk, process_request=refuse) as url:
        client = STTClient(url=f"{url}?token=secret", dialect="whisperlive", options=QUICK)
        with pytest.raises(RejectedError, match=r"401 .*token missing.*API key") as raised:
            await client.transcribe(tone)
        await client.aclose()
    assert "secret" not in str(raised.value)
