"""How the servers of one suite compare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_stt.gates.totals import is_heard, pooled

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_stt.metrics import TextMetrics
    from pytest_stt.records import Record


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Compare the servers of a suite over the cases that all of them heard, so that they had the same task.

    Attributes:
        suite: The suite.
        servers: The servers with their pooled metrics over these cases, lowest WER (without words: CER)
            first, then by name.
        unheard: The servers by name that heard nothing at all, which have no part in the comparison.
        cases: How many cases were run.
        compared: How many of them all servers heard, those in `unheard` aside.
        differing: How many of these have other counts of words or characters from one server than from
            another.
    """

    suite: str
    servers: tuple[tuple[str, TextMetrics], ...]
    unheard: tuple[str, ...]
    cases: int
    compared: int
    differing: int


def compare_servers(records: Iterable[Record]) -> list[Comparison]:
    """Compare the servers of every suite that ran on several, in the order of the suites' first records."""
    suites: dict[str, dict[str, dict[str, Record]]] = {}
    for record in records:
        if record.outcome != "skipped":
            suites.setdefault(record.suite, {}).setdefault(record.server, {})[record.case] = record
    return [_compare(suite, servers) for suite, servers in suites.items() if len(servers) > 1]


def _compare(suite: str, servers: Mapping[str, Mapping[str, Record]]) -> Comparison:
    heard = {
        server: {case: record for case, record in cases.items() if is_heard(record)}
        for server, cases in servers.items()
    }
    answering = {server: cases for server, cases in heard.items() if cases}
    common = set.intersection(*map(set, answering.values())) if answering else set()
    metrics = {server: pooled(cases[case] for case in common) for server, cases in answering.items()}
    return Comparison(
        suite=suite,
        servers=tuple(sorted(metrics.items(), key=lambda pair: (pair[1].tokens.rate, pair[0]))),
        unheard=tuple(sorted(servers.keys() - answering.keys())),
        cases=len(set().union(*servers.values())),
        compared=len(common),
        differing=sum(len({cases[case].counts for cases in answering.values()}) > 1 for case in common),
    )
