from __future__ import annotations

import hashlib
import os
import struct
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from audio_makers import cut, speech_like, with_bytes, write

from pytest_stt import AudioEncoding, AudioError, AudioSample

EXACT = [
    ("a.wav", {"subtype": "PCM_16"}, 2**-15),
    ("a.wav", {"subtype": "PCM_24"}, 2**-23),
    ("a.wav", {"subtype": "PCM_32"}, 2**-23),
    ("a.wav", {"subtype": "PCM_U8"}, 2**-6),
    ("a.wav", {"subtype": "FLOAT"}, 0),
    ("a.wav", {"subtype": "DOUBLE"}, 0),
    ("a.wav", {"subtype": "ALAW"}, 0.03),
    ("a.wav", {"subtype": "ULAW"}, 0.03),
    ("a.wav", {"format": "WAVEX", "subtype": "PCM_24"}, 2**-23),
    ("a.wav", {"format": "WAVEX", "subtype": "FLOAT"}, 0),
    ("a.wav", {"format": "RF64", "subtype": "PCM_16"}, 2**-15),
    ("a.wav", {"subtype": "PCM_16", "endian": "BIG"}, 2**-15),
    ("a.w64", {"subtype": "PCM_16"}, 2**-15),
    ("a.aiff", {"subtype": "PCM_24"}, 2**-23),
    ("a.flac", {"subtype": "PCM_16"}, 2**-15),
    ("a.flac", {"subtype": "PCM_24"}, 2**-23),
]
LOSSY = [("a.ogg", {"subtype": "VORBIS"}), ("a.opus", {"format": "OGG", "subtype": "OPUS"}), ("a.mp3", {})]


@pytest.mark.parametrize(("name", "options", "tolerance"), EXACT)
@pytest.mark.parametrize("channels", [1, 2])
def test_what_was_written_is_what_is_read(
    tmp_path: Path, name: str, options: dict[str, str], tolerance: float, channels: int
) -> None:
    written = speech_like(1.3, 16_000, channels)
    sample = AudioSample.from_file(write(tmp_path / name, written, **options))
    assert (sample.sample_rate, sample.duration_ms) == (16_000, 1300.0)
    mono = written if channels == 1 else written.mean(axis=1)
    np.testing.assert_allclose(sample.float32(), mono, rtol=0, atol=tolerance + 1e-7)


@pytest.mark.parametrize(("name", "options"), LOSSY)
@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate", [8000, 16_000, 48_000])
def test_lossy_audio_sounds_like_what_was_written(
    tmp_path: Path, name: str, options: dict[str, str], channels: int, rate: int
) -> None:
    written = speech_like(1.3, rate, channels)
    sample = AudioSample.from_file(write(tmp_path / name, written, rate, **options))
    assert (sample.sample_rate, sample.duration_ms) == (rate, 1300.0)
    mono = written if channels == 1 else written.mean(axis=1)
    assert np.corrcoef(sample.float32(), mono)[0, 1] > 0.95


@pytest.mark.parametrize("subtype", ["GSM610", "IMA_ADPCM", "MS_ADPCM"])
def test_a_compressed_wav_is_read_to_its_end(tmp_path: Path, subtype: str) -> None:
    sample = AudioSample.from_file(write(tmp_path / "a.wav", speech_like(1, 8000), 8000, subtype=subtype))
    decoded = sample.float32()
    assert len(decoded) == sample.duration_ms * 8 >= 8000
    assert np.corrcoef(decoded[:8000], speech_like(1, 8000))[0, 1] > 0.95


def test_a_files_fields_say_what_the_caller_said(tmp_path: Path) -> None:
    path = write(tmp_path / "hello.world.wav", speech_like(0.5))
    plain = AudioSample.from_file(path)
    assert (plain.name, plain.language, plain.reference_text) == ("hello.world", None, "")
    assert plain.audio_path == path
    named = AudioSample.from_file(str(path), reference_text="Hello.", language="en", name="h")
    assert (named.name, named.language, named.reference_text) == ("h", "en", "Hello.")


