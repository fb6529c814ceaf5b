"""Rates in sentences and tables."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_stt.metrics import TextMetrics


def rate(value: float) -> str:
    """Write a rate in per cent: 0.125 is "12.5%", the rate of words in silence "inf", an absent one "-"."""
    if math.isnan(value):
        return "-"
    return "inf" if value == math.inf else f"{100 * value:.1f}%"


def rates_of(metrics: TextMetrics) -> str:
    """Write WER and CER, "WER 12.5% CER 3.1%"; in a language that has no words there is no WER."""
    character_rate = f"CER {rate(metrics.cer)}"
    return character_rate if metrics.words is None else f"WER {rate(metrics.wer)} {character_rate}"
