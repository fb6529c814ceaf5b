"""Rates and further measurements of a score, by the names that a record has for them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pytest_stt.text.terms import precision, recall

if TYPE_CHECKING:
    from pytest_stt.text.form import FormCounts
    from pytest_stt.text.scoring import Score
    from pytest_stt.text.terms import TermCounts
    from pytest_stt.text.times import WordOffsets


def measures_of(score: Score) -> dict[str, float | None]:
    """Return what a score comes to, fractions and milliseconds, not rounded.

    There are always `wer`, `cer`, `mer` (match error rate) and `wil` (word information lost), the last two
    of words, else of characters. `keyword_recall` and `keyword_precision`, `punctuation_error_rate` and
    `case_error_rate`, `word_offset_median_ms` and `word_offset_p95_ms` are there where keywords, form or
    word times were scored. None stands for what is not defined or infinite, such as the WER of a language
    without words and the CER of words heard in silence.
    """
    metrics = score.metrics
    found: dict[str, float | None] = {
        "wer": metrics.wer,
        "cer": metrics.cer,
        "mer": metrics.mer,
        "wil": metrics.wil,
    }
    if any(term.kind == "keyword" for term in score.terms):
        found |= _of_keywords(score.terms)
    if score.form is not None:
        found |= _of_form(score.form)
    if score.offsets is not None:
        found |= _of_offsets(score.offsets)
    return {name: _finite(value) for name, value in found.items()}


def _of_keywords(terms: tuple[TermCounts, ...]) -> dict[str, float | None]:
    return {"keyword_recall": recall(terms), "keyword_precision": precision(terms)}


def _of_form(form: FormCounts) -> dict[str, float | None]:
    return {"punctuation_error_rate": form.punctuation.rate, "case_error_rate": form.case.rate}


def _of_offsets(offsets: WordOffsets) -> dict[str, float | None]:
    return {"word_offset_median_ms": offsets.median_ms, "word_offset_p95_ms": offsets.p95_ms}


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
