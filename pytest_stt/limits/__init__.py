"""The limits of `assert_quality`, and the verdict on a transcript."""

from __future__ import annotations

from pytest_stt.limits.judging import verdict
from pytest_stt.limits.limit import (
    DEFAULT_LIMITS,
    LIMIT_NAMES,
    NO_LIMITS,
    Limits,
    check_limit,
    in_force,
    override,
    without_words,
)

__all__ = [
    "DEFAULT_LIMITS",
    "LIMIT_NAMES",
    "NO_LIMITS",
    "Limits",
    "check_limit",
    "in_force",
    "override",
    "verdict",
    "without_words",
]
