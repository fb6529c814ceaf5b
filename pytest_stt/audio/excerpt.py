"""A file as the decoder should see it."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_COPY_BYTES = 1 << 18


@dataclass(frozen=True, kw_only=True)
class Excerpt:
    """A corrected header, then the bytes from `start` to `end` of the file itself."""

    head: bytes
    start: int
    end: int

    @contextmanager
    def copied_from(self, file: IO[bytes]) -> Iterator[IO[bytes]]:
        """Open a temporary file, gone when it is closed, that holds this excerpt.

        A real file rather than a Python object that libsndfile reads through callbacks: those would
        wait for the interpreter lock hundreds of times per second of audio.
        """
        with tempfile.TemporaryFile() as copy:
            copy.write(self.head)
            file.seek(self.start)
            left = self.end - self.start
            while left and (piece := file.read(min(_COPY_BYTES, left))):
                copy.write(piece)
                left -= len(piece)
            copy.flush()
            yield copy
