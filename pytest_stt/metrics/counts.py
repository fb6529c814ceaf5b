"""Counts of edits, and the rates that they make."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, kw_only=True)
class EditCounts:
    """Count what it takes to turn a reference into a hypothesis, in words or in characters.

    Counts are added with `+`. All are 0 or more.
    """

    hits: int = 0
    substitutions: int = 0
    deletions: int = 0
    insertions: int = 0

    @property
    def errors(self) -> int:
        """Return substitutions, deletions and insertions together."""
        return self.substitutions + self.deletions + self.insertions

    @property
    def reference_total(self) -> int:
        """Return how many words (characters) the reference has."""
        return self.hits + self.substitutions + self.deletions

    @property
    def hypothesis_total(self) -> int:
        """Return how many words (characters) the hypothesis has."""
        return self.hits + self.substitutions + self.insertions

    @property
    def rate(self) -> float:
        """Return errors per unit of the reference: 0.0 or more, above 1.0 with many insertions.

        Without a reference it is 0.0 when nothing was heard and infinite when anything was.
        """
        if self.reference_total:
            return self.errors / self.reference_total
        return math.inf if self.errors else 0.0

    @property
    def mer(self) -> float:
        """Return the match error rate, errors per hit or error: 0.0 to 1.0.

        It is 0.0 when both sides are empty and 1.0 when one is (Morris, Maier and Green 2004).
        """
        return self.errors / (self.hits + self.errors) if self.errors else 0.0

    @property
    def wil(self) -> float:
        """Return the word information lost, 1 - hits² / (reference total · hypothesis total): 0.0 to 1.0.

        It is 0.0 when both sides are empty and 1.0 when one is (Morris, Maier and Green 2004).
        """
        if not self.errors:
            return 0.0
        if not self.hits:
            return 1.0
        return 1 - (self.hits / self.reference_total) * (self.hits / self.hypothesis_total)

    def __add__(self, other: EditCounts) -> EditCounts:
        return EditCounts(
            hits=self.hits + other.hits,
            substitutions=self.substitutions + other.substitutions,
            deletions=self.deletions + other.deletions,
            insertions=self.insertions + other.insertions,
        )

    @classmethod
    def total(cls, counts: Iterable[EditCounts]) -> EditCounts:
        """Add up any number of counts, quicker than `+` does."""
        hits = substitutions = deletions = insertions = 0
        for one in counts:
            hits += one.hits
            substitutions += one.substitutions
            deletions += one.deletions
            insertions += one.insertions
        return cls(hits=hits, substitutions=substitutions, deletions=deletions, insertions=insertions)


_NOTHING = EditCounts()


def pool_words(counts: Iterable[EditCounts | None]) -> EditCounts | None:
    """Add up the edits between words of texts, None standing for a text in a language without words.

    Texts without words are left out. Where nothing but these and empty texts is left, there are no words
    either, and the sum is None.
    """
    every = list(counts)
    total = EditCounts.total(one for one in every if one is not None)
    return None if total == _NOTHING and None in every else total
