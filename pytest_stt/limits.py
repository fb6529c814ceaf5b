"""The keywords of `assert_quality`: defaults, merging, judging, the verdict sentence."""

from __future__ import annotations

import difflib
import math
from dataclasses import dataclass, fields, replace
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, Final

from pytest_stt.errors import SuiteError
from pytest_stt.text.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_stt.metrics import EditCounts, TextMetrics

_HEARD_SHOWN: Final = 80
_MOST_DECIMALS: Final = 15


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Say how bad a transcript may be; a value that equals its limit passes, None switches a limit off.

    Attributes:
        max_wer: Word error rate, a fraction of 0 or more (above 1 is possible: insertions have no bound).
        max_cer: Character error rate, a fraction of 0 or more.
        max_errors: Errors in words (in characters where a language has no words), a whole number.
        max_insertions: Words (characters) heard that nobody said, a whole number.
        min_keyword_recall: Weighted share of the keywords said that were heard, 0 to 1. Not judged where the
            reference has none of them.
        max_punctuation_error_rate: Wrong punctuation marks per mark of the reference, 0 or more.
        max_case_error_rate: Share of the words heard right that differ in case, 0 to 1.
        max_word_offset_ms: 95th percentile of the distances between the times of matched words, in
            milliseconds.
        max_latency_ms: Time to the last transcript message, in milliseconds.
    """

    max_wer: float | None = None
    max_cer: float | None = None
    max_errors: int | None = None
    max_insertions: int | None = None
    min_keyword_recall: float | None = None
    max_punctuation_error_rate: float | None = None
    max_case_error_rate: float | None = None
    max_word_offset_ms: float | None = None
    max_latency_ms: float | None = None


NO_LIMITS: Final = Limits()
DEFAULT_LIMITS: Final = Limits(max_wer=0.2, max_cer=0.15)
LIMIT_NAMES: Final = tuple(limit.name for limit in fields(Limits))


def check_limit(name: str, value: object) -> float | None:
    """Return the value of a limit as a plain number, or None where it is switched off.

    Raises:
        SuiteError: There is no such limit, or its value is no finite number of 0 or more (for `max_errors` a
            whole one). The text names no place: the caller knows it.
    """
    if name not in LIMIT_NAMES:
        raise SuiteError(_unknown_limit(name))
    if value is None:
        return None
    kind, expected = (Integral, "a whole number") if name == "max_errors" else (Real, "a number")
    # True is an int to Python, and a slip to us.
    if isinstance(value, bool) or not isinstance(value, kind) or not _is_in_range(value):
        raise SuiteError(f"{name}: expected {expected} of 0 or more, found {printable(repr(value), 60)}")
    return int(value) if isinstance(value, Integral) else float(value)


def _is_in_range(value: Any) -> bool:
    try:
        return 0 <= float(value) < math.inf
    except OverflowError:
        return False


def _unknown_limit(name: str) -> str:
    near = difflib.get_close_matches(name, LIMIT_NAMES, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"no limit '{printable(name, 60)}'{hint} (there is {', '.join(LIMIT_NAMES)})"


def override(base: Limits, changes: Mapping[str, float | None]) -> Limits:
    """Return `base` with some limits replaced, key by key; None switches one off.

    Raises:
        SuiteError: One line for each change that `check_limit` refuses.
    """
    checked: dict[str, Any] = {}
    problems: list[str] = []
    for name, value in changes.items():
        try:
            checked[name] = check_limit(name, value)
        except SuiteError as error:
            problems += error.problems
    if problems:
        raise SuiteError(*problems)
    return replace(base, **checked)


def in_force(limits: Limits) -> str:
    """Name the limits that are on and their values, as in `max_wer 10.0%, max_cer 15.0%`."""
    values = ((name, getattr(limits, name)) for name in LIMIT_NAMES)
    return (
        ", ".join(f"{name} {_show(name, value)}" for name, value in values if value is not None)
        or "no limits"
    )


def _show(name: str, value: float) -> str:
    if name == "max_errors":
        return str(value)
    if name == "max_latency_ms":
        return f"{value:.{_decimals(value, 0)}f} ms"
    return f"{value * 100:.{_decimals(value * 100, 1)}f}%"


def verdict(
    metrics: TextMetrics, limits: Limits, *, normalizer: str, hypothesis: str, latency_ms: float | None
) -> str | None:
    """Judge a transcript: None when it is within all limits, else one line that says what is past which.

    Words heard where the reference is empty are past any WER or CER limit, and past `max_errors` by their
    number.

    Args:
        metrics: Its word and character errors.
        limits: What it may have.
        normalizer: The name of the normaliser that both sides went through.
        hypothesis: What was heard, quoted where silence was expected.
        latency_ms: Its latency in milliseconds, None when none was measured.
    """
    if metrics.reference_words:
        findings = [*_judge_rates(metrics, limits, normalizer), *_judge_errors(metrics, limits, normalizer)]
    else:
        findings = [*_judge_silence(metrics, limits, normalizer, hypothesis)]
    return "; ".join([*findings, *_judge_latency(latency_ms, limits.max_latency_ms)]) or None


def _judge_silence(metrics: TextMetrics, limits: Limits, normalizer: str, hypothesis: str) -> Iterator[str]:
    heard = metrics.insertions
    has_rate = limits.max_wer is not None or limits.max_cer is not None
    has_too_many = limits.max_errors is not None and heard > limits.max_errors
    if heard and (has_rate or has_too_many):
        quoted = printable(" ".join(hypothesis.split()), _HEARD_SHOWN)
        yield f"expected silence, heard {_number(heard, 'word')}: {quoted} ({normalizer})"


def _judge_rates(metrics: TextMetrics, limits: Limits, normalizer: str) -> Iterator[str]:
    rates = (
        ("WER", "word", metrics.words, limits.max_wer),
        ("CER", "character", metrics.characters, limits.max_cer),
    )
    for name, unit, counts, limit in rates:
        if limit is not None and not _is_within(counts, limit):
            found, allowed = _apart(counts.rate * 100, limit * 100, decimals=1)
            yield f"{name} {found}% > {allowed}% ({_share(counts, unit)}, {normalizer})"


def _is_within(counts: EditCounts, limit: float) -> bool:
    allowed = limit * counts.reference_total
    # 3 errors in 10 words are within 0.3, although 0.3 * 10 and the like can fall short by one bit.
    return counts.errors <= allowed or math.isclose(counts.errors, allowed, rel_tol=1e-12)


def _judge_errors(metrics: TextMetrics, limits: Limits, normalizer: str) -> Iterator[str]:
    errors, limit = metrics.words.errors, limits.max_errors
    if limit is not None and errors > limit:
        yield f"{_number(errors, 'error')} > {limit} ({_share(metrics.words, 'word')}, {normalizer})"


def _judge_latency(latency_ms: float | None, limit: float | None) -> Iterator[str]:
    if limit is None:
        return
    if latency_ms is None:
        yield f"no latency was measured, so max_latency_ms {_show('max_latency_ms', limit)} can't be judged"
    elif latency_ms > limit:
        found, allowed = _apart(latency_ms, limit, decimals=0)
        yield f"latency {found} ms > {allowed} ms"


def _share(counts: EditCounts, unit: str) -> str:
    return f"{counts.errors} of {_number(counts.reference_total, unit)}"


def _number(count: int, unit: str) -> str:
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def _apart(found: float, limit: float, *, decimals: int) -> tuple[str, str]:
    """Round both alike, with as many decimals as it takes to show the limit and that they differ."""
    for places in range(_decimals(limit, decimals), _MOST_DECIMALS):
        shown = f"{found:.{places}f}", f"{limit:.{places}f}"
        if shown[0] != shown[1]:
            return shown
    return repr(found), repr(limit)


def _decimals(value: float, least: int) -> int:
    """Return how many decimals show a value exactly, `least` when four don't."""
    return next((places for places in range(least, 5) if abs(round(value, places) - value) < 1e-9), least)
