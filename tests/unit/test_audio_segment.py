"""A part of an audio file gives exactly its frames, and nothing else of the file is needed for it."""

from __future__ import annotations

import hashlib
import io
import os
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from audio_makers import cut, speech_like, with_bytes, write
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_stt import AudioEncoding, AudioError, AudioSample

FORMATS = [
    ("a.wav", {"subtype": "PCM_16"}),
    ("a.wav", {"subtype": "FLOAT"}),
    ("a.wav", {"subtype": "ULAW"}),
    ("a.wav", {"subtype": "IMA_ADPCM"}),
    ("a.wav", {"subtype": "GSM610"}),
    ("a.wav", {"format": "RF64", "subtype": "PCM_24"}),
    ("a.w64", {"subtype": "PCM_16"}),
    ("a.aiff", {"subtype": "PCM_16"}),
    ("a.aiff", {"subtype": "DWVW_16"}),
    ("a.flac", {}),
    ("a.ogg", {"subtype": "VORBIS"}),
    ("a.opus", {"format": "OGG", "subtype": "OPUS"}),
    ("a.mp3", {}),
]
RATE = 16_000


@pytest.fixture(scope="module")
def wholes(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Path, Any]]:
    folder = tmp_path_factory.mktemp("wholes")
    paths = [
        write(folder / f"{number}-{name}", speech_like(3.3), **options)
        for number, (name, options) in enumerate(FORMATS)
    ]
    return [(path, AudioSample.from_file(path).float32()) for path in paths]


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(range(len(FORMATS))), st.floats(0, 3.29), st.floats(0.001, 3.3))
def test_a_segment_has_the_frames_of_the_whole_file(
    wholes: list[tuple[Path, Any]], which: int, offset_s: float, duration_s: float
) -> None:
    path, whole = wholes[which]
    duration_s = min(duration_s, len(whole) / RATE - offset_s)
    sample = AudioSample.from_file(path, offset_s=offset_s, duration_s=duration_s)
    expected = whole[round(offset_s * RATE) : round((offset_s + duration_s) * RATE)]
    # The MP3 decoder of libsndfile gives other last bits each time, also for a whole file.
    np.testing.assert_allclose(sample.float32(), expected, rtol=0, atol=3e-7)
    assert sample.duration_ms == len(expected) * 1000 / RATE


@pytest.mark.parametrize("which", range(len(FORMATS)))
def test_a_segment_without_a_duration_goes_up_to_the_end(wholes: list[tuple[Path, Any]], which: int) -> None:
    path, whole = wholes[which]
    sample = AudioSample.from_file(path, offset_s=3.25)
    np.testing.assert_allclose(sample.float32(), whole[52_000:], rtol=0, atol=3e-7)


