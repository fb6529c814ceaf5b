"""When words were said: times of the reference against times of the server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_stt.metrics import percentile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


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
        matched: How many words of the reference were matched; without any there are no offsets.
        words: How many words the reference has, those left out that the normaliser makes nothing of.
    """

    offsets_ms: tuple[float, ...]
    matched: int
    words: int

    @property
    def median_ms(self) -> float | None:
        """Return the median of the offsets in milliseconds, None when nothing was matched."""
        return percentile(self.offsets_ms, 50)

    @property
    def p95_ms(self) -> float | None:
        """Return the 95th percentile of the offsets in milliseconds, None when nothing was matched."""
        return percentile(self.offsets_ms, 95)


def word_offsets(
    reference: Sequence[TimedWord], heard: Sequence[TimedWord], normalizer: Callable[[str], str]
) -> WordOffsets:
    """Align two lists of words and measure how far apart the equal ones are in time.

    Of alignments with the fewest errors it is the one whose pairs start nearest to each other, so that a
    word that is said several times is compared with the right one. Each word is normalised by itself and
    compared as one string, also where it becomes several; what becomes nothing has no part. Offsets are
    rounded to microseconds, so that 0.9 s and 1.1 s are 200 ms apart and not a little more.

    Args:
        reference: The words that were said, in their order.
        heard: The words as the server has them, in its order.
        normalizer: Brings a word into the form in which it is scored.
    """
    said_words = _normalized(reference, normalizer)
    pairs = _matches(said_words, _normalized(heard, normalizer))
    return WordOffsets(
        offsets_ms=tuple(offset for said, other in pairs for offset in _distances_ms(said, other)),
        matched=len(pairs),
        words=len(said_words),
    )


def _normalized(words: Sequence[TimedWord], normalizer: Callable[[str], str]) -> list[tuple[str, TimedWord]]:
    tokens = [(" ".join(normalizer(word.word).split()), word) for word in words]
    return [(token, word) for token, word in tokens if token]


def _matches(
    reference: list[tuple[str, TimedWord]], heard: list[tuple[str, TimedWord]]
) -> list[tuple[TimedWord, TimedWord]]:
    if not reference or not heard:
        return []
    from pytest_stt.text.timing import pair_in_time  # brings numpy

    pairs = pair_in_time(
        [token for token, _ in reference],
        [token for token, _ in heard],
        [word.start_s for _, word in reference],
        [word.start_s for _, word in heard],
    )
    return [(reference[said][1], heard[other][1]) for said, other in pairs]


def _distances_ms(said: TimedWord, heard: TimedWord) -> Iterator[float]:
    yield round(abs(said.start_s - heard.start_s) * 1000, 3)
    if said.end_s is not None and heard.end_s is not None:
        yield round(abs(said.end_s - heard.end_s) * 1000, 3)
