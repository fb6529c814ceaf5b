"""Bad rows of a data set, collected as `file:line: sentence`."""

from __future__ import annotations

import os
from operator import itemgetter
from pathlib import Path, PurePath

MOST_SHOWN = 100


class BadRow(Exception):
    """What is wrong with one row, for the `Faults` of its reader."""


class Faults:
    """Collect what is wrong with the rows of one data set.

    Args:
        root: The manifest's file or folder.
        display: What messages call it.
    """

    def __init__(self, root: Path, display: str) -> None:
        self._root = root
        self._display = display
        self._files: dict[Path, int] = {}
        self._found: list[tuple[int, int, str]] = []

    def add(self, file: Path, line: int | None, text: str) -> None:
        """Add one problem; line None for what is about a whole file."""
        place = self.place(file, line)
        number = self._files.setdefault(file, len(self._files))
        self._found.append((number, line or 0, f"{place}: {text}"))

    def place(self, file: Path, line: int | None) -> str:
        """Return `file:line` as messages show it, for files of this data set."""
        inside = os.path.relpath(file, self._root)
        shown = str(PurePath(self._display, inside))
        return f"{shown}:{line}" if line else shown

    def has(self, file: Path) -> bool:
        """Whether there is a problem of this file."""
        return file in self._files

    def __bool__(self) -> bool:
        return bool(self._found)

    def sentences(self) -> list[str]:
        """Return the problems in the order of files and lines; after a hundred, how many more there are."""
        in_order = sorted(self._found, key=itemgetter(0, 1))
        texts = list(dict.fromkeys(text for _, _, text in in_order))
        more = len(texts) - MOST_SHOWN
        if more <= 0:
            return texts
        return [*texts[:MOST_SHOWN], f"{self._display}: and {more} more problems of this manifest"]
