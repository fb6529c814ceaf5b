"""The embedded server over OpenAI's API, asked by OpenAI's own client."""

from __future__ import annotations

import io
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jiwer
import numpy as np
import openai
import pytest
import soundfile

from pytest_stt.local import LocalServer
from pytest_stt.text import find_normalizer

TWENTY_SECONDS = (
    "It was the first warm day of the year, and half the town had come down to the river. "
    "Children threw stones at the water, a man slept on a bench with a newspaper over his face, "
    "and somebody was playing the violin under the bridge. Nobody spoke about the winter. "
    "At four o'clock the ice cream had run out, and by five the first clouds came over the hills."
)


@pytest.fixture
def client(embedded_server: LocalServer) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{embedded_server.url}/v1", api_key="none", max_retries=0) as client:
        yield client


@pytest.fixture
def hello(recordings: Path) -> Path:
    return recordings / "hello.flac"


def wav(samples: Any, rate: int = 16000) -> tuple[str, bytes]:
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, rate, format="WAV", subtype="FLOAT")
    return "speech.wav", buffer.getvalue()


def post(server: LocalServer, **parts: Any) -> httpx.Response:
    return httpx.post(f"{server.url}/v1/audio/transcriptions", timeout=60, **parts)


def test_json_has_the_text(client: openai.OpenAI, hello: Path) -> None:
    answer = client.audio.transcriptions.create(file=hello, model="whisper-1")

    assert answer.text == "Hello, can you hear me?"
    assert answer.usage is not None
    assert answer.usage.type == "duration"


def test_text_is_the_transcript_alone(client: openai.OpenAI, hello: Path) -> None:
    text = client.audio.transcriptions.create(file=hello, model="whisper-1", response_format="text")

    assert text == "Hello, can you hear me?\n"


def test_verbose_json_says_when_it_was_said(client: openai.OpenAI, hello: Path) -> None:
    answer = client.audio.transcriptions.create(file=hello, model="any", response_format="verbose_json")

    assert answer.language == "english"
    assert answer.duration == pytest.approx(soundfile.info(hello).duration)
    assert answer.segments is not None
    (segment,) = answer.segments
    assert segment.text == " Hello, can you hear me?"
    assert 0 < segment.start < segment.end < answer.duration


def test_streamed_deltas_add_up_to_the_text(client: openai.OpenAI, hello: Path) -> None:
    with client.audio.transcriptions.create(file=hello, model="whisper-1", stream=True) as events:
        received = list(events)

    assert [event.type for event in received] == ["transcript.text.delta"] * 5 + ["transcript.text.done"]
    assert "".join(getattr(event, "delta", "") for event in received) == "Hello, can you hear me?"
    assert getattr(received[-1], "text", None) == "Hello, can you hear me?"


def test_twenty_seconds_come_out_whole(client: openai.OpenAI, recordings: Path) -> None:
    heard = client.audio.transcriptions.create(
        file=recordings / "first-warm-day.flac", model="whisper-1"
    ).text

    normalize = find_normalizer("basic")
    assert jiwer.wer(normalize(TWENTY_SECONDS), normalize(heard)) < 0.04


def test_a_recording_longer_than_the_model_takes_is_heard_in_pieces(
    client: openai.OpenAI, recordings: Path
) -> None:
    samples, rate = soundfile.read(recordings / "first-warm-day.flac", dtype="float32")
    twice = np.concatenate((samples, samples))

    answer = client.audio.transcriptions.create(
        file=wav(twice, rate), model="whisper-1", response_format="verbose_json"
    )

    normalize = find_normalizer("basic")
    assert jiwer.wer(normalize(f"{TWENTY_SECONDS} {TWENTY_SECONDS}"), normalize(answer.text)) < 0.06
    assert answer.segments is not None
    assert len(answer.segments) > 1


@pytest.mark.parametrize("name", ["silence", "room-tone"])
def test_silence_gives_no_text(client: openai.OpenAI, recordings: Path, name: str) -> None:
    assert client.audio.transcriptions.create(file=recordings / f"{name}.flac", model="whisper-1").text == ""


def test_silence_streams_an_empty_text(client: openai.OpenAI, recordings: Path) -> None:
    with client.audio.transcriptions.create(
        file=recordings / "silence.flac", model="whisper-1", stream=True
    ) as events:
        (done,) = events

    assert getattr(done, "text", None) == ""


def test_noise_gives_no_text(client: openai.OpenAI) -> None:
    hiss = np.random.default_rng(0).normal(0, 0.01, 160_000)
    samples = np.concatenate((np.zeros(32_000), hiss, np.zeros(32_000)))

    assert client.audio.transcriptions.create(file=wav(samples), model="whisper-1").text == ""


def test_a_twentieth_of_a_second_gives_no_text(client: openai.OpenAI) -> None:
    assert client.audio.transcriptions.create(file=wav(np.full(800, 0.5)), model="whisper-1").text == ""


