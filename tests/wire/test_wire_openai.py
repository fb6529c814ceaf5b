"""The dialect `openai` against a server that is strict about its requests."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from strict_servers import (
    CHUNKED,
    Answer,
    HTTPServer,
    chunk,
    http_server,
    response,
    says,
    sends,
    streams,
    strict_openai,
)

from pytest_stt.audio import AudioSample
from pytest_stt.client import STTClient, STTResult
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

VERBOSE = {
    "task": "transcribe",
    "language": "english",
    "duration": 2.1,
    "text": " red door",
    "segments": [{"id": 0, "start": 0.0, "end": 2.1, "text": " red door"}],
    "words": [{"word": "red", "start": 0.1, "end": 0.4}, {"word": "door", "start": 0.5, "end": 0.9}],
}


async def transcribe(
    answer: Answer, sample: AudioSample, *, key: str | None = None, **kwargs: Any
) -> tuple[STTResult, HTTPServer]:
    async with http_server(strict_openai(answer, key=key)) as server:
        client = STTClient(url=server.url, dialect="openai", **kwargs)
        try:
            return await client.transcribe(sample), server
        finally:
            await client.aclose()


def sse(*events: Any, line_end: str = "\n") -> bytes:
    datas = (event if isinstance(event, str) else json.dumps(event, ensure_ascii=False) for event in events)
    return "".join(f"data: {data}{line_end}{line_end}" for data in datas).encode()


def delta(text: str) -> dict[str, str]:
    return {"type": "transcript.text.delta", "delta": text}


def done(text: str) -> dict[str, str]:
    return {"type": "transcript.text.done", "text": text}


async def test_a_file_goes_as_it_is_with_name_type_and_fields(tmp_path: Path) -> None:
    path = tmp_path / "red door.flac"
    soundfile.write(path, np.sin(np.arange(16000) / 10) / 2, 16000)
    sample = AudioSample.from_file(path, reference_text="red door", language="en-GB")
    result, server = await transcribe(
        says(200, {"text": "red door"}),
        sample,
        key="k",
        headers={"Authorization": "Bearer k"},
        options={"temperature": 0, "timestamp_granularities": ["word", "segment"], "extra": {"vad": True}},
    )
    parts = server.requests[0].parts
    assert parts["file"] == ("red door.flac", "audio/flac", path.read_bytes())
    assert {name: value for name, value in parts.items() if name != "file"} == {
        "model": "whisper-1",
        "language": "en",
        "temperature": "0.0",
        "timestamp_granularities[]": ["word", "segment"],
        "vad": "true",
    }
    assert (result.hypothesis_text, result.reference, result.dialect) == ("red door", "red door", "openai")
    assert result.text_metrics is not None
    assert result.text_metrics.wer == 0.0
    assert result.audio_path == path
    assert result.audio_s == 1.0
    assert (result.chunks_received, result.fragments) == (1, ["red door"])
    assert [event.kind for event in result.events] == ["final", "done"]
    assert result.latency_ms == result.events[0].ms > 0


@pytest.mark.parametrize(
    ("response_format", "answer"),
    [
        ("json", says(200, {"text": "red door"})),
        ("verbose_json", says(200, VERBOSE)),
        ("text", says(200, "red door\n", "text/plain")),
        ("text", says(200, "red door\n", "text/html")),
        ("text", says(200, {"text": "red door", "usage": {}})),
    ],
)
async def test_every_format_is_read(response_format: str, answer: Answer, tone: AudioSample) -> None:
    result, server = await transcribe(answer, tone, options={"response_format": response_format})
    assert result.hypothesis_text == "red door"
    assert server.requests[0].parts["response_format"] == response_format


@pytest.mark.parametrize("body", [b"1984", b"null", b'["red"]', b'{"text": "re', b"red door", b"\xff"])
async def test_what_calls_itself_json_is_no_bare_text(body: bytes, tone: AudioSample) -> None:
    with pytest.raises(ProtocolError, match="is JSON without a text"):
        await transcribe(says(200, body), tone, options={"response_format": "text"})
    result, _ = await transcribe(says(200, '"red door"'), tone, options={"response_format": "text"})
    assert result.hypothesis_text == "red door"


async def test_plain_json_is_read_although_a_stream_was_asked(tone: AudioSample) -> None:
    result, server = await transcribe(says(200, {"text": "red door"}), tone, options={"stream": "true"})
    assert result.hypothesis_text == "red door"
    assert server.requests[0].parts["stream"] == "true"


def chat(text: str, **choice: Any) -> dict[str, Any]:
    return {"choices": [{"delta": {"content": text}, **choice}]}


SHAPES: dict[str, Sequence[Any]] = {
    "openai": [delta("red "), delta("dóór"), done("red dóór")],
    "empty done": [delta("red "), delta("dóór"), done("")],
    "chat chunks": [chat("red ", finish_reason="stop"), chat("dóór", finish_reason="stop"), "[DONE]"],
    "bare text": ["red ", "dóór"],
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
async def test_a_stream_is_read_however_it_is_split(shape: str, line_end: str, tone: AudioSample) -> None:
    """Each byte comes in a chunk of its own: the splits are in lines, in characters and in line ends."""
    body = sse(*SHAPES[shape], line_end=line_end)
    answer = streams([body[at : at + 1] for at in range(len(body))])
    result, _ = await transcribe(answer, tone, options={"stream": True})
    assert result.hypothesis_text == "red dóór"
    assert result.chunks_received == len(SHAPES[shape])


async def test_latency_ends_with_the_last_text_not_with_the_body(tone: AudioSample) -> None:
    pieces = [sse(delta("red ")), sse(done("red door")), b": comment\n\n"]
    result, _ = await transcribe(streams(pieces, pause_s=0.3), tone)
    partial, final, _ = result.events
    assert partial.ms + 250 < final.ms == result.latency_ms
    assert result.fragments == ["red ", "red door"]


async def test_a_stream_that_stays_open_after_its_last_event_is_over(tone: AudioSample) -> None:
    stays_open = sends(CHUNKED % b"text/event-stream" + chunk(sse(done("red door"))), then="hang")
    result, _ = await transcribe(stays_open, tone)
    assert result.hypothesis_text == "red door"


async def test_a_stream_that_is_cut_after_its_last_event_is_whole(tone: AudioSample) -> None:
    result, _ = await transcribe(streams([sse(delta("x"), done("red door"))], end=False), tone)
    assert result.hypothesis_text == "red door"


async def test_nothing_behind_the_last_event_takes_the_transcript_away(tone: AudioSample) -> None:
    last = sse(done("red door"))
    behind = [sse({"error": "too late"}), b"data: nonsense\n\n", b"data: half"]
    for rest in behind:
        for pieces in ([last + rest], [last, rest]):
            result, _ = await transcribe(streams(pieces), tone)
            assert (result.hypothesis_text, result.chunks_received) == ("red door", 1)
    broken = sends(CHUNKED % b"text/event-stream" + chunk(last) + b"no chunk")
    assert (await transcribe(broken, tone))[0].hypothesis_text == "red door"


async def test_a_transcript_that_is_whole_at_the_last_moment_counts(
    tone: AudioSample, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time is over while the end of the stream is still waited for."""
    monkeypatch.setattr("pytest_stt.client.dialects.openai._GRACE_S", 60)
    stays_open = sends(CHUNKED % b"text/event-stream" + chunk(sse(done("red door"))), then="hang")
    result, _ = await transcribe(stays_open, tone, timeout=0.5)
    assert result.hypothesis_text == "red door"


