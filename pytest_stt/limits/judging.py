"""A transcript against its limits: the verdict, one line that says what is past which."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from pytest_stt.limits.limit import name_limit
from pytest_stt.limits.wording import apart, listed, number, share, times
from pytest_stt.text.printable import isolated
from pytest_stt.text.terms import recall

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_stt.limits.limit import Limits
    from pytest_stt.metrics import EditCounts, TextMetrics
    from pytest_stt.text.form import FormCounts
    from pytest_stt.text.scoring import Score
    from pytest_stt.text.terms import TermCounts

_HEARD_SHOWN: Final = 80
_TERM_SHOWN: Final = 40


def verdict(
    score: Score, limits: Limits, *, normalizer: str, hypothesis: str, latency_ms: float | None
) -> str | None:
    """Judge a transcript: None when it is within all limits, else one line that says what is past which.

    Words heard where the reference is empty are past any WER or CER limit, and past `max_errors` and
    `max_insertions` by their number; together they are one finding. A forbidden term that was heard needs
    no limit. A limit on what could not be measured is a finding with the reason.

    Args:
        score: What was counted.
        limits: What it may have.
        normalizer: The name of the normaliser that both sides went through.
        hypothesis: What was heard, quoted where silence was expected.
        latency_ms: Its latency in milliseconds, None when none was measured.
    """
    metrics = score.metrics
    if metrics.tokens.reference_total:
        findings = [*_judge_rates(metrics, limits, normalizer), *_judge_numbers(metrics, limits, normalizer)]
    else:
        findings = [*_judge_silence(metrics, limits, normalizer, hypothesis)]
    judged = [
        *_judge_wer_without_words(metrics, limits),
        *findings,
        *_judge_terms(score.terms, limits, normalizer),
        *_judge_form(score.form, limits),
        *_judge_offsets(score, limits.max_word_offset_ms),
        *_judge_latency(latency_ms, limits.max_latency_ms),
    ]
    return "; ".join(judged) or None


def _judge_wer_without_words(metrics: TextMetrics, limits: Limits) -> Iterator[str]:
    if limits.max_wer is not None and metrics.words is None:
        reason = "this language is not written in words; use max_cer"
        yield f"{name_limit('max_wer', limits.max_wer)} can't be judged: {reason}"


def _judge_silence(metrics: TextMetrics, limits: Limits, normalizer: str, hypothesis: str) -> Iterator[str]:
    heard = metrics.tokens.insertions
    rates = (None if metrics.words is None else limits.max_wer, limits.max_cer)
    numbers = (limits.max_errors, limits.max_insertions)
    has_rate = any(limit is not None for limit in rates)
    if heard and (has_rate or any(limit is not None and heard > limit for limit in numbers)):
        quoted = isolated(" ".join(hypothesis.split()), _HEARD_SHOWN)
        yield f"expected silence, heard {number(heard, metrics.unit)}: {quoted} ({normalizer})"


def _judge_rates(metrics: TextMetrics, limits: Limits, normalizer: str) -> Iterator[str]:
    rates = (
        ("WER", "word", metrics.words, limits.max_wer),
        ("CER", "character", metrics.characters, limits.max_cer),
    )
    for name, unit, counts, limit in rates:
        if counts is not None and limit is not None and not _is_within(counts, limit):
            yield f"{name} {_rate(counts, limit)} ({share(counts, unit)}, {normalizer})"


def _rate(counts: EditCounts, limit: float) -> str:
    found, allowed = apart(counts.rate * 100, limit * 100, decimals=1)
    return f"{found}% > {allowed}%"


def _is_within(counts: EditCounts, limit: float) -> bool:
    allowed = limit * counts.reference_total
    # 3 errors in 10 words are within 0.3, although 0.3 * 10 and the like can fall short by one bit.
    return counts.errors <= allowed or math.isclose(counts.errors, allowed, rel_tol=1e-12)


def _judge_numbers(metrics: TextMetrics, limits: Limits, normalizer: str) -> Iterator[str]:
    counts, unit = metrics.tokens, metrics.unit
    if limits.max_errors is not None and counts.errors > limits.max_errors:
        errors = number(counts.errors, "error")
        yield f"{errors} > {limits.max_errors} ({share(counts, unit)}, {normalizer})"
    if limits.max_insertions is not None and counts.insertions > limits.max_insertions:
        insertions = number(counts.insertions, "insertion")
        totals = f"{number(counts.reference_total, unit)} said, {counts.hypothesis_total} heard"
        yield f"{insertions} > {limits.max_insertions} ({totals}, {normalizer})"


def _judge_terms(terms: Sequence[TermCounts], limits: Limits, normalizer: str) -> Iterator[str]:
    limit = limits.min_keyword_recall
    found = recall(terms)
    if (
        limit is not None
        and found is not None
        and found < limit
        and not math.isclose(found, limit, rel_tol=1e-12)
    ):
        shown, least = apart(found * 100, limit * 100, decimals=1)
        keywords = [term for term in terms if term.kind == "keyword"]
        yield f"keyword recall {shown}% < {least}% ({_heard_of(keywords)}, {normalizer}; {_missed(keywords)})"
    forbidden = [term for term in terms if term.kind == "forbidden" and term.heard > term.said]
    if forbidden:
        heard = [f"'{isolated(term.text, _TERM_SHOWN)}'{times(term.heard - term.said)}" for term in forbidden]
        yield f"forbidden: heard {listed(heard)} ({normalizer})"


def _heard_of(keywords: Sequence[TermCounts]) -> str:
    hits, said = sum(term.hits for term in keywords), sum(term.said for term in keywords)
    if all(term.weight == 1 for term in keywords):
        return f"{hits} of {said} heard"
    weight_heard = sum(term.weight * term.hits for term in keywords)
    weight_said = sum(term.weight * term.said for term in keywords)
    return f"{hits} of {said} heard, by weight {weight_heard:g} of {weight_said:g}"


def _missed(keywords: Sequence[TermCounts]) -> str:
    return f"missed {listed([isolated(term.text, _TERM_SHOWN) for term in keywords if term.misses])}"


def _judge_form(form: FormCounts | None, limits: Limits) -> Iterator[str]:
    punctuation, case = (form.punctuation, form.case) if form else (None, None)
    yield from _judge_marks(punctuation, limits.max_punctuation_error_rate)
    yield from _judge_case(case, limits.max_case_error_rate)


def _judge_marks(counts: EditCounts | None, limit: float | None) -> Iterator[str]:
    if limit is None:
        return
    named = name_limit("max_punctuation_error_rate", limit)
    if counts is None:
        yield f"{named} can't be judged: punctuation was not scored"
    elif counts.errors and not counts.reference_total:
        yield f"heard {number(counts.errors, 'punctuation mark')} where the reference has none ({named})"
    elif not _is_within(counts, limit):
        yield f"punctuation error rate {_rate(counts, limit)} ({share(counts, 'mark')})"


def _judge_case(counts: EditCounts | None, limit: float | None) -> Iterator[str]:
    if limit is None:
        return
    if counts is None:
        yield f"{name_limit('max_case_error_rate', limit)} can't be judged: case was not scored"
    elif not _is_within(counts, limit):
        yield f"case error rate {_rate(counts, limit)} ({share(counts, 'word')})"


def _judge_offsets(score: Score, limit: float | None) -> Iterator[str]:
    if limit is None:
        return
    offsets = score.offsets
    if offsets is None or offsets.p95_ms is None or offsets.median_ms is None:
        nothing = "no times of words were compared" if offsets is None else "no word was heard right"
        reason = score.offsets_absent or nothing
        yield f"{name_limit('max_word_offset_ms', limit)} can't be judged: {reason}"
    elif offsets.p95_ms > limit:
        found, allowed = apart(offsets.p95_ms, limit, decimals=0)
        matched = f"{offsets.matched} of {number(offsets.words, 'word')} matched"
        yield f"word offsets: p95 {found} ms > {allowed} ms (median {offsets.median_ms:.0f} ms, {matched})"


def _judge_latency(latency_ms: float | None, limit: float | None) -> Iterator[str]:
    if limit is None:
        return
    if latency_ms is None:
        yield f"no latency was measured, so {name_limit('max_latency_ms', limit)} can't be judged"
    elif latency_ms > limit:
        found, allowed = apart(latency_ms, limit, decimals=0)
        yield f"latency {found} ms > {allowed} ms"