def test_two_samples_of_one_file_are_equal(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", speech_like(0.5))
    assert AudioSample.from_file(path) == AudioSample.from_file(path)
    assert AudioSample.from_array([0.5], 16_000) != AudioSample.from_array([0.25], 16_000)


def test_a_relative_path_still_means_the_same_file_in_another_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "a.wav", speech_like(0.1))
    monkeypatch.chdir(tmp_path)
    sample = AudioSample.from_file("a.wav")
    assert sample.audio_path == Path("a.wav")
    monkeypatch.chdir("/")
    assert len(sample.pcm16()) == 3200


def test_the_hash_is_that_of_the_file(tmp_path: Path) -> None:
    path = write(tmp_path / "a.flac", speech_like(0.5))
    sample = AudioSample.from_file(path)
    expected = hashlib.sha256(path.read_bytes()).hexdigest()
    assert sample.sha256 == expected
    path.unlink()
    assert sample.sha256 == expected


@pytest.mark.parametrize(
    ("name", "uploaded_as", "content_type"),
    [
        ("a.wav", "a.wav", "audio/wav"),
        ("b.flac", "b.flac", "audio/flac"),
        ("c.ogg", "c.ogg", "audio/ogg"),
        ("d.mp3", "d.mp3", "audio/mpeg"),
    ],
)
def test_a_file_is_uploaded_as_it_is(tmp_path: Path, name: str, uploaded_as: str, content_type: str) -> None:
    path = write(tmp_path / name, speech_like(0.5))
    with AudioSample.from_file(path).open_upload() as upload:
        assert (upload[0], upload[2]) == (uploaded_as, content_type)
        assert upload[1].read() == path.read_bytes()
    assert upload[1].closed


def test_a_file_without_a_suffix_is_uploaded_with_one(tmp_path: Path) -> None:
    path = write(tmp_path / "a.flac", speech_like(0.5)).rename(tmp_path / "recording")
    with AudioSample.from_file(path).open_upload() as (name, _, content_type):
        assert (name, content_type) == ("recording.flac", "audio/flac")


def test_an_error_of_the_request_stays_what_it_is(tmp_path: Path) -> None:
    sample = AudioSample.from_file(write(tmp_path / "a.wav", speech_like(0.5)))
    with pytest.raises(ConnectionRefusedError), sample.open_upload():
        raise ConnectionRefusedError


def test_content_counts_and_not_the_suffix(tmp_path: Path) -> None:
    path = write(tmp_path / "a.flac", speech_like(0.5)).rename(tmp_path / "a.raw")
    sample = AudioSample.from_file(path)
    assert sample.duration_ms == 500.0
    with sample.open_upload() as (name, _, content_type):
        assert (name, content_type) == ("a.raw", "audio/flac")


def test_many_threads_read_one_file(tmp_path: Path) -> None:
    for suffix in ("wav", "mp3", "ogg"):
        sample = AudioSample.from_file(write(tmp_path / f"a.{suffix}", speech_like(1.5)))
        with ThreadPoolExecutor(8) as pool:
            results = set(pool.map(lambda _, one=sample: one.pcm16(8000), range(16)))
        assert len(results) == 1


def test_a_directory_is_no_audio(tmp_path: Path) -> None:
    (tmp_path / "takes.wav").mkdir()
    with pytest.raises(AudioError, match=r"takes\.wav: expected an audio file, found a directory"):
        AudioSample.from_file(tmp_path / "takes.wav")


def test_a_named_pipe_is_no_audio_and_nobody_waits_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.wav")
    with pytest.raises(AudioError, match=r"pipe\.wav: expected an audio file, found no regular file"):
        AudioSample.from_file(tmp_path / "pipe.wav")


