"""The properties of test cases and of the run in JUnit XML."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pytest_stt.gates.totals import is_heard, names_server, totals_of, was_retried, within_limits
from pytest_stt.text.terms import precision, recall

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pytest_stt.metrics import TextMetrics
    from pytest_stt.records import Record, Repeat

Property = tuple[str, str]

# The measures that a single case shows beside its counts, with their decimals.
MEASURES = {"punctuation_error_rate": 4, "case_error_rate": 4, "word_offset_p95_ms": 1}


def properties_of(records: Sequence[Record], *, location: str | None = None) -> list[Property]:
    """Return names and values; several records are pooled, one alone shows its server, tries and repeats.

    Rates are fractions with four digits, so that runs compare; counts stand beside them, so that
    readers can pool. What was not heard has no figures. Words heard in silence have counts and no WER or
    CER, which are infinite: readers expect a number. Edits are counted in words, and in characters where
    nothing has words.
    """
    properties = _figures_of(records)
    seconds = sum(record.audio.seconds or 0.0 for record in records if record.audio)
    if seconds:
        properties.append(("stt.audio_s", f"{seconds:.3f}"))
    names = sorted({record.normalizer for record in records if record.counts})
    if names:
        properties.append(("stt.normalizer", ", ".join(names)))
    if len(records) == 1:
        properties += _of_one(records[0])
    if location is not None:
        properties.append(("stt.location", location))
    return properties


def _figures_of(records: Sequence[Record]) -> list[Property]:
    if len(records) == 1:  # nearly always: spare it the adding up
        metrics = records[0].metrics if is_heard(records[0]) else None
        return [] if metrics is None else [*_figures(metrics, records[0].latency_ms), *_of_terms(records)]
    total = totals_of("", records)
    return [*_figures(total.metrics, total.median_ms), *_of_terms(records)] if total.heard else []


def _figures(metrics: TextMetrics, latency_ms: float | None) -> Iterator[Property]:
    has_words = metrics.words is not None
    if has_words:
        yield from _rate("stt.wer", metrics.wer)
    yield from _rate("stt.cer", metrics.cer)
    yield "stt.mer", f"{metrics.mer:.4f}"
    yield "stt.wil", f"{metrics.wil:.4f}"
    yield "stt.words" if has_words else "stt.characters", str(metrics.tokens.reference_total)
    yield "stt.substitutions", str(metrics.tokens.substitutions)
    yield "stt.insertions", str(metrics.tokens.insertions)
    yield "stt.deletions", str(metrics.tokens.deletions)
    if latency_ms is not None:
        yield "stt.latency_ms", f"{latency_ms:.1f}"


def _rate(name: str, value: float) -> Iterator[Property]:
    if math.isfinite(value):
        yield name, f"{value:.4f}"


def _of_terms(records: Iterable[Record]) -> Iterator[Property]:
    terms = [one for record in records if is_heard(record) for one in record.terms]
    if not terms:  # nearly always
        return
    for name, share in (("recall", recall(terms)), ("precision", precision(terms))):
        if share is not None:
            yield f"stt.keyword_{name}", f"{share:.4f}"


def _of_one(record: Record) -> Iterator[Property]:
    for name, digits in MEASURES.items():
        measured = record.measures.get(name)
        if measured is not None and is_heard(record):
            yield f"stt.{name}", f"{measured:.{digits}f}"
    if names_server(record):
        yield "stt.server", record.server
    if was_retried(record):
        yield "stt.tries", str(len(record.tries))
    if record.repeats:
        yield "stt.repeats", within_limits(record.repeats)
    for number, repeat in enumerate(record.repeats, 1):
        for name, value in _of_repeat(repeat):
            yield f"stt.repeat.{number}.{name}", value


def _of_repeat(repeat: Repeat) -> Iterator[Property]:
    if repeat.counts is not None:
        if repeat.counts.words is not None:
            yield from _rate("wer", repeat.counts.words.rate)
        yield from _rate("cer", repeat.counts.chars.rate)
    if repeat.latency_ms is not None:
        yield "latency_ms", f"{repeat.latency_ms:.1f}"
    yield "outcome", repeat.outcome
