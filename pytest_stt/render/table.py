"""The quality table of the terminal summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stt.render.lines import Line, Span
from pytest_stt.text.width import display_width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_stt.gates.totals import Totals

HEADINGS = ("suite", "cases", "words", "WER", "CER", "S/D/I", "failed", "errors", "p50 ms", "p95 ms")


def table_lines(suites: Sequence[Totals], pooled: Totals | None, *, width: int) -> list[Line]:
    """Draw a row for each suite and one for the pooled total.

    Args:
        suites: In the order of their rows.
        pooled: The total of all, None when there is only one row.
        width: Columns of the terminal; long suite names lose their beginning to fit.
    """
    totals = [*suites, *([pooled] if pooled else [])]
    rows = [_cells(total) for total in totals]
    widths = [max(display_width(row[column]) for row in (HEADINGS, *rows)) for column in range(len(HEADINGS))]
    widths[0] = max(8, min(widths[0], width - sum(widths[1:]) - 2 * len(widths[1:])))
    lines = [_line(HEADINGS, widths, {"bold": True})]
    lines += [_line(row, widths, _style(total)) for row, total in zip(rows, totals, strict=True)]
    return lines


def rate(value: float) -> str:
    """Write a rate in per cent: 0.125 is "12.5%", and the rate of words in silence "inf"."""
    return "inf" if value == float("inf") else f"{100 * value:.1f}%"


def _cells(total: Totals) -> tuple[str, ...]:
    metrics = total.metrics
    heard = total.cases > total.errors
    return (
        total.name,
        str(total.cases),
        str(metrics.reference_words),
        rate(metrics.wer) if heard else "-",
        rate(metrics.cer) if heard else "-",
        f"{metrics.substitutions}/{metrics.deletions}/{metrics.insertions}",
        str(total.failed),
        str(total.errors),
        "-" if total.median_ms is None else f"{total.median_ms:.0f}",
        "-" if total.p95_ms is None else f"{total.p95_ms:.0f}",
    )


def _style(total: Totals) -> dict[str, bool]:
    return {"red": True} if total.failed or total.errors else {}


def _line(cells: Sequence[str], widths: Sequence[int], style: dict[str, bool]) -> Line:
    name = _shortened(cells[0], widths[0])
    padded = [name + " " * (widths[0] - display_width(name))]
    padded += [cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True)]
    return (Span(text="  ".join(padded).rstrip(), style=style),)


def _shortened(name: str, width: int) -> str:
    """Keep the end of a name: that is where suites differ."""
    if display_width(name) <= width:
        return name
    while name and display_width(name) > width - 1:
        name = name[1:]
    return "…" + name
