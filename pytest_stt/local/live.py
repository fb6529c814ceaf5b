"""A stream that is transcribed while it arrives.

The text of a finished utterance depends on the audio alone: where it ends is decided at fixed
positions of the stream, however late and in whatever chunks the audio came.
"""

from __future__ import annotations

from dataclasses import dataclass

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


@dataclass(frozen=True, kw_only=True)
class Progress:
    """What is new in a stream.

    Attributes:
        finished: The utterances that no later audio will change.
        open: What follows them, as it sounds so far; None when there is nothing, or nobody asked.
    """

    finished: tuple[Utterance, ...]
    open: Utterance | None


class LiveStream:
    """The part of a stream that isn't finished yet. Only one thread at a time may use it."""

    def __init__(self, recognize: Recognize) -> None:
        self._recognize = recognize
        self._window: Samples = np.empty(0, dtype=np.float32)
        self._window_start = 0
        self._examined = 0

    def advance(self, samples: Samples, *, guess: bool = True, to_the_end: bool = False) -> Progress:
        """Append samples to the stream and transcribe what can be.

        Args:
            samples: What arrived since the last call.
            guess: Transcribe the utterance that isn't finished, too.
            to_the_end: Do so up to the last sample, because no other seems to come.
        """
        self._window = np.concatenate((self._window, samples))
        finished: list[Utterance] = []
        open_pieces: list[Piece] = []
        while self._examined + STEP <= self._end:
            self._examined += STEP
            open_pieces = self._finish(finished)
        if to_the_end:
            open_pieces = self._pieces(self._end)
        return Progress(finished=tuple(finished), open=self._hear(open_pieces) if guess else None)

    @property
    def _end(self) -> int:
        return self._window_start + len(self._window)

    def _pieces(self, end: int) -> list[Piece]:
        seen = self._window[: end - self._window_start]
        return find_pieces(seen, pause_s=LIVE_PAUSE_S) if len(seen) >= SHORTEST else []

    def _finish(self, finished: list[Utterance]) -> list[Piece]:
        """Move what is finished out of the window; return the pieces that aren't."""
        pieces = self._pieces(self._examined)
        while pieces and pieces[0].finished:
            if utterance := self._hear(pieces[:1]):
                finished.append(utterance)
            self._forget(min(pieces[0].end + SILENCE_KEPT, pieces[0].quiet_end))
            pieces = self._pieces(self._examined)
        if not pieces and self._examined - self._window_start > SILENCE_FORGOTTEN:
            self._forget(self._examined - SILENCE_REMEMBERED - self._window_start)
        return pieces

    def _hear(self, pieces: list[Piece]) -> Utterance | None:
        texts = [self._recognize(cut_out(self._window, piece)) for piece in pieces]
        if not any(texts):
            return None
        return Utterance(
            start_s=(self._window_start + pieces[0].start) / SAMPLE_RATE,
            end_s=(self._window_start + pieces[-1].end) / SAMPLE_RATE,
            text=" ".join(filter(None, texts)),
        )

    def _forget(self, samples: int) -> None:
        self._window = self._window[samples:]
        self._window_start += samples
