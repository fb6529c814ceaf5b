"""The words that matter, in the terminal summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stt.gates.rates import rate
from pytest_stt.render.lines import Line, Span, plain
from pytest_stt.render.table import ABSENT, columns
from pytest_stt.text.printable import isolated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_stt.gates.terms import TermFigures, TermTotals

MOST_SHOWN = 10


def term_lines(terms: TermTotals) -> list[Line]:
    """Draw the rates of keywords, the forbidden terms that were heard, and a rate for each class of entities.

    Each is a line; where there are none there is no line.
    """
    lines: list[Line] = []
    if terms.keywords is not None:
        lines.append(plain(_keywords(terms.keywords)))
    if terms.forbidden:
        heard = _first([_times(one) for one in terms.forbidden])
        lines.append((Span(text="forbidden terms heard: "), Span(text=heard, style={"red": True})))
    if terms.entities:
        lines.append(plain("entities: " + ", ".join(map(_entity, terms.entities))))
    return lines


def wrong_term_lines(terms: Sequence[TermFigures], *, width: int) -> list[Line]:
    """Draw a table of keywords below a blank line, nothing when there are none.

    Args:
        terms: The keywords that were missed or falsely heard, worst first; those behind the first ten are
            counted only.
        width: Columns of the terminal.
    """
    if not terms:
        return []
    lines = [plain(""), *columns([_row(one) for one in terms[:MOST_SHOWN]], width=width)]
    rest = len(terms) - MOST_SHOWN
    return [*lines, plain(f"… and {rest} more")] if rest > 0 else lines


def _keywords(figures: TermFigures) -> str:
    recall = precision = ""
    if figures.recall is not None:
        counts = f"{figures.hits} of {figures.said} said{_by_weight(figures, figures.weight_said)}"
        recall = f"recall {rate(figures.recall)} ({counts})"
    if figures.precision is not None:
        counts = f"{figures.hits} of {figures.heard} heard{_by_weight(figures, figures.weight_heard)}"
        precision = f"precision {rate(figures.precision)} ({counts})"
    return f"keywords: {recall or 'none said'}, {precision or 'none heard'}"


def _by_weight(figures: TermFigures, whole: float) -> str:
    return f", by weight {figures.weight_hits:g} of {whole:g}" if figures.is_weighted else ""


def _times(figures: TermFigures) -> str:
    times = figures.false_alarms
    return isolated(figures.name) + (f" ({times} times)" if times > 1 else "")


def _entity(figures: TermFigures) -> str:
    name = isolated(figures.name)
    if figures.recall is None:
        return f"{name} none said"
    by_weight = _by_weight(figures, figures.weight_said)
    return f"{name} {rate(figures.recall)} ({figures.hits} of {figures.said}{by_weight})"


def _row(one: TermFigures) -> dict[str, str]:
    return {
        "keyword": one.name,
        "said": str(one.said),
        "missed": str(one.missed),
        "falsely heard": str(one.false_alarms),
        "recall": ABSENT if one.recall is None else rate(one.recall),
        "precision": ABSENT if one.precision is None else rate(one.precision),
    }


def _first(names: Sequence[str]) -> str:
    rest = len(names) - MOST_SHOWN
    return ", ".join(names[:MOST_SHOWN]) + (f" and {rest} more" if rest > 0 else "")