@pytest.mark.parametrize("name", ["a\0b.wav", "\ud800.wav"])
def test_a_name_that_no_file_can_have_is_told(name: str) -> None:
    with pytest.raises(AudioError, match=r"\.wav: no file can have this name \(.*\)"):
        AudioSample.from_file(name)


@pytest.mark.parametrize("path", [None, 5, b"hello.wav"])
def test_what_is_no_path_is_told(path: Any) -> None:
    with pytest.raises(AudioError, match="expected the path of an audio file as a str or a Path, found"):
        AudioSample.from_file(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        AudioError, match=r"nowhere\.wav: the file can't be read \(No such file or directory\)"
    ):
        AudioSample.from_file(tmp_path / "nowhere.wav")


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "secret.wav", speech_like(0.1))

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    # Tests may run as root, whom no file mode stops.
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(AudioError, match=r"secret\.wav: the file can't be read \(Permission denied\)"):
        AudioSample.from_file(path)


def test_a_name_full_of_escapes_is_shown_harmless(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match=r"\\x1b\[31mred\.wav: the file can't be read"):
        AudioSample.from_file(tmp_path / "\x1b[31mred.wav")


def test_a_file_that_goes_away_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "gone.wav", speech_like(0.1))
    sample = AudioSample.from_file(path)
    path.unlink()
    for use in (sample.pcm16, lambda: sample.sha256, lambda: sample.open_upload().__enter__()):
        with pytest.raises(AudioError, match=r"gone\.wav: the file can't be read"):
            use()


def test_a_file_that_changes_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "moving.wav", speech_like(0.1))
    sample = AudioSample.from_file(path)
    write(path, speech_like(0.2))
    with pytest.raises(AudioError, match=r"moving\.wav: the file has changed"):
        sample.pcm16()


@pytest.mark.parametrize("number", ["nan", "inf"])
def test_a_sample_that_is_no_number_is_refused_with_its_place(tmp_path: Path, number: str) -> None:
    samples = speech_like(2)
    samples[20_000] = float(number)
    sample = AudioSample.from_file(write(tmp_path / "broken.wav", samples, subtype="FLOAT"))
    with pytest.raises(AudioError, match=rf"broken\.wav: sample 20000 is {number}"):
        sample.pcm16(8000)


def test_a_sample_rate_of_nonsense_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "slow.wav", speech_like(0.1), 500)
    with pytest.raises(AudioError, match=r"slow\.wav: expected a sample rate .* found 500"):
        AudioSample.from_file(path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"hello", r"begins with the bytes 68 65 6c 6c 6f; convert it"),
        (b"\x00\x00\x00\x1cftypM4A ", "convert it, for example with `ffmpeg"),
        (b"\xff\xf1\x50\x80AAC", "expected WAV, FLAC, Ogg Vorbis, Opus, MP3"),
        (b"ID3\x04\x00\x00\x00\x00\x00\x00", "no audio follows it"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "run `git lfs pull`"),
        (b"OggS\0\x06" + bytes(21), "can't be decoded"),
        (b"fLaC" + bytes(100), "can't be decoded"),
    ],
)
def test_what_is_no_audio_is_refused_with_its_name(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "speech.wav").write_bytes(content)
    with pytest.raises(AudioError, match=rf"speech\.wav: .*{reason}"):
        AudioSample.from_file(tmp_path / "speech.wav")


@pytest.mark.parametrize("name", ["a.wav", "a.w64", "a.aiff"])
def test_a_file_without_a_sample_is_refused(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, np.zeros(0, np.float32))
    with pytest.raises(AudioError, match=rf"{name}: the file holds no audio"):
        AudioSample.from_file(path)


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.ogg", "a.mp3"])
def test_a_tag_in_front_and_a_tag_behind_do_no_harm(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, speech_like(1.5))
    before = b"ID3\x04\x00\x10\x00\x00\x01\x00" + bytes(128 + 10)
    after = b"TAG" + bytes(125)
    tagged = with_bytes(path, f"tagged-{name}", before + path.read_bytes() + after)
    assert AudioSample.from_file(tagged).pcm16() == AudioSample.from_file(path).pcm16()


