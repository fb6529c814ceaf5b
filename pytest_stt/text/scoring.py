"""The score of one hypothesis against what is expected of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_stt.errors import SuiteError
from pytest_stt.metrics import TextMetrics
from pytest_stt.text.normalizers import find_normalizer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_stt.text.form import FormCounts
    from pytest_stt.text.normalizers import Normalizer
    from pytest_stt.text.terms import Term, TermCounts
    from pytest_stt.text.times import TimedWord, WordOffsets


@dataclass(frozen=True, kw_only=True)
class Expected:
    """Say what a transcript is measured by.

    Attributes:
        references: The accepted transcripts as their author wrote them, at least one.
        normalizer: The name, label or list of steps (`normalizer_spec`) that both sides go through.
        language: The language of the speech as a BCP 47 tag, None when it is not known.
        alternatives: Whether braces and parentheses in references are alternatives and options.
        terms: Keywords, forbidden terms and entities to count.
        term_forms: Whether braces in the terms mean several forms, whatever the references have.
        words: The reference times of words; empty when there are none.
        form: Whether punctuation and case are to be scored.
    """

    references: tuple[str, ...]
    normalizer: str = "none"
    language: str | None = None
    alternatives: bool = False
    terms: tuple[Term, ...] = ()
    term_forms: bool = True
    words: tuple[TimedWord, ...] = ()
    form: bool = False


@dataclass(frozen=True, kw_only=True)
class Score:
    """Hold what a hypothesis comes to, and the texts it was made from.

    Attributes:
        metrics: Words, characters and alignment of the two normalised texts.
        reference: The accepted reference that fits best, as its author wrote it.
        said: The text of its best path: the reference with one of each alternatives chosen.
        normalized_reference: `said` in the form that was scored.
        normalized_hypothesis: The hypothesis in the form that was scored.
        terms: The counts of every term that was asked for, in their order.
        form: Errors in punctuation and case, None when not asked for.
        offsets: Distances between word times, None where one of the sides has none.
        offsets_absent: Why there are no offsets, the rest of a sentence; empty where there are some.
    """

    metrics: TextMetrics
    reference: str = ""
    said: str = ""
    normalized_reference: str = ""
    normalized_hypothesis: str = ""
    terms: tuple[TermCounts, ...] = ()
    form: FormCounts | None = None
    offsets: WordOffsets | None = None
    offsets_absent: str = ""


def measure(hypothesis: str, expected: Expected, *, heard_words: Sequence[TimedWord] = ()) -> Score:
    """Score a hypothesis against whichever reference fits best, both sides normalised alike.

    The best has the fewest word errors, then the lower WER, then the lower CER, then it comes first.

    Args:
        hypothesis: What was heard.
        expected: What it is measured by.
        heard_words: The times of words as the server gave them.

    Raises:
        SuiteError: There is no reference, or no such normaliser.
    """
    if not expected.references:
        raise SuiteError("nothing to score against: expected at least one reference, found none")
    normalizer = find_normalizer(expected.normalizer, expected.language)
    heard = normalizer(hypothesis)
    return min((_score_one(heard, reference, normalizer) for reference in expected.references), key=_badness)


def score(hypothesis: str, references: Sequence[str], normalizer: Normalizer) -> Score:
    """Score a hypothesis against references without alternatives, terms or times."""
    if not references:
        raise SuiteError("nothing to score against: expected at least one reference, found none")
    heard = normalizer(hypothesis)
    return min((_score_one(heard, reference, normalizer) for reference in references), key=_badness)


def _score_one(heard: str, reference: str, normalizer: Normalizer) -> Score:
    said = normalizer(reference)
    return Score(
        metrics=TextMetrics.compute(said, heard),
        reference=reference,
        said=reference,
        normalized_reference=said,
        normalized_hypothesis=heard,
    )


def _badness(candidate: Score) -> tuple[int, float, float]:
    metrics = candidate.metrics
    return metrics.words.errors, metrics.wer, metrics.cer
