"""Measure what the project promises about speed, and print a table.

`python benchmarks/run.py` measures everything (about fifteen minutes), `--quick` less often and with shorter
streams; names of rows measure only those; `--full` gives the peer every case; `--profile ROW` prints where
the time of a row goes. The exit status is 1 when a limit is missed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import collect_row
import environments
import http_row
import memory_row
import replay_row
import score_row
import startup
import stream_row
import streams_row
from profiling import profile
from rows import Line, MeasureError, Plan, Row

if TYPE_CHECKING:
    from collections.abc import Iterator

ROWS: dict[str, Row] = {
    module.ROW.name: module.ROW
    for module in (
        http_row,
        streams_row,
        stream_row,
        collect_row,
        replay_row,
        score_row,
        memory_row,
        startup,
    )
}
_HEAD = ("measure", "peer or naive way", "pytest-stt", "ratio", "limit", "")
_VERDICTS = {True: "met", False: "MISSED", None: ""}


def measured(row: Row, plan: Plan) -> Iterator[Line]:
    print(f"measuring {row.name} …", file=sys.stderr, flush=True)
    try:
        yield from row.measure(plan)
    except MeasureError as error:
        print(error, file=sys.stderr)
        yield Line(measure=row.name, other="", ours="could not be measured", met=False)


def table(lines: list[Line]) -> str:
    """Draw a table of Markdown."""
    cells: list[tuple[str, ...]] = [_HEAD]
    cells += [
        (line.measure, line.other, line.ours, line.ratio, line.limit, _VERDICTS[line.met]) for line in lines
    ]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    cells.insert(1, tuple("-" * width for width in widths))
    drawn = (" | ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) for row in cells)
    return "\n".join(f"| {row} |" for row in drawn)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure what the project promises about speed.")
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"any of {', '.join(ROWS)}; default: all")
    parser.add_argument("--quick", action="store_true", help="fewer repetitions, shorter streams")
    parser.add_argument("--full", action="store_true", help="give the peer every case, not a tenth of them")
    parser.add_argument("--profile", choices=ROWS, metavar="ROW", help="print where the time of ROW goes")
    given = parser.parse_args()
    if unknown := set(given.rows) - set(ROWS):
        parser.error(f"no such row: {', '.join(unknown)}; there are {', '.join(ROWS)}")
    return given


def main() -> int:
    given = arguments()
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as name:
        plan = Plan(
            quick=given.quick,
            full=given.full,
            folder=Path(name),
            ours=environments.ours(),
            peer=environments.peer(),
        )
        if given.profile:
            profile(ROWS[given.profile], plan)
            return 0
        lines = [line for row in given.rows or ROWS for line in measured(ROWS[row], plan)]
    print(table(lines))
    return int(any(line.met is False for line in lines))


if __name__ == "__main__":
    sys.exit(main())
