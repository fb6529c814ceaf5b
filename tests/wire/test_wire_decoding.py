"""Audio on its way into a WebSocket: made in a worker thread, and let go of however the conversation ends."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from strict_servers import StrictWhisperLive, http_server, says, segment, socket_server, strict_openai

from pytest_stt.audio import AudioEncoding, AudioSample
from pytest_stt.audio.file import AudioFile
from pytest_stt.client import STTClient
from pytest_stt.client.stream import StreamOptions
from pytest_stt.errors import AudioError, ServerError

pytestmark = pytest.mark.asyncio

OPTIONS = {"settle_ms": 50, "pad_after_ms": 0}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Thirty seconds of audio that has to be resampled."""
    path = tmp_path / "long.flac"
    soundfile.write(path, 0.1 * np.sin(np.arange(30 * 8000) / 5), 8000)
    return path


@pytest.fixture
def decoders(monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """The threads that decode."""
    threads: set[int] = set()
    real = AudioFile.blocks

    def blocks(self: AudioFile) -> Any:
        for block in real(self):
            threads.add(threading.get_ident())
            yield block

    monkeypatch.setattr(AudioFile, "blocks", blocks)
    return threads


async def listen(connection: Any) -> None:
    async for _ in connection:
        pass


def open_files(path: Path) -> list[Path]:
    return [link for link in Path("/proc/self/fd").glob("*") if link.exists() and link.samefile(path)]


async def test_frames_are_decoded_outside_of_the_event_loop(path: Path, decoders: set[int]) -> None:
    heard = bytearray()

    async def talk(connection: Any) -> None:
        async for message in connection:
            heard.extend(message)

    sample = AudioSample.from_file(path)
    async with socket_server(talk) as url, STTClient(url=url).ws() as session:
        await session.send_sample(sample, sample_rate=16000, encoding=AudioEncoding.PCM16, pace=0)
        assert threading.get_ident() not in decoders
    assert decoders
    assert bytes(heard) == sample.pcm16(16000)


async def test_a_dialect_streams_what_another_thread_decodes(path: Path, decoders: set[int]) -> None:
    server = StrictWhisperLive(on_frame=lambda _: [{"segments": [segment(0, 1, "red")]}])
    async with socket_server(server.talk) as url:
        client = STTClient(
            url=url, dialect="whisperlive", options=OPTIONS | {"settle_ms": 500}, stream=StreamOptions(pace=0)
        )
        sample = AudioSample.from_file(path)
        assert (await client.hear(sample)).hypothesis_text == "red"
        await client.aclose()
    assert decoders
    assert threading.get_ident() not in decoders
    assert bytes(server.audio) == sample.float32(16000).tobytes()


async def cancelled(sending: Awaitable[None]) -> None:
    task = asyncio.ensure_future(sending)
    await asyncio.sleep(0.1)
    task.cancel()
    await asyncio.wait({task})
    assert task.cancelled()


async def timed_out(sending: Awaitable[None]) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await sending


@pytest.mark.parametrize("ends", [cancelled, timed_out])
async def test_sending_that_is_ended_early_leaves_no_file_open(
    ends: Callable[[Awaitable[None]], Awaitable[None]], path: Path
) -> None:
    async with socket_server(listen) as url, STTClient(url=url).ws() as session:
        await ends(session.send_sample(AudioSample.from_file(path), sample_rate=16000))
        assert not open_files(path)


async def test_a_conversation_that_fails_leaves_no_file_open(path: Path) -> None:
    server = StrictWhisperLive(on_frame=lambda _: [{"status": "ERROR", "message": "out of memory"}])
    async with socket_server(server.talk) as url:
        client = STTClient(url=url, dialect="whisperlive", options=OPTIONS)
        with pytest.raises(ServerError, match="out of memory"):
            await client.hear(AudioSample.from_file(path))
        assert not open_files(path)
        await client.aclose()


async def test_audio_that_breaks_off_is_told_where_it_is_sent(tmp_path: Path) -> None:
    path = tmp_path / "changed.wav"
    soundfile.write(path, np.zeros(16000), 16000)
    sample = AudioSample.from_file(path)
    soundfile.write(path, np.zeros(8000), 16000)
    async with socket_server(listen) as url, STTClient(url=url).ws() as session:
        with pytest.raises(AudioError, match=r"changed\.wav: the file has changed"):
            await session.send_sample(sample, pace=0)


async def test_the_file_of_an_array_is_made_outside_of_the_event_loop(
    tone: AudioSample, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[int] = []
    real = AudioSample.wav_bytes

    def wav_bytes(self: AudioSample) -> bytes:
        threads.append(threading.get_ident())
        return real(self)

    monkeypatch.setattr(AudioSample, "wav_bytes", wav_bytes)
    async with http_server(strict_openai(says(200, {"text": "red"}))) as server:
        client = STTClient(url=server.url, dialect="openai")
        await client.hear(tone)
        await client.aclose()
    assert server.requests[0].parts["file"] == ("tone.wav", "audio/wav", real(tone))
    assert threads
    assert threading.get_ident() not in threads
