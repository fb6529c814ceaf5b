"""Percentiles of measurements, such as latencies and the offsets of words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def percentile(values: Sequence[float], percent: int) -> float | None:
    """Interpolate linearly between the closest ranks (Hyndman and Fan's type 7, numpy's default).

    Args:
        values: Any order.
        percent: A whole number from 1 to 99.

    Returns:
        The percentile, None of no values.
    """
    if len(values) < 2:
        return values[0] if values else None
    # statistics.quantiles has the same formula, and brings decimal and fractions.
    ranks = sorted(values)
    below, rest = divmod(percent * (len(ranks) - 1), 100)
    return (ranks[below] * (100 - rest) + ranks[below + 1] * rest) / 100