def test_any_rate_and_stereo_are_heard(client: openai.OpenAI, hello: Path) -> None:
    samples, _ = soundfile.read(hello, dtype="float32")
    stereo_at_48_khz = np.repeat(samples, 3)[:, np.newaxis].repeat(2, axis=1)

    answer = client.audio.transcriptions.create(file=wav(stereo_at_48_khz, 48_000), model="whisper-1")

    assert answer.text == "Hello, can you hear me?"


def test_every_repeat_from_several_threads_gives_the_same_text(
    client: openai.OpenAI, recordings: Path
) -> None:
    names = ["voicemail.flac", "drug-names.flac", "lighthouse.flac"] * 4
    heard: list[tuple[str, str]] = []

    def listen(name: str) -> None:
        answer = client.audio.transcriptions.create(file=recordings / name, model="whisper-1")
        heard.append((name, answer.text))

    threads = [threading.Thread(target=listen, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(heard) == len(names)
    assert len(set(heard)) == len(set(names))


def test_the_model_is_listed(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["moonshine-tiny-en"]


@pytest.mark.parametrize(
    ("options", "param"),
    [
        ({"response_format": "srt"}, "response_format"),
        ({"response_format": "verbose_json", "stream": True}, "response_format"),
        ({"language": "de"}, "language"),
        ({"timestamp_granularities": ["word"], "response_format": "verbose_json"}, "timestamp_granularities"),
        ({"model": ""}, "model"),
    ],
)
def test_what_the_engine_cannot_do_is_refused(
    client: openai.OpenAI, hello: Path, options: dict[str, Any], param: str
) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        client.audio.transcriptions.create(**{"file": hello, "model": "whisper-1", **options})
    assert refused.value.param == param
    assert refused.value.type == "invalid_request_error"


@pytest.mark.parametrize(
    "content",
    [b"garbage" * 1000, b"RIFF\x00\x00\x00\x00WAVE", b"", wav([])[1]],
    ids=["garbage", "header", "nothing", "no frames"],
)
def test_what_is_no_audio_is_refused(client: openai.OpenAI, content: bytes) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        client.audio.transcriptions.create(file=("a.wav", content), model="whisper-1")
    assert refused.value.param == "file"


def test_a_file_that_is_too_large_is_refused(client: openai.OpenAI) -> None:
    with pytest.raises(openai.APIStatusError) as refused:
        client.audio.transcriptions.create(file=("a.wav", bytes(25 * 1024 * 1024 + 1)), model="whisper-1")
    assert refused.value.status_code == 413


def test_a_recording_that_is_too_long_is_refused(client: openai.OpenAI) -> None:
    buffer = io.BytesIO()
    soundfile.write(buffer, np.zeros(2 * 60 * 60 * 1000 + 1), 1000, format="FLAC")

    with pytest.raises(openai.BadRequestError, match="longer than 7200 seconds"):
        client.audio.transcriptions.create(file=("a.flac", buffer.getvalue()), model="whisper-1")


@pytest.mark.parametrize(
    "parts",
    [
        {"data": {"model": "whisper-1"}},
        {"json": {"model": "whisper-1"}},
        {"files": {"file": (None, "no file name")}, "data": {"model": "whisper-1"}},
        {"content": b"--x\r\ngarbage", "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
        {"content": b"garbage", "headers": {"Content-Type": "multipart/form-data"}},
        {"files": {"file": ("a.wav", b"x")}, "data": {"model": "whisper-1", "stream": "perhaps"}},
    ],
)
def test_a_form_that_cannot_be_read_gets_an_error_object(
    embedded_server: LocalServer, parts: dict[str, Any]
) -> None:
    answer = post(embedded_server, **parts)

    assert answer.status_code == 400
    assert set(answer.json()["error"]) == {"message", "type", "param", "code"}


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/v1/nothing", 404), ("PUT", "/health", 405)])
def test_an_unknown_address_gets_an_error_object(
    embedded_server: LocalServer, method: str, path: str, status: int
) -> None:
    answer = httpx.request(method, embedded_server.url + path)

    assert answer.status_code == status
    assert answer.json()["error"]["message"] == f"Invalid URL ({method} {path})"


def test_a_client_that_leaves_in_the_middle_disturbs_nobody(
    embedded_server: LocalServer, client: openai.OpenAI, hello: Path
) -> None:
    request = (
        "POST /v1/audio/transcriptions HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n"
    )
    with socket.create_connection(("127.0.0.1", embedded_server.port)) as connection:
        connection.sendall(request.encode())

    assert client.audio.transcriptions.create(file=hello, model="whisper-1").text


def test_the_stream_is_server_sent_events(embedded_server: LocalServer, hello: Path) -> None:
    answer = post(
        embedded_server,
        files={"file": ("hello.flac", hello.read_bytes())},
        data={"model": "whisper-1", "stream": "true"},
    )

    assert answer.headers["Content-Type"].startswith("text/event-stream")
    lines = answer.text.removesuffix("\n\n").split("\n\n")
    assert all(json.loads(line.removeprefix("data: "))["type"] for line in lines)