async def test_an_event_without_its_blank_line_counts_if_it_is_whole(tone: AudioSample) -> None:
    for body in (sse(done("red door")).rstrip(), sse(delta("red door"), "[DONE]").rstrip()):
        result, _ = await transcribe(streams([body]), tone)
        assert result.hypothesis_text == "red door"


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (streams([sse(delta("red "))]), ProtocolError, "ended after 'red' without its last event"),
        (streams([sse(delta("red "))], end=False), ClosedError, "in the middle of its answer"),
        (streams([b"data: \xff\n\n"]), ProtocolError, "event stream .* is not UTF-8"),
        (streams([sse(delta("red "), {"error": {"message": "died"}}, "[DONE]")]), ServerError, "died"),
        (streams([sse("red "), b"data: do"]), ProtocolError, "ended in the middle of an event: 'do'"),
        (streams([b'data: {"type": "tran']), ProtocolError, "ended in the middle of an event"),
        (streams([sse(delta("red "), '{"type": "tran')]), ProtocolError, "an event that is no JSON object"),
        (streams([b"event: error\ndata: no room\n\n"]), ServerError, "reported an error: no room"),
        (streams([b"event: ping\ndata: now\n\n"]), ProtocolError, "ended without its last event"),
        (streams([]), ProtocolError, "ended without its last event"),
        (says(200, b"<html>nginx</html>", "text/html"), ProtocolError, "not a JSON object: '<html>nginx"),
        (says(200, {"transcript": "x"}), ProtocolError, "has no `text`, only transcript"),
        (says(200, {"text": None}), ProtocolError, "no text: null"),
        (says(200, b'{"text": "\xff"}'), ProtocolError, "not UTF-8"),
        (says(200, b""), ProtocolError, "is empty"),
        (sends(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"), ClosedError, "middle of its answer"),
        (says(200, {"error": {"message": "out of memory"}}), ServerError, "out of memory"),
        (says(413, {"error": {"message": "25 MB"}}), RejectedError, "413 .*25 MB.*too large"),
        (
            says(422, {"detail": [{"loc": ["body", "x"], "msg": "unknown"}]}),
            RejectedError,
            "422 .*body.x: unknown",
        ),
        (says(429, {}, retry_after="3"), BusyError, "429 "),
        (says(500, "Internal Server Error", "text/plain"), ServerError, "500 .*Internal Server Error"),
    ],
)
async def test_no_transcript_is_an_error(
    answer: Answer, kind: type[STTError], words: str, tone: AudioSample
) -> None:
    with pytest.raises(kind, match=rf"http://127\.0\.0\.1:\d+/v1/audio/transcriptions.*{words}|{words}"):
        await transcribe(answer, tone)


