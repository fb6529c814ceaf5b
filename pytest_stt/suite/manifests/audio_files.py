"""Whether the audio files of the chosen rows are there; none of them is opened."""

from __future__ import annotations

import os
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import TYPE_CHECKING

from pytest_stt.text.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_stt.suite.manifests.faults import Faults
    from pytest_stt.suite.manifests.row import Utterance

LONGEST_PATH = 200
"""Of a longer path messages show the beginning."""

_HINT = '; "audio" says in which folder relative paths begin, and "paths" where other paths are here'


def find_audio(rows: Iterable[Utterance], folder: Path, faults: Faults) -> None:
    """Add a fault for each row without its audio file.

    Args:
        rows: The chosen rows.
        folder: The suite's folder: paths below it are shown relative to it.
        faults: Gets them.
    """
    known: dict[str, str | None] = {}
    hint = _HINT
    for row in rows:
        if row.embedded is not None:
            continue
        if row.audio not in known:
            known[row.audio] = _wrong(row.audio)
        wrong = known[row.audio]
        if wrong:
            faults.add(row.source, row.line, f"{wrong}: {_shown(row.audio, folder)}{hint}")
            hint = ""


def _wrong(audio: str) -> str | None:
    try:
        mode = os.stat(audio).st_mode  # noqa: PTH116 - pathlib takes longer than the file system
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: no name of a file
        return "audio file not found"
    except OSError as error:
        return f"audio file can't be read ({error.strerror})"
    if S_ISREG(mode):
        return None
    return "audio is a directory" if S_ISDIR(mode) else "audio is no file"


def _shown(audio: str, folder: Path) -> str:
    path = Path(os.path.normpath(audio))
    shown = path.relative_to(folder) if path.is_relative_to(folder) else path
    return printable(str(shown), LONGEST_PATH)
