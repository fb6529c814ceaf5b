"""`python -m pytest_stt merge`: the results of several runs become one."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_stt.cli.command import Command, fail

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from pytest_stt.records import Merged, Record, Results
    from pytest_stt.render.lines import Line

MOST_NAMED = 20
WORST_SHOWN = 5


def _configure(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("files", nargs="+", metavar="FILE", help="results.jsonl of a run, or the directory that holds it")
    add("-o", "--output", required=True, metavar="OUT", help="file or directory to write; may be one of FILE")
    add("--junitxml", type=Path, metavar="FILE", help="write a JUnit file of all cases too")
    add(
        "--gate",
        action="append",
        default=[],
        type=Path,
        metavar="SUITE.stt.yaml",
        help="fail unless every case that this suite file has now was heard; may be given several times",
    )
    add("--update", action="store_true", help="let the later file win where two have the same case")


def _run(options: argparse.Namespace) -> int:
    from pytest_stt.errors import SuiteError

    try:
        return _merge(options)
    except SuiteError as error:
        return fail(str(error))


def _merge(options: argparse.Namespace) -> int:
    """Read, judge, draw, and only then write: after an error of usage nothing has changed."""
    from pytest_stt.cli.completeness import lacking
    from pytest_stt.records import merge, read_results, write_results

    files = [read_results(_file_in(text)) for text in options.files]
    merged = merge(files, update=options.update)
    if merged.doubles and not options.update:
        doubles = "\n".join(_first(merged.doubles, "double"))
        return fail(f"nothing was written; --update lets the later file win\n{doubles}")
    lacks = [line for suite in options.gate for line in lacking(suite, merged)]
    output = _file_in(options.output)
    if options.junitxml is not None:
        _check_junit(options.junitxml, [output, *(file.path for file in files)])
    lines = _report(files, merged, lacks, output)
    if options.junitxml is not None:
        _write_junit(options.junitxml, merged.records)
    write_results(output, merged.header, merged.records)
    _show(lines)
    is_bad = any(record.outcome in ("failed", "error") for record in merged.records)
    return int(is_bad or merged.header.partial or bool(lacks))


def _file_in(text: str) -> Path:
    """Return the file that is meant, for a directory the one in it."""
    from pytest_stt.records import FILE_NAME

    path = Path(text)
    return path / FILE_NAME if text.endswith("/") or path.is_dir() else path


def _check_junit(path: Path, others: Sequence[Path]) -> None:
    from pytest_stt.errors import SuiteError

    for other in others:
        if os.path.realpath(path) == os.path.realpath(other):
            raise SuiteError(f"--junitxml {path} would overwrite the results in {other}; name another file")


def _report(files: Sequence[Results], merged: Merged, lacks: Sequence[str], output: Path) -> list[Line]:
    from pytest_stt.render.lines import plain

    problems = [
        *_first(merged.doubles, "double, the later one counts"),
        *_first(merged.missing_shards, "incomplete"),
        *_first(merged.missing, "missing"),
        *_first(merged.unknown, "not known to be complete"),
        *_first(lacks, "gate"),
    ]
    sources = "1 file" if len(files) == 1 else f"{len(files)} files"
    written = f"{output}: {len(merged.records)} results of {sources}"
    return [
        *_summary(merged.records, notes=list(_notes(files))),
        *(plain(line, red=True) for line in problems),
        plain(written),
    ]


def _summary(records: Sequence[Record], *, notes: Sequence[str]) -> list[Line]:
    """Draw what pytest draws; where nothing was run, the notes alone."""
    from pytest_stt.cli.terminal import terminal_width
    from pytest_stt.render.lines import plain
    from pytest_stt.render.summary import summary_lines

    if all(record.outcome == "skipped" for record in records):
        return [plain(f"note: {note}") for note in notes]
    width = terminal_width()
    title = plain(" speech-to-text quality ".center(width, "="))
    return [title, *summary_lines(records, notes=notes, width=width, worst=WORST_SHOWN)]


def _notes(files: Sequence[Results]) -> Iterator[str]:
    for file in files:
        if file.header.is_unfinished:
            yield f"{file.path}: this run never came to its end"
        if file.truncated:
            yield f"{file.path}: the last line was cut, and is left out"


def _first(lines: Sequence[str], label: str) -> Iterator[str]:
    """Label some lines, and say how many more there are."""
    from pytest_stt.text.printable import printable

    for line in lines[:MOST_NAMED]:
        yield f"{label}: {printable(line)}"
    if len(lines) > MOST_NAMED:
        yield f"{label}: and {len(lines) - MOST_NAMED} more"


def _show(lines: Sequence[Line]) -> None:
    from pytest_stt.cli.terminal import show

    show(lines, sys.stdout)


def _write_junit(path: Path, records: Sequence[Record]) -> None:
    from pytest_stt.errors import SuiteError
    from pytest_stt.render.junit import properties_of
    from pytest_stt.render.junit_file import junit_xml

    text = junit_xml(records, properties=properties_of(records))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SuiteError(f"{path}: the JUnit file can't be written: {error.strerror}") from None


COMMAND = Command(
    name="merge",
    help="Put the results of several runs, such as shards, together and judge them as one.",
    configure=_configure,
    run=_run,
)
