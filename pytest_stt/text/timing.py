"""Words of two lists, paired by what they are and then by when they start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pytest_stt.metrics import align_tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_stt.metrics import AlignedWord

Row: TypeAlias = NDArray[np.int64]

MOST_CELLS: Final = 1 << 27
# Starts that are further apart than 71 minutes count as so far apart.
_FARTHEST_US: Final = 1 << 32
_LATEST_S: Final = 1e9


def pair_in_time(
    reference: Sequence[str],
    heard: Sequence[str],
    reference_starts_s: Sequence[float],
    heard_starts_s: Sequence[float],
    *,
    most_cells: int = MOST_CELLS,
) -> list[tuple[int, int]]:
    """Return the places of equal words in the best alignment of two lists.

    It has the fewest errors and, of alignments with as few, the smallest sum of distances between the starts
    of its pairs, substitutions among them. Time and memory grow with the words of the reference · errors.
    Above 2²⁷ of these, as 11 000 words with 11 000 errors, it is the alignment that the word error rate has,
    whatever the times.

    Args:
        reference: The words that were said.
        heard: The words that were heard.
        reference_starts_s: When those that were said start, in seconds.
        heard_starts_s: When those that were heard start, in seconds.
        most_cells: The bound on words · errors.
    """
    alignment = align_tokens(reference, heard)
    errors = sum(pair.kind != "equal" for pair in alignment)
    if errors == 0 or len(reference) * (errors + 1) > most_cells:
        return list(_pairs_along(alignment))
    numbers = {word: number for number, word in enumerate(dict.fromkeys([*reference, *heard]))}
    said = np.array([numbers[word] for word in reference], dtype=np.int64)
    other = np.array([numbers[word] for word in heard], dtype=np.int64)
    band = _Band(said, other, _microseconds(reference_starts_s), _microseconds(heard_starts_s), errors)
    pairs = [(place, at) for place, at in band.pairs() if reference[place] == heard[at]]
    return pairs[::-1]


def _pairs_along(alignment: Sequence[AlignedWord]) -> Iterator[tuple[int, int]]:
    said = heard = 0
    for pair in alignment:
        if pair.kind == "equal":
            yield said, heard
        said += pair.kind != "insert"
        heard += pair.kind != "delete"


def _microseconds(seconds: Sequence[float]) -> Row:
    return np.rint(np.minimum(np.array(seconds, dtype=np.float64), _LATEST_S) * 1e6).astype(np.int64)


class _Band:
    """Find the cheapest alignment among those with a known, the least number of errors.

    So many errors are at most so many insertions and deletions, and their difference is that of the lengths.
    Therefore only a band beside the diagonal is looked at (Ukkonen 1985, doi:10.1016/S0019-9958(85)80046-2).
    The cells of its rows are counted from the most deletions to the most insertions.
    """

    def __init__(self, said: Row, heard: Row, said_us: Row, heard_us: Row, errors: int) -> None:
        self.said, self.said_us = said, said_us
        self.deletions = (errors + len(said) - len(heard)) // 2
        self.insertions = (errors + len(heard) - len(said)) // 2
        # No word is heard before the first and behind the last, but every row of the band is full.
        self.heard = np.pad(heard, self.deletions, constant_values=-1)
        self.heard_us = np.pad(heard_us, self.deletions)
        # An error outweighs the distances of all pairs; what has too many errors costs the same.
        self.error = len(said) * _FARTHEST_US
        self.too_much = (errors + 1) * self.error

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Yield the places of both words of each pair, equal or not, from the last to the first."""
        rows = list(self._rows())
        place, cell = len(self.said) - 1, self.insertions
        while place >= 0:
            paired, deleted = rows[place]
            if _has(paired, cell):
                yield place, place + cell - self.deletions
                place -= 1
            elif _has(deleted, cell):
                place, cell = place - 1, cell + 1
            else:
                cell -= 1

    def _rows(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield for each word that was said where it is best paired, and where best left out."""
        width = self.deletions + self.insertions + 1
        inserted = np.arange(width, dtype=np.int64) * self.error
        row = np.full(width, self.too_much)
        row[self.deletions :] = inserted[: self.insertions + 1]
        for place, word in enumerate(self.said):
            wrong = self.heard[place : place + width] != word
            apart = np.abs(self.heard_us[place : place + width] - self.said_us[place])
            paired = row + wrong * self.error + np.minimum(apart, _FARTHEST_US - 1)
            deleted = np.append(row[1:] + self.error, self.too_much)
            best = np.minimum(np.minimum(paired, deleted), self.too_much)
            row = np.minimum.accumulate(best - inserted) + inserted
            yield _bits(paired == row), _bits(deleted == row)


def _bits(mask: NDArray[np.bool_]) -> bytes:
    return np.packbits(mask, bitorder="little").tobytes()


def _has(bits: bytes, place: int) -> bool:
    return bool(bits[place >> 3] >> (place & 7) & 1)
