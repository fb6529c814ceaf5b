"""The servers of a suite side by side, in a line or two below the table."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pytest_stt.gates.rates import rate
from pytest_stt.render.lines import Line, Span
from pytest_stt.render.table import shortened
from pytest_stt.text import printable
from pytest_stt.text.printable import isolated
from pytest_stt.text.width import display_width, fit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pytest_stt.gates.matrix import Comparison

INDENT = "  "
HEAD = " by server:"


def server_lines(comparisons: Sequence[Comparison], *, width: int) -> list[Line]:
    """Draw which server is the best of each suite and how far the others are behind.

    Where fewer than two servers heard anything there is nothing to compare.

    Args:
        comparisons: In the order of their lines.
        width: Columns of the terminal; what does not fit goes on in an indented line.
    """
    return [
        line
        for one in comparisons
        if len(one.servers) > 1
        for line in _flowing(_head(one, width), _pieces(one), width)
    ]


def _head(comparison: Comparison, width: int) -> str:
    return isolated(shortened(printable(comparison.suite), max(1, width - len(HEAD)))) + HEAD


def _pieces(comparison: Comparison) -> Iterator[Span]:
    if comparison.compared:
        best, next_best = (metrics.tokens.rate for _, metrics in comparison.servers[:2])
        for index, (server, metrics) in enumerate(comparison.servers):
            found = metrics.tokens.rate
            name = "WER" if metrics.unit == "word" else "CER"
            is_better = index == 0 and found < next_best
            text = f"{isolated(server)} {name} {rate(found)}{_behind(found, best)}"
            yield Span(text=text, style={"green": True} if is_better else {})
    yield Span(text=_differences(comparison))
    for server in comparison.unheard:
        yield Span(text=f"{isolated(server)} heard nothing")


def _behind(found: float, best: float) -> str:
    return f" (+{100 * (found - best):.1f} points)" if best < found < math.inf else ""


def _differences(comparison: Comparison) -> str:
    compared, differing = comparison.compared, comparison.differing
    if not compared:
        return "no case was heard by all"
    among = f"{compared} case{'s' if compared > 1 else ''}"
    if compared < comparison.cases:
        among += " heard by all"
    return f"{differing or 'none'} of {among} {'differ' if differing > 1 else 'differs'}"


def _flowing(head: str, pieces: Iterable[Span], width: int) -> list[Line]:
    """Set pieces one after the other, separated by commas, and as many in a line as it has room for."""
    lines: list[list[Span]] = [[Span(text=head)]]
    used, separator = display_width(head), " "
    for piece in pieces:
        if used + len(separator) + display_width(piece.text) + len(",") > width:
            lines[-1].append(Span(text=separator.rstrip()))
            lines.append([])
            used, separator = 0, INDENT
        text = fit(piece.text, max(1, width - used - len(separator) - len(",")))
        lines[-1] += [Span(text=separator), Span(text=text, style=piece.style)]
        used, separator = used + len(separator) + display_width(text), ", "
    return [tuple(line) for line in lines]
