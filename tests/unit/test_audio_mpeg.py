"""MP3 as it is found: without a count of frames, with a wrong one, among tags, joined, damaged."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile
from audio_makers import speech_like, with_bytes, write

from pytest_stt import AudioError, AudioSample
from pytest_stt.audio.mpeg import frame_length

if TYPE_CHECKING:
    from pathlib import Path

# mpg123 leaves this much out of a file that doesn't say how much its encoder put in front.
DECODER_DELAY = 529


def variable(path: Path, rate: int = 16_000, channels: int = 1) -> Path:
    """Two seconds near silence, then two of noise: a guess from the first frame is far off."""
    quiet = speech_like(2, rate) / 1000
    loud = np.random.default_rng(5).uniform(-0.9, 0.9, 2 * rate).astype(np.float32)
    samples = np.concatenate([quiet, loud])
    if channels == 2:
        samples = np.stack([samples, samples], axis=1)
    return write(path, samples, rate, bitrate_mode="VARIABLE", compression_level=0.5)


def first_frame(content: bytes) -> bytes:
    return content[: frame_length(content[:4])]


def frames_after_the_first(content: bytes, samples_per_frame: int) -> int:
    position, count = len(first_frame(content)), 0
    while length := frame_length(content[position : position + 4]):
        position, count = position + length, count + 1
    return count * samples_per_frame


@pytest.mark.parametrize(("rate", "samples_per_frame"), [(8000, 576), (16_000, 576), (44_100, 1152)])
@pytest.mark.parametrize("channels", [1, 2])
def test_an_mp3_without_a_count_is_read_whole(
    tmp_path: Path, rate: int, samples_per_frame: int, channels: int
) -> None:
    path = variable(tmp_path / "a.mp3", rate, channels)
    content = path.read_bytes()
    bare = with_bytes(path, "bare.mp3", content[len(first_frame(content)) :])
    sample = AudioSample.from_file(bare)
    decoded = sample.float32()
    assert len(decoded) == frames_after_the_first(content, samples_per_frame) - DECODER_DELAY
    assert sample.duration_ms == pytest.approx(len(decoded) * 1000 / rate)
    counted = AudioSample.from_file(path).float32()
    assert len(counted) == 4 * rate
    lead = np.argmax(np.correlate(decoded[-2 * rate :], counted[-rate:], "valid"))
    assert np.allclose(decoded[-2 * rate + lead :][:rate], counted[-rate:], atol=1e-4)


def test_libsndfile_alone_would_read_less(tmp_path: Path) -> None:
    # Why the row of frames is walked at all: when this fails, that can go.
    content = variable(tmp_path / "a.mp3").read_bytes()
    alone, _ = soundfile.read(io.BytesIO(content[len(first_frame(content)) :]))
    assert len(alone) != 64_000


def test_a_count_of_the_other_kind_is_understood(tmp_path: Path) -> None:
    path = variable(tmp_path / "a.mp3")
    content = path.read_bytes()
    first = first_frame(content)
    frames = frames_after_the_first(content, 1)
    vbri = first[:4].ljust(36, b"\0") + b"VBRI" + bytes(10) + struct.pack(">I", frames)
    fraunhofer = with_bytes(path, "fraunhofer.mp3", vbri.ljust(len(first), b"\0") + content[len(first) :])
    assert len(AudioSample.from_file(fraunhofer).float32()) == frames * 576 - DECODER_DELAY
    claim = vbri[:-4] + struct.pack(">I", frames + 1)
    short = with_bytes(path, "short.mp3", claim.ljust(len(first), b"\0") + content[len(first) :])
    with pytest.raises(AudioError, match=f"announces {frames + 1} MPEG frames, {frames} are there"):
        AudioSample.from_file(short)


def info_at(content: bytes) -> int:
    return content.index(b"Xing") if b"Xing" in content[:64] else content.index(b"Info")


def with_flags(content: bytes, flags: int) -> bytes:
    at = info_at(content)
    return content[: at + 4] + struct.pack(">I", flags) + content[at + 8 :]


@pytest.mark.parametrize("flags", [0, 2])
def test_a_first_frame_that_counts_no_frames_is_replaced(tmp_path: Path, flags: int) -> None:
    path = variable(tmp_path / "a.mp3")
    content = path.read_bytes()
    uncounted = with_bytes(path, "uncounted.mp3", with_flags(content, flags))
    assert (
        len(AudioSample.from_file(uncounted).float32())
        == frames_after_the_first(content, 576) - DECODER_DELAY
    )


def test_a_count_of_frames_alone_is_kept(tmp_path: Path) -> None:
    path = variable(tmp_path / "a.mp3")
    content = path.read_bytes()
    at = info_at(content)
    frames_only = content[: at + 4] + struct.pack(">I", 1) + content[at + 8 : at + 12]
    first = frames_only.ljust(len(first_frame(content)), b"\0")
    copy = with_bytes(path, "frames.mp3", first + content[len(first) :])
    assert len(AudioSample.from_file(copy).float32()) == frames_after_the_first(content, 576) - DECODER_DELAY


def test_a_wrong_count_of_bytes_does_no_harm(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = variable(tmp_path / "a.mp3")
    content = path.read_bytes()
    at = info_at(content) + 12
    wrong = with_bytes(path, "wrong.mp3", content[:at] + struct.pack(">I", 99) + content[at + 4 :])
    assert AudioSample.from_file(wrong).pcm16() == AudioSample.from_file(path).pcm16()
    assert capfd.readouterr() == ("", "")


def test_more_frames_than_are_announced_are_read_too(tmp_path: Path) -> None:
    path = variable(tmp_path / "a.mp3")
    content = path.read_bytes()
    frames = content[len(first_frame(content)) :]
    joined = AudioSample.from_file(with_bytes(path, "joined.mp3", content + frames))
    assert len(joined.float32()) == 2 * frames_after_the_first(content, 576) - DECODER_DELAY


def ape_tag() -> bytes:
    picture = b"\xff\xfb\x90\x64" * 500
    tag = b"APETAGEX" + struct.pack("<IIII", 2000, len(picture) + 32, 1, 0xA0000000) + bytes(8)
    return (
        tag + picture + b"APETAGEX" + struct.pack("<IIII", 2000, len(picture) + 32, 1, 0x80000000) + bytes(8)
    )


ID3V1 = b"TAG" + bytes(125)
ID3V2 = b"ID3\x04\x00\x00\x00\x00\x10\x00" + b"\xff\xfb\x90\x64" * 512


@pytest.mark.parametrize("counted", [True, False])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (ID3V2, b""),
        (ID3V2, ID3V1),
        (ID3V2 + bytes(300), b""),
        (ID3V2 + bytes(70_000) + ID3V2 + bytes(7), ID3V1),
        (ID3V2 + ID3V2, ape_tag()),
        (b"", ape_tag() + ID3V1),
        (b"", ID3V2),
        (b"", ID3V1 + ape_tag()),
        (b"", bytes(5000)),
        (b"", b"LYRICSBEGIN no sync here LYRICS200\xff\xfb"),
        (b"", b"ID3"),
    ],
)
def test_tags_around_the_frames_do_no_harm(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], counted: bool, before: bytes, after: bytes
) -> None:
    path = variable(tmp_path / "a.mp3")
    content = path.read_bytes()
    if not counted:
        content = content[len(first_frame(content)) :]
        path.write_bytes(content)
    tagged = with_bytes(path, "tagged.mp3", before + content + after)
    assert AudioSample.from_file(tagged).pcm16() == AudioSample.from_file(path).pcm16()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("behind", [b"", bytes(300)])
@pytest.mark.parametrize("left", [None, 20])
def test_a_tag_that_nothing_follows_is_no_audio(tmp_path: Path, behind: bytes, left: int | None) -> None:
    path = with_bytes(tmp_path, "tag.mp3", (ID3V2 + behind)[:left])
    with pytest.raises(AudioError, match=r"tag\.mp3: the file ends with its ID3 tag, no audio follows it"):
        AudioSample.from_file(path)


def test_a_part_of_a_frame_behind_all_announced_ones_is_no_harm(tmp_path: Path) -> None:
    path = variable(tmp_path / "a.mp3")
    content = path.read_bytes()
    frame = content[len(first_frame(content)) :]
    longer = with_bytes(path, "longer.mp3", content + frame[: frame_length(frame[:4]) - 1])
    assert AudioSample.from_file(longer).pcm16() == AudioSample.from_file(path).pcm16()


@pytest.mark.parametrize("left", [1, 2, 3, 4, 100])
def test_an_uncounted_mp3_that_ends_within_a_frame_is_refused(tmp_path: Path, left: int) -> None:
    path = variable(tmp_path / "a.mp3")
    content = path.read_bytes()
    content = content[len(first_frame(content)) :]
    bare = with_bytes(path, "bare.mp3", content + content[:left])
    with pytest.raises(AudioError, match=f"ends at byte {len(content) + left}, within the MPEG frame"):
        AudioSample.from_file(bare)


def test_frames_behind_a_hole_are_not_left_out_in_silence(tmp_path: Path) -> None:
    path = variable(tmp_path / "a.mp3")
    content = path.read_bytes()
    content = content[len(first_frame(content)) :]
    with pytest.raises(AudioError, match=r"bytes \d+ to \d+ are no MPEG frames, but more frames follow"):
        AudioSample.from_file(with_bytes(path, "joined.mp3", content + ID3V2 + content))


def test_a_count_without_frames_is_no_audio(tmp_path: Path) -> None:
    path = variable(tmp_path / "a.mp3")
    only_the_count = first_frame(with_flags(path.read_bytes(), 0))
    with pytest.raises(AudioError, match="the file holds no audio: it has no MPEG frame with sound"):
        AudioSample.from_file(with_bytes(path, "count.mp3", only_the_count))


def test_decoding_in_blocks_prints_nothing_and_has_no_cracks(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for rate in (8000, 16_000, 22_050, 44_100):
        path = write(tmp_path / f"{rate}.mp3", np.random.default_rng(1).uniform(-1, 1, 4 * rate), rate)
        at_once, _ = soundfile.read(path, dtype="float32")
        np.testing.assert_allclose(AudioSample.from_file(path).float32(), at_once, atol=1e-6)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("header", "length"),
    [
        ("ff fb 90 64", 417),  # MPEG 1, 128 kbit/s, 44100 Hz
        ("ff fb 92 64", 418),  # with padding
        ("ff f3 80 c4", 208),  # MPEG 2, 64 kbit/s, 22050 Hz
        ("ff e3 88 c4", 576),  # MPEG 2.5, 64 kbit/s, 8000 Hz
        ("ff fb 00 64", 0),  # free format
        ("ff fb f0 64", 0),  # no bit rate
        ("ff fb 9c 64", 0),  # no sample rate
        ("ff fd 90 64", 0),  # Layer II
        ("ff eb 90 64", 0),  # no version
        ("ff f1 50 80", 0),  # AAC
        ("fe fb 90 64", 0),
        ("ff fb 90", 0),
    ],
)
def test_the_length_of_a_frame_is_in_its_header(header: str, length: int) -> None:
    assert frame_length(bytes.fromhex(header)) == length
