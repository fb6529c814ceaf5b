"""Samples that are in memory already."""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from pytest_stt.audio.blocks import BLOCK_FRAMES, Samples, checked_rate, finite, mixed_down
from pytest_stt.errors import AudioError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray

_MOST_CHANNELS = 32


class AudioArray:
    """Mono float32 samples and their rate, made from what the caller had."""

    def __init__(self, samples: ArrayLike, sample_rate: int) -> None:
        self.sample_rate = checked_rate(sample_rate)
        # A copy of our own that nobody can write to: samples are read from several threads.
        self._samples = finite(mixed_down(_scaled(_frames_and_channels(samples)))).copy()
        self._samples.setflags(write=False)
        self.frames = len(self._samples)

    def blocks(self) -> Iterator[Samples]:
        """Yield the samples in order, a block at a time."""
        for start in range(0, self.frames, BLOCK_FRAMES):
            yield self._samples[start : start + BLOCK_FRAMES]

    @cached_property
    def sha256(self) -> str:
        """The hash of the mono samples as float32 little-endian, followed by the rate in ASCII digits."""
        return hashlib.sha256(
            self._samples.astype("<f4", copy=False).tobytes() + b"%d" % self.sample_rate
        ).hexdigest()


def _frames_and_channels(samples: ArrayLike) -> NDArray[Any]:
    try:
        array = np.asarray(samples)
    except (ValueError, TypeError) as error:
        raise AudioError(
            "expected samples of shape (frames,) or (frames, channels), found something that is no array of "
            f"numbers ({error})"
        ) from error
    if array.ndim not in (1, 2):
        raise AudioError(
            f"expected samples of shape (frames,) or (frames, channels), found {array.ndim} dimensions"
        )
    if not array.size:
        raise AudioError(f"expected at least one sample, found an empty array of shape {array.shape}")
    if array.ndim == 2 and array.shape[1] > _MOST_CHANNELS:
        raise AudioError(
            f"expected samples of shape (frames, channels) with at most {_MOST_CHANNELS} channels, found "
            f"{array.shape}; transpose an array of shape (channels, frames)"
        )
    return array.reshape(len(array), -1)


def _scaled(array: NDArray[Any]) -> Samples:
    array = array.astype(array.dtype.newbyteorder("="), copy=False)
    if array.dtype == np.int16:
        return array.astype(np.float32) / np.float32(2**15)
    if array.dtype == np.int32:
        return (array / 2**31).astype(np.float32)
    if array.dtype == np.uint8:
        return (array.astype(np.float32) - 128) / np.float32(128)
    if np.issubdtype(array.dtype, np.floating):
        # What is too large for a float32 becomes inf here, and is refused as such.
        with np.errstate(over="ignore", invalid="ignore"):
            return array.astype(np.float32)
    raise AudioError(
        f"expected samples as float (-1 to 1), int16, int32 or uint8, found {array.dtype}; "
        "convert them, for example with samples.astype('int16')"
    )
