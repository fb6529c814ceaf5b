"""Whether an MP3 file is whole, and how many frames it really has.

An MP3 has no header of its own: it is a row of frames with four-byte headers (ISO/IEC 11172-3 and
13818-3, 2.4.2.3; Layer III only), and tags around them. In most files the first frame holds no sound
but a count of the others (Xing and LAME's "Info", or Fraunhofer's "VBRI").

libsndfile reads a cut MP3 without a word. Where the count is missing it guesses the length from the
first frame and stops there: an intact file of variable bit rate loses half of its audio. Its decoder,
mpg123, also prints to stderr about bytes between the frames and a count that doesn't fit. So it is
only ever given frames, behind a count that is right, and then prints nothing but about a frame whose
inside is damaged. Stderr is not muffled for that one: its descriptor belongs to pytest's own capture,
which the main thread switches while other threads decode.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import IO

from pytest_stt.audio.excerpt import Excerpt
from pytest_stt.errors import AudioError

_MPEG1 = 3
_RATE_DIVISOR = {3: 1, 2: 2, 0: 4}  # version bits: MPEG 1, 2 and 2.5
_KBITS_MPEG1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBITS_MPEG2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_HERTZ_MPEG1 = (44100, 48000, 32000)

_COUNTS_FRAMES, _COUNTS_BYTES = 1, 2
_VBRI_AT, _VBRI_FRAMES_AT = 36, 50
_ID3V1_BYTES = 128
_TAIL_BYTES = 1 << 20
_PIECE_BYTES = 1 << 16


@dataclass(frozen=True, kw_only=True)
class _Row:
    """The unbroken row of frames from `start` to `end`; `cut` when a part of a frame follows."""

    start: int
    end: int
    frames: int
    cut: bool


@dataclass(frozen=True, kw_only=True)
class _Count:
    """What a first frame without sound says: how many frames follow, and where it has their bytes."""

    frames: int | None
    bytes_at: int | None
    is_vbri: bool = False


def id3_end(file: IO[bytes]) -> int:
    """Return where the file goes on after the ID3v2 tags at its beginning (id3.org, 2.4.0 section 3.1)."""
    position = 0
    while (header := _read(file, position, 10)).startswith(b"ID3") and len(header) == 10:
        position = _after_zeros(file, position + _id3_length(header))
    return position


def _after_zeros(file: IO[bytes], position: int) -> int:
    # Some taggers leave room behind a tag that its length doesn't count.
    while piece := _read(file, position, _PIECE_BYTES):
        if rest := piece.lstrip(b"\0"):
            return position + len(piece) - len(rest)
        position += len(piece)
    return position


def frame_length(header: bytes) -> int:
    """Return the bytes of the Layer III frame with this four-byte header, 0 when it is none."""
    return _frame_length(header) if len(header) == 4 and header[0] == 0xFF else 0


def examine_mpeg(file: IO[bytes], start: int, size: int) -> Excerpt | None:
    """Walk the frames of an MP3, which begin at `start`.

    Returns None where libsndfile can have the file as it is, else the frames behind a right count.

    Raises:
        AudioError: The file ends within a frame, has fewer frames than it announces, or more of them
            follow after bytes that are none.
    """
    row = _walk(file, start, size)
    first = _read(file, start, frame_length(_read(file, start, 4)))
    count = _count_in(first) if row.frames else None
    sounding = row.frames - (count is not None)
    _check_whole(row, size, sounding, count.frames if count else None)
    _check_nothing_follows(_read(file, row.end, _TAIL_BYTES), row.end)
    if count and count.frames == sounding and not count.is_vbri:
        head = _with_bytes(first, count, row)
    else:
        head = _info_frame(first, sounding)
    as_it_is = head == first and size - row.end in (0, _ID3V1_BYTES)
    return None if as_it_is else Excerpt(head=head, start=start + (len(first) if count else 0), end=row.end)


def _walk(file: IO[bytes], start: int, size: int) -> _Row:
    position = start
    frames = 0
    kind = _kind(_read(file, start, 4))
    while True:
        header = _read(file, position, 4)
        length = frame_length(header) if _kind(header) == kind else 0
        if not length or position + length > size:
            break
        position += length
        frames += 1
    part_of_header = 0 < len(header) < 4 and header[0] == 0xFF
    return _Row(start=start, end=position, frames=frames, cut=bool(length) or part_of_header)


def _check_whole(row: _Row, size: int, sounding: int, announced: int | None) -> None:
    if announced is not None and sounding < announced:
        raise AudioError(
            f"the file is truncated or damaged: it announces {announced} MPEG frames, {sounding} are there; "
            "fetch or record it again"
        )
    # A part of a frame behind all that were announced is no loss.
    if row.cut and announced != sounding:
        raise AudioError(
            f"the file is truncated: it ends at byte {size}, within the MPEG frame that begins at byte "
            f"{row.end}; fetch or record it again"
        )
    if not sounding:
        raise AudioError("the file holds no audio: it has no MPEG frame with sound; record it again")


def _check_nothing_follows(tail: bytes, at: int) -> None:
    after_tags = _tags_length(tail)
    found = tail.find(b"\xff", after_tags)
    while found >= 0:
        length = frame_length(tail[found : found + 4])
        if length and frame_length(tail[found + length : found + length + 4]):
            raise AudioError(
                f"bytes {at} to {at + found} are no MPEG frames, but more frames follow: the file is "
                "damaged, or several were joined; make one of it: `ffmpeg -i joined.mp3 one.flac`"
            )
        found = tail.find(b"\xff", found + 1)


def _tags_length(tail: bytes) -> int:
    position = 0
    while True:
        if tail.startswith(b"TAG", position):
            position += _ID3V1_BYTES
        elif tail.startswith(b"ID3", position) and len(tail) - position >= 10:
            position += _id3_length(tail[position : position + 10])
        elif tail.startswith(b"APETAGEX", position):
            position += 32 + int.from_bytes(tail[position + 12 : position + 16], "little")
        else:
            return position


def _count_in(first: bytes) -> _Count | None:
    """Read the count in a first frame; None when it is a frame like the others."""
    at = 4 + _side_information_bytes(first)
    if first[at : at + 4] in (b"Xing", b"Info"):
        flags = int.from_bytes(first[at + 4 : at + 8], "big")
        frames = int.from_bytes(first[at + 8 : at + 12], "big") if flags & _COUNTS_FRAMES else None
        bytes_at = at + (12 if flags & _COUNTS_FRAMES else 8) if flags & _COUNTS_BYTES else None
        return _Count(frames=frames, bytes_at=bytes_at)
    if first[_VBRI_AT : _VBRI_AT + 4] == b"VBRI":
        frames = int.from_bytes(first[_VBRI_FRAMES_AT : _VBRI_FRAMES_AT + 4], "big")
        return _Count(frames=frames, bytes_at=None, is_vbri=True)
    return None


def _with_bytes(first: bytes, count: _Count, row: _Row) -> bytes:
    if count.bytes_at is None:
        return first
    length = (row.end - row.start).to_bytes(4, "big")
    return first[: count.bytes_at] + length + first[count.bytes_at + 4 :]


def _info_frame(like: bytes, frames: int) -> bytes:
    """Make a first frame of 64 kbit/s, long enough for a count of frames, that fits to the others."""
    table = _KBITS_MPEG1 if _version(like) == _MPEG1 else _KBITS_MPEG2
    header = bytes([0xFF, like[1] | 1, table.index(64) << 4 | like[2] & 0x0C, like[3]])
    count = b"Info" + _COUNTS_FRAMES.to_bytes(4, "big") + frames.to_bytes(4, "big")
    return (header + bytes(_side_information_bytes(like)) + count).ljust(frame_length(header), b"\0")


def _side_information_bytes(header: bytes) -> int:
    mono = header[3] >> 6 == 3
    if _version(header) == _MPEG1:
        return 17 if mono else 32
    return 9 if mono else 17


@lru_cache(maxsize=4096)
def _frame_length(header: bytes) -> int:
    bitrate, rate = header[2] >> 4, header[2] >> 2 & 3
    version = _version(header)
    # Eleven bits of sync, then the layer. Bit rate 0 is "free format", whose length is nowhere to be read.
    if header[1] & 0xE6 != 0xE2 or version not in _RATE_DIVISOR or bitrate in (0, 15) or rate == 3:
        return 0
    hertz = _HERTZ_MPEG1[rate] // _RATE_DIVISOR[version]
    if version == _MPEG1:
        return 144_000 * _KBITS_MPEG1[bitrate] // hertz + (header[2] >> 1 & 1)
    return 72_000 * _KBITS_MPEG2[bitrate] // hertz + (header[2] >> 1 & 1)


def _kind(header: bytes) -> tuple[int, int]:
    """What all frames of a file have in common: version, layer and sample rate."""
    return (header[1] & 0xFE, header[2] & 0x0C) if len(header) == 4 else (0, 0)


def _version(header: bytes) -> int:
    return header[1] >> 3 & 3


def _id3_length(header: bytes) -> int:
    length = 0
    for byte in header[6:10]:
        length = length << 7 | byte & 0x7F
    footer = 10 if header[5] & 0x10 else 0
    return 10 + length + footer


def _read(file: IO[bytes], at: int, length: int) -> bytes:
    file.seek(at)
    return file.read(length)
