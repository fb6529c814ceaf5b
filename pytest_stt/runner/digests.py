"""What tells one audio file from another."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_stt.suite.model import Case


def digest_of_case(case: Case) -> str:
    """Return the sha256 of the audio file of a case, in hexadecimal: the whole file's, also for a segment.

    Raises:
        OSError: The file can't be read.
        AudioError: The table that it is in can't be read.
    """
    if case.embedded is None:
        return digest_of_file(case.audio)
    _, content = case.embedded.read()
    return hashlib.sha256(content).hexdigest()


def digest_of_file(path: Path) -> str:
    """Return the sha256 of a file in hexadecimal, read once for as long as its size and time stay.

    Raises:
        OSError: The file can't be read.
    """
    status = path.stat()
    return _digest(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=100_000)
def _digest(path: Path, _mtime_ns: int, _size: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