@pytest.mark.parametrize("length", [0xFFFFFFFF, 0x7FFFFFFF, 0x7FFFF000, 0x80000000])
def test_a_wav_from_a_pipe_takes_all_that_follows(tmp_path: Path, length: int) -> None:
    path = write(tmp_path / "a.wav", speech_like(0.5))
    content = path.read_bytes()
    unknown = struct.pack("<I", length)
    piped = with_bytes(path, "piped.wav", content[:4] + unknown + content[8:40] + unknown + content[44:])
    assert AudioSample.from_file(piped).pcm16() == AudioSample.from_file(path).pcm16()


@pytest.mark.parametrize("riff_length", [0, 36, 0xFFFFFFFF])
def test_a_wav_whose_writer_never_came_back_takes_all_that_follows(tmp_path: Path, riff_length: int) -> None:
    path = write(tmp_path / "a.wav", speech_like(0.5))
    content = path.read_bytes()
    header = content[:4] + struct.pack("<I", riff_length) + content[8:40] + bytes(4)
    unfinished = with_bytes(path, "unfinished.wav", header + content[44:])
    sample = AudioSample.from_file(unfinished)
    assert sample.duration_ms == 500.0
    assert sample.pcm16() == AudioSample.from_file(path).pcm16()
    with sample.open_upload() as (_, file, _):
        assert file.read() == unfinished.read_bytes()


@pytest.mark.parametrize("behind", [b"", b"LIST\x04\x00\x00\x00INFO"])
def test_a_wav_that_says_it_is_empty_is_empty(tmp_path: Path, behind: bytes) -> None:
    path = write(tmp_path / "a.wav", speech_like(0.1))
    header = path.read_bytes()[:40]
    header = header[:4] + struct.pack("<I", 36 + len(behind)) + header[8:] + bytes(4)
    with pytest.raises(AudioError, match="the file holds no audio"):
        AudioSample.from_file(with_bytes(path, "empty.wav", header + behind))


@pytest.mark.parametrize("filler", [b"\0", b"\xff"])
def test_an_rf64_from_a_pipe_takes_all_that_follows(tmp_path: Path, filler: bytes) -> None:
    path = write(tmp_path / "a.wav", speech_like(0.5), format="RF64")
    content = path.read_bytes()
    piped = with_bytes(path, "piped.wav", content[:20] + filler * 24 + content[44:])
    assert AudioSample.from_file(piped).pcm16() == AudioSample.from_file(path).pcm16()


def test_a_flac_from_a_pipe_that_does_not_say_its_length_is_read_whole(tmp_path: Path) -> None:
    path = write(tmp_path / "a.flac", speech_like(1.5))
    content = bytearray(path.read_bytes())
    content[21] &= 0xF0  # the low half of byte 13 of STREAMINFO and the four after it count the samples
    content[22:26] = bytes(4)
    piped = with_bytes(path, "piped.flac", bytes(content))
    sample = AudioSample.from_file(piped)
    assert sample.duration_ms == 1500.0
    assert sample.pcm16() == AudioSample.from_file(path).pcm16()
    with pytest.raises(AudioError, match=r"piped-cut\.flac: the file is truncated"):
        AudioSample.from_file(cut(piped, -100))


def test_a_mono_chunk_of_a_stereo_file_is_the_mean(tmp_path: Path) -> None:
    stereo = np.stack([np.full(1600, 0.5), np.full(1600, -0.25)], axis=1)
    sample = AudioSample.from_file(write(tmp_path / "a.wav", stereo, subtype="FLOAT"))
    chunk = next(sample.chunks(chunk_ms=100, encoding=AudioEncoding.FLOAT32))
    assert set(np.frombuffer(chunk, "<f4").tolist()) == {0.125}
