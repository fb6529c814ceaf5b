"""The tables of slices, `--stt-by`, in the terminal summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stt.render.lines import Line, plain
from pytest_stt.render.table import columns, figures_of, style_of
from pytest_stt.text.printable import isolated

if TYPE_CHECKING:
    from pytest_stt.gates.slices import Slices

MOST_GROUPS = 20


def slice_lines(slices: Slices, *, width: int) -> list[Line]:
    """Draw a row for each group below a blank line; nothing for a field that no record has.

    Args:
        slices: The groups, worst first; those behind the first twenty are counted only.
        width: Columns of the terminal.
    """
    shown = slices.groups[:MOST_GROUPS]
    if not shown:
        return []
    heading = f"by {slices.field}"
    rows = [{heading: total.name, **cells} for total, cells in zip(shown, figures_of(shown), strict=True)]
    lines = [plain(""), *columns(rows, [style_of(total) for total in shown], width=width)]
    rest = len(slices.groups) - len(shown)
    if rest:
        lines.append(plain(f"… and {rest} more"))
    if slices.overlapping:
        lines.append(plain(_overlap(slices)))
    return lines


def _overlap(slices: Slices) -> str:
    number = slices.overlapping
    cases = "1 case is" if number == 1 else f"{number} cases are"
    return f"{cases} in more than one group: the groups together are more than the whole"


def slice_note(slices: Slices) -> str:
    """Say that no case has the field, and which there are instead; empty where some case has it."""
    if slices.groups:
        return ""
    text = f"--stt-by {isolated(slices.field)}: no case has this field"
    hint = f"; did you mean {isolated(slices.meant)}?" if slices.meant else ""
    names = ", ".join(isolated(name) for name in slices.near)
    if not names:
        return text + hint
    return f"{text}{hint} There is {names}" if hint else f"{text}; there is {names}"
