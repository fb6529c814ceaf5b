"""Tables with a header: `csv`, `tsv` and `common-voice`."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from pytest_stt.suite.manifests.columns import NEEDED, columns_of, utterance
from pytest_stt.suite.manifests.faults import BadRow
from pytest_stt.suite.manifests.lines import read_lines, read_text
from pytest_stt.suite.problems import nearest, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_stt.suite.manifests.row import Utterance
    from pytest_stt.suite.manifests.source import Source


_LONGEST_CELL = 10_000_000


def read_csv(source: Source) -> Iterator[Utterance]:
    """Read comma-separated values with a header (RFC 4180)."""
    return _read(source, _comma_separated(source), columns_of("csv", source.columns))


def read_tsv(source: Source) -> Iterator[Utterance]:
    """Read tab-separated values with a header; a quote is a character like any other."""
    return _read(source, _tab_separated(source), columns_of("tsv", source.columns))


def read_common_voice(source: Source) -> Iterator[Utterance]:
    """Read a table of Mozilla Common Voice, such as `test.tsv`; its audio is in the folder `clips` beside."""
    clips = str(source.folder / "clips")
    return _read(source, _tab_separated(source), columns_of("common-voice", source.columns), clips)


def _comma_separated(source: Source) -> Iterator[tuple[int, list[str]]]:
    text = read_text(source.path, source.faults)
    # The limit is that of the process, so all records are read before anybody else can read others.
    before = csv.field_size_limit(_LONGEST_CELL)
    try:
        records = list(_records(text, source))
    finally:
        csv.field_size_limit(before)
    return iter(records)


def _records(text: str, source: Source) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for record in reader:
            if len(record) > 1 or (record and record[0].strip()):
                yield line, record
            line = reader.line_num + 1
    except csv.Error as error:
        source.faults.add(source.path, line, f"this is no CSV: {error}; nothing after it was read")


def _tab_separated(source: Source) -> Iterator[tuple[int, list[str]]]:
    for line, text in read_lines(source.path, source.faults):
        yield line, text.split("\t")


def _read(
    source: Source,
    records: Iterator[tuple[int, list[str]]],
    columns: Mapping[str, tuple[str, ...]],
    begins: str | None = None,
) -> Iterator[Utterance]:
    line, header = next(records, (0, []))
    places = _places(header, columns, source, line) if line else {}
    if not places:
        return
    others = [(index, name) for index, name in enumerate(header) if name and index not in places.values()]
    for line, record in records:
        try:
            if len(record) != len(header):
                raise BadRow(f"expected {len(header)} columns as in the header, found {len(record)}")
            yield utterance(
                {role: record[index] for role, index in places.items()},
                source=source,
                file=source.path,
                line=line,
                begins=begins,
                meta={name: record[index] for index, name in others if record[index]},
            )
        except BadRow as error:
            source.faults.add(source.path, line, str(error))


def _places(
    header: list[str], columns: Mapping[str, tuple[str, ...]], source: Source, line: int
) -> dict[str, int]:
    """Return the index of each role's column; nothing when the header is not fit for use.

    Columns without a name, such as a spreadsheet leaves at the end, are nobody's.
    """
    twice = dict.fromkeys(name for name in header if name and header.count(name) > 1)
    problems = [f"the column {quoted(name)} is there twice" for name in twice]
    places = {}
    for role, names in columns.items():
        index = next((header.index(name) for name in names if name in header), None)
        if index is not None:
            places[role] = index
        elif role in source.columns:
            problems.append(f'there is no column "{names[0]}"{nearest(names[0], header)}')
        elif role in NEEDED:
            hint = f'name the one of the {role} under "columns"{nearest(names[0], header)}'
            problems.append(f'there is no column "{names[0]}"; {hint}')
    for problem in problems:
        source.faults.add(source.path, line, problem)
    return {} if problems else places
