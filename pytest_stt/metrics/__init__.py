"""Word and character errors: tokens, counts, rates, alignment, pooling.

Counts travel and rates are derived last: metrics are pooled by adding them, never by averaging rates.
"""

from __future__ import annotations

from pytest_stt.metrics.alignment import AlignedWord, EditKind, align_tokens
from pytest_stt.metrics.counts import EditCounts, pool_words
from pytest_stt.metrics.percentiles import percentile
from pytest_stt.metrics.text import TextMetrics
from pytest_stt.metrics.tokens import TokenUnit, graphemes, mixed_tokens, tokens_of

__all__ = [
    "AlignedWord",
    "EditCounts",
    "EditKind",
    "TextMetrics",
    "TokenUnit",
    "align_tokens",
    "graphemes",
    "mixed_tokens",
    "percentile",
    "pool_words",
    "tokens_of",
]
