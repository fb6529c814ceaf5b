"""Folders that `save_to_disk` of the package `datasets` wrote: audio and all else in a table."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING, Any

from pytest_stt.errors import SuiteError
from pytest_stt.suite.manifests.columns import ROLES
from pytest_stt.suite.manifests.faults import BadRow
from pytest_stt.suite.manifests.row import Utterance
from pytest_stt.suite.manifests.saved_table import (
    STATE,
    SavedAudio,
    SavedTable,
    name_of_audio,
    open_table,
    version_of,
)
from pytest_stt.suite.manifests.seconds import read_duration, read_offset
from pytest_stt.suite.problems import nearest, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from pytest_stt.suite.manifests.source import Source

# A column `duration` says how long the audio of a row is, not which part of it is meant; so neither it nor
# `offset` is taken for one unless the suite names it.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "audio": ("audio",),
    "reference": ("text", "sentence", "transcription", "transcript", "normalized_text"),
    "id": ("id", "utt_id"),
    "language": ("language", "locale"),
    "speaker": ("speaker_id", "client_id"),
}
"""By role, the columns it may be in: the first one that is there. Any `Audio` feature goes before `audio`."""

_SPLITS = "dataset_dict.json"
_ROWS_AT_ONCE = 10_000


@dataclass(frozen=True, kw_only=True)
class _Rows:
    """A table, what its columns are for, and where messages and names of audio files begin."""

    source: Source
    folder: Path
    version: int
    table: SavedTable
    roles: Mapping[str, str]
    others: Sequence[str]


def read_huggingface(source: Source, *, split: str | None = None) -> Iterator[Utterance]:
    """Read a folder of `Dataset.save_to_disk`, or one split of `DatasetDict.save_to_disk`.

    No audio is read: of the column with the audio, only the names of the files are.

    Args:
        source: The data set.
        split: The split of a `DatasetDict`, needed where it has several.
    """
    try:
        folder = _folder(source.path, split)
        version = version_of(folder)
        table = open_table(folder, version)
        roles = _roles(table, source.columns)
        _check_kinds(table, roles)
        source.found.update({column: role for role, column in roles.items()})
    except (SuiteError, OSError) as error:
        for problem in error.problems if isinstance(error, SuiteError) else (str(error),):
            source.faults.add(source.path, None, problem)
        return
    taken = set(roles.values())
    others = [name for name in table.arrow.column_names if name not in taken and _is_text(table, name)]
    yield from _utterances(
        _Rows(source=source, folder=folder, version=version, table=table, roles=roles, others=others)
    )


def _folder(path: Path, split: str | None) -> Path:
    """Return the folder of the one table that is meant.

    Raises:
        SuiteError: There is none, or it takes another split to say which.
    """
    if not (path / _SPLITS).is_file():
        if not (path / STATE).is_file():
            raise SuiteError(
                f"expected a folder that save_to_disk of the package datasets wrote, with a {STATE} or a "
                f"{_SPLITS} in it, found none of them; save it first: "
                "load_dataset(...).save_to_disk(FOLDER)"
            )
        if split is not None:
            raise SuiteError(f'the data set has no splits, found "split: {split}"; leave it out')
        return path
    splits = _splits(path / _SPLITS)
    if split is None and len(splits) == 1:
        return path / splits[0]
    listed = ", ".join(splits)
    if split is None:
        raise SuiteError(f'the data set has the splits {listed}; name the one to take with "split"')
    if split not in splits:
        close = get_close_matches(split, splits, n=1)
        hint = f"; did you mean {quoted(close[0])}?" if close else ""
        raise SuiteError(f"the data set has the splits {listed}, not {quoted(split)}{hint}")
    return path / split


def _splits(file: Path) -> list[str]:
    try:
        splits = json.loads(file.read_bytes())["splits"]
        return [str(split) for split in splits]
    except (ValueError, KeyError, TypeError) as error:
        raise SuiteError(f"{_SPLITS} can't be read ({error}); write it again with save_to_disk") from None


def _roles(table: SavedTable, named: Mapping[str, str]) -> dict[str, str]:
    """Return the column of each role that has one.

    Raises:
        SuiteError: A column that the suite names is not there, or none for the audio or the reference.
    """
    columns = table.arrow.column_names
    names = {**COLUMNS, "audio": (*table.audio, *COLUMNS["audio"])}
    problems, roles = [], {}
    for role in ROLES:
        wanted = (named[role],) if role in named else names.get(role, ())
        column = next((name for name in wanted if name in columns), None)
        if column is not None:
            roles[role] = column
        elif role in named:
            problems.append(f"there is no column {quoted(named[role])}{nearest(named[role], columns)}")
        elif role in ("audio", "reference"):
            expected, there = ", ".join(wanted), ", ".join(columns)
            problems.append(
                f'there is no column for the {role} ({expected}); name it under "columns"; there are: {there}'
            )
    if problems:
        raise SuiteError(*problems)
    return roles


def _check_kinds(table: SavedTable, roles: Mapping[str, str]) -> None:
    wrong = []
    for role, column in roles.items():
        if _is_text(table, column) or (role == "audio" and _holds_audio(table, column)):
            continue
        expected = "audio or paths of audio files" if role == "audio" else f"text for the {role}"
        kind = table.arrow.schema.field(column).type
        wrong.append(f"expected {expected} in the column {quoted(column)}, found the type {kind}")
    if wrong:
        raise SuiteError(*wrong)


def _holds_audio(table: SavedTable, column: str) -> bool:
    kind = table.arrow.schema.field(column).type
    fields = {kind.field(at).name for at in range(kind.num_fields)}
    return fields >= {"bytes", "path"}


def _is_text(table: SavedTable, column: str) -> bool:
    """Tell whether the values of a column are single ones that can be shown as text."""
    arrow = import_module("pyarrow")
    kind = table.arrow.schema.field(column).type
    types = arrow.types
    if types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind):
        return False
    try:
        arrow.array([], kind).cast(arrow.string())
    except arrow.ArrowException:
        return False
    return True


def _utterances(rows: _Rows) -> Iterator[Utterance]:
    arrow = rows.table.arrow
    for begin in range(0, arrow.num_rows, _ROWS_AT_ONCE):
        part = arrow.slice(begin, _ROWS_AT_ONCE)
        values = {
            role: _texts(rows.table, part, column) for role, column in rows.roles.items() if role != "audio"
        }
        meta = zip(*(_texts(rows.table, part, name) for name in rows.others), strict=True)
        # Without another column zip has nothing at all, rather than nothing for each row.
        others = list(meta) if rows.others else [()] * part.num_rows
        audio = _audio(part.column(rows.roles["audio"]))
        for at, (path, is_embedded) in enumerate(audio):
            number = begin + at + 1
            row = {role: column[at] for role, column in values.items()}
            try:
                yield _utterance(rows, number, row, others[at], path, is_embedded=is_embedded)
            except BadRow as error:
                rows.source.faults.add(rows.source.path, number, str(error))


def _texts(table: SavedTable, part: Any, column: str) -> list[str | None]:
    if names := table.labels.get(column):
        # -1 is how the package marks a label that is not known.
        labels = part.column(column).to_pylist()
        return [names[at] if at is not None and 0 <= at < len(names) else None for at in labels]
    texts: list[str | None] = part.column(column).cast("string").to_pylist()
    return texts


def _audio(column: Any) -> Iterator[tuple[str | None, bool]]:
    """Return the path of each file, and whether its bytes are in the table; these are not looked at."""
    if not column.type.num_fields:
        return ((path, False) for path in column.cast("string").to_pylist())
    field = import_module("pyarrow.compute").struct_field
    paths = field(column, "path").to_pylist()
    return zip(paths, field(column, "bytes").is_valid().to_pylist(), strict=True)


def _utterance(
    rows: _Rows,
    number: int,
    row: Mapping[str, str | None],
    others: Sequence[str | None],
    path: str | None,
    *,
    is_embedded: bool,
) -> Utterance:
    reference = row["reference"]
    if reference is None:
        raise BadRow('expected a reference (text, "" for silence), found nothing')
    if not path and not is_embedded:
        raise BadRow("expected audio, found neither its bytes nor the path of a file")
    return Utterance(
        source=rows.source.path,
        line=number,
        audio=_place(rows.folder, number, path) if is_embedded else rows.source.audio_path(path or ""),
        reference=reference,
        id=row.get("id") or "",
        language=row.get("language") or None,
        offset_s=read_offset(row.get("offset")),
        duration_s=read_duration(row.get("duration")),
        speaker=row.get("speaker") or None,
        meta={name: text for name, text in zip(rows.others, others, strict=True) if text},
        embedded=SavedAudio(folder=rows.folder, version=rows.version, column=rows.roles["audio"], row=number)
        if is_embedded
        else None,
        written=path or "",
    )


def _place(folder: Path, number: int, path: str | None) -> str:
    return os.path.join(folder, str(number), name_of_audio(path, number))  # noqa: PTH118 - speed
