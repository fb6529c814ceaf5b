"""What a field of a row has to be, as `where` says it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from pytest_stt.suite.document import Null
from pytest_stt.suite.problems import found, nearest, quoted

EXPECTED = "text, a list of texts, or a range of numbers such as {min: 1, max: 20}"

_BOUNDS = ("min", "max")


@dataclass(frozen=True, kw_only=True)
class Condition:
    """What a field of a row has to be: one of some texts, or a number in a range with both ends.

    Attributes:
        texts: The texts, `""` for a row without a value; empty for a range.
        least: The smallest number, None for no bound.
        most: The largest number, None for no bound.
    """

    texts: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None


def read_condition(value: Any) -> Condition | None:
    """Make a condition of a value as YAML gives it, None where it is none."""
    if _is_text(value):
        return Condition(texts=(str(value),))
    if isinstance(value, list) and value and all(map(_is_text, value)):
        return Condition(texts=tuple(map(str, value)))
    if not isinstance(value, dict) or not value or unfit_range(value):
        return None
    bounds = {name: float(value[name]) for name in value}
    return Condition(least=bounds.get("min"), most=bounds.get("max"))


def unfit(value: Any) -> str:
    """Say what was expected instead of a value that is no condition, and what was found."""
    wrong = unfit_range(value) if isinstance(value, dict) and value else ""
    return wrong or f"expected {EXPECTED}, found {found(value)}"


def unfit_range(bounds: dict[str, Any]) -> str:
    """Say what is wrong with the range that a mapping would be, `""` for nothing."""
    for name, bound in bounds.items():
        if name not in _BOUNDS:
            hint = nearest(name, _BOUNDS)
            advice = hint if "did you mean" in hint else ""
            return f"expected {EXPECTED}, found the key {quoted(name)}{advice}"
        if _number(bound) is None:
            return f'expected a number as "{name}", found {found(bound)}'
    least, most = (_number(bounds.get(name)) for name in _BOUNDS)
    if least is not None and most is not None and least > most:
        return f'expected a "max" of {least:g} or more, as "min" is that, found {found(bounds["max"])}'
    return ""


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and not isinstance(value, Null)


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None
