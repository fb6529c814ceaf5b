"""Tables of the terminal summary: the figures of suites and of slices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stt.gates.rates import rate
from pytest_stt.render.lines import Line, Span
from pytest_stt.text import printable
from pytest_stt.text.printable import isolated
from pytest_stt.text.width import display_width

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_stt.gates.totals import Totals

__all__ = ["columns", "figures_of", "rate", "shortened", "style_of", "table_lines"]

LEAST_NAME = 12
ABSENT = "-"


def table_lines(suites: Sequence[Totals], pooled: Totals | None, *, width: int) -> list[Line]:
    """Draw a row for each suite and one for the pooled total.

    Args:
        suites: In the order of their rows.
        pooled: The total of all, None when there is only one row.
        width: Columns of the terminal; where it is narrow the columns move closer, then long names of
            suites lose their beginning, which is what they have in common.
    """
    totals = [*suites, *([pooled] if pooled else [])]
    rows = [
        {"suite": total.name, **figures, "p50 ms": _ms(total.median_ms), "p95 ms": _ms(total.p95_ms)}
        for total, figures in zip(totals, figures_of(totals), strict=True)
    ]
    return columns(rows, [style_of(total) for total in totals], width=width)


def figures_of(totals: Sequence[Totals]) -> list[dict[str, str]]:
    """Write the counts and rates of some groups, each by the heading of its column.

    Characters have a column only where a group has no words; `S/D/I` are edits in characters then. What a
    group does not have is a `-`.
    """
    shows_characters = any(total.metrics.words is None for total in totals)
    return [_figures(total, shows_characters=shows_characters) for total in totals]


def _figures(total: Totals, *, shows_characters: bool) -> dict[str, str]:
    metrics, tokens = total.metrics, total.metrics.tokens
    has_words = metrics.words is not None
    characters = {"chars": str(metrics.characters.reference_total)} if shows_characters else {}
    return {
        "cases": str(total.cases),
        "words": str(metrics.words.reference_total) if metrics.words is not None else ABSENT,
        **characters,
        "WER": rate(metrics.wer) if total.heard and has_words else ABSENT,
        "CER": rate(metrics.cer) if total.heard else ABSENT,
        "S/D/I": f"{tokens.substitutions}/{tokens.deletions}/{tokens.insertions}",
        "failed": str(total.failed),
        "errors": str(total.errors),
    }


def style_of(total: Totals) -> dict[str, bool]:
    """Return the colour of a group's row: red where something is wrong."""
    return {"red": True} if total.failed or total.errors else {}


def columns(
    rows: Sequence[Mapping[str, str]], styles: Sequence[Mapping[str, bool]] | None = None, *, width: int
) -> list[Line]:
    """Draw rows below their headings, the first column to the left, the others to the right.

    Args:
        rows: At least one; the texts by heading, all with the same headings.
        styles: The style of each row, None for none.
        width: Columns of the terminal.
    """
    table = [list(rows[0]), *(list(row.values()) for row in rows)]
    for row in table:
        row[0] = printable(row[0])
    widths = [max(map(display_width, column)) for column in zip(*table, strict=True)]
    gap = 2 if sum(widths) + 2 * (len(widths) - 1) <= width else 1
    widths[0] = min(widths[0], max(LEAST_NAME, width - sum(widths[1:]) - gap * (len(widths) - 1)))
    all_styles: list[Mapping[str, bool]] = [{"bold": True}, *(styles or [{}] * len(rows))]
    return [_line(row, widths, " " * gap, style) for row, style in zip(table, all_styles, strict=True)]


def _ms(value: float | None) -> str:
    return ABSENT if value is None else f"{value:.0f}"


def _line(cells: Sequence[str], widths: Sequence[int], gap: str, style: Mapping[str, bool]) -> Line:
    name = isolated(shortened(cells[0], widths[0]))
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
