"""The word and character errors of a text, or of many."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Self

from pytest_stt.metrics.alignment import AlignedWord, count_edits, edits_between, equal, pair_tokens
from pytest_stt.metrics.counts import EditCounts, pool_words
from pytest_stt.metrics.tokens import TokenUnit, graphemes, mixed_tokens


@dataclass(frozen=True, kw_only=True)
class TextMetrics:
    """Hold the word and character errors of one transcript, or of several added together.

    Metrics are pooled with `+` or `sum()`: counts are added, so `wer` and `cer` of a sum are those of the
    whole corpus, and a sum has no alignment. The words of a sum are those of its texts that have words. The
    alignment takes no part in `==`.

    Attributes:
        words: Edits between words, None in a language that is written without blanks between them.
        characters: Edits between characters (grapheme clusters), the single blanks between words included;
            in a language without words between the tokens of a mixed error rate.
        alignment: The words (without words: the tokens) of both sides in order, empty for sums and for
            metrics read from a record.
    """

    words: EditCounts | None
    characters: EditCounts
    alignment: tuple[AlignedWord, ...] = field(default=(), compare=False, repr=False)

    @classmethod
    def compute(cls, reference: str, hypothesis: str, *, unit: TokenUnit = "word") -> Self:
        """Score a hypothesis against its reference, both exactly as given.

        Words are what `str.split()` separates; any run of white space counts as one blank. Counts and
        alignment are jiwer's (minimum edit distance), which takes code points for characters. With an empty
        reference every word heard is an insertion and the rates are infinite. Time grows with the product
        of both lengths: 0.6 s for two texts of 100 000 characters of ASCII, 3 s for two of Chinese, 1.2 s
        for 5 million characters heard against 20 words.

        Args:
            reference: What was said.
            hypothesis: What was heard.
            unit: `character` for a language that is written without blanks between words: its tokens are
                those of a mixed error rate (`mixed_tokens`), and there are no word errors.

        Raises:
            TypeError: One of them is no `str`.
        """
        for name, text in (("reference", reference), ("hypothesis", hypothesis)):
            if not isinstance(text, str):
                raise TypeError(f"{name} has to be a str, not {text!r:.60}")
        if unit == "character":
            return cls._of_characters(mixed_tokens(reference), mixed_tokens(hypothesis))
        return cls._of_words(reference.split(), hypothesis.split())

    @classmethod
    def _of_words(cls, said: list[str], heard: list[str]) -> Self:
        words, alignment = _aligned(said, heard)
        return cls(words=words, characters=_characters(" ".join(said), " ".join(heard)), alignment=alignment)

    @classmethod
    def _of_characters(cls, said: list[str], heard: list[str]) -> Self:
        characters, alignment = _aligned(said, heard)
        return cls(words=None, characters=characters, alignment=alignment)

    @classmethod
    def zero(cls) -> Self:
        """Return the metrics of nothing at all, the neutral element of `+`; its rates are 0.0."""
        return cls(words=EditCounts(), characters=EditCounts())

    @property
    def tokens(self) -> EditCounts:
        """Return the edits between words, or between characters in a language that has no words."""
        return self.characters if self.words is None else self.words

    @property
    def unit(self) -> TokenUnit:
        """Return what a token is."""
        return "character" if self.words is None else "word"

    @property
    def wer(self) -> float:
        """Return the word error rate, a fraction: 0.0 or more, infinite for words heard in silence.

        It is NaN in a language that has no words.
        """
        return math.nan if self.words is None else self.words.rate

    @property
    def cer(self) -> float:
        """Return the character error rate, a fraction: 0.0 or more, infinite for words heard in silence."""
        return self.characters.rate

    @property
    def mer(self) -> float:
        """Return the match error rate of the tokens: 0.0 to 1.0."""
        return self.tokens.mer

    @property
    def wil(self) -> float:
        """Return the word information lost, of the tokens: 0.0 to 1.0."""
        return self.tokens.wil

    @property
    def hits(self) -> int:
        """Return how many words (without words: characters) were heard right."""
        return self.tokens.hits

    @property
    def substitutions(self) -> int:
        """Return how many words (characters) were heard as another one."""
        return self.tokens.substitutions

    @property
    def insertions(self) -> int:
        """Return how many words (characters) were heard that nobody said."""
        return self.tokens.insertions

    @property
    def deletions(self) -> int:
        """Return how many words (characters) were missed."""
        return self.tokens.deletions

    @property
    def reference_words(self) -> int:
        """Return how many words (characters) the reference has."""
        return self.tokens.reference_total

    def __add__(self, other: TextMetrics) -> TextMetrics:
        return TextMetrics(
            words=pool_words((self.words, other.words)), characters=self.characters + other.characters
        )

    def __radd__(self, other: object) -> TextMetrics:
        # sum() starts from the integer 0.
        if other == 0 and isinstance(other, int):
            return TextMetrics.zero() + self
        return NotImplemented


def _aligned(said: list[str], heard: list[str]) -> tuple[EditCounts, tuple[AlignedWord, ...]]:
    # The most common case of all.
    if said == heard:
        return EditCounts(hits=len(said)), tuple(map(equal, said))
    edits = edits_between(said, heard)
    return count_edits(edits), pair_tokens(edits, said, heard)


def _characters(said: str, heard: str) -> EditCounts:
    if said.isascii() and heard.isascii():
        if said == heard:
            return EditCounts(hits=len(said))
        return count_edits(edits_between(said, heard))
    return count_edits(edits_between(graphemes(said), graphemes(heard)))
