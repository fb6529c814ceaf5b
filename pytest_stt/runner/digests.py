"""What tells one audio file from another."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


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
