"""A file with audio in it, opened anew by everyone who reads it."""

from __future__ import annotations

import io
import os
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import IO, TYPE_CHECKING

import soundfile

from pytest_stt.audio.blocks import BLOCK_FRAMES, Samples, checked_rate, finite, mixed_down
from pytest_stt.audio.container import FLAC, OGG, Container, examine
from pytest_stt.audio.excerpt import Excerpt
from pytest_stt.audio.origin import OnDisk
from pytest_stt.errors import AudioError
from pytest_stt.text.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path, PurePath

    from pytest_stt.audio.origin import Origin

# libsndfile's number for "as many as there are": a FLAC that was written to a pipe doesn't say.
_UNKNOWN_FRAMES = 1 << 62

# What libsndfile 1.2 finds any frame of: in Vorbis it comes out elsewhere near the end of a file, or crashes;
# in MP3 it prints to stderr; and the encodings with a memory it seeks in only sometimes.
_SEEKABLE = frozenset(
    ("PCM_S8", "PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW", "ALAW"),
)


class _Decoder(soundfile.SoundFile):  # type: ignore[misc]
    """libsndfile, only ever read forward.

    Said to be seekable, soundfile seeks after every block to where it is already. In an MP3 that makes
    the decoder start anew: the audio has a crack at every block, and mpg123 complains on stderr.
    """

    def seekable(self) -> bool:
        return False


@dataclass(frozen=True, kw_only=True)
class AudioFile:
    """What is known of a file without decoding it: its frames are counted at `sample_rate`, in hertz."""

    origin: Origin
    container: Container
    sample_rate: int
    frames: int

    @classmethod
    def probe(cls, origin: Origin) -> AudioFile:
        """Read the header and check the file.

        Raises:
            AudioError: Naming the file, when it can't be read, is no audio, or is visibly not whole.
        """
        with _decoding(origin) as (container, decoder):
            return cls(
                origin=origin,
                container=container,
                sample_rate=checked_rate(decoder.samplerate),
                frames=_count_frames(container, decoder),
            )

    def blocks(self, begin: int = 0, end: int | None = None) -> Iterator[Samples]:
        """Decode the frames from `begin` to before `end`, mixed down to mono, a block at a time.

        What is before them is decoded too where libsndfile can't be trusted to find a frame.

        Raises:
            AudioError: Naming the file, also at the end, when it has fewer frames than it announces.
        """
        end = self.frames if end is None else end
        with _decoding(self.origin) as (container, decoder):
            self._check_unchanged(decoder)
            position = _seek_towards(begin, container, decoder)
            while position < end:
                block = _read(decoder, min(BLOCK_FRAMES, (end if position >= begin else begin) - position))
                if not len(block):
                    raise AudioError(
                        f"the file is truncated or damaged: it announces {self.frames} frames of audio, "
                        f"{position} could be decoded; fetch or record it again"
                    )
                if position >= begin:
                    yield finite(mixed_down(block), first_frame=position)
                position += len(block)

    def _check_unchanged(self, decoder: _Decoder) -> None:
        says_how_many = decoder.frames < _UNKNOWN_FRAMES
        if decoder.samplerate != self.sample_rate or (says_how_many and decoder.frames != self.frames):
            raise AudioError("the file has changed since it was opened; run again when its writer is done")

    @contextmanager
    def open_upload(self) -> Iterator[tuple[str, IO[bytes], str]]:
        """Open the file as it is, for a multipart request: a name with a suffix, itself, its content type."""
        path = self.origin.path
        name = path.name if path.suffix else path.name + self.container.suffix
        with ExitStack() as stack:
            with _named(path):
                file = stack.enter_context(self.origin.open())
            yield name, file, self.container.content_type

    @cached_property
    def sha256(self) -> str:
        """The hash of the file's bytes, in hexadecimal digits."""
        with _named(self.origin.path):
            return self.origin.sha256()


def probe_once(path: Path) -> AudioFile:
    """Do what `AudioFile.probe` does, once for as long as the file's size and time stay.

    For a file with many segments: to check it may take a walk through all of it.

    Raises:
        AudioError: As `AudioFile.probe`.
    """
    try:
        status = path.stat()
    except (OSError, ValueError):
        return AudioFile.probe(OnDisk(path=path))
    return _probe(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=64)
def _probe(path: Path, _mtime_ns: int, _size: int) -> AudioFile:
    return AudioFile.probe(OnDisk(path=path))


@contextmanager
def _decoding(origin: Origin) -> Iterator[tuple[Container, _Decoder]]:
    with _named(origin.path), ExitStack() as stack:
        file: IO[bytes] = stack.enter_context(origin.open())
        container, excerpt = examine(file)
        if excerpt is None and isinstance(file, io.BytesIO):
            excerpt = Excerpt(head=b"", start=0, end=len(file.getbuffer()))
        if excerpt:
            file = stack.enter_context(excerpt.copied_from(file))
        os.lseek(file.fileno(), 0, os.SEEK_SET)
        yield container, stack.enter_context(_Decoder(file.fileno(), closefd=False))


@contextmanager
def _named(path: PurePath) -> Iterator[None]:
    """Let whatever goes wrong with the file say which file it is."""
    try:
        yield
    except AudioError as error:
        raise AudioError(f"{printable(str(path))}: {error}") from None
    except OSError as error:
        raise AudioError(
            f"{printable(str(path))}: the file can't be read ({error.strerror or error}); "
            "check its path and its permissions"
        ) from error
    except soundfile.LibsndfileError as error:
        raise AudioError(
            f"{printable(str(path))}: the file is truncated, damaged or of an encoding that can't be decoded "
            f"({printable(error.error_string)}); fetch or record it again, or convert it"
        ) from error


def _count_frames(container: Container, decoder: _Decoder) -> int:
    frames = int(decoder.frames)
    if frames >= _UNKNOWN_FRAMES:
        frames = sum(iter(lambda: len(_read(decoder, BLOCK_FRAMES)), 0))
    elif container is FLAC:
        _check_last_frames(decoder, frames)
    if not frames:
        raise AudioError("the file holds no audio (0 frames); record it again")
    return frames


def _check_last_frames(decoder: _Decoder, frames: int) -> None:
    # A block rather than the very last frame: to seek to that one, libFLAC may decode all before it.
    last = min(frames, BLOCK_FRAMES)
    try:
        decoder.seek(frames - last)
        found = len(_read(decoder, last))
    except soundfile.LibsndfileError:
        found = 0
    if found < last:
        raise AudioError(
            f"the file is truncated or damaged: it announces {frames} frames of audio, the last of them "
            "can't be decoded; fetch or record it again"
        )


def _seek_towards(frame: int, container: Container, decoder: _Decoder) -> int:
    """Move the decoder to the frame, or to one before it; return to which."""
    # libFLAC may decode everything to find one of the last frames, see _check_last_frames.
    target = min(frame, decoder.frames - BLOCK_FRAMES)
    is_found = container is not OGG and decoder.subtype in _SEEKABLE and decoder.frames < _UNKNOWN_FRAMES
    return int(decoder.seek(target)) if is_found and target > 0 else 0


def _read(decoder: _Decoder, frames: int) -> Samples:
    block: Samples = decoder.read(frames, dtype="float32", always_2d=True)
    return block
