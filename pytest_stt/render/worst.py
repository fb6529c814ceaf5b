"""The worst transcripts, aligned with their references."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stt.errors import SuiteError
from pytest_stt.gates.rates import rate
from pytest_stt.gates.totals import names_server, within_limits
from pytest_stt.render.lines import Line, Span, plain
from pytest_stt.text.alignment import AlignmentRow, Cell, alignment_rows
from pytest_stt.text.printable import isolated
from pytest_stt.text.scoring import measure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pytest_stt.metrics import AlignedWord, TextMetrics
    from pytest_stt.records import Record

# The colours of wdiff and git: what is missing is red, what was put there is green.
STYLES: Mapping[str, Mapping[str, Mapping[str, bool]]] = {
    "REF": {"substitute": {"red": True}, "delete": {"red": True}},
    "HYP": {"substitute": {"green": True}, "insert": {"green": True}},
    "": {
        "substitute": {"yellow": True},
        "delete": {"yellow": True},
        "insert": {"yellow": True},
    },
}


def worst_lines(records: Sequence[Record], *, width: int, count: int) -> list[Line]:
    """Draw the transcripts with the highest error rates, each with its alignment; right ones are left out.

    The rate is the WER, in a language without words the CER.

    Args:
        records: Of all cases and tests that were run.
        width: Columns of the terminal.
        count: How many to draw.
    """
    wrong = [
        (record.metrics, record) for record in records if record.metrics and record.metrics.tokens.errors
    ]
    wrong.sort(key=lambda pair: (pair[0].tokens.rate, pair[0].tokens.errors), reverse=True)
    lines = [line for metrics, record in wrong[:count] for line in _one(record, metrics, width)]
    rest = len(wrong) - count
    if lines and rest > 0:
        lines.append(plain(f"… and {rest} more with errors"))
    return [plain(""), *lines] if lines else []


def _one(record: Record, metrics: TextMetrics, width: int) -> Iterator[Line]:
    tokens = metrics.tokens
    name = "WER" if metrics.unit == "word" else "CER"
    figures = f"{name} {rate(tokens.rate)}, {tokens.errors} of {tokens.reference_total} {metrics.unit}s"
    yield (
        Span(text=_name(record), style={"bold": True}),
        Span(text="  " + ", ".join([figures, *_remarks(record)])),
    )
    for row in alignment_rows(_alignment(record), width=width):
        yield _coloured(row)


def _alignment(record: Record) -> Sequence[AlignedWord]:
    """Score a record again for its alignment; one of another version may have a normaliser unknown here."""
    try:
        return measure(record.hypothesis or "", record.expected).metrics.alignment
    except SuiteError:
        return ()


def _remarks(record: Record) -> Iterator[str]:
    if record.repeats:
        yield f"{within_limits(record.repeats)} within limits"
    if record.outcome not in ("passed", "failed"):
        yield record.outcome


def _name(record: Record) -> str:
    """Return the node id, made whole where it does not tell all.

    pytest leaves the file out of the ids of files outside the rootdir, and a test that scores
    more than once has one id for all its records.
    """
    case = f"{record.case}[{record.server}]" if names_server(record) else record.case
    name = record.id if record.id.startswith(record.suite) else f"{record.suite}::{case}"
    number = f"#{case.rpartition('#')[2]}" if "#" in case else ""
    return isolated(name if name.endswith(case) else f"{name}{number}")


def _coloured(row: AlignmentRow) -> Line:
    styles = STYLES.get(row.label, {})
    return (Span(text=row.prefix), *_cells(row.cells, styles))


def _cells(cells: Sequence[Cell], styles: Mapping[str, Mapping[str, bool]]) -> Iterator[Span]:
    """Colour the words, not the blanks between them; the line ends with its last word."""
    blanks = ""
    for cell in cells:
        word = cell.text.rstrip()
        if word:
            yield Span(text=blanks)
            yield Span(text=word, style=styles.get(cell.kind, {}))
            blanks = ""
        blanks += cell.text[len(word) :] + " "
