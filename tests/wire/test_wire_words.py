"""The times of words, from the request that asks for them to the result that has them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from strict_servers import (
    StrictWhisperLive,
    http_server,
    says,
    segment,
    socket_server,
    streams,
    strict_openai,
)

from pytest_stt.audio import AudioSample
from pytest_stt.client import STTClient
from pytest_stt.client.stream import StreamOptions
from pytest_stt.text.times import TimedWord

pytestmark = pytest.mark.asyncio

RED, DOOR = {"word": "red", "start": 0.1, "end": 0.4}, {"word": "door", "start": 0.5, "end": 0.9}
TIMED = [TimedWord(word="red", start_s=0.1, end_s=0.4), TimedWord(word="door", start_s=0.5, end_s=0.9)]
ASKED = {"response_format": "verbose_json", "timestamp_granularities": ["word"]}


async def test_a_verbose_answer_gives_a_result_with_words(tone: AudioSample) -> None:
    answer = says(200, {"task": "transcribe", "text": "red door", "words": [RED, DOOR]})
    async with http_server(strict_openai(answer)) as server:
        client = STTClient(url=server.url, dialect="openai", options=ASKED)
        result = await client.transcribe(tone)
        await client.aclose()
    parts = server.requests[0].parts
    assert parts["timestamp_granularities[]"] == ["word"]
    assert parts["response_format"] == "verbose_json"
    assert (result.hypothesis_text, result.words) == ("red door", TIMED)


async def test_a_stream_gives_a_result_with_the_words_of_its_last_event(tone: AudioSample) -> None:
    done = {"type": "transcript.text.done", "text": "red door", "segments": [{"words": [RED, DOOR]}]}
    events: list[dict[str, Any]] = [{"type": "transcript.text.delta", "delta": "red"}, done]
    answer = streams(f"data: {json.dumps(event)}\n\n".encode() for event in events)
    async with http_server(strict_openai(answer)) as server:
        client = STTClient(url=server.url, dialect="openai", options={**ASKED, "stream": True})
        result = await client.transcribe(tone)
        await client.aclose()
    assert (result.hypothesis_text, result.words) == ("red door", TIMED)


@pytest.mark.parametrize("body", [{"text": "red door"}, {"text": "red door", "words": "?", "segments": [7]}])
async def test_a_server_without_times_gives_a_result_without_words(
    body: dict[str, Any], tone: AudioSample
) -> None:
    async with http_server(strict_openai(says(200, body))) as server:
        client = STTClient(url=server.url, dialect="openai", options=ASKED)
        result = await client.transcribe(tone)
        await client.aclose()
    assert (result.hypothesis_text, result.words) == ("red door", [])


async def test_segments_give_a_result_with_their_latest_words(tone: AudioSample) -> None:
    tail = segment(0, 0.8, " red", completed=False) | {"words": [RED | {"start": "0.300", "end": "0.800"}]}
    whole = [segment(0, 0.5, " red") | {"words": [RED]}, segment(0.5, 1, " door") | {"words": [DOOR]}]
    answers = {1: [tail], 2: whole}

    def answer(number: int) -> list[dict[str, Any]]:
        return [{"segments": answers[number]}] if number in answers else []

    server = StrictWhisperLive(on_frame=answer)
    async with socket_server(server.talk) as url:
        options = {"pad_after_ms": 256, "settle_ms": 300, "word_timestamps": True}
        client = STTClient(url=url, dialect="whisperlive", options=options, stream=StreamOptions(pace=0))
        result = await client.transcribe(tone)
        await client.aclose()
    assert server.handshake["word_timestamps"] is True
    assert (result.hypothesis_text, result.words) == ("red door", TIMED)


async def test_a_session_gives_the_words_so_far(tone: AudioSample) -> None:
    server = StrictWhisperLive(ready=[{"segments": [segment(0, 1, "red") | {"words": [RED]}]}])
    async with socket_server(server.talk) as url:
        client = STTClient(url=url, dialect="whisperlive")
        async with client.ws(sample=tone) as session:
            hello = {"uid": "1", "language": "en", "task": "transcribe", "model": "tiny"}
            await session.send_text(json.dumps(hello))
            assert session.result().words == []
            await session.receive_text()
            assert session.result().words == TIMED[:1]
        await client.aclose()
