"""The judgement of a case that was transcribed several times."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from pytest_stt.client.result import score_by
from pytest_stt.gates.rates import rate
from pytest_stt.limits import verdict
from pytest_stt.records import Counts, Repeat
from pytest_stt.text import find_normalizer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_stt.client import STTResult
    from pytest_stt.errors import STTError
    from pytest_stt.limits import Limits
    from pytest_stt.metrics import TextMetrics
    from pytest_stt.runner.hearing import Attempt
    from pytest_stt.text.scoring import Expected


Judgement: TypeAlias = Literal["passed", "failed", "error"]


@dataclass(frozen=True, kw_only=True)
class RepeatVerdict:
    """Say how several attempts at one case come out together.

    Attributes:
        outcome: `passed` when enough attempts are within the limits. Else `error` when those without a
            transcript could have made it enough, so that the outage decides and not the quality; else
            `failed`.
        sentence: The verdict in one line.
        passed: How many attempts are within the limits.
        times: How many there are.
        needed: How many have to be within the limits.
        representative: The attempt whose transcript, counts and latency stand for the case, so that its
            words are pooled once: the lower median by errors, then by latency, then by order. None
            when nothing was heard.
        worst: The attempt that is furthest past the limits, by WER, CER and latency; where all are within
            them, the worst of these. None when nothing was heard.
        repeats: All attempts as records have them, in order.
    """

    outcome: Judgement
    sentence: str
    passed: int
    times: int
    needed: int
    representative: int | None
    worst: int | None
    repeats: tuple[Repeat, ...]


@dataclass(frozen=True, kw_only=True)
class _Heard:
    """One attempt that was heard; `finding` says what is past which limit, None when nothing is."""

    index: int
    hypothesis: str
    latency_ms: float | None
    metrics: TextMetrics
    finding: str | None


def judge_repeats(
    attempts: Sequence[Attempt],
    *,
    expected: Expected,
    limits: Limits,
    needed: int,
) -> RepeatVerdict:
    """Judge each attempt by the limits, and all of them by how many are within.

    Each result gets its `text_metrics` and `reference`.

    Args:
        attempts: At least one.
        expected: What each attempt is measured by.
        limits: What each attempt may have.
        needed: How many have to be within the limits, 1 or more.
    """
    heard = {
        index: _judge(index, attempt.result, expected, limits)
        for index, attempt in enumerate(attempts)
        if attempt.result is not None
    }
    errors = [attempt.error for attempt in attempts if attempt.error is not None]
    passed = sum(one.finding is None for one in heard.values())
    outcome = _outcome(passed, len(errors), needed)
    worst = max(heard.values(), key=_badness, default=None)
    in_order = [heard.get(index) for index in range(len(attempts))]
    return RepeatVerdict(
        outcome=outcome,
        sentence=_sentence(in_order, errors, worst, outcome=outcome, needed=needed),
        passed=passed,
        times=len(attempts),
        needed=needed,
        representative=_representative(list(heard.values())),
        worst=None if worst is None else worst.index,
        repeats=tuple(map(_repeat, in_order)),
    )


def _outcome(passed: int, errors: int, needed: int) -> Judgement:
    if passed >= needed:
        return "passed"
    return "error" if passed + errors >= needed else "failed"


def _judge(index: int, result: STTResult, expected: Expected, limits: Limits) -> _Heard:
    scored = score_by(result, expected)
    latency_ms = result.latency_ms if math.isfinite(result.latency_ms) else None
    finding = verdict(
        scored,
        limits,
        normalizer=find_normalizer(expected.normalizer, expected.language).name,
        hypothesis=result.hypothesis_text,
        latency_ms=latency_ms,
    )
    return _Heard(
        index=index,
        hypothesis=result.hypothesis_text,
        latency_ms=latency_ms,
        metrics=scored.metrics,
        finding=finding,
    )


def _repeat(one: _Heard | None) -> Repeat:
    if one is None:
        return Repeat(outcome="error")
    return Repeat(
        hypothesis=one.hypothesis,
        counts=Counts.of(one.metrics),
        latency_ms=one.latency_ms,
        outcome="passed" if one.finding is None else "failed",
    )


def _representative(heard: Sequence[_Heard]) -> int | None:
    ranked = sorted(heard, key=lambda one: (one.metrics.tokens.errors, _latency(one), one.index))
    return ranked[(len(ranked) - 1) // 2].index if ranked else None


def _badness(one: _Heard) -> tuple[bool, float, float, float]:
    return one.finding is not None, one.metrics.tokens.rate, one.metrics.cer, _latency(one)


def _latency(one: _Heard) -> float:
    return math.inf if one.latency_ms is None else one.latency_ms


def _sentence(
    attempts: Sequence[_Heard | None],
    errors: Sequence[STTError],
    worst: _Heard | None,
    *,
    outcome: Judgement,
    needed: int,
) -> str:
    heard = [one for one in attempts if one is not None]
    text = f"{sum(one.finding is None for one in heard)} of {len(attempts)} within limits"
    if outcome == "failed":
        text += f" ({needed} needed)"
    if errors:
        text += f", {len(errors)} without a transcript"
    if outcome == "error":
        return f"{text}: {str(errors[0]).partition(chr(10))[0]}"
    name = "WER" if heard[0].metrics.unit == "word" else "CER"
    text += f", {name} {_span([one.metrics.tokens.rate for one in heard])}"
    if outcome == "failed" and worst is not None:
        text += f"; worst: {worst.finding}"
    return text


def _span(rates: Sequence[float]) -> str:
    lowest, highest = rate(min(rates)), rate(max(rates))
    return lowest if lowest == highest else f"{lowest} to {highest}"
