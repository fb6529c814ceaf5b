"""An utterance to transcribe."""

from __future__ import annotations

import io
import os
import wave
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import IO, TYPE_CHECKING

import numpy as np

from pytest_stt.audio.array import AudioArray
from pytest_stt.audio.blocks import Samples, checked_chunk_ms, checked_rate, cut, resampled
from pytest_stt.audio.encoding import AudioEncoding, checked_encoding, encode, packed, quantised
from pytest_stt.audio.file import AudioFile, probe_once
from pytest_stt.audio.origin import InMemory, OnDisk
from pytest_stt.audio.segment import AudioSegment, checked_span, segment_of
from pytest_stt.errors import AudioError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from numpy.typing import ArrayLike


@dataclass(frozen=True, kw_only=True)
class AudioSample:
    """Audio, what is said in it, and the audio as a server wants it: mono, at any rate and encoding.

    Made by `from_file`, `from_bytes` or `from_array`. A file is decoded when its samples are asked for, a
    block at a time, and again each time; any number of threads may ask at once. All methods that give samples
    raise `AudioError`, naming the file, when it turns out not to be whole.

    Attributes:
        name: What to call it in reports.
        language: The language of the speech, as the suite names it.
        reference_text: What is said, as a human wrote it down; empty for silence.
        audio_path: The file, None for bytes and arrays.
        sample_rate: The audio's own rate in hertz, 1000 to 768000.
        duration_ms: The audio's length in milliseconds.
    """

    name: str
    language: str | None
    reference_text: str
    audio_path: Path | None
    sample_rate: int
    duration_ms: float
    _source: AudioFile | AudioSegment | AudioArray = field(repr=False)

    @classmethod
    def from_file(
        cls,
        path: str | os.PathLike[str],
        *,
        reference_text: str = "",
        language: str | None = None,
        name: str | None = None,
        offset_s: float = 0.0,
        duration_s: float | None = None,
    ) -> AudioSample:
        """Read the header of a WAV, FLAC, Ogg Vorbis, Opus, MP3, AIFF or Wave64 file and check the file.

        Checked without decoding is whether a WAV's audio, the pages of an Ogg, the frames of an MP3 and
        the last frame of a FLAC are there; the rest is checked as the file is decoded. A FLAC from a
        pipe, whose header doesn't say how long it is, is decoded once.

        Args:
            path: The file, of any sample width and any number of channels (their mean is used).
            reference_text: What is said in it.
            language: The language of the speech.
            name: What to call it in reports; the file's name without its suffix when left out.
            offset_s: Where in the file to begin, in seconds, rounded to frames.
            duration_s: How much of the file to take, in seconds; None for up to its end. Up to 10 ms more
                than there are is the end.

        Raises:
            AudioError: The file is missing, unreadable, no audio, truncated, has no samples in it, or is
                shorter than the segment.
        """
        if not isinstance(path, str | os.PathLike):
            raise AudioError(f"expected the path of an audio file as a str or a Path, found {path!r:.60}")
        audio_path = Path(path)
        # Made absolute: the file is opened again later, and a test may have changed the directory by then.
        place = audio_path.absolute()
        span = checked_span(offset_s, duration_s)
        source = segment_of(probe_once(place), *span) if span else AudioFile.probe(OnDisk(path=place))
        return cls._of(
            source, audio_path.stem if name is None else name, reference_text, language, audio_path
        )

    @classmethod
    def from_bytes(
        cls,
        data: bytes,
        *,
        file_name: str | os.PathLike[str],
        reference_text: str = "",
        language: str | None = None,
        name: str | None = None,
        offset_s: float = 0.0,
        duration_s: float | None = None,
    ) -> AudioSample:
        """Take the bytes of an audio file as `from_file` takes a file, with the same checks.

        Args:
            data: The whole file.
            file_name: What messages call it; its last part is the name that a server is given. Nothing
                needs to be there.
            reference_text: What is said in it.
            language: The language of the speech.
            name: What to call it in reports; the file's name without its suffix when left out.
            offset_s: As for `from_file`.
            duration_s: As for `from_file`.

        Raises:
            AudioError: The bytes are no audio, truncated, without samples, or shorter than the segment.
        """
        if not isinstance(data, bytes):
            raise AudioError(f"expected the bytes of an audio file, found {type(data).__name__}")
        path = PurePath(file_name)
        span = checked_span(offset_s, duration_s)
        file = AudioFile.probe(InMemory(path=path, data=data))
        source = segment_of(file, *span) if span else file
        return cls._of(source, path.stem if name is None else name, reference_text, language, None)

    @classmethod
    def from_array(
        cls,
        samples: ArrayLike,
        sample_rate: int,
        *,
        reference_text: str = "",
        language: str | None = None,
        name: str = "array",
    ) -> AudioSample:
        """Take audio that is in memory; it is copied.

        Args:
            samples: Of shape (frames,) or (frames, channels), whose mean is used. Floats from -1 to 1, or
                int16, int32 or uint8 over their full range (128 is silence in uint8).
            sample_rate: In hertz, a whole number from 1000 to 768000.
            reference_text: What is said in it.
            language: The language of the speech.
            name: What to call it in reports.

        Raises:
            AudioError: The array is empty, ragged, of another type or shape, has a sample that is not
                finite, or the sample rate is none.
        """
        return cls._of(AudioArray(samples, sample_rate), name, reference_text, language, None)

    @classmethod
    def _of(
        cls,
        source: AudioFile | AudioSegment | AudioArray,
        name: str,
        reference_text: str,
        language: str | None,
        audio_path: Path | None,
    ) -> AudioSample:
        return cls(
            name=name,
            language=language,
            reference_text=reference_text,
            audio_path=audio_path,
            sample_rate=source.sample_rate,
            duration_ms=source.frames * 1000 / source.sample_rate,
            _source=source,
        )

    def float32(self, sample_rate: int | None = None) -> Samples:
        """Return mono float32 samples, shape (frames,), at `sample_rate` in hertz or the audio's own rate.

        Resampled by libsoxr, quality HQ. Full scale is -1 to 1; what a float file or a resampling peak has
        beyond is left as it is.
        """
        return np.concatenate([np.empty(0, np.float32), *self._blocks(self._rate(sample_rate))])

    def pcm16(self, sample_rate: int | None = None) -> bytes:
        """Return mono PCM16, little-endian: samples times 32767, rounded half to even, clipped."""
        blocks = self._blocks(self._rate(sample_rate))
        return b"".join(encode(block, AudioEncoding.PCM16) for block in blocks)

    def wav_bytes(self, sample_rate: int | None = None) -> bytes:
        """Return a mono PCM16 WAV file."""
        rate, pcm16 = self._rate(sample_rate), self.pcm16(sample_rate)
        buffer = io.BytesIO()
        with wave.open(buffer, "wb") as writer:
            writer.setnchannels(1)
            writer.setsampwidth(2)
            writer.setframerate(rate)
            writer.writeframes(pcm16)
        return buffer.getvalue()

    def chunks(
        self, *, chunk_ms: int, encoding: AudioEncoding, sample_rate: int | None = None
    ) -> Generator[bytes, None, None]:
        """Return the audio in pieces of `chunk_ms` milliseconds, the last of which may be shorter.

        Joined, they are exactly what `float32` (little-endian) and `pcm16` give; with `PCM16_BASE64` each
        chunk is the base64 of a PCM16 one. Chunk k begins at frame k * chunk_ms * rate // 1000. The file
        is decoded as the chunks are taken and is never held whole.

        Raises:
            AudioError: At once for a wrong `chunk_ms`, `encoding` or `sample_rate`; while the chunks are
                taken, for a file that isn't whole.
        """
        rate, length_ms = self._rate(sample_rate), checked_chunk_ms(chunk_ms)
        form = checked_encoding(encoding)
        numbers = (quantised(block, form) for block in self._blocks(rate))
        return (packed(chunk, form) for chunk in cut(numbers, rate, length_ms))

    @property
    def sha256(self) -> str:
        """The hash of the file's bytes, also for a segment of it, computed once.

        For an array: of its mono samples as float32 little-endian, followed by the rate in ASCII digits.
        """
        return self._source.sha256

    @property
    def known_sha256(self) -> str | None:
        """What `sha256` is, if it was computed before; None rather than reading the audio for it."""
        return vars(self._source).get("sha256")

    @property
    def goes_as_it_is(self) -> bool:
        """Whether an upload is the file itself; what is made for it takes time."""
        return isinstance(self._source, AudioFile)

    def open_upload(self) -> AbstractContextManager[tuple[str, IO[bytes], str]]:
        """Open the audio for a multipart HTTP request: file name with a suffix, binary file, content type.

        A file goes as it is, undecoded; a segment of one and an array as a mono PCM16 WAV file at their own
        rate.
        """
        source = self._source
        if isinstance(source, AudioFile):
            return source.open_upload()
        stem = source.file.origin.path.stem if isinstance(source, AudioSegment) else self.name
        return self._open_wav(f"{stem}.wav")

    @contextmanager
    def _open_wav(self, name: str) -> Iterator[tuple[str, IO[bytes], str]]:
        with io.BytesIO(self.wav_bytes()) as file:
            yield name, file, "audio/wav"

    def _blocks(self, sample_rate: int) -> Iterator[Samples]:
        return resampled(self._source.blocks(), self.sample_rate, sample_rate)

    def _rate(self, sample_rate: int | None) -> int:
        return self.sample_rate if sample_rate is None else checked_rate(sample_rate)
