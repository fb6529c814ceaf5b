"""A Kaldi data folder: `wav.scp`, `text`, and where they are there `segments`, `utt2spk` and their kind."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pytest_stt.suite.manifests.faults import BadRow
from pytest_stt.suite.manifests.lines import read_lines
from pytest_stt.suite.manifests.row import Utterance
from pytest_stt.suite.manifests.seconds import read_offset, read_span
from pytest_stt.suite.problems import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_stt.suite.manifests.faults import Faults
    from pytest_stt.suite.manifests.source import Source

_BLANKS = re.compile(r"[ \t\r\f\v]+")
_ARCHIVE = re.compile(r"\.ark:\d+$")
_FACTS = {"utt2spk": "speaker", "utt2lang": "language", "utt2dur": "duration", "utt2gender": "gender"}

_Table = dict[str, tuple[int, str]]  # the lines of a file by their first word: their number, the rest of them


@dataclass(frozen=True, kw_only=True)
class _Part:
    """All of an audio file or a segment of it; without a file where the line is bad, which was reported."""

    line: int
    audio: str = ""
    written: str = ""
    offset_s: float = 0.0
    duration_s: float | None = None


def read_kaldi(source: Source) -> Iterator[Utterance]:
    """Read a Kaldi data folder, in the order of `text`.

    An utterance of `text` without words is silence. `utt2lang` gives the language, `spk2gender` or
    `utt2gender` the field `gender`, and `utt2dur` the field `duration`, which cuts nothing.
    """
    file, faults = source.path / "text", source.faults
    texts, facts = _table(file, faults), _facts(source.path, faults)
    parts = _parts(source, texts)
    for name, (line, words) in texts.items():
        part = parts.get(name)
        if part is None:
            faults.add(file, line, f"{quoted(name)} is not in {_listing(source.path)}")
        elif part.audio:
            known = facts.get(name, {})
            yield Utterance(
                source=file,
                line=line,
                audio=part.audio,
                reference=words,
                id=name,
                language=known.pop("language", None),
                offset_s=part.offset_s,
                duration_s=part.duration_s,
                speaker=known.pop("speaker", None),
                meta=known,
                written=part.written,
            )


def _listing(folder: Path) -> str:
    return "segments" if (folder / "segments").exists() else "wav.scp"


def _parts(source: Source, texts: _Table) -> dict[str, _Part]:
    """Return what each utterance is a part of; an utterance without a line in `text` is a fault."""
    name, faults = _listing(source.path), source.faults
    parts = _recordings(source)
    if name == "segments":
        parts = _segments(source.path / name, parts, faults)
    for utterance, part in parts.items():
        if utterance not in texts:
            faults.add(source.path / name, part.line, f"{quoted(utterance)} has no line in text")
    return parts


def _recordings(source: Source) -> dict[str, _Part]:
    file, recordings = source.path / "wav.scp", {}
    for name, (line, path) in _table(file, source.faults).items():
        wrong = _unfit(path)
        if wrong:
            source.faults.add(file, line, f"{wrong}; write the audio to a file and name this here")
        recordings[name] = _Part(line=line, audio="" if wrong else source.audio_path(path), written=path)
    return recordings


def _unfit(path: str) -> str | None:
    if not path:
        return "there is no path of an audio file"
    if path.endswith("|"):
        return "this is a command, and a suite runs none"
    return "this is a place in an archive" if _ARCHIVE.search(path) else None


def _segments(file: Path, recordings: dict[str, _Part], faults: Faults) -> dict[str, _Part]:
    segments = {}
    for name, (line, rest) in _table(file, faults).items():
        try:
            segments[name] = _segment(line, rest, recordings)
        except BadRow as error:
            faults.add(file, line, str(error))
            segments[name] = _Part(line=line)
    return segments


def _segment(line: int, rest: str, recordings: dict[str, _Part]) -> _Part:
    words = _BLANKS.split(rest)
    if len(words) != 3:
        raise BadRow("expected an utterance, its recording, its beginning and its end in seconds")
    recording, begin, end = words
    if recording not in recordings:
        raise BadRow(f"wav.scp has no recording {quoted(recording)}")
    whole, offset = recordings[recording], read_offset(begin)
    if end == "-1":  # as Kaldi's extract-segments has it: up to the end of the file
        return replace(whole, line=line, offset_s=offset)
    return replace(whole, line=line, offset_s=offset, duration_s=read_span(offset, end))


def _facts(folder: Path, faults: Faults) -> dict[str, dict[str, str]]:
    """Return what the files beside say about each utterance."""
    facts: dict[str, dict[str, str]] = {}
    for name, fact in _FACTS.items():
        for utterance, (_, said) in _optional(folder / name, faults).items():
            facts.setdefault(utterance, {})[fact] = said
    genders = _optional(folder / "spk2gender", faults)
    for known in facts.values():
        if known.get("speaker") in genders:
            known.setdefault("gender", genders[known["speaker"]][1])
    return facts


def _optional(file: Path, faults: Faults) -> _Table:
    return _table(file, faults) if file.exists() else {}


def _table(file: Path, faults: Faults) -> _Table:
    table: _Table = {}
    for number, line in read_lines(file, faults):
        name, *rest = _BLANKS.split(line.strip(" \t\r\f\v"), 1)
        if name in table:
            faults.add(file, number, f"{quoted(name)} is there twice, first on line {table[name][0]}")
        table.setdefault(name, (number, rest[0] if rest else ""))
    return table
