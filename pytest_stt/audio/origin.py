"""Where the bytes of an audio file are."""

from __future__ import annotations

import hashlib
import io
import stat
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Protocol

from pytest_stt.errors import AudioError

if TYPE_CHECKING:
    from io import BufferedReader
    from pathlib import Path, PurePath


class Origin(Protocol):
    """The bytes of one audio file, opened anew by everyone who reads them."""

    @property
    def path(self) -> PurePath:
        """What messages call it; its last part is the file's name."""

    def open(self) -> IO[bytes]:
        """Open the bytes for reading, at their beginning.

        Raises:
            AudioError: There is no regular file; the caller adds its name.
            OSError: It can't be read.
        """

    def sha256(self) -> str:
        """Return the hash of the bytes, in hexadecimal digits."""


@dataclass(frozen=True, kw_only=True)
class OnDisk:
    """A file of its own."""

    path: Path

    def open(self) -> BufferedReader:
        """Open the file."""
        # Asked first: opening a named pipe would wait for somebody to write into it.
        try:
            mode = self.path.stat().st_mode
        except ValueError as error:
            raise AudioError(f"no file can have this name ({error}); check its path") from None
        if not stat.S_ISREG(mode):
            found = "a directory" if self.path.is_dir() else "no regular file"
            raise AudioError(f"expected an audio file, found {found}; check its path")
        return self.path.open("rb")

    def sha256(self) -> str:
        """Return the hash of the file."""
        with self.open() as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True, kw_only=True)
class InMemory:
    """The bytes of a file that was read out of something else."""

    path: PurePath
    data: bytes = field(repr=False)

    def open(self) -> IO[bytes]:
        """Open the bytes."""
        return io.BytesIO(self.data)

    def sha256(self) -> str:
        """Return the hash of the bytes."""
        return hashlib.sha256(self.data).hexdigest()
