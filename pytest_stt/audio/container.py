"""Which kind of file this is, and whether it is whole."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import IO

from pytest_stt.audio.excerpt import Excerpt
from pytest_stt.audio.mpeg import examine_mpeg, frame_length, id3_end
from pytest_stt.audio.ogg import examine_ogg
from pytest_stt.audio.riff import examine_riff
from pytest_stt.errors import AudioError


@dataclass(frozen=True, kw_only=True)
class Container:
    """A file format: the suffix its files usually have and its content type for HTTP."""

    suffix: str
    content_type: str


WAV = Container(suffix=".wav", content_type="audio/wav")
W64 = Container(suffix=".w64", content_type="audio/x-w64")
AIFF = Container(suffix=".aiff", content_type="audio/aiff")
FLAC = Container(suffix=".flac", content_type="audio/flac")
OGG = Container(suffix=".ogg", content_type="audio/ogg")
MP3 = Container(suffix=".mp3", content_type="audio/mpeg")

_CHUNKED = {b"RIFF": WAV, b"RIFX": WAV, b"RF64": WAV, b"riff": W64, b"FORM": AIFF}
_GIT_LFS = b"version https://git-lfs.github.com/spec/"


def examine(file: IO[bytes]) -> tuple[Container, Excerpt | None]:
    """Recognise an audio file by its content and check as much of it as can be checked without decoding.

    Returns its container and, where libsndfile would misread the file, what it should be given instead.

    Raises:
        AudioError: With the reason alone; the caller knows the file's name.
    """
    size = file.seek(0, os.SEEK_END)
    if not size:
        raise AudioError("the file is empty (0 bytes); fetch or record it again")
    start = id3_end(file)
    if start >= size:
        raise AudioError("the file ends with its ID3 tag, no audio follows it; fetch or record it again")
    container, excerpt = _examine(file, start, size)
    if start and not excerpt:
        # libsndfile makes little of such a tag in front of anything but an MP3.
        excerpt = Excerpt(head=b"", start=start, end=size)
    return container, excerpt


def _examine(file: IO[bytes], start: int, size: int) -> tuple[Container, Excerpt | None]:
    file.seek(start)
    magic = file.read(len(_GIT_LFS))
    if magic[:4] in _CHUNKED:
        return _CHUNKED[magic[:4]], examine_riff(file, start, size)
    if magic.startswith(b"OggS"):
        examine_ogg(file, start, size)
        return OGG, None
    if magic.startswith(b"fLaC"):
        return FLAC, None
    if frame_length(magic[:4]):
        return MP3, examine_mpeg(file, start, size)
    raise AudioError(_unknown(magic))


def _unknown(magic: bytes) -> str:
    if magic == _GIT_LFS:
        return "the file is a Git LFS pointer, not the audio itself; run `git lfs pull`"
    return (
        f"expected WAV, FLAC, Ogg Vorbis, Opus, MP3, AIFF or Wave64, found a file that begins with the bytes "
        f"{magic[:8].hex(' ')}; convert it, for example with `ffmpeg -i INPUT output.flac`"
    )
