"""The section "speech-to-text quality" of the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stt.gates.totals import Totals, totals_by_suite, totals_of
from pytest_stt.render.lines import Line, plain
from pytest_stt.render.table import table_lines
from pytest_stt.render.worst import worst_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_stt.records import Record


def summary_lines(
    records: Sequence[Record], *, notes: Sequence[str] = (), width: int, worst: int
) -> list[Line]:
    """Draw the table, the limits in force, notes and the worst transcripts.

    Args:
        records: Of all cases and tests that were run.
        notes: Sentences that users should see once.
        width: Columns of the terminal.
        worst: How many of the worst transcripts to show aligned.
    """
    suites = totals_by_suite(records)
    pooled = totals_of("all", records) if len(suites) > 1 else None
    return [
        *table_lines(suites, pooled, width=width),
        *(line for total in suites for line in _limits(total, alone=pooled is None)),
        *(plain(f"note: {note}") for note in notes),
        *worst_lines(records, width=width, count=worst),
    ]


def _limits(total: Totals, *, alone: bool) -> Iterator[Line]:
    """Name the limits in force; where cases differ, the most common ones with their number."""
    if not total.limits:
        return
    text, number = total.limits[0]
    if number < total.cases:
        text += f" in {number} of {total.cases} cases, others in {total.cases - number}"
    yield plain(f"limits: {text}" if alone else f"limits of {total.name}: {text}")
