"""Cases whose audio is a part of a file, or inside of a table, as a server gets them."""

from __future__ import annotations

import email
import hashlib
import io
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from faulty_server import FaultyServer, Request
from runner_suites import error_of, hear, only, text_of, transcriber, utterances
from strict_servers import StrictWhisperLive, socket_server

from pytest_stt.audio import AudioSample
from pytest_stt.client import STTClient
from pytest_stt.client.stream import StreamOptions
from pytest_stt.errors import AudioError
from pytest_stt.runner.digests import digest_of_case
from pytest_stt.runner.utterance import Utterance

RATE = 16_000


@dataclass(frozen=True, kw_only=True)
class InTable:
    """Audio inside of a table; None for a cell that is empty."""

    name: str
    content: bytes | None

    def read(self) -> tuple[str, bytes]:
        if self.content is None:
            raise AudioError("table: row 3 has no audio")
        return self.name, self.content


def noise(seconds: float) -> Any:
    return np.random.default_rng(3).uniform(-0.5, 0.5, int(seconds * RATE)).astype(np.float32)


def flac(samples: Any) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, RATE, format="FLAC")
    return file.getvalue()


def uploaded(request: Request) -> tuple[str | None, str, bytes]:
    head = f"content-type: {request.headers['content-type']}\r\n\r\n".encode()
    message: Any = email.message_from_bytes(head + request.body)
    (file,) = [part for part in message.get_payload() if part.get_filename()]
    return file.get_filename(), file.get_content_type(), file.get_payload(decode=True)


def with_case(utterance: Utterance, **changes: Any) -> Utterance:
    return replace(utterance, case=replace(utterance.case, **changes))


def test_a_server_gets_the_segment_alone_as_a_wav(tmp_path: Path) -> None:
    talk = tmp_path / "talk.flac"
    talk.write_bytes(flac(noise(3)))
    whole = AudioSample.from_file(talk)
    with FaultyServer() as faulty, transcriber() as live:
        (wanted,) = utterances(tmp_path, 1, url=faulty.url)
        (hearing,) = hear(live, [with_case(wanted, audio=talk, offset_s=1.25, duration_s=0.5)])
    result = only(hearing).result
    assert result is not None
    name, kind, content = uploaded(faulty.requests[0])
    assert (name, kind) == ("talk.wav", "audio/wav")
    assert AudioSample.from_bytes(content, file_name="x.wav").duration_ms == 500.0
    assert content[-16_000:] == whole.pcm16()[2 * 20_000 : 2 * 28_000]
    assert (result.audio_s, result.audio_path, result.audio_sha256) == (0.5, talk, whole.sha256)


def test_segments_of_one_file_are_cases_like_others(tmp_path: Path) -> None:
    talk = tmp_path / "talk.wav"
    soundfile.write(talk, noise(4), RATE)
    with FaultyServer() as faulty, transcriber() as live:
        wanted = [
            with_case(utterance, audio=talk, offset_s=number / 2, duration_s=0.5)
            for number, utterance in enumerate(utterances(tmp_path, 8, url=faulty.url, concurrency=1))
        ]
        assert [text_of(hearing) for hearing in hear(live, wanted)] == ["red door"] * 8
    sent = b"".join(uploaded(request)[2][44:] for request in faulty.requests)
    assert sent == AudioSample.from_file(talk).pcm16()


def test_a_segment_beyond_the_file_is_an_error_before_anything_is_sent(tmp_path: Path) -> None:
    with FaultyServer() as faulty, transcriber() as live:
        (wanted,) = utterances(tmp_path, 1, url=faulty.url)
        (hearing,) = hear(live, [with_case(wanted, offset_s=7.0)])
    assert faulty.requests == []
    with pytest.raises(AudioError, match=r"c0\.wav: expected a segment within the 0\.1 s of the file"):
        raise error_of(hearing)


def test_audio_in_a_table_goes_as_it_is_with_its_own_name(tmp_path: Path) -> None:
    content = flac(noise(1))
    audio = InTable(name="hello.flac", content=content)
    with FaultyServer() as faulty, transcriber() as live:
        (wanted,) = utterances(tmp_path, 1, url=faulty.url)
        wanted = with_case(wanted, audio=tmp_path / "table/3/hello.flac", embedded=audio)
        (hearing,) = hear(live, [wanted])
    result = only(hearing).result
    assert result is not None
    assert uploaded(faulty.requests[0]) == ("hello.flac", "audio/flac", content)
    digest = hashlib.sha256(content).hexdigest()
    assert (result.audio_s, result.audio_sha256) == (1.0, digest)
    assert digest_of_case(wanted.case) == digest


def test_a_segment_of_audio_in_a_table_is_a_wav(tmp_path: Path) -> None:
    audio = InTable(name="hello.flac", content=flac(noise(1)))
    with FaultyServer() as faulty, transcriber() as live:
        (wanted,) = utterances(tmp_path, 1, url=faulty.url)
        place = tmp_path / "table/3/hello.flac"
        hear(live, [with_case(wanted, audio=place, embedded=audio, offset_s=0.75)])
    name, _, content = uploaded(faulty.requests[0])
    assert (name, len(content)) == ("hello.wav", 44 + 2 * 4000)


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"no audio", r"table/3/hello\.flac: expected WAV"), (None, "table: row 3 has no audio")],
)
def test_bad_audio_in_a_table_is_an_error_of_the_case(
    tmp_path: Path, content: bytes | None, message: str
) -> None:
    audio = InTable(name="hello.flac", content=content)
    with FaultyServer() as faulty, transcriber() as live:
        (wanted,) = utterances(tmp_path, 1, url=faulty.url)
        (hearing,) = hear(live, [with_case(wanted, audio=tmp_path / "table/3/x.flac", embedded=audio)])
    with pytest.raises(AudioError, match=message):
        raise error_of(hearing)


def test_the_digest_of_a_case_in_a_file_is_that_of_the_file(tmp_path: Path) -> None:
    (wanted,) = utterances(tmp_path, 1, url="http://127.0.0.1:1")
    digest = hashlib.sha256((tmp_path / "c0.wav").read_bytes()).hexdigest()
    assert digest_of_case(wanted.case) == digest
    assert digest_of_case(replace(wanted.case, offset_s=0.05)) == digest


@pytest.mark.asyncio
async def test_a_segment_is_streamed_alone(tmp_path: Path) -> None:
    talk = tmp_path / "talk.flac"
    talk.write_bytes(flac(noise(2)))
    sample = AudioSample.from_file(talk, language="en", offset_s=0.5, duration_s=0.25)
    server = StrictWhisperLive()
    async with socket_server(server.talk) as url:
        client = STTClient(
            url=url,
            dialect="whisperlive",
            options={"pad_after_ms": 256, "settle_ms": 100},
            stream=StreamOptions(pace=0),
        )
        try:
            result = await client.transcribe(sample)
        finally:
            await client.aclose()
    assert server.violations == []
    heard = np.frombuffer(bytes(server.audio), "<f4")
    np.testing.assert_array_equal(heard[:4000], AudioSample.from_file(talk).float32()[8000:12_000])
    assert not heard[4000:].any()
    assert result.audio_s == 0.25
