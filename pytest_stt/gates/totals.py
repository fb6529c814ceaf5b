"""Pooled figures of many records: counts are added, rates are derived last."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_stt.limits import NO_LIMITS, in_force
from pytest_stt.metrics import EditCounts, TextMetrics, percentile, pool_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_stt.limits import Limits
    from pytest_stt.records import Record, Repeat


@dataclass(frozen=True, kw_only=True)
class Totals:
    """What a group of records comes to.

    Attributes:
        name: The suite, with the server behind it when it is not the only one or has a name.
        suite: The suite alone, empty for records of several.
        cases: How many were run; skipped ones are not.
        heard: How many have a transcript that was scored.
        failed: How many were past their limits.
        errors: How many have no transcript; they have no part in the rates.
        metrics: The added counts of all that were heard, expected failures included; the words are those
            of the cases that have words.
        latencies_ms: One latency for each case that was heard and has one.
        limits: The limits in force with the number of cases that have them, most common first.
        retried: How many took more requests than transcriptions.
        repeated: How many were transcribed several times.
        unsteady: How many of these have an attempt that is not within the limits.
    """

    name: str
    suite: str = ""
    cases: int
    heard: int
    failed: int
    errors: int
    metrics: TextMetrics
    latencies_ms: tuple[float, ...]
    limits: tuple[tuple[str, int], ...] = ()
    retried: int = 0
    repeated: int = 0
    unsteady: int = 0

    @property
    def median_ms(self) -> float | None:
        """The median latency in milliseconds, None when nothing was heard."""
        return percentile(self.latencies_ms, 50)

    @property
    def p95_ms(self) -> float | None:
        """The 95th percentile of the latency in milliseconds, None when nothing was heard."""
        return percentile(self.latencies_ms, 95)


def totals_of(name: str, records: Iterable[Record], *, suite: str = "") -> Totals:
    """Add up the records of one group."""
    run = [record for record in records if record.outcome != "skipped"]
    heard = [record for record in run if is_heard(record)]
    repeated = [record for record in run if record.repeats]
    return Totals(
        name=name,
        suite=suite,
        cases=len(run),
        heard=len(heard),
        failed=sum(record.outcome == "failed" for record in run),
        errors=sum(record.outcome == "error" for record in run),
        metrics=pooled(heard),
        latencies_ms=tuple(
            record.latency_ms
            for record in heard
            if record.latency_ms is not None and math.isfinite(record.latency_ms)
        ),
        limits=tuple(_limits(run)),
        retried=sum(map(was_retried, run)),
        repeated=len(repeated),
        unsteady=sum(any(one.outcome != "passed" for one in record.repeats) for record in repeated),
    )


def totals_by_suite(records: Iterable[Record]) -> list[Totals]:
    """Add up the records of every (suite, server).

    Suites are in the order of their first record, and so are the servers of each.
    """
    suites: dict[str, dict[str, list[Record]]] = {}
    for record in records:
        suites.setdefault(record.suite, {}).setdefault(record.server, []).append(record)
    return [
        totals_of(_name(group[0], alone=len(servers) == 1), group, suite=suite)
        for suite, servers in suites.items()
        for group in servers.values()
    ]


def is_heard(record: Record) -> bool:
    """Tell whether a record has part in the rates."""
    return record.counts is not None and record.outcome not in ("error", "skipped")


def was_retried(record: Record) -> bool:
    """Tell whether a case took more requests than transcriptions."""
    return len(record.tries) > max(1, len(record.repeats))


def names_server(record: Record) -> bool:
    """Tell whether a record is of a suite with `servers`, whose cases have a server in their node ids."""
    return record.id.endswith(f"{record.case}[{record.server}]")


def within_limits(repeats: Sequence[Repeat]) -> str:
    """Count the repeats that are within the limits, as in "4 of 5"."""
    return f"{sum(one.outcome == 'passed' for one in repeats)} of {len(repeats)}"


def pooled(records: Iterable[Record]) -> TextMetrics:
    """Add up the counts of records, as far as they have any."""
    counts = [record.counts for record in records if record.counts is not None]
    return TextMetrics(
        words=pool_words(one.words for one in counts),
        characters=EditCounts.total(one.chars for one in counts),
    )


def _name(record: Record, *, alone: bool) -> str:
    if alone and not names_server(record):
        return record.suite
    return f"{record.suite}[{record.server}]"


def _limits(records: Iterable[Record]) -> list[tuple[str, int]]:
    found: Counter[Limits] = Counter(record.limits for record in records)
    if not found.keys() - {NO_LIMITS}:
        return []
    return sorted(((in_force(limits), number) for limits, number in found.items()), key=_commonness)


def _commonness(limits: tuple[str, int]) -> tuple[int, str]:
    text, number = limits
    return -number, text
