"""Where in a recording somebody speaks, and in which pieces it goes to the engine.

The model writes words for every sound that is not digital silence ("You" for half a second of
hiss, "The first is the first is …" for ten), so that only stretches which rise and fall as
speech does are handed to it. Everything here depends on the samples alone, never on the time
at which they arrive: the same audio gives the same pieces in every run.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterator

SAMPLE_RATE = 16_000

Samples = NDArray[np.float32]
"""Mono samples at 16 kHz, from -1 to 1."""

Levels = NDArray[np.float64]
"""The loudness of each frame of 20 ms, in dB below full scale."""

FRAME = 320
FRAMES_PER_S = SAMPLE_RATE // FRAME
FRAMES_PER_BLOCK = 60 * FRAMES_PER_S

# Bins of 50 Hz, 200 to 3000 Hz. In this band white noise stays within 4 dB of its own tenth
# percentile, pink and brown noise within 7 dB; speech in white noise as loud as itself is 16 dB above.
VOICE_BAND = slice(4, 61)
DIGITAL_SILENCE_DB = -90.0
QUIETEST_SPEECH_DB = -60.0
ABOVE_NOISE_DB = 9.0
# A hum or a hiss that begins after silence is far above the noise floor, but level in itself.
LEAST_RISE_AND_FALL_DB = 7.0
SHORTEST_SOUND = 3

# The pause that ends an utterance. A recording is cut late, because the model hears better with
# the sentences before and after (4 instead of 8 errors in 182 words with pauses of 1.2 s);
# a live stream early, because somebody waits.
RECORDING_PAUSE_S = 3.0
LIVE_PAUSE_S = 1.0
# From 35 s the model invents quotation marks, then loses words; up to 30 s it does neither.
LONGEST_PIECE = 24 * FRAMES_PER_S
# A piece that is too long is cut in the middle of the longest pause of its second half.
EARLIEST_CUT = LONGEST_PIECE // 2

# What the engine is given around an utterance, in samples. With less before it first syllables
# get lost; with less behind it "$42" comes out as "forty two dollars", a full stop as a comma.
# It can't do with less than 0.1 s in all.
LEAD = SAMPLE_RATE * 3 // 10
TAIL = SAMPLE_RATE


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A stretch of speech, as positions in the samples it was found in.

    Attributes:
        start: The first sample of speech.
        end: The sample after the last one of speech.
        quiet_start: Where the pause before it begins.
        quiet_end: Where the pause after it ends.
        finished: No later audio belongs to it: a pause follows, or it was cut for its length.
    """

    start: int
    end: int
    quiet_start: int
    quiet_end: int
    finished: bool


def sanitize(samples: NDArray[np.float32]) -> Samples:
    """Replace what is not a number by silence, and clip what is beyond full scale."""
    return np.clip(np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0), -1.0, 1.0)


def find_pieces(samples: Samples, *, pause_s: float) -> list[Piece]:
    """Find the utterances, and cut those that are longer than the model handles well."""
    levels = loudness_db(samples)
    pause = round(pause_s * FRAMES_PER_S)
    spoken = utterances(levels, pause)
    edges = [0, *(frame for span in spoken for frame in span), len(levels)]
    pieces = []
    for number, (start, end) in enumerate(spoken):
        quiet_start, quiet_end = edges[2 * number], edges[2 * number + 3]
        bounds = [start, *cuts(levels, start, end), end]
        for first, last in pairwise(bounds):
            piece = Piece(
                start=first * FRAME,
                end=last * FRAME,
                quiet_start=(quiet_start if first == start else first) * FRAME,
                quiet_end=(quiet_end if last == end else last) * FRAME,
                finished=last != end or quiet_end - end >= pause,
            )
            pieces.append(piece)
    return pieces


def cut_out(samples: Samples, piece: Piece) -> Samples:
    """Cut a piece out of its recording with the same quiet around it, wherever it was.

    The pauses of the recording itself are used as far as they go, zeros beyond them.
    """
    first = max(piece.quiet_start, piece.start - LEAD)
    last = min(piece.quiet_end, piece.end + TAIL)
    missing = (LEAD - (piece.start - first), TAIL - (last - piece.end))
    return np.pad(samples[first:last], missing)


def loudness_db(samples: Samples) -> Levels:
    """Measure the loudness of the voice band in each whole frame of 20 ms."""
    frames = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME)
    blocks = [
        _block_loudness_db(frames[first : first + FRAMES_PER_BLOCK])
        for first in range(0, len(frames), FRAMES_PER_BLOCK)
    ]
    return np.concatenate(blocks) if blocks else np.empty(0)


def _block_loudness_db(frames: Samples) -> Levels:
    window = np.hanning(FRAME)
    power = np.abs(np.fft.rfft(frames * window, axis=1)[:, VOICE_BAND]) ** 2
    mean_square: Levels = 2 * power.sum(axis=1) / (FRAME * np.square(window).sum())
    return 10 * np.log10(mean_square + 1e-12)


def utterances(levels: Levels, pause: int) -> list[tuple[int, int]]:
    """Find stretches of speech that are separated by pauses of so many frames, as (start, end)."""
    audible = levels[levels > DIGITAL_SILENCE_DB]
    if not len(audible):
        return []
    noise_floor_db = float(np.percentile(audible, 10))
    threshold_db = max(QUIETEST_SPEECH_DB, noise_floor_db + ABOVE_NOISE_DB)
    spans: list[tuple[int, int]] = []
    for start, end in _runs(levels > threshold_db):
        if end - start < SHORTEST_SOUND:
            continue
        if spans and start - spans[-1][1] < pause:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return [(start, end) for start, end in spans if _rises_and_falls(levels[start:end])]


def _rises_and_falls(levels: Levels) -> bool:
    low, high = np.percentile(levels, (10, 90))
    return bool(high - low >= LEAST_RISE_AND_FALL_DB)


def cuts(levels: Levels, start: int, end: int) -> Iterator[int]:
    """Yield the frames at which a stretch is cut so that no part is longer than the model handles well."""
    while end - start > LONGEST_PIECE:
        window = levels[start + EARLIEST_CUT : start + LONGEST_PIECE]
        quiet = window <= np.percentile(window, 15)
        first, last = max(_runs(quiet), key=lambda run: run[1] - run[0])
        start += EARLIEST_CUT + (first + last) // 2
        yield start


def _runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Find the runs of True, as (start, end)."""
    steps = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False])).astype(np.int8)))
    return [(int(start), int(end)) for start, end in steps.reshape(-1, 2)]
