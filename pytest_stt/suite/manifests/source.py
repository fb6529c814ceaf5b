"""What a reader of one format gets: the data set, where its audio is, and who hears of bad rows."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from pytest_stt.suite.manifests.row import Utterance

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_stt.suite.manifests.faults import Faults

AUDIO_SUFFIXES = (".wav", ".flac", ".ogg", ".opus", ".mp3")


@dataclass(frozen=True, kw_only=True)
class Source:
    """One data set.

    Attributes:
        path: The manifest's file or folder, which is there.
        columns: The columns that the suite names: `audio`, `reference`, … to the name in the manifest.
        audio: The folder where relative audio paths begin, None for the format's own.
        paths: Beginnings of audio paths, and the folders that stand for them here.
        split: The one of several tables of a `huggingface` folder, None where the suite names none.
        faults: Gets every bad row.
        found: Gets the column of each role from a reader that looks for it in the data, by column.
    """

    path: Path
    faults: Faults
    columns: Mapping[str, str]
    audio: Path | None = None
    paths: Mapping[str, Path]
    split: str | None = None
    found: dict[str, str] = field(default_factory=dict)

    @cached_property
    def folder(self) -> Path:
        """The folder of the manifest: itself, or the one that holds it."""
        return self.path if self.path.is_dir() else self.path.parent

    @cached_property
    def folders(self) -> tuple[str, ...]:
        """The folders that audio may be in, the innermost first."""
        folders = {str(self.folder), self._begins, *map(str, self.paths.values())}
        return tuple(sorted(folders, key=len, reverse=True))

    @cached_property
    def _prefixes(self) -> tuple[tuple[str, bool, str], ...]:
        """The beginnings of paths, the longest first, and whether a backslash is a slash in such a path."""
        found = [
            (_plain(prefix.replace("\\", "/").rstrip("/")), "\\" in prefix, str(folder))
            for prefix, folder in self.paths.items()
        ]
        return tuple(sorted(found, key=lambda one: -len(one[0])))

    def audio_path(self, written: str, begins: str | None = None) -> str:
        """Return where an audio file is; nobody looks whether it is there.

        Args:
            written: The path as the manifest has it.
            begins: Where relative paths of this format begin; the manifest's folder if not given.
        """
        for prefix, is_windows, folder in self._prefixes:
            path = _plain(written.replace("\\", "/") if is_windows else written)
            if path.startswith(prefix) and path[len(prefix) : len(prefix) + 1] in ("", "/"):
                return os.path.join(folder, path[len(prefix) + 1 :].lstrip("/"))  # noqa: PTH118 - speed
        return os.path.join(self._begins if begins is None or self.audio else begins, written)  # noqa: PTH118

    @cached_property
    def _begins(self) -> str:
        return str(self.audio or self.folder)


def _plain(path: str) -> str:
    """Return a path without "here" at its beginning."""
    while path.startswith("./"):
        path = path[2:].lstrip("/")
    return path


Reader = Callable[[Source], Iterator[Utterance]]
"""Reads the rows of one format in the order of the manifest; bad rows go to `Source.faults`."""
