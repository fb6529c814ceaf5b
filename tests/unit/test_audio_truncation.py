"""A file that was cut is an error at the latest when it has been decoded, never a shorter audio."""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np
import pytest
from audio_makers import cut, speech_like, with_bytes, write
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_stt import AudioError, AudioSample
from pytest_stt.audio.mpeg import frame_length

if TYPE_CHECKING:
    from pathlib import Path

FORMATS = [
    ("a.wav", {"subtype": "PCM_16"}),
    ("a.wav", {"subtype": "PCM_24"}),
    ("a.wav", {"subtype": "FLOAT"}),
    ("a.wav", {"subtype": "ULAW"}),
    ("a.wav", {"subtype": "IMA_ADPCM"}),
    ("a.wav", {"format": "WAVEX", "subtype": "PCM_16"}),
    ("a.wav", {"format": "RF64", "subtype": "PCM_16"}),
    ("a.wav", {"subtype": "PCM_16", "endian": "BIG"}),
    ("a.w64", {"subtype": "PCM_16"}),
    ("a.aiff", {"subtype": "PCM_16"}),
    ("a.flac", {}),
    ("a.ogg", {"subtype": "VORBIS"}),
    ("a.opus", {"format": "OGG", "subtype": "OPUS"}),
    ("a.mp3", {}),
]


@pytest.fixture(scope="module")
def whole_files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    directory = tmp_path_factory.mktemp("whole")
    return [
        write(directory / f"{number}-{name}", speech_like(2.5), **options)
        for number, (name, options) in enumerate(FORMATS)
    ]


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(range(len(FORMATS))), st.one_of(st.floats(0, 1), st.integers(-40, -1)))
def test_a_cut_file_is_an_error_with_its_name(whole_files: list[Path], which: int, at: float) -> None:
    path = whole_files[which]
    size = path.stat().st_size
    kept = size + int(at) if at < 0 else int(size * at)
    part = cut(path, min(kept, size - 1))
    with pytest.raises(AudioError, match=re.escape(part.name)):
        AudioSample.from_file(part).float32()


@pytest.mark.parametrize(("name", "options"), FORMATS)
def test_half_a_file_is_refused_before_it_is_decoded(
    tmp_path: Path, name: str, options: dict[str, str]
) -> None:
    path = write(tmp_path / name, speech_like(2.5), **options)
    with pytest.raises(AudioError, match="the file is truncated"):
        AudioSample.from_file(cut(path, path.stat().st_size // 2))


def test_the_error_of_a_cut_wav_has_the_numbers(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", speech_like(1))
    with pytest.raises(AudioError, match=r"announces 32000 bytes of audio, 16000 are there; fetch or record"):
        AudioSample.from_file(cut(path, 44 + 16_000))


def test_the_error_of_a_wav_that_ends_in_its_header_says_so(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", speech_like(1))
    with pytest.raises(AudioError, match="it ends after 40 bytes, before its audio begins"):
        AudioSample.from_file(cut(path, 40))


def test_a_chunk_of_nonsense_ends_the_search(tmp_path: Path) -> None:
    path = write(tmp_path / "a.w64", speech_like(0.1))
    header = path.read_bytes()[:40]
    with pytest.raises(AudioError, match="before its audio begins"):
        AudioSample.from_file(with_bytes(path, "zeros.w64", header + bytes(100)))


def test_a_cut_behind_the_audio_is_no_harm(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", speech_like(0.5))
    longer = with_bytes(path, "listed.wav", path.read_bytes() + b"LIST\x40\x00\x00\x00INFO")
    assert AudioSample.from_file(longer).pcm16() == AudioSample.from_file(path).pcm16()


def test_a_flac_with_a_hole_is_found_out_while_it_is_decoded(tmp_path: Path) -> None:
    path = write(tmp_path / "holed.flac", speech_like(4))
    content = bytearray(path.read_bytes())
    content[30_000:33_000] = bytes(3000)
    path.write_bytes(content)
    sample = AudioSample.from_file(path)
    with pytest.raises(AudioError, match=r"holed\.flac: the file is truncated, damaged"):
        sample.pcm16()


def test_an_ogg_with_a_missing_page_is_found_out_while_it_is_decoded(tmp_path: Path) -> None:
    path = write(tmp_path / "holed.ogg", speech_like(9))
    pages = ogg_pages(path)
    path.write_bytes(b"".join(pages[:-2] + pages[-1:]))
    sample = AudioSample.from_file(path)
    with pytest.raises(AudioError, match=r"announces 144000 frames of audio, \d+ could be decoded"):
        sample.pcm16()


def test_an_ogg_cut_between_two_pages_has_no_end(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ogg", speech_like(9))
    with pytest.raises(AudioError, match=r"its last Ogg page, .* is not marked as the end of the stream"):
        AudioSample.from_file(with_bytes(path, "b.ogg", b"".join(ogg_pages(path)[:-1])))


def test_a_second_ogg_stream_is_not_left_out_in_silence(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ogg", speech_like(1))
    with pytest.raises(AudioError, match="a second Ogg stream follows the first"):
        AudioSample.from_file(with_bytes(path, "b.ogg", path.read_bytes() * 2))


def test_an_mp3_cut_between_two_frames_has_fewer_than_it_announces(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp3", speech_like(2))
    content = path.read_bytes()
    with pytest.raises(AudioError, match=r"truncated or damaged: it announces 5\d MPEG frames, 30 are there"):
        AudioSample.from_file(cut(path, mpeg_frames(content)[31]))


def test_half_an_mp3_prints_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "a.mp3", speech_like(2))
    for length in (100, 1000, 5000):
        with pytest.raises(AudioError, match="truncated"):
            AudioSample.from_file(cut(path, length))
    assert capfd.readouterr() == ("", "")


def ogg_pages(path: Path) -> list[bytes]:
    return [b"OggS" + page for page in path.read_bytes().split(b"OggS")[1:]]


def mpeg_frames(content: bytes) -> list[int]:
    """Where each frame begins."""
    edges = [0]
    while length := frame_length(content[edges[-1] : edges[-1] + 4]):
        edges.append(edges[-1] + length)
    return edges


def test_the_helpers_split_what_they_are_given(tmp_path: Path) -> None:
    ogg = write(tmp_path / "a.ogg", np.zeros(16_000))
    assert list(accumulate(map(len, ogg_pages(ogg))))[-1] == ogg.stat().st_size
    mp3 = write(tmp_path / "a.mp3", np.zeros(16_000))
    assert mpeg_frames(mp3.read_bytes())[-1] == mp3.stat().st_size
