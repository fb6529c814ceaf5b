"""The keywords of `assert_quality`: their values, defaults and merging."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, Final

from pytest_stt.errors import SuiteError
from pytest_stt.limits.wording import decimals_of
from pytest_stt.text.printable import printable
from pytest_stt.text.wording import near_miss

if TYPE_CHECKING:
    from collections.abc import Mapping


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

    @property
    def judges_form(self) -> bool:
        """Whether punctuation or case is judged, so that they have to be scored."""
        return self.max_punctuation_error_rate is not None or self.max_case_error_rate is not None


NO_LIMITS: Final = Limits()
DEFAULT_LIMITS: Final = Limits(max_wer=0.2, max_cer=0.15)
LIMIT_NAMES: Final = tuple(limit.name for limit in fields(Limits))
_WHOLE: Final = frozenset(["max_errors", "max_insertions"])
_RATES: Final = frozenset(["max_wer", "max_cer", "max_punctuation_error_rate"])
_MOST_RATE: Final = 5
_SHARES: Final = frozenset(["min_keyword_recall", "max_case_error_rate"])


def check_limit(name: str, value: object) -> float | None:
    """Return the value of a limit as a plain number, or None where it is switched off.

    Raises:
        SuiteError: There is no such limit, or its value is no finite number in its range (a whole one for
            `max_errors` and `max_insertions`). The text names no place: the caller knows it.
    """
    if name not in LIMIT_NAMES:
        raise SuiteError(_unknown_limit(name))
    if value is None:
        return None
    kind, expected = (Integral, "a whole number") if name in _WHOLE else (Real, "a number")
    # True is an int to Python, and a slip to us.
    if isinstance(value, bool) or not isinstance(value, kind) or not _is_in_range(value):
        raise SuiteError(f"{name}: expected {expected} of 0 or more, found {printable(repr(value), 60)}")
    number = int(value) if isinstance(value, Integral) else float(value)
    if name in _SHARES and number > 1:
        raise SuiteError(f"{name}: expected a number from 0 to 1, found {number:g}{_as_share(number)}")
    if name in _RATES and number > _MOST_RATE:
        raise SuiteError(f"{name}: expected a fraction such as 0.1, found {number:g}{_as_share(number)}")
    return number


def _as_share(number: float) -> str:
    return f"; {number:g}% is {number / 100:g}" if number <= 100 else ""


def _is_in_range(value: Any) -> bool:
    try:
        return 0 <= float(value) < math.inf
    except OverflowError:
        return False


def _unknown_limit(name: str) -> str:
    hint = near_miss(name, LIMIT_NAMES)
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


def without_words(limits: Limits) -> Limits:
    """Return the limits that can be judged in a language that is not written in words: all but `max_wer`."""
    return replace(limits, max_wer=None)


def in_force(limits: Limits) -> str:
    """Name the limits that are on and their values, as in `max_wer 10.0%, max_cer 15.0%`."""
    values = ((name, getattr(limits, name)) for name in LIMIT_NAMES)
    return ", ".join(name_limit(name, value) for name, value in values if value is not None) or "no limits"


def name_limit(name: str, value: float) -> str:
    """Name one limit and its value, as in `max_wer 10.0%`."""
    if name in _WHOLE:
        return f"{name} {value}"
    if name.endswith("_ms"):
        return f"{name} {value:.{decimals_of(value, 0)}f} ms"
    return f"{name} {value * 100:.{decimals_of(value * 100, 1)}f}%"
