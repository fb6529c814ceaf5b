"""The quality table of the terminal summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stt.gates.rates import rate
from pytest_stt.render.lines import Line, Span
from pytest_stt.text import printable
from pytest_stt.text.width import display_width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_stt.gates.totals import Totals

__all__ = ["rate", "shortened", "table_lines"]

HEADINGS = ("suite", "cases", "words", "WER", "CER", "S/D/I", "failed", "errors", "p50 ms", "p95 ms")
LEAST_NAME = 12


def table_lines(suites: Sequence[Totals], pooled: Totals | None, *, width: int) -> list[Line]:
    """Draw a row for each suite and one for the pooled total.

    Args:
        suites: In the order of their rows.
        pooled: The total of all, None when there is only one row.
        width: Columns of the terminal; where it is narrow the columns move closer, then long names of
            suites lose their beginning, which is what they have in common.
    """
    totals = [*suites, *([pooled] if pooled else [])]
    rows = [HEADINGS, *(_cells(total) for total in totals)]
    widths = [max(display_width(row[column]) for row in rows) for column in range(len(HEADINGS))]
    gap = 2 if sum(widths) + 2 * (len(widths) - 1) <= width else 1
    widths[0] = min(widths[0], max(LEAST_NAME, width - sum(widths[1:]) - gap * (len(widths) - 1)))
    styles: list[dict[str, bool]] = [{"bold": True}, *(_style(total) for total in totals)]
    return [_line(row, widths, " " * gap, style) for row, style in zip(rows, styles, strict=True)]


def _cells(total: Totals) -> tuple[str, ...]:
    metrics = total.metrics
    return (
        printable(total.name),
        str(total.cases),
        str(metrics.reference_words),
        rate(metrics.wer) if total.heard else "-",
        rate(metrics.cer) if total.heard else "-",
        f"{metrics.substitutions}/{metrics.deletions}/{metrics.insertions}",
        str(total.failed),
        str(total.errors),
        "-" if total.median_ms is None else f"{total.median_ms:.0f}",
        "-" if total.p95_ms is None else f"{total.p95_ms:.0f}",
    )


def _style(total: Totals) -> dict[str, bool]:
    return {"red": True} if total.failed or total.errors else {}


def _line(cells: Sequence[str], widths: Sequence[int], gap: str, style: dict[str, bool]) -> Line:
    name = shortened(cells[0], widths[0])
    padded = [name + " " * (widths[0] - display_width(name))]
    padded += [cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True)]
    return (Span(text=gap.join(padded), style=style),)


def shortened(name: str, width: int) -> str:
    """Cut a name to so many columns, keeping its end: that is where suites differ."""
    if display_width(name) <= width:
        return name
    while name and display_width(name) > width - 1:
        name = name[1:]
    return "…" + name
