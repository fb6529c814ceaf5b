"""Rates in sentences and tables."""

from __future__ import annotations

import math


def rate(value: float) -> str:
    """Write a rate in per cent: 0.125 is "12.5%", and the rate of words in silence "inf"."""
    return "inf" if value == math.inf else f"{100 * value:.1f}%"
