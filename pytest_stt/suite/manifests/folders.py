"""Folders of audio with text beside it: `librispeech` and `pairs`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_stt.suite.manifests.lines import read_lines, read_text
from pytest_stt.suite.manifests.row import Utterance
from pytest_stt.suite.manifests.source import AUDIO_SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_stt.suite.manifests.faults import Faults
    from pytest_stt.suite.manifests.source import Source

_TRANSCRIPTS = ".trans.txt"


def read_librispeech(source: Source) -> Iterator[Utterance]:
    """Read every `SPEAKER/CHAPTER/*.trans.txt` in or below a folder, the audio of `ID TEXT` in `ID.flac`."""
    for folder, names in _walk(source.path, source.faults):
        for name in names:
            if name.endswith(_TRANSCRIPTS):
                yield from _chapter(Path(folder, name), source.faults)


def _chapter(file: Path, faults: Faults) -> Iterator[Utterance]:
    folder, speaker = str(file.parent), file.parent.parent.name
    meta = {"chapter": file.parent.name}
    for line, text in read_lines(file, faults):
        name, _, words = text.strip().partition(" ")
        yield Utterance(
            source=file,
            line=line,
            audio=f"{folder}{os.sep}{name}.flac",
            reference=words.strip(),
            id=name,
            speaker=speaker,
            meta=meta,
        )


def read_pairs(source: Source) -> Iterator[Utterance]:
    """Read every audio file in or below a folder, its reference in the `.txt` of the same name beside it."""
    for folder, names in _walk(source.path, source.faults):
        known = set(names)
        for name in names:
            stem, suffix = os.path.splitext(name)  # noqa: PTH122 - speed
            if suffix.lower() in AUDIO_SUFFIXES:
                text = Path(folder, f"{stem}.txt")
                if text.name in known:
                    yield from _pair(text, os.path.join(folder, name), source.faults)  # noqa: PTH118
                else:
                    source.faults.add(Path(folder, name), None, f"there is no {text.name} beside it")


def _pair(file: Path, audio: str, faults: Faults) -> Iterator[Utterance]:
    reference = read_text(file, faults)
    if reference:
        yield Utterance(source=file, line=1, audio=audio, reference=reference.rstrip("\r\n"))
    elif not faults.has(file):
        # More often a copy that was cut short than somebody's way to write silence.
        faults.add(file, 1, "the file is empty; for silence put a line break in it")


def _walk(root: Path, faults: Faults) -> Iterator[tuple[str, list[str]]]:
    """Yield the folders in and below one with the names of their files, in the order of the names.

    Links are followed; a folder that is reached twice is read once.
    """
    known: set[tuple[int, int]] = set()

    def report(error: OSError) -> None:
        faults.add(Path(error.filename), None, f"the folder can't be read: {error.strerror}")

    for folder, folders, names in os.walk(root, onerror=report, followlinks=True):
        status = os.stat(folder)  # noqa: PTH116 - speed
        if (status.st_dev, status.st_ino) in known:
            folders.clear()
            continue
        known.add((status.st_dev, status.st_ino))
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield folder, sorted(name for name in names if not name.startswith("."))
