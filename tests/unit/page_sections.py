"""Pages of the documentation, taken apart: sections, their fenced blocks and their tables."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"

_HEADING = re.compile(r"(#+) (.*)")
_FENCE = re.compile(r"```(\w*)")
_CELLS = re.compile(r"(?<!\\)\|")
_ESCAPE = re.compile(r"\\u([0-9a-f]{4})")


@dataclass(frozen=True, kw_only=True)
class Block:
    """Hold what stands between two fences."""

    language: str
    text: str


@dataclass(kw_only=True)
class Section:
    """Hold what stands below a heading, up to the next one.

    Attributes:
        level: How many # it has.
        title: The heading.
        prose: Its lines without blocks.
        blocks: What is fenced.
        tables: The rows of each table, as cells by the titles of their columns.
    """

    level: int
    title: str
    prose: list[str] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    tables: list[list[dict[str, str]]] = field(default_factory=list)


def read_page(name: str) -> list[Section]:
    """Return the sections of a page in `docs/`, what stands above the first heading left out."""
    sections: list[Section] = []
    lines = iter((DOCS / name).read_text(encoding="utf-8").splitlines())
    for line in lines:
        heading, fence = _HEADING.fullmatch(line), _FENCE.fullmatch(line)
        if heading:
            sections.append(Section(level=len(heading[1]), title=heading[2]))
        elif fence:
            text = "".join(f"{inner}\n" for inner in iter(lambda: next(lines), "```"))
            sections[-1].blocks.append(Block(language=fence[1], text=text))
        elif sections:
            sections[-1].prose.append(line)
    for section in sections:
        section.tables = list(_tables(section.prose))
    return sections


def _tables(prose: list[str]) -> list[list[dict[str, str]]]:
    tables: list[list[dict[str, str]]] = []
    header: list[str] = []
    for line in prose:
        if not line.startswith("|"):
            header = []
        elif not header:
            header = _cells(line)
            tables.append([])
        elif set(line) - set("|-"):
            tables[-1].append(dict(zip(header, _cells(line), strict=True)))
    return tables


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in _CELLS.split(line)[1:-1]]


def said_by(cell: str) -> str:
    r"""Return the text of a cell: none for `nothing`, else what is quoted; ␣ is a blank, \u00ad an escape."""
    if cell == "nothing":
        return ""
    text = cell.removeprefix("`").removesuffix("`").replace("\\|", "|").replace("␣", " ")
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)


def numbered(names: list[str]) -> list[str]:
    """Return ids for tests: the names, with a number behind those that were there before."""
    counters = {name: count(1) for name in names}
    ids = []
    for name in names:
        number = next(counters[name])
        ids.append(name if number == 1 else f"{name} {number}")
    return ids