async def test_the_strict_server_is_strict(tone: AudioSample) -> None:
    with pytest.raises(RejectedError, match=r"401 .*Incorrect API key.*API key"):
        await transcribe(says(200, {}), tone, key="k", headers={"Authorization": "Bearer wrong"})
    with pytest.raises(RejectedError, match=r"400 .*provide a file and a model"):
        await transcribe(says(200, {}), tone, options={"model": None})
    with pytest.raises(RejectedError, match=r"http://127\.0\.0\.1:\d+/inference answered 404"):
        await transcribe(says(200, {}), tone, options={"path": "/inference"})


async def test_a_silent_server_is_not_waited_for(tone: AudioSample) -> None:
    with pytest.raises(
        STTTimeoutError, match=r"no whole transcript within 0\.2 s|did not answer within 0\.2 s"
    ):
        await transcribe(sends(b"", then="hang"), tone, timeout=0.2)


async def test_a_stream_that_drips_is_not_waited_for(tone: AudioSample) -> None:
    drip = streams([sse(delta("x"))] * 1000, pause_s=0.02)
    with pytest.raises(STTTimeoutError, match=r"no whole transcript within 0\.3 s.*delta"):
        await transcribe(drip, tone, timeout=0.3)


async def test_five_megabytes_of_transcript_are_read(tone: AudioSample) -> None:
    big = "x" * 5_000_000
    for answer in (says(200, {"text": big}), streams([sse(delta(big), done(""))])):
        async with http_server(strict_openai(answer)) as server:
            client = STTClient(url=server.url, dialect="openai")
            assert (await client.hear(tone)).hypothesis_text == big
            await client.aclose()


async def test_connections_are_used_again_for_whole_and_for_streamed_answers(tone: AudioSample) -> None:
    replies = [response(200, {"text": "red"}), None]

    async def answer(request: Any, writer: asyncio.StreamWriter) -> None:
        reply = replies[len(server.requests) % 2]
        if reply is None:
            await streams([sse(done("red"))])(request, writer)
        else:
            writer.write(reply)

    async with http_server(strict_openai(answer)) as server:
        client = STTClient(url=server.url, dialect="openai")
        for _ in range(6):
            assert (await client.transcribe(tone)).hypothesis_text == "red"
        assert server.connections == 1
        await client.aclose()


async def test_what_was_heard_unscored_has_no_metrics(tone: AudioSample) -> None:
    scored: list[STTResult] = []
    async with http_server(strict_openai(says(200, {"text": "Red door."}))) as server:
        client = STTClient(url=server.url, dialect="openai", normalizer="basic", on_score=scored.append)
        heard = await client.hear(tone)
        assert (heard.text_metrics, scored) == (None, [])
        result = await client.transcribe(tone)
        await client.aclose()
    assert scored == [result]
    assert result.assert_quality(max_wer=0) is result


async def test_a_server_that_answers_before_it_has_read_the_upload_is_heard() -> None:
    """A 413 comes while the body is still sent, and the connection is closed."""
    sample = AudioSample.from_array(np.zeros(16000 * 60), 16000)

    gone = asyncio.Event()

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(response(413, {"detail": "too much"}))
        await writer.drain()
        await asyncio.sleep(0.2)
        writer.close()
        gone.set()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    client = STTClient(
        url=f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", dialect="openai", timeout=10
    )
    with pytest.raises(RejectedError, match=r"413 .*too much"):
        await client.transcribe(sample)
    await client.aclose()
    await gone.wait()
    server.close()
