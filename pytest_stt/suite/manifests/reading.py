"""A manifest, from the keys that name it to the rows that a suite takes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_stt.suite.manifests.audio_files import LONGEST_PATH, find_audio
from pytest_stt.suite.manifests.columns import COLUMNS, columns_of
from pytest_stt.suite.manifests.condition import unfit
from pytest_stt.suite.manifests.faults import Faults
from pytest_stt.suite.manifests.folders import read_librispeech, read_pairs
from pytest_stt.suite.manifests.huggingface import read_huggingface
from pytest_stt.suite.manifests.identity import row_ids
from pytest_stt.suite.manifests.kaldi import read_kaldi
from pytest_stt.suite.manifests.nemo import read_nemo
from pytest_stt.suite.manifests.row import Row
from pytest_stt.suite.manifests.selection import Selector
from pytest_stt.suite.manifests.source import Source
from pytest_stt.suite.manifests.stm import read_stm
from pytest_stt.suite.manifests.tables import read_common_voice, read_csv, read_tsv
from pytest_stt.suite.problems import quoted
from pytest_stt.suite.schema import check_name
from pytest_stt.text.printable import printable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_stt.suite.document import YamlMapping
    from pytest_stt.suite.manifests.entry import DataSetEntry
    from pytest_stt.suite.manifests.row import Utterance
    from pytest_stt.suite.manifests.source import Reader
    from pytest_stt.suite.problems import Problems

READERS: Mapping[str, Reader] = {
    "common-voice": read_common_voice,
    "csv": read_csv,
    "huggingface": lambda source: read_huggingface(source, split=source.split),
    "kaldi": read_kaldi,
    "librispeech": read_librispeech,
    "nemo": read_nemo,
    "pairs": read_pairs,
    "stm": read_stm,
    "tsv": read_tsv,
}
FOLDERS = frozenset(["huggingface", "kaldi", "librispeech", "pairs"])
"""The formats that are folders; `stm` may be one, the others are files."""

_WITH_PATHS = frozenset([*COLUMNS, "huggingface", "kaldi", "stm"])
_KEYS_OF_FORMATS = {
    "columns": frozenset([*COLUMNS, "huggingface"]),
    "audio": _WITH_PATHS,
    "paths": _WITH_PATHS,
    "split": frozenset(["huggingface"]),
}


def manifest_name(entry: DataSetEntry, folder: Path) -> str:
    """Return the name of a manifest: the one that was given, else that of its file or folder.

    Args:
        entry: Its keys.
        folder: The suite's folder, where its path begins.
    """
    if entry.name:
        return entry.name
    path = Path(os.path.normpath(folder / entry.path))  # of ".." too
    return path.name if entry.format in FOLDERS else path.stem


def read_manifest(
    entry: DataSetEntry, node: YamlMapping, *, folder: Path, named: bool, problems: Problems
) -> tuple[Row, ...]:
    """Read the rows of one manifest, choose from them, and see that their audio files are there.

    Args:
        entry: The item of `manifests`, its types checked.
        node: The same with its lines, as it was typed.
        folder: The suite's folder, where its paths begin.
        named: Whether the manifest's name and `/` go before its ids: a suite with several manifests.
        problems: Gets every problem, the manifest's own as `file:line` of the manifest.

    Returns:
        The rows in the order of the manifest; with a problem added they are not fit for use.
    """
    if not _is_readable(entry, node, folder, problems):
        return ()
    source = _source(entry, folder, problems)
    utterances = list(READERS[str(entry.format)](source))
    rows = _chosen(utterances, entry, node, source, problems)
    prefix = f"{_checked_name(entry, node, folder, problems)}/" if named else ""
    find_audio([utterance for _, utterance in rows], folder, source.faults)
    for sentence in source.faults.sentences():
        problems.add(None, sentence)
    return tuple(_row(prefix + name, utterance) for name, utterance in rows)


def _is_readable(entry: DataSetEntry, node: YamlMapping, folder: Path, problems: Problems) -> bool:
    """See that the manifest is there and of a format that has these keys; add what is not so."""
    missing = [key for key in ("path", "format") if not getattr(entry, key)]
    for key in missing:
        if key not in node.lines:  # else it was reported already
            problems.add(node.line, f'a manifest needs the key "{key}"')
    if missing:
        return False
    for key, formats in _KEYS_OF_FORMATS.items():
        if key in node and entry.format not in formats:
            known = ", ".join(sorted(formats))
            problems.add(node.key_line(key), f'"{key}" is for {known}, not for {entry.format}')
    fits = _has_conditions(entry, node, problems)
    wrong = _wrong_path(folder / entry.path, str(entry.format))
    if wrong:
        problems.add(node.value_line("path"), f"{wrong}: {printable(entry.path, LONGEST_PATH)}")
    return fits and not wrong


def _has_conditions(entry: DataSetEntry, node: YamlMapping, problems: Problems) -> bool:
    """See that all of `where` are conditions; add what is none, as it was typed."""
    wrong = [name for name, condition in entry.where.items() if condition is None]
    for name in wrong:
        problems.add(node["where"].value_line(name), f"where: {name}: {unfit(node['where'][name])}")
    return not wrong


def _wrong_path(path: Path, name: str) -> str | None:
    try:
        if not path.exists():
            return "manifest not found"
    except (OSError, ValueError):  # ValueError: no name of a file
        return "no name of a file"
    if name in FOLDERS:
        return None if path.is_dir() else f"a manifest of the format {name} is a folder, this is a file"
    if path.is_dir() and name != "stm":
        return f"a manifest of the format {name} is a file, this is a folder"
    return None


def _source(entry: DataSetEntry, folder: Path, problems: Problems) -> Source:
    path = folder / entry.path
    display = os.path.normpath(Path(problems.display).parent / entry.path)
    return Source(
        path=path,
        faults=Faults(path, display),
        columns=entry.columns.model_dump(exclude_none=True),
        audio=folder / entry.audio if entry.audio else None,
        paths={prefix: folder / target for prefix, target in entry.paths.items()},
        split=entry.split,
    )


def _chosen(
    utterances: Sequence[Utterance],
    entry: DataSetEntry,
    node: YamlMapping,
    source: Source,
    problems: Problems,
) -> list[tuple[str, Utterance]]:
    """Return the chosen utterances with their ids."""
    if not utterances:
        if not source.faults:
            source.faults.add(source.path, None, "there are no utterances in it")
        return []
    ids = row_ids(utterances, source.faults)
    columns = {
        name: role for role, names in columns_of(str(entry.format), source.columns).items() for name in names
    }
    selector = Selector(
        entry=entry,
        node=node,
        columns={**columns, **source.found},
        folders=source.folders,
        faults=source.faults,
        problems=problems,
    )
    return [(ids[at], utterances[at]) for at in selector.choose(utterances, ids)]


def _checked_name(entry: DataSetEntry, node: YamlMapping, folder: Path, problems: Problems) -> str:
    name = manifest_name(entry, folder)
    wrong = check_name(name, "the name of a manifest")
    if wrong:
        given = "name" in node
        advice = "" if given else '; give the manifest a "name"'
        problems.add(node.value_line("name" if given else "path"), f"{wrong}, found {quoted(name)}{advice}")
    return name


def _row(name: str, utterance: Utterance) -> Row:
    return Row(
        id=name,
        line=utterance.line,
        source=utterance.source,
        audio=Path(utterance.audio),
        reference=utterance.reference,
        language=utterance.language,
        offset_s=utterance.offset_s,
        duration_s=utterance.duration_s,
        speaker=utterance.speaker,
        meta=utterance.meta,
        embedded=utterance.embedded,
    )
