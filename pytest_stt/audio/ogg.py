"""Whether an Ogg file is whole (RFC 3533).

libsndfile takes the length of a cut file from the last page that is there, and of several streams
one after another it reads only the first.
"""

from __future__ import annotations

import struct
from typing import IO

from pytest_stt.errors import AudioError

_PAGE = struct.Struct("<4sBBqIIIB")
_FIRST_PAGE, _LAST_PAGE = 0x02, 0x04


def examine_ogg(file: IO[bytes], start: int, size: int) -> None:
    """Walk the pages of an Ogg file that begins at `start`, by their headers alone.

    Raises:
        AudioError: A page is cut or not a page, a stream has no last page, or another stream follows.
    """
    position = start
    open_streams: set[int] = set()
    while position < size:
        page = _page(file, position)
        if page is None and position > start and not open_streams:
            return  # a tag that some other program appended
        if page is None or position + page[2] > size:
            raise AudioError(_cut(position, size))
        flags, stream, length = page
        if flags & _FIRST_PAGE and position > start and not open_streams:
            raise AudioError(
                f"at byte {position} a second Ogg stream follows the first, which alone could be read; "
                "make one stream of them, for example with `ffmpeg -i joined.ogg one.flac`"
            )
        if flags & _FIRST_PAGE:
            open_streams.add(stream)
        if flags & _LAST_PAGE:
            open_streams.discard(stream)
        position += length
    if open_streams:
        raise AudioError(
            f"the file is truncated: its last Ogg page, which ends at byte {size}, is not marked as the end "
            "of the stream; fetch or record it again"
        )


def _page(file: IO[bytes], position: int) -> tuple[int, int, int] | None:
    file.seek(position)
    header = file.read(_PAGE.size)
    if len(header) < _PAGE.size or not header.startswith(b"OggS"):
        return None
    _, _, flags, _, stream, _, _, segments = _PAGE.unpack(header)
    return flags, stream, _PAGE.size + segments + sum(file.read(segments))


def _cut(position: int, size: int) -> str:
    return (
        f"the file is truncated or damaged: the Ogg page at byte {position} of {size} is not whole; "
        "fetch or record it again"
    )
