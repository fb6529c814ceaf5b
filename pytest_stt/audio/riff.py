"""Whether a file made of chunks holds the audio that its header announces.

libsndfile reads what is there of a cut file and says nothing. The layouts are RIFF (Microsoft, 1991),
RF64 (EBU Tech 3306), AIFF (Apple, 1989) and Wave64 (Sony Pictures Digital, 2003).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from pytest_stt.audio.excerpt import Excerpt
from pytest_stt.errors import AudioError

if TYPE_CHECKING:
    from collections.abc import Iterator

# A program that writes into a pipe can't know the length and can't go back to fill it in. It writes the
# largest number there is (ffmpeg, 0xFFFFFFFF), one near 2**31 (sox, 0x7FFFF000) or, in 64 bits, near 2**63.
_UNKNOWN_32 = 0x7FFFF000
_UNKNOWN_64 = 1 << 62


@dataclass(frozen=True, kw_only=True)
class _Layout:
    first_chunk: int
    chunk_header: struct.Struct
    audio_chunk: bytes
    alignment: int = 2
    size_counts_header: bool = False
    unknown: int = _UNKNOWN_32


@dataclass(frozen=True)
class _Chunk:
    name: bytes
    body: int
    size: int


_LITTLE = _Layout(first_chunk=12, chunk_header=struct.Struct("<4sI"), audio_chunk=b"data")
_BIG = _Layout(first_chunk=12, chunk_header=struct.Struct(">4sI"), audio_chunk=b"data")
_LAYOUTS = {
    b"RIFF": _LITTLE,
    b"RF64": _LITTLE,
    b"RIFX": _BIG,
    b"FORM": _Layout(first_chunk=12, chunk_header=struct.Struct(">4sI"), audio_chunk=b"SSND"),
    b"riff": _Layout(
        first_chunk=40,
        chunk_header=struct.Struct("<16sQ"),
        audio_chunk=b"data\xf3\xac\xd3\x11\x8c\xd1\x00\xc0O\x8e\xdb\x8a",
        alignment=8,
        size_counts_header=True,
        unknown=_UNKNOWN_64,
    ),
}


def examine_riff(file: IO[bytes], start: int, size: int) -> Excerpt | None:
    """Check the audio chunk of a WAV, RF64, AIFF or Wave64 file that begins at `start`.

    A length that says "written to a pipe" is legal and takes all that follows. So is a length of 0 in
    a WAV whose own length doesn't reach past it (the writer never came back to fill in either);
    libsndfile would find no audio there, so this one is returned with its header corrected.

    Raises:
        AudioError: The file ends before its audio does, or has none.
    """
    file.seek(start)
    layout = _LAYOUTS[file.read(4)]
    large_size: int | None = None
    for chunk in _chunks(file, layout, start, size):
        if chunk.name == b"ds64":
            large_size = _ds64_data_size(file, chunk)
        if chunk.name == layout.audio_chunk:
            announced = chunk.size if large_size is None or chunk.size != 0xFFFFFFFF else large_size
            _check_size(announced, size - chunk.body, _UNKNOWN_64 if large_size else layout.unknown)
            return _unfinished(file, chunk, announced, start, size) if layout is _LITTLE else None
    raise AudioError(
        f"the file is truncated: it ends after {size} bytes, before its audio begins; "
        "fetch or record it again"
    )


def _chunks(file: IO[bytes], layout: _Layout, start: int, size: int) -> Iterator[_Chunk]:
    position, header = start + layout.first_chunk, layout.chunk_header
    while position + header.size <= size:
        file.seek(position)
        name, length = header.unpack(file.read(header.size))
        length -= header.size if layout.size_counts_header else 0
        yield _Chunk(name, position + header.size, length)
        position += header.size + max(length, 0)
        position += -(position - start) % layout.alignment


def _ds64_data_size(file: IO[bytes], chunk: _Chunk) -> int:
    file.seek(chunk.body)
    sizes = file.read(16)
    return int.from_bytes(sizes[8:], "little")


def _check_size(announced: int, present: int, unknown: int) -> None:
    if present < announced < unknown:
        raise AudioError(
            f"the file is truncated: its header announces {announced} bytes of audio, {present} are there; "
            "fetch or record it again"
        )


def _unfinished(file: IO[bytes], chunk: _Chunk, announced: int, start: int, size: int) -> Excerpt | None:
    file.seek(start)
    head = file.read(chunk.body - start)
    length_of_all = int.from_bytes(head[4:8], "little")
    reaches_past = chunk.body < start + 8 + length_of_all and length_of_all < _UNKNOWN_32
    if 0 < announced < _UNKNOWN_64 or reaches_past or chunk.body == size:
        return None
    # As a plain RIFF: with no length in it, an RF64 is one too.
    return Excerpt(head=b"RIFF" + head[4:-4] + b"\xff" * 4, start=chunk.body, end=size)
