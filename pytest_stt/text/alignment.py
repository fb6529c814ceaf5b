"""An alignment, laid out for people: what was said above what was heard."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby, islice
from typing import TYPE_CHECKING, Final, Literal

from pytest_stt.text.printable import has_right_to_left, printable
from pytest_stt.text.width import display_width, fit, pad

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pytest_stt.metrics import AlignedWord

CellKind = Literal["equal", "substitute", "delete", "insert", "gap"]

_MARKS: Final[dict[CellKind, str]] = {"substitute": "S", "delete": "D", "insert": "I"}
_CONTEXT_WORDS: Final = 5
_LEAST_WIDTH: Final = 20
_INDENT: Final = len("REF: ")


@dataclass(frozen=True, kw_only=True)
class Cell:
    """Hold one piece of a row.

    Attributes:
        kind: What happened to the word; `gap` for anything that is not a word.
        text: What to print, printable and padded with blanks to its column.
    """

    kind: CellKind
    text: str


@dataclass(frozen=True, kw_only=True)
class AlignmentRow:
    """Hold one printed line: `prefix`, then the cells joined by one blank each.

    Attributes:
        label: REF or HYP; S, D or I in the list of errors; empty for marks and remarks.
        cells: What follows, in order.
    """

    label: str
    cells: tuple[Cell, ...]

    @property
    def prefix(self) -> str:
        """Return the label as printed, `REF: `, or as many blanks where there is none."""
        return f"{self.label}: " if self.label else " " * _INDENT

    @property
    def text(self) -> str:
        """Return the line without colour."""
        return (self.prefix + " ".join(cell.text for cell in self.cells)).rstrip()


@dataclass(frozen=True, kw_only=True)
class _Column:
    kind: CellKind
    reference: str
    hypothesis: str

    @property
    def width(self) -> int:
        return max(display_width(self.reference), display_width(self.hypothesis), 1)

    def cell(self, text: str) -> Cell:
        return Cell(kind=self.kind, text=pad(text, self.width))


def alignment_rows(
    alignment: Sequence[AlignedWord], *, width: int = 100, max_blocks: int = 12
) -> list[AlignmentRow]:
    """Lay out an alignment in blocks of REF, HYP and marks (S, D, I), each no wider than the terminal.

    Asterisks fill the side that has no word, as sclite and jiwer do. Only the errors and the five words on
    either side are shown, `…` stands for the rest. Wide characters take two columns. Right-to-left letters,
    whose order on a screen is not ours to choose, make it two plain lines and a list of the errors.
    In a language without words each character is laid out as a word is.

    Args:
        alignment: The tokens of both sides, as in `TextMetrics.alignment`.
        width: Columns of the terminal; below 20 it counts as 20.
        max_blocks: How many blocks (entries of the list) to show; the errors after them are counted only.
    """
    width = max(width, _LEAST_WIDTH)
    # No block holds more words than columns, so a transcript of any length costs little.
    shown = list(islice(_neighbourhood(alignment), width * max_blocks))
    if any(word and has_right_to_left(word.reference + word.hypothesis) for word in shown):
        rows, listed = _plain_rows(shown, width * max_blocks, max_blocks)
    else:
        rows, listed = _block_rows(shown, width - _INDENT, max_blocks)
    more = sum(word.kind != "equal" for word in alignment) - listed
    if more:
        remark = f"… and {more} more error" + ("s" if more > 1 else "")
        rows.append(AlignmentRow(label="", cells=(Cell(kind="gap", text=remark),)))
    return rows


def plain_alignment(alignment: Sequence[AlignedWord], *, width: int = 100) -> str:
    """Return the lines of `alignment_rows` as one string without colour."""
    return "\n".join(row.text for row in alignment_rows(alignment, width=width))


def _neighbourhood(alignment: Sequence[AlignedWord]) -> Iterator[AlignedWord | None]:
    """Yield the words around errors, None for each longer stretch without one."""
    near = bytearray(len(alignment))
    errors = [index for index, word in enumerate(alignment) if word.kind != "equal"]
    for index in errors or [_CONTEXT_WORDS]:
        start, end = max(index - _CONTEXT_WORDS, 0), min(index + _CONTEXT_WORDS + 1, len(alignment))
        near[start:end] = b"\1" * (end - start)
    for is_near, run in groupby(zip(near, alignment, strict=True), key=lambda pair: pair[0]):
        words = [word for _, word in run]
        if is_near or len(words) <= 2:
            yield from words
        else:
            yield None


def _block_rows(
    shown: Iterable[AlignedWord | None], width: int, max_blocks: int
) -> tuple[list[AlignmentRow], int]:
    rows: list[AlignmentRow] = []
    listed = 0
    for block in islice(_wrap((_column(word, width) for word in shown), width), max_blocks):
        rows.append(AlignmentRow(label="REF", cells=tuple(column.cell(column.reference) for column in block)))
        rows.append(
            AlignmentRow(label="HYP", cells=tuple(column.cell(column.hypothesis) for column in block))
        )
        marks = sum(column.kind in _MARKS for column in block)
        if marks:
            cells = tuple(column.cell(_MARKS.get(column.kind, "")) for column in block)
            rows.append(AlignmentRow(label="", cells=cells))
        listed += marks
    return rows, listed


def _column(word: AlignedWord | None, width: int) -> _Column:
    if word is None:
        return _Column(kind="gap", reference="…", hypothesis="…")
    said, heard = (
        fit(_standing(printable(side, width)), width) for side in (word.reference, word.hypothesis)
    )
    if word.kind == "delete":
        heard = "*" * display_width(said)
    if word.kind == "insert":
        said = "*" * display_width(heard)
    return _Column(kind=word.kind, reference=said, hypothesis=heard)


def _standing(text: str) -> str:
    """Put a dotted circle below a mark at the beginning, which would be drawn on the blank before it."""
    return f"◌{text}" if text and not display_width(text[0]) else text


def _wrap(columns: Iterable[_Column], width: int) -> Iterator[list[_Column]]:
    block: list[_Column] = []
    used = 0
    for column in columns:
        if block and used + column.width > width:
            yield block
            block, used = [], 0
        block.append(column)
        used += column.width + 1
    if block:
        yield block


def _plain_rows(
    shown: Sequence[AlignedWord | None], max_characters: int, max_lines: int
) -> tuple[list[AlignmentRow], int]:
    said = " ".join(word.reference if word else "…" for word in shown if not word or word.reference)
    heard = " ".join(word.hypothesis if word else "…" for word in shown if not word or word.hypothesis)
    errors = [word for word in shown if word and word.kind != "equal"][:max_lines]
    rows = [_plain_row(label, "gap", text, max_characters) for label, text in (("REF", said), ("HYP", heard))]
    rows += [_plain_row(_MARKS[word.kind], word.kind, _tell(word), max_characters) for word in errors]
    return rows, len(errors)


def _tell(word: AlignedWord) -> str:
    # Latin letters between two right-to-left words keep them in this order on the screen; an arrow would not.
    return (
        f"{word.reference} heard as {word.hypothesis}"
        if word.kind == "substitute"
        else word.reference or word.hypothesis
    )


def _plain_row(label: str, kind: CellKind, text: str, limit: int) -> AlignmentRow:
    return AlignmentRow(label=label, cells=(Cell(kind=kind, text=printable(text, limit)),))
