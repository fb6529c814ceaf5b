"""The properties of test cases and of the run in JUnit XML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stt.gates.totals import totals_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_stt.gates.totals import Totals
    from pytest_stt.records import Record

Property = tuple[str, str]


def properties_of(records: Sequence[Record], *, location: str | None = None) -> list[Property]:
    """Return names and values; several records are pooled.

    Rates are fractions with four digits, so that runs compare; counts stand beside them, so that
    readers can pool. What was not heard has no figures.
    """
    total = totals_of("", records)
    properties = _figures(total) if total.heard else []
    seconds = sum(record.audio.seconds or 0.0 for record in records if record.audio)
    if seconds:
        properties.append(("stt.audio_s", f"{seconds:.3f}"))
    names = sorted({record.normalizer for record in records if record.counts})
    if names:
        properties.append(("stt.normalizer", ", ".join(names)))
    if location is not None:
        properties.append(("stt.location", location))
    return properties


def _figures(total: Totals) -> list[Property]:
    metrics = total.metrics
    figures = [
        ("stt.wer", f"{metrics.wer:.4f}"),
        ("stt.cer", f"{metrics.cer:.4f}"),
        ("stt.words", str(metrics.reference_words)),
        ("stt.substitutions", str(metrics.substitutions)),
        ("stt.insertions", str(metrics.insertions)),
        ("stt.deletions", str(metrics.deletions)),
    ]
    if total.median_ms is not None:
        figures.append(("stt.latency_ms", f"{total.median_ms:.1f}"))
    return figures
