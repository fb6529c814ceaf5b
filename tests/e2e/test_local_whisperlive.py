"""The embedded server over WhisperLive's WebSocket."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import openai
import pytest
import soundfile
from websockets.exceptions import ConnectionClosed, ConnectionClosedOK
from websockets.sync.client import ClientConnection, connect

from pytest_stt.local import LocalServer

HANDSHAKE = {"uid": "0b1c", "language": "en", "task": "transcribe", "model": "small", "use_vad": True}
SILENCE = np.zeros(32_000, dtype=np.float32)


@pytest.fixture
def address(embedded_server: LocalServer) -> str:
    return embedded_server.url.replace("http:", "ws:")


@pytest.fixture
def conversation(address: str) -> Iterator[ClientConnection]:
    with connect(address) as connection:
        connection.send(json.dumps(HANDSHAKE))
        assert receive(connection) == {"uid": "0b1c", "message": "SERVER_READY", "backend": "faster_whisper"}
        yield connection


def receive(connection: ClientConnection, timeout: float = 30) -> dict[str, Any]:
    message = json.loads(connection.recv(timeout))
    assert message["uid"] == "0b1c"
    return message


def receive_until_completed(connection: ClientConnection, count: int = 1) -> list[dict[str, Any]]:
    """Return the segments of each message, up to the one with so many completed segments."""
    messages = []
    while not messages or sum(segment["completed"] for segment in messages[-1]) < count:
        messages.append(receive(connection)["segments"])
    return messages


def speech(recordings: Path, name: str) -> np.ndarray:
    samples, rate = soundfile.read(recordings / f"{name}.flac", dtype="float32")
    assert rate == 16_000
    return samples


def send(connection: ClientConnection, *parts: np.ndarray, pause_s: float = 0.0) -> None:
    samples = np.concatenate(parts).astype("<f4")
    for start in range(0, len(samples), 4096):
        connection.send(samples[start : start + 4096].tobytes())
        time.sleep(pause_s)


def text_of(segments: list[dict[str, Any]]) -> str:
    return " ".join(segment["text"].strip() for segment in segments)


def test_speech_ends_up_in_a_completed_segment(conversation: ClientConnection, recordings: Path) -> None:
    send(conversation, speech(recordings, "hello"), SILENCE)

    (segment,) = receive_until_completed(conversation)[-1]
    assert segment["text"] == " Hello, can you hear me?"
    assert isinstance(segment["start"], str)
    assert 0 < float(segment["start"]) < float(segment["end"]) < 3


def test_the_open_segment_is_revised_until_it_is_completed(
    conversation: ClientConnection, recordings: Path
) -> None:
    send(conversation, speech(recordings, "lighthouse"), SILENCE, pause_s=0.05)

    messages = receive_until_completed(conversation)
    partials = [text_of(segments) for segments in messages[:-1]]
    assert len(set(partials)) > 2
    assert len(partials[0]) < len(partials[-1])


def test_a_second_utterance_is_a_second_segment_that_starts_after_the_first(
    conversation: ClientConnection, recordings: Path
) -> None:
    send(conversation, speech(recordings, "hello"), SILENCE, speech(recordings, "thank-you"), SILENCE)

    first, second = receive_until_completed(conversation, count=2)[-1]
    assert second["text"] == " Thank you very much."
    assert float(second["start"]) >= float(first["end"])


def test_only_as_many_segments_are_repeated_as_the_client_asked_for(address: str, recordings: Path) -> None:
    with connect(address) as connection:
        connection.send(json.dumps({**HANDSHAKE, "send_last_n_segments": 1}))
        receive(connection)
        send(connection, speech(recordings, "hello"), SILENCE)
        receive_until_completed(connection)
        send(connection, speech(recordings, "thank-you"), SILENCE)
        while "Thank you" not in (segments := receive(connection)["segments"])[-1]["text"]:
            pass
        assert sum(segment["completed"] for segment in segments) == 1


@pytest.mark.parametrize("name", ["hello", "voicemail", "first-warm-day"])
def test_the_websocket_hears_what_http_hears(
    embedded_server: LocalServer, conversation: ClientConnection, recordings: Path, name: str
) -> None:
    send(conversation, speech(recordings, name), SILENCE)
    streamed = text_of(receive_until_completed(conversation)[-1])

    with openai.OpenAI(base_url=f"{embedded_server.url}/v1", api_key="none") as client:
        recording = recordings / f"{name}.flac"
        assert client.audio.transcriptions.create(file=recording, model="whisper-1").text == streamed


def test_many_conversations_at_once_hear_the_same(address: str, recordings: Path) -> None:
    heard: list[str] = []

    def talk() -> None:
        with connect(address) as connection:
            connection.send(json.dumps(HANDSHAKE))
            receive(connection)
            send(connection, speech(recordings, "voicemail"), SILENCE)
            heard.append(text_of(receive_until_completed(connection)[-1]))

    threads = [threading.Thread(target=talk) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(heard) == 8
    assert len(set(heard)) == 1


def test_a_recording_sent_at_once_is_heard_to_its_end(
    conversation: ClientConnection, recordings: Path
) -> None:
    """A minute and a half is more than the server takes in before it transcribes."""
    day = speech(recordings, "first-warm-day")
    send(conversation, day, SILENCE, day, SILENCE, day, SILENCE, day, SILENCE)

    segments = receive_until_completed(conversation, count=4)[-1]
    assert [segment["text"].endswith(" over the hills.") for segment in segments] == [True] * 4


def test_the_last_words_are_heard_although_no_silence_follows(
    conversation: ClientConnection, recordings: Path
) -> None:
    send(conversation, speech(recordings, "hello")[:22_500])

    (segment,) = receive(conversation)["segments"]
    while "me" not in segment["text"]:
        (segment,) = receive(conversation)["segments"]
    assert not segment["completed"]


@pytest.mark.parametrize("name", ["silence", "room-tone"])
def test_silence_gives_no_segment(conversation: ClientConnection, recordings: Path, name: str) -> None:
    send(conversation, *[speech(recordings, name)] * 4, SILENCE)

    with pytest.raises(TimeoutError):
        receive(conversation, timeout=2)


def test_less_than_a_second_is_never_transcribed(conversation: ClientConnection, recordings: Path) -> None:
    send(conversation, speech(recordings, "yes")[:15_900])

    with pytest.raises(TimeoutError):
        receive(conversation, timeout=1.5)


def test_end_of_audio_discards_what_is_pending_and_closes(
    conversation: ClientConnection, recordings: Path
) -> None:
    send(conversation, speech(recordings, "first-warm-day"))
    conversation.send(b"END_OF_AUDIO")

    with pytest.raises(ConnectionClosedOK):
        receive_until_completed(conversation)


def test_a_client_that_does_not_know_the_language_is_told_once(address: str, recordings: Path) -> None:
    with connect(address) as connection:
        connection.send(json.dumps({**HANDSHAKE, "language": None}))
        receive(connection)
        send(connection, speech(recordings, "hello"), SILENCE, pause_s=0.02)

        assert receive(connection) == {"uid": "0b1c", "language": "en", "language_prob": 1.0}
        receive_until_completed(connection)


@pytest.mark.parametrize("change", [{"language": "fr"}, {"task": "translate"}, {"audio_format": "int16"}])
def test_what_the_engine_cannot_do_is_an_error_and_a_close(address: str, change: dict[str, Any]) -> None:
    with connect(address) as connection:
        connection.send(json.dumps({**HANDSHAKE, **change}))

        assert receive(connection)["status"] == "ERROR"
        with pytest.raises(ConnectionClosedOK):
            connection.recv(10)


@pytest.mark.parametrize(
    "first",
    [
        json.dumps({key: value for key, value in HANDSHAKE.items() if key != "task"}),
        json.dumps([HANDSHAKE]),
        "hello",
        "[" * 100_000,
        json.dumps(HANDSHAKE).encode(),
        b"\x00" * 16,
    ],
)
def test_a_wrong_handshake_closes_the_connection(address: str, first: str | bytes) -> None:
    with connect(address) as connection:
        connection.send(first)

        with pytest.raises(ConnectionClosed) as closed:
            connection.recv(10)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1008
    assert "the first message" in closed.value.rcvd.reason


@pytest.mark.parametrize("frame", [b"\x00" * 7, "END_OF_AUDIO"])
def test_a_frame_that_is_no_audio_closes_the_connection(
    conversation: ClientConnection, frame: str | bytes
) -> None:
    conversation.send(frame)

    with pytest.raises(ConnectionClosed) as closed:
        conversation.recv(10)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1003


def test_samples_that_are_no_numbers_do_no_harm(conversation: ClientConnection, recordings: Path) -> None:
    conversation.send(np.full(4096, np.nan, dtype="<f4").tobytes())
    conversation.send(np.full(4096, np.inf, dtype="<f4").tobytes())
    conversation.send(b"")
    send(conversation, speech(recordings, "hello"), SILENCE)

    assert text_of(receive_until_completed(conversation)[-1]) == "Hello, can you hear me?"


@pytest.mark.parametrize("politely", [True, False])
def test_a_client_that_leaves_in_the_middle_disturbs_nobody(
    address: str, conversation: ClientConnection, recordings: Path, politely: bool
) -> None:
    with connect(f"{address}/any/path") as leaver:
        leaver.send(json.dumps(HANDSHAKE))
        receive(leaver)
        send(leaver, speech(recordings, "first-warm-day"))
        if not politely:
            leaver.socket.shutdown(2)

    send(conversation, speech(recordings, "hello"), SILENCE)
    assert text_of(receive_until_completed(conversation)[-1]) == "Hello, can you hear me?"
