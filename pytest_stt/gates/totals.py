"""Pooled figures of many records: counts are added, rates are derived last."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from statistics import quantiles
from typing import TYPE_CHECKING

from pytest_stt.limits import NO_LIMITS, in_force
from pytest_stt.metrics import TextMetrics

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_stt.records import Record


@dataclass(frozen=True, kw_only=True)
class Totals:
    """What a group of records comes to.

    Attributes:
        name: The suite, with the server behind it when it is not the only one.
        cases: How many were run; skipped ones are not.
        heard: How many have a transcript that was scored.
        failed: How many were past their limits.
        errors: How many have no transcript; they have no part in the rates.
        metrics: The added counts of all that were heard, expected failures included.
        latencies_ms: One latency for each case that was heard.
        limits: The limits in force with the number of cases that have them, most common first.
    """

    name: str
    cases: int
    heard: int
    failed: int
    errors: int
    metrics: TextMetrics
    latencies_ms: tuple[float, ...]
    limits: tuple[tuple[str, int], ...] = ()

    @property
    def median_ms(self) -> float | None:
        """The median latency in milliseconds, None when nothing was heard."""
        return percentile(self.latencies_ms, 50)

    @property
    def p95_ms(self) -> float | None:
        """The 95th percentile of the latency in milliseconds, None when nothing was heard."""
        return percentile(self.latencies_ms, 95)


def percentile(values: Sequence[float], percent: int) -> float | None:
    """Interpolate linearly between the closest ranks (Hyndman and Fan's type 7, numpy's default).

    Args:
        values: Any order.
        percent: A whole number from 1 to 99.
    """
    if len(values) < 2:
        return values[0] if values else None
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def totals_of(name: str, records: Iterable[Record]) -> Totals:
    """Add up the records of one group."""
    run = [record for record in records if record.outcome != "skipped"]
    heard = [record for record in run if record.outcome != "error" and record.metrics is not None]
    return Totals(
        name=name,
        cases=len(run),
        heard=len(heard),
        failed=sum(record.outcome == "failed" for record in run),
        errors=sum(record.outcome == "error" for record in run),
        metrics=sum((record.metrics for record in heard if record.metrics), TextMetrics.zero()),
        latencies_ms=tuple(record.latency_ms for record in heard if record.latency_ms is not None),
        limits=tuple(_limits(run)),
    )


def totals_by_suite(records: Sequence[Record]) -> list[Totals]:
    """Add up the records of every (suite, server), in the order of their first record."""
    groups: dict[tuple[str, str], list[Record]] = {}
    for record in records:
        groups.setdefault((record.suite, record.server), []).append(record)
    servers = Counter(suite for suite, _ in groups)
    return [
        totals_of(f"{suite}[{server}]" if servers[suite] > 1 else suite, group)
        for (suite, server), group in groups.items()
    ]


def _limits(records: Iterable[Record]) -> list[tuple[str, int]]:
    found = Counter(in_force(record.limits) for record in records)
    if not found.keys() - {in_force(NO_LIMITS)}:
        return []
    return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
