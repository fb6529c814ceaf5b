"""Streams of sample blocks: mixed down, resampled, cut into chunks, never held whole."""

from __future__ import annotations

from operator import index
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import soxr
from numpy.typing import NDArray

from pytest_stt.errors import AudioError

if TYPE_CHECKING:
    from collections.abc import Iterator

Samples: TypeAlias = NDArray[np.float32]
Numbers: TypeAlias = NDArray[Any]

BLOCK_FRAMES = 16_384
LOWEST_RATE_HZ, HIGHEST_RATE_HZ = 1_000, 768_000


def mixed_down(frames: Samples) -> Samples:
    """Average the channels of an array of shape (frames, channels)."""
    if frames.shape[1] == 1:
        return frames[:, 0]
    with np.errstate(over="ignore", invalid="ignore"):
        mono: Samples = frames.mean(axis=1, dtype=np.float32)
        return mono


def finite(samples: Samples, *, first_frame: int = 0) -> Samples:
    """Return the samples as they are.

    Raises:
        AudioError: One of them is not a finite number; `first_frame` says where they begin.
    """
    wrong = np.flatnonzero(~np.isfinite(samples))
    if wrong.size:
        at = int(wrong[0])
        raise AudioError(
            f"sample {first_frame + at} is {samples[at]}, expected a finite number; "
            "make the audio again, or replace these samples with 0"
        )
    return samples


def checked_rate(rate: Any) -> int:
    """Return a sample rate as an int.

    Raises:
        AudioError: It is not a whole number of hertz from 1000 to 768000.
    """
    hertz = _whole(rate)
    if hertz is None or not LOWEST_RATE_HZ <= hertz <= HIGHEST_RATE_HZ:
        raise AudioError(
            f"expected a sample rate that is a whole number of hertz from {LOWEST_RATE_HZ} to "
            f"{HIGHEST_RATE_HZ}, such as 16000; found {rate!r}"
        )
    return hertz


def checked_chunk_ms(chunk_ms: Any) -> int:
    """Return a chunk's length in milliseconds as an int.

    Raises:
        AudioError: It is not a whole number of at least 1.
    """
    milliseconds = _whole(chunk_ms)
    if milliseconds is None or milliseconds < 1:
        raise AudioError(
            "expected chunk_ms to be a whole number of milliseconds, at least 1, such as 100; "
            f"found {chunk_ms!r}"
        )
    return milliseconds


def resampled(blocks: Iterator[Samples], from_hz: int, to_hz: int) -> Iterator[Samples]:
    """Change the rate of a stream (libsoxr, quality HQ); n frames become n * to_hz / from_hz, rounded."""
    if from_hz == to_hz:
        yield from blocks
        return
    resampler = soxr.ResampleStream(from_hz, to_hz, 1, dtype="float32", quality="HQ")
    for block in blocks:
        yield resampler.resample_chunk(block)
    yield resampler.resample_chunk(np.empty(0, np.float32), last=True)


def cut(blocks: Iterator[Numbers], sample_rate: int, chunk_ms: int) -> Iterator[Numbers]:
    """Cut a stream at k * chunk_ms; the last chunk may be short.

    Every cut is computed from the start of the audio, so that a chunk that is no whole number of
    frames (7 ms at 44100 Hz) moves none of the cuts after it.
    """
    pieces: list[Numbers] = []
    position, chunk = 0, 1
    for block in blocks:
        rest = block
        while position + len(rest) >= (edge := chunk * chunk_ms * sample_rate // 1000):
            pieces.append(rest[: edge - position])
            yield _joined(pieces)
            pieces, rest = [], rest[edge - position :]
            position, chunk = edge, chunk + 1
        if len(rest):
            pieces.append(rest)
            position += len(rest)
    if pieces:
        yield _joined(pieces)


def _joined(pieces: list[Numbers]) -> Numbers:
    return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)


def _whole(number: Any) -> int | None:
    try:
        return index(number)
    except TypeError:
        return None
