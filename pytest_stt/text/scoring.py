"""The score of one hypothesis against what is expected of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

from pytest_stt.errors import SuiteError
from pytest_stt.metrics import TextMetrics, tokens_of
from pytest_stt.text.alternatives import parse_alternatives
from pytest_stt.text.islands import Way
from pytest_stt.text.languages import token_unit
from pytest_stt.text.normalizers import find_normalizer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_stt.metrics import TokenUnit
    from pytest_stt.text.form import FormCounts
    from pytest_stt.text.normalizers import Normalizer
    from pytest_stt.text.terms import Term, TermCounts
    from pytest_stt.text.times import TimedWord, WordOffsets

# How many texts are compared in form.
_MOST_FORMS: Final = 64
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
    rate, then the lower CER, then, where form is scored, the fewest errors in it, then it comes first. Tokens
    are words, or characters in a language that is written without blanks between words.

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
        _Candidate(reference, way, TextMetrics.compute(way.normalized, heard, unit=unit))
        for reference in expected.references
        for way in _ways(reference, hypothesis, heard, expected, normalizer)
    ]
    best, form = _best(candidates), None
    if expected.form:
        best, form = _best_in_form(_tied(candidates, best), hypothesis, expected, normalizer)
    offsets, offsets_absent = _offsets(expected.words, heard_words, normalizer)
    return Score(
        metrics=best.metrics,
        reference=best.reference,
        said=best.way.raw,
        normalized_reference=best.way.normalized,
        normalized_hypothesis=heard,
        terms=_terms(best.way.normalized, heard, expected, normalizer) if expected.terms else (),
        form=form,
        offsets=offsets,
        offsets_absent=offsets_absent,
    )


class _Candidate(NamedTuple):
    """Hold one way to read one reference, and what the hypothesis comes to by it."""

    reference: str
    way: Way
    metrics: TextMetrics


def _best(candidates: Sequence[_Candidate]) -> _Candidate:
    return candidates[0] if len(candidates) == 1 else min(candidates, key=_badness)


def _tied(candidates: Sequence[_Candidate], best: _Candidate) -> list[_Candidate]:
    return [candidate for candidate in candidates if _badness(candidate) == _badness(best)]


def _badness(candidate: _Candidate) -> tuple[int, float, float]:
    metrics = candidate.metrics
    return metrics.tokens.errors, metrics.tokens.rate, metrics.cer


def _ways(
    reference: str, hypothesis: str, heard: str, expected: Expected, normalizer: Normalizer
) -> Sequence[Way]:
    """Return the ways to read a reference that may be the best."""
    if expected.alternatives:
        reading = parse_alternatives(reference)
        if reading.has_choices:
            from pytest_stt.text.paths import best_ways  # brings numpy

            unit = token_unit(expected.language)
            return best_ways(reference, heard, normalizer, unit)
        reference = reading.plain
    # Most transcripts are right to the letter.
    normalized = heard if reference == hypothesis else normalizer(reference)
    return [Way(raw=reference, normalized=normalized, order=0, spellings=((reference,),))]


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


def _best_in_form(
    candidates: Sequence[_Candidate], hypothesis: str, expected: Expected, normalizer: Normalizer
) -> tuple[_Candidate, FormCounts]:
    """Return which of equally good candidates, and which text of it, has the fewest errors in form."""
    from pytest_stt.text.form import form_counts

    unit = token_unit(expected.language)
    most = max(_MOST_FORMS // len(candidates), 1)
    forms = [
        (candidate._replace(way=way), form_counts(way.raw, hypothesis, language=expected.language))
        for candidate in candidates
        for way in _spelled(candidate.way, hypothesis, normalizer, unit, most)
    ]
    return min(forms, key=lambda form: form[1].punctuation.errors + form[1].case.errors)


def _spelled(way: Way, hypothesis: str, normalizer: Normalizer, unit: TokenUnit, most: int) -> list[Way]:
    """Return a way in those of its texts that are nearest to the hypothesis."""
    if all(len(texts) == 1 for texts in way.spellings):
        return [way]
    from pytest_stt.text.paths import nearest_spellings  # brings numpy

    texts = nearest_spellings(way, hypothesis, unit, most=most)
    spelled = [replace(way, raw=raw, normalized=normalizer(raw)) for raw in texts]
    tokens = tokens_of(way.normalized, unit)
    return [other for other in spelled if tokens_of(other.normalized, unit) == tokens] or [way]


def _offsets(
    words: Sequence[TimedWord], heard_words: Sequence[TimedWord], normalizer: Normalizer
) -> tuple[WordOffsets | None, str]:
    if not words:
        return None, "the case has no reference times of words"
    if not heard_words:
        return None, _NO_TIMES
    from pytest_stt.text.times import word_offsets

    return word_offsets(words, heard_words, normalizer), ""
