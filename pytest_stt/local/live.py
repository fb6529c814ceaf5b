"""A stream that is transcribed while it arrives.

The text of a finished utterance depends on the audio alone: where it ends is decided at fixed
positions of the stream, however late and in whatever chunks the audio came.
"""

from __future__ import annotations

import numpy as np

from pytest_stt.local.engine import Recognize, Utterance
from pytest_stt.local.speech import LIVE_PAUSE_S, SAMPLE_RATE, Piece, Samples, cut_out, find_pieces

STEP = SAMPLE_RATE // 2
"""After so many new samples the stream is looked at again."""

# As in WhisperLive: less is never transcribed.
SHORTEST = SAMPLE_RATE
# After a finished utterance, so that the noise before the next one can be measured.
SILENCE_KEPT = SAMPLE_RATE // 2
# Where nobody speaks all is forgotten but the end, in which somebody may have begun to.
SILENCE_FORGOTTEN = 5 * SAMPLE_RATE
SILENCE_REMEMBERED = 2 * SAMPLE_RATE


class LiveStream:
    """The part of a stream that isn't finished yet. Only one thread at a time may use it."""

    def __init__(self, recognize: Recognize) -> None:
        self._recognize = recognize
        self._window: Samples = np.empty(0, dtype=np.float32)
        self._window_start = 0
        self._examined = 0
        self._heard: tuple[Samples, str] = (self._window, "")

    def advance(self, samples: Samples) -> list[Utterance]:
        """Append samples, and return the utterances that no later ones will change."""
        self._window = np.concatenate((self._window, samples))
        finished: list[Utterance] = []
        while self._examined + STEP <= self._end:
            self._examined += STEP
            self._finish(finished)
        return finished

    def guess(self, *, to_the_end: bool = False) -> Utterance | None:
        """Say what the utterance that isn't finished sounds like so far.

        Args:
            to_the_end: Listen up to the last sample, less than a step, because no more seem to come.
        """
        return self._hear(self._pieces(self._end if to_the_end else self._examined))

    @property
    def _end(self) -> int:
        return self._window_start + len(self._window)

    def _pieces(self, end: int) -> list[Piece]:
        seen = self._window[: end - self._window_start]
        return find_pieces(seen, pause_s=LIVE_PAUSE_S) if len(seen) >= SHORTEST else []

    def _finish(self, finished: list[Utterance]) -> None:
        """Move what is finished out of the window."""
        while (pieces := self._pieces(self._examined)) and pieces[0].finished:
            if utterance := self._hear(pieces[:1]):
                finished.append(utterance)
            self._forget(min(pieces[0].end + SILENCE_KEPT, pieces[0].quiet_end))
        if not pieces and self._examined - self._window_start > SILENCE_FORGOTTEN:
            self._forget(self._examined - SILENCE_REMEMBERED - self._window_start)

    def _hear(self, pieces: list[Piece]) -> Utterance | None:
        texts = [self._hear_piece(piece) for piece in pieces]
        if not any(texts):
            return None
        return Utterance(
            start_s=(self._window_start + pieces[0].start) / SAMPLE_RATE,
            end_s=(self._window_start + pieces[-1].end) / SAMPLE_RATE,
            text=" ".join(filter(None, texts)),
        )

    def _hear_piece(self, piece: Piece) -> str:
        """Hear a piece, unless it is the same as the last one: speech and then digital silence."""
        samples = cut_out(self._window, piece)
        if not np.array_equal(samples, self._heard[0]):
            self._heard = (samples, self._recognize(samples))
        return self._heard[1]

    def _forget(self, samples: int) -> None:
        self._window = self._window[samples:]
        self._window_start += samples
