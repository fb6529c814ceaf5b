"""A part of an audio file."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pytest_stt.errors import AudioError
from pytest_stt.text.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_stt.audio.blocks import Samples
    from pytest_stt.audio.file import AudioFile

# Those who write segments down round the length of a file up.
_TOLERANCE_S = 0.010


@dataclass(frozen=True, kw_only=True)
class AudioSegment:
    """The frames of a file from `begin` to before `end`, counted from 0."""

    file: AudioFile
    begin: int
    end: int

    @property
    def sample_rate(self) -> int:
        """The file's rate in hertz."""
        return self.file.sample_rate

    @property
    def frames(self) -> int:
        """How many frames it has."""
        return self.end - self.begin

    def blocks(self) -> Iterator[Samples]:
        """Decode the segment, mixed down to mono, a block at a time.

        Raises:
            AudioError: Naming the file, when it has fewer frames than it announces.
        """
        return self.file.blocks(self.begin, self.end)

    @cached_property
    def sha256(self) -> str:
        """The hash of the whole file's bytes."""
        return self.file.sha256


def checked_span(offset_s: Any, duration_s: Any) -> tuple[float, float | None] | None:
    """Return where a segment begins and how long it is, in seconds; None for the whole file.

    Raises:
        AudioError: One of them is not a finite number, or the offset is below or the duration not above 0.
    """
    offset = _seconds("offset_s", offset_s)
    duration = None if duration_s is None else _seconds("duration_s", duration_s)
    if duration == 0:
        raise AudioError(f"expected duration_s to be above 0 seconds, found {duration_s!r}")
    return None if not offset and duration is None else (offset, duration)


def segment_of(file: AudioFile, offset_s: float, duration_s: float | None) -> AudioFile | AudioSegment:
    """Return a part of a file, or the file where this is all of it.

    Begin and end are rounded to frames each for itself, so that two segments of which one ends where the
    other begins have no frame in common and none is between them.

    Raises:
        AudioError: Naming the file, when the segment doesn't begin before the file ends, ends more than
            10 ms after it, or is shorter than a frame.
    """
    rate, end = file.sample_rate, file.frames
    until_s = None if duration_s is None else offset_s + duration_s
    # In seconds first: no frame has the number that a very large offset would have.
    if offset_s >= end / rate or (until_s is not None and until_s > end / rate + _TOLERANCE_S):
        raise AudioError(_beyond(file, offset_s, until_s))
    begin = round(offset_s * rate)
    if begin >= end:
        raise AudioError(_beyond(file, offset_s, until_s))
    if until_s is not None:
        end = min(end, round(until_s * rate))
    if begin >= end:
        raise AudioError(
            f"{printable(str(file.origin.path))}: a segment of {duration_s:g} s is shorter than a frame at "
            f"{rate} Hz; correct its duration"
        )
    if (begin, end) == (0, file.frames):
        return file
    return AudioSegment(file=file, begin=begin, end=end)


def _beyond(file: AudioFile, offset_s: float, until_s: float | None) -> str:
    length_s = file.frames / file.sample_rate
    end = "the end" if until_s is None else f"{until_s:.9g} s"
    return (
        f"{printable(str(file.origin.path))}: expected a segment within the {length_s:.9g} s of the file, "
        f"found one from {offset_s:.9g} s to {end}; correct its offset and duration"
    )


def _seconds(name: str, value: Any) -> float:
    if isinstance(value, int | float) and math.isfinite(value) and value >= 0:
        return float(value)
    raise AudioError(f"expected {name} to be a finite number of seconds, at least 0, found {value!r:.60}")
