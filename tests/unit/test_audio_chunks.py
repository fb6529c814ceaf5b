from __future__ import annotations

import base64
import tracemalloc
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from audio_makers import speech_like, write
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_stt import AudioEncoding, AudioError, AudioSample

if TYPE_CHECKING:
    from pathlib import Path

NOISE = np.random.default_rng(3).uniform(-1.2, 1.2, 50_000).astype(np.float32)

own_rates = st.sampled_from([8000, 16_000, 22_050, 44_100, 48_000])
asked_rates = st.sampled_from([None, 8000, 16_000, 24_000, 44_100])
lengths = st.one_of(st.integers(1, 300), st.integers(16_300, 16_500), st.integers(1, 50_000))
chunk_lengths = st.one_of(st.integers(1, 40), st.integers(1, 10_000))


@settings(deadline=None)
@given(own_rates, asked_rates, lengths, chunk_lengths)
def test_joined_chunks_are_the_whole(own: int, asked: int | None, length: int, chunk_ms: int) -> None:
    sample = AudioSample.from_array(NOISE[:length], own)
    float32 = list(sample.chunks(chunk_ms=chunk_ms, encoding=AudioEncoding.FLOAT32, sample_rate=asked))
    assert b"".join(float32) == sample.float32(asked).astype("<f4").tobytes()
    pcm16 = list(sample.chunks(chunk_ms=chunk_ms, encoding=AudioEncoding.PCM16, sample_rate=asked))
    assert b"".join(pcm16) == sample.pcm16(asked)
    in_base64 = sample.chunks(chunk_ms=chunk_ms, encoding=AudioEncoding.PCM16_BASE64, sample_rate=asked)
    assert [base64.b64decode(chunk, validate=True) for chunk in in_base64] == pcm16


@settings(deadline=None)
@given(own_rates, asked_rates, lengths, chunk_lengths)
def test_chunks_begin_on_the_dot_and_only_the_last_is_short(
    own: int, asked: int | None, length: int, chunk_ms: int
) -> None:
    sample = AudioSample.from_array(NOISE[:length], own)
    rate = asked or own
    total = len(sample.float32(asked))
    edges = [edge for k in range(total + 1) if (edge := k * chunk_ms * rate // 1000) < total] + [total]
    chunks = sample.chunks(chunk_ms=chunk_ms, encoding=AudioEncoding.PCM16, sample_rate=asked)
    assert [len(chunk) // 2 for chunk in chunks] == np.diff(edges).tolist()


def test_a_chunk_that_is_no_whole_number_of_frames_adds_up_to_no_drift() -> None:
    sample = AudioSample.from_array(np.zeros(44_100), 44_100)
    frames = [len(chunk) // 4 for chunk in sample.chunks(chunk_ms=7, encoding=AudioEncoding.FLOAT32)]
    assert set(frames[:-1]) == {308, 309}
    assert sum(frames[:100]) == 30_870


def test_a_chunk_longer_than_the_audio_is_the_audio() -> None:
    sample = AudioSample.from_array(np.zeros(40_000), 8000)
    assert [len(chunk) for chunk in sample.chunks(chunk_ms=60_000, encoding=AudioEncoding.PCM16)] == [80_000]


def test_audio_that_resampling_makes_shorter_than_a_frame_has_no_chunk() -> None:
    sample = AudioSample.from_array([0.5], 48_000)
    assert sample.float32(8000).shape == (0,)
    assert list(sample.chunks(chunk_ms=10, encoding=AudioEncoding.PCM16, sample_rate=8000)) == []


def test_an_encoding_may_be_given_by_its_name() -> None:
    sample = AudioSample.from_array([0.5] * 16, 16_000)
    chunks = sample.chunks(chunk_ms=1, encoding="pcm16")  # type: ignore[arg-type]
    assert b"".join(chunks) == sample.pcm16()


@pytest.mark.parametrize("chunk_ms", [0, -20, 2.5, "20", None])
def test_what_is_no_chunk_length_is_refused_before_the_first_chunk(chunk_ms: object) -> None:
    sample = AudioSample.from_array([0.5], 16_000)
    with pytest.raises(
        AudioError, match="expected chunk_ms to be a whole number of milliseconds, at least 1"
    ):
        sample.chunks(chunk_ms=chunk_ms, encoding=AudioEncoding.PCM16)  # type: ignore[arg-type]


def test_a_wrong_rate_is_refused_before_the_first_chunk() -> None:
    sample = AudioSample.from_array([0.5], 16_000)
    with pytest.raises(AudioError, match="sample rate"):
        sample.chunks(chunk_ms=20, encoding=AudioEncoding.PCM16, sample_rate=0)


def test_the_chunks_of_a_file_are_the_whole_file(tmp_path: Path) -> None:
    for suffix in ("wav", "flac", "ogg", "mp3"):
        path = write(tmp_path / f"stereo.{suffix}", speech_like(2.1, 44_100, channels=2), 44_100)
        sample = AudioSample.from_file(path)
        for rate in (None, 16_000):
            chunks = sample.chunks(chunk_ms=7, encoding=AudioEncoding.FLOAT32, sample_rate=rate)
            assert b"".join(chunks) == sample.float32(rate).astype("<f4").tobytes()


def test_a_file_is_never_held_whole(tmp_path: Path) -> None:
    minute = speech_like(60, 16_000)
    path = write(tmp_path / "long.wav", np.tile(minute, 4), subtype="FLOAT")  # 15 MB
    sample = AudioSample.from_file(path)
    tracemalloc.start()
    try:
        for _ in sample.chunks(chunk_ms=500, encoding=AudioEncoding.PCM16_BASE64, sample_rate=24_000):
            pass
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2_000_000


def test_chunks_that_nobody_takes_leave_no_file_open(tmp_path: Path) -> None:
    sample = AudioSample.from_file(write(tmp_path / "a.wav", speech_like(3)))
    chunks = sample.chunks(chunk_ms=20, encoding=AudioEncoding.PCM16)
    next(chunks)
    del chunks  # an open file would be a ResourceWarning, which is an error here


@pytest.mark.parametrize("encoding", ["mp3", None, 7])
def test_an_unknown_encoding_gets_the_names_of_all(encoding: Any) -> None:
    sample = AudioSample.from_array(NOISE[:100], 16_000)
    with pytest.raises(AudioError, match="one of float32, pcm16, pcm16_base64; found"):
        sample.chunks(chunk_ms=100, encoding=encoding)