def test_segments_that_meet_have_all_frames_once(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", speech_like(1, 44_100), 44_100, subtype="FLOAT")
    third = 1 / 3
    parts = [
        AudioSample.from_file(path, offset_s=0, duration_s=third),
        AudioSample.from_file(path, offset_s=third, duration_s=third),
        AudioSample.from_file(path, offset_s=2 * third),
    ]
    joined = np.concatenate([part.float32() for part in parts])
    np.testing.assert_array_equal(joined, AudioSample.from_file(path).float32())


def test_every_way_to_have_samples_gives_the_segment_alone(tmp_path: Path) -> None:
    path = write(tmp_path / "a.flac", speech_like(3, channels=2))
    sample = AudioSample.from_file(path, offset_s=1.5, duration_s=1)
    whole = AudioSample.from_file(path)
    assert sample.pcm16() == whole.pcm16()[48_000:80_000]
    chunks = list(sample.chunks(chunk_ms=300, encoding=AudioEncoding.PCM16))
    assert [len(chunk) for chunk in chunks] == [9600, 9600, 9600, 3200]
    assert b"".join(chunks) == sample.pcm16()
    assert len(sample.float32(8000)) == 8000
    assert (sample.duration_ms, sample.sample_rate, sample.audio_path) == (1000.0, RATE, path)


def test_the_upload_of_a_segment_is_a_wav_of_it_alone(tmp_path: Path) -> None:
    path = write(tmp_path / "long talk.flac", speech_like(3, 44_100, 2), 44_100)
    sample = AudioSample.from_file(path, name="case-7", offset_s=1.5, duration_s=1)
    with sample.open_upload() as (name, file, content_type):
        content = file.read()
    assert (name, content_type) == ("long talk.wav", "audio/wav")
    with wave.open(io.BytesIO(content)) as reader:
        assert (reader.getframerate(), reader.getnchannels(), reader.getsampwidth()) == (44_100, 1, 2)
        assert reader.readframes(100_000) == sample.pcm16()


@pytest.mark.parametrize("span", [{}, {"offset_s": 0.0}, {"duration_s": 2.0}, {"duration_s": 2.009}])
def test_a_segment_that_is_the_whole_file_goes_as_it_is(tmp_path: Path, span: dict[str, float]) -> None:
    path = write(tmp_path / "a.flac", speech_like(2))
    with AudioSample.from_file(path, **span).open_upload() as (name, file, content_type):
        assert (name, content_type, file.read()) == ("a.flac", "audio/flac", path.read_bytes())


def test_the_hash_of_a_segment_is_that_of_its_file(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", speech_like(2))
    sample = AudioSample.from_file(path, offset_s=1)
    assert sample.known_sha256 is None
    assert sample.sha256 == hashlib.sha256(path.read_bytes()).hexdigest() == sample.known_sha256


@pytest.mark.parametrize(
    ("offset_s", "duration_s", "found"),
    [
        (2.0, None, "from 2 s to the end"),
        (2.0, 0.005, "from 2 s to 2.005 s"),
        (7, 1, "from 7 s to 8 s"),
        (1.5, 0.511, "from 1.5 s to 2.011 s"),
        (0, 2.02, "from 0 s to 2.02 s"),
        (1e306, None, r"from 1e\+306 s to the end"),
        (1e306, 1e308, r"from 1e\+306 s to 1\.01e\+308 s"),
    ],
)
def test_a_segment_beyond_the_file_is_an_error_with_file_segment_and_length(
    tmp_path: Path, offset_s: float, duration_s: float | None, found: str
) -> None:
    path = write(tmp_path / "a.wav", speech_like(2))
    with pytest.raises(AudioError, match=rf"a\.wav: .* within the 2 s of the file, found one {found};"):
        AudioSample.from_file(path, offset_s=offset_s, duration_s=duration_s)


def test_a_duration_that_was_rounded_up_ends_with_the_file(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", speech_like(2))
    assert AudioSample.from_file(path, offset_s=1.5, duration_s=0.509).duration_ms == 500.0


def test_a_segment_shorter_than_a_frame_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", speech_like(1))
    with pytest.raises(AudioError, match=r"a\.wav: a segment of 1e-05 s is shorter than a frame at 16000 Hz"):
        AudioSample.from_file(path, offset_s=0.5, duration_s=1e-5)


@pytest.mark.parametrize(
    ("span", "message"),
    [
        ({"offset_s": -1}, "offset_s to be a finite number of seconds, at least 0, found -1"),
        ({"offset_s": float("nan")}, "offset_s to be a finite number of seconds, at least 0, found nan"),
        ({"offset_s": "1"}, "offset_s to be a finite number of seconds, at least 0, found '1'"),
        ({"duration_s": float("inf")}, "duration_s to be a finite number of seconds"),
        ({"duration_s": 0}, "duration_s to be above 0 seconds, found 0"),
    ],
)
def test_what_is_no_time_is_an_error(tmp_path: Path, span: dict[str, Any], message: str) -> None:
    path = write(tmp_path / "a.wav", speech_like(1))
    with pytest.raises(AudioError, match=message):
        AudioSample.from_file(path, **span)


def test_a_segment_of_a_missing_file_says_that_it_is_missing(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match=r"nowhere\.wav: the file can't be read"):
        AudioSample.from_file(tmp_path / "nowhere.wav", offset_s=1)
    with pytest.raises(AudioError, match="no file can have this name"):
        AudioSample.from_file("a\0.wav", offset_s=1)


def test_a_segment_of_a_cut_file_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.flac", speech_like(4))
    with pytest.raises(AudioError, match=r"a-cut\.flac: the file is truncated"):
        AudioSample.from_file(cut(path, path.stat().st_size // 2), offset_s=0.5, duration_s=0.5)


def test_only_the_part_that_is_asked_for_is_decoded(tmp_path: Path) -> None:
    """Damage before and behind a segment doesn't hurt it; within it, it does."""
    path = write(tmp_path / "a.flac", speech_like(60))
    content = bytearray(path.read_bytes())
    at = len(content) // 8
    content[at : at + 30_000] = bytes(30_000)
    damaged = with_bytes(path, "damaged.flac", bytes(content))
    sample = AudioSample.from_file(damaged, offset_s=45, duration_s=2)
    expected = AudioSample.from_file(path).float32()[45 * RATE : 47 * RATE]
    np.testing.assert_array_equal(sample.float32(), expected)
    with pytest.raises(AudioError, match=r"damaged\.flac"):
        AudioSample.from_file(damaged, offset_s=6, duration_s=5).float32()


def test_a_flac_that_does_not_know_its_length_has_segments(tmp_path: Path) -> None:
    path = write(tmp_path / "a.flac", speech_like(3))
    content = bytearray(path.read_bytes())
    # The 36 bits of STREAMINFO that count the samples (RFC 9639, 8.2).
    content[21] &= 0xF0
    content[22:26] = bytes(4)
    piped = with_bytes(path, "piped.flac", bytes(content))
    sample = AudioSample.from_file(piped, offset_s=2, duration_s=0.5)
    np.testing.assert_array_equal(sample.float32(), AudioSample.from_file(path).float32()[32_000:40_000])


def test_a_file_that_changed_between_two_segments_is_looked_at_again(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", speech_like(3))
    first = AudioSample.from_file(path, offset_s=1)
    assert first.duration_ms == 2000.0
    write(path, speech_like(4))
    os.utime(path, ns=(1, 1))
    assert AudioSample.from_file(path, offset_s=1).duration_ms == 3000.0
    with pytest.raises(AudioError, match="the file has changed since it was opened"):
        first.float32()


def test_bytes_are_taken_as_their_file_is(tmp_path: Path) -> None:
    path = write(tmp_path / "hello.flac", speech_like(2))
    content = path.read_bytes()
    sample = AudioSample.from_bytes(
        content, file_name="table/3/hello.flac", reference_text="hi", language="en"
    )
    whole = AudioSample.from_file(path)
    np.testing.assert_array_equal(sample.float32(), whole.float32())
    assert (sample.name, sample.reference_text, sample.language) == ("hello", "hi", "en")
    assert (sample.sha256, sample.duration_ms) == (whole.sha256, 2000.0)
    assert sample.audio_path is None
    with sample.open_upload() as (name, file, content_type):
        assert (name, content_type, file.read()) == ("hello.flac", "audio/flac", content)


def test_bytes_without_a_suffix_are_uploaded_with_that_of_their_content() -> None:
    sample = AudioSample.from_bytes(_wav(1), file_name="table/row 3", name="case")
    with sample.open_upload() as (name, _, content_type):
        assert (sample.name, name, content_type) == ("case", "row 3.wav", "audio/wav")


def test_a_segment_of_bytes_has_its_frames_alone(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp3", speech_like(2))
    sample = AudioSample.from_bytes(path.read_bytes(), file_name="t/a.mp3", offset_s=0.5, duration_s=1)
    expected = AudioSample.from_file(path).float32()[8000:24_000]
    np.testing.assert_allclose(sample.float32(), expected, rtol=0, atol=3e-7)
    with sample.open_upload() as (name, _, _):
        assert name == "a.wav"
    with pytest.raises(AudioError, match=r"t/a\.mp3: expected a segment within the 2 s"):
        AudioSample.from_bytes(path.read_bytes(), file_name="t/a.mp3", offset_s=2.5)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"table/3/a\.wav: the file is empty"),
        (b"no audio at all", r"table/3/a\.wav: expected WAV, FLAC"),
        ("text", "expected the bytes of an audio file, found str"),
    ],
)
def test_bytes_that_are_no_audio_are_an_error_with_their_name(content: Any, message: str) -> None:
    with pytest.raises(AudioError, match=message):
        AudioSample.from_bytes(content, file_name="table/3/a.wav")


def test_bytes_that_were_cut_are_an_error() -> None:
    with pytest.raises(AudioError, match=r"b/a\.wav: the file is truncated"):
        AudioSample.from_bytes(_wav(2)[:20_000], file_name="b/a.wav")


def _wav(seconds: float) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, speech_like(seconds), RATE, format="WAV")
    return file.getvalue()
