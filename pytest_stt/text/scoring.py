"""The score of one hypothesis against what is expected of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from pytest_stt.errors import SuiteError
from pytest_stt.metrics import TextMetrics, tokens_of
from pytest_stt.text.alternatives import parse_alternatives
from pytest_stt.text.languages import token_unit
from pytest_stt.text.normalizers import find_normalizer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_stt.text.form import FormCounts
    from pytest_stt.text.normalizers import Normalizer
    from pytest_stt.text.terms import Term, TermCounts
    from pytest_stt.text.times import TimedWord, WordOffsets

_NO_TIMES = (
    "the server gave no times of words (ask it for them, as with response_format verbose_json and "
    "timestamp_granularities [word])"
)


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
        terms: The counts of the terms that one of the sides has, in their order.
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

    The best reference, and in it the best of the alternatives, has the fewest token errors, then the lower
    rate, then the lower CER, then it comes first. Tokens are words, or characters in a language that is
    written without blanks between words.

    Args:
        hypothesis: What was heard.
        expected: What it is measured by.
        heard_words: The times of words as the server gave them.

    Raises:
        SuiteError: There is no reference, no such normaliser, or alternatives can't be read.
    """
    if not expected.references:
        raise SuiteError("nothing to score against: expected at least one reference, found none")
    normalizer = find_normalizer(expected.normalizer, expected.language)
    unit = token_unit(expected.language)
    heard = normalizer(hypothesis)
    candidates = [
        _Candidate(reference, said, normalized, TextMetrics.compute(normalized, heard, unit=unit))
        for reference in expected.references
        for said, normalized in _ways(reference, heard, expected, normalizer)
    ]
    best = candidates[0] if len(candidates) == 1 else min(candidates, key=_badness)
    offsets, offsets_absent = _offsets(expected.words, heard_words, normalizer)
    return Score(
        metrics=best.metrics,
        reference=best.reference,
        said=best.said,
        normalized_reference=best.normalized,
        normalized_hypothesis=heard,
        terms=_terms(best.normalized, heard, expected, normalizer) if expected.terms else (),
        form=_form(best.said, hypothesis, expected.language) if expected.form else None,
        offsets=offsets,
        offsets_absent=offsets_absent,
    )


class _Candidate(NamedTuple):
    """Hold one way to read one reference, and what the hypothesis comes to by it."""

    reference: str
    said: str
    normalized: str
    metrics: TextMetrics


def _badness(candidate: _Candidate) -> tuple[int, float, float]:
    metrics = candidate.metrics
    return metrics.tokens.errors, metrics.tokens.rate, metrics.cer


def _ways(
    reference: str, heard: str, expected: Expected, normalizer: Normalizer
) -> Iterable[tuple[str, str]]:
    """Return the ways to read a reference that may be the best, as written and normalised."""
    if expected.alternatives:
        reading = parse_alternatives(reference)
        if reading.has_choices:
            from pytest_stt.text.paths import best_ways  # brings numpy

            unit = token_unit(expected.language)
            return [(way.raw, way.normalized) for way in best_ways(reference, heard, normalizer, unit)]
        reference = reading.plain
    return ((reference, normalizer(reference)),)


def _terms(said: str, heard: str, expected: Expected, normalizer: Normalizer) -> tuple[TermCounts, ...]:
    from pytest_stt.text.terms import count_terms

    unit = token_unit(expected.language)
    return count_terms(
        expected.terms,
        said=tokens_of(said, unit),
        heard=tokens_of(heard, unit),
        normalizer=normalizer,
        language=expected.language,
        alternatives=expected.term_forms,
    )


def _form(said: str, hypothesis: str, language: str | None) -> FormCounts:
    from pytest_stt.text.form import form_counts

    return form_counts(said, hypothesis, language=language)


def _offsets(
    words: Sequence[TimedWord], heard_words: Sequence[TimedWord], normalizer: Normalizer
) -> tuple[WordOffsets | None, str]:
    if not words:
        return None, "the case has no reference times of words"
    if not heard_words:
        return None, _NO_TIMES
    from pytest_stt.text.times import word_offsets

    return word_offsets(words, heard_words, normalizer), ""
