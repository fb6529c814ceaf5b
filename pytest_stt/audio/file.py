"""A file with audio in it, opened anew by everyone who reads it."""

from __future__ import annotations

import hashlib
import os
import stat
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import IO, TYPE_CHECKING

import soundfile

from pytest_stt.audio.blocks import BLOCK_FRAMES, Samples, checked_rate, finite, mixed_down
from pytest_stt.audio.container import FLAC, Container, examine
from pytest_stt.errors import AudioError
from pytest_stt.text.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedReader
    from pathlib import Path

# libsndfile's number for "as many as there are": a FLAC that was written to a pipe doesn't say.
_UNKNOWN_FRAMES = 1 << 62


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

    path: Path
    container: Container
    sample_rate: int
    frames: int

    @classmethod
    def probe(cls, path: Path) -> AudioFile:
        """Read the header and check the file.

        Raises:
            AudioError: Naming the file, when it can't be read, is no audio, or is visibly not whole.
        """
        with _decoding(path) as (container, decoder):
            return cls(
                path=path,
                container=container,
                sample_rate=checked_rate(decoder.samplerate),
                frames=_count_frames(container, decoder),
            )

    def blocks(self) -> Iterator[Samples]:
        """Decode the file, mixed down to mono, a block at a time.

        Raises:
            AudioError: Naming the file, also at the end, when it has fewer frames than it announces.
        """
        with _decoding(self.path) as (_, decoder):
            self._check_unchanged(decoder)
            position = 0
            while position < self.frames:
                block = _read(decoder, min(BLOCK_FRAMES, self.frames - position))
                if not len(block):
                    raise AudioError(
                        f"the file is truncated or damaged: it announces {self.frames} frames of audio, "
                        f"{position} could be decoded; fetch or record it again"
                    )
                yield finite(mixed_down(block), first_frame=position)
                position += len(block)

    def _check_unchanged(self, decoder: _Decoder) -> None:
        says_how_many = decoder.frames < _UNKNOWN_FRAMES
        if decoder.samplerate != self.sample_rate or (says_how_many and decoder.frames != self.frames):
            raise AudioError("the file has changed since it was opened; run again when its writer is done")

    @contextmanager
    def open_upload(self) -> Iterator[tuple[str, IO[bytes], str]]:
        """Open the file as it is, for a multipart request: a name with a suffix, itself, its content type."""
        name = self.path.name if self.path.suffix else self.path.name + self.container.suffix
        with ExitStack() as stack:
            with _named(self.path):
                file = stack.enter_context(_open(self.path))
            yield name, file, self.container.content_type

    @cached_property
    def sha256(self) -> str:
        """The hash of the file's bytes, in hexadecimal digits."""
        with _named(self.path), _open(self.path) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _decoding(path: Path) -> Iterator[tuple[Container, _Decoder]]:
    with _named(path), ExitStack() as stack:
        file: IO[bytes] = stack.enter_context(_open(path))
        container, excerpt = examine(file)
        if excerpt:
            file = stack.enter_context(excerpt.copied_from(file))
        os.lseek(file.fileno(), 0, os.SEEK_SET)
        yield container, stack.enter_context(_Decoder(file.fileno(), closefd=False))


@contextmanager
def _named(path: Path) -> Iterator[None]:
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


def _open(path: Path) -> BufferedReader:
    # Asked first: opening a named pipe would wait for somebody to write into it.
    try:
        mode = path.stat().st_mode
    except ValueError as error:
        raise AudioError(f"no file can have this name ({error}); check its path") from None
    if not stat.S_ISREG(mode):
        found = "a directory" if path.is_dir() else "no regular file"
        raise AudioError(f"expected an audio file, found {found}; check its path")
    return path.open("rb")


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


def _read(decoder: _Decoder, frames: int) -> Samples:
    block: Samples = decoder.read(frames, dtype="float32", always_2d=True)
    return block
