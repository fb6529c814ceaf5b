"""When words were said: times of the reference against times of the server."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class TimedWord:
    """Say when a word was spoken.

    Attributes:
        word: As it was written.
        start_s: Seconds from the beginning of the audio, 0 or more.
        end_s: Seconds from the beginning of the audio, None where only the start is known.
    """

    word: str
    start_s: float
    end_s: float | None = None


@dataclass(frozen=True, kw_only=True)
class WordOffsets:
    """Hold how far the times of words heard right are from those of the reference.

    Attributes:
        offsets_ms: Distances in milliseconds, 0 or more, of the start (and of the end where both sides have
            one) of every matched word.
        matched: How many words of the reference were matched.
        words: How many words the reference has.
    """

    offsets_ms: tuple[float, ...]
    matched: int
    words: int
