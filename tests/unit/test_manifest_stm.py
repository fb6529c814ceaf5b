"""`stm`: segment time marks."""

from __future__ import annotations

from pathlib import Path

import pytest
from manifest_rows import problems, rows, touch, write

STM = "{path: talks.stm, format: stm, audio: audio}"


@pytest.fixture(autouse=True)
def _audio(tmp_path: Path) -> None:
    touch(tmp_path, "audio/talk.flac", "audio/other.MP3", "audio/sub/talk.wav")


def test_a_segment_is_read_with_and_without_labels(tmp_path: Path) -> None:
    write(
        tmp_path,
        "talks.stm",
        """\
        ;; CATEGORY "0" "" ""
        talk 1 jane 0.10 2.5 <o,f0,female> i {am / 'm} (really) here
        other.MP3 A john 3 4
        talk 1 jane 5 6 <> yes
        """,
    )
    first, silent, third = rows(tmp_path, STM)
    assert (first.id, first.line, first.audio) == ("talk-1", 2, tmp_path / "audio/talk.flac")
    assert first.reference == "i {am / 'm} (really) here"
    assert (first.offset_s, first.duration_s, first.speaker) == (0.1, 2.4, "jane")
    assert first.meta == {"labels": "o,f0,female"}
    assert (silent.id, silent.audio, silent.reference) == ("other", tmp_path / "audio/other.MP3", "")
    assert (third.id, third.reference, third.meta) == ("talk-3", "yes", {})


def test_segments_that_are_not_scored_are_left_out_whatever_their_channel(tmp_path: Path) -> None:
    write(
        tmp_path,
        "talks.stm",
        """\
        talk B x 0 1 IGNORE_TIME_SEGMENT_IN_SCORING
        talk 1 x 1 2 <o,,unknown> ignore_time_segment_in_scoring
        talk 1 jane 2 3 hello
        """,
    )
    assert [row.id for row in rows(tmp_path, STM)] == ["talk"]


def test_a_folder_of_stm_files_is_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    write(tmp_path, "stm/b.stm", "sub/talk 1 jane 0 1 two\n")
    write(tmp_path, "stm/a.stm", "talk 1 jane 0 1 one\n")
    first, second = rows(tmp_path, "{path: stm, format: stm, audio: audio}")
    assert (first.source.name, first.reference) == ("a.stm", "one")
    assert (second.source.name, second.audio) == ("b.stm", tmp_path / "audio/sub/talk.wav")


def test_bad_segments_are_named_with_their_lines(tmp_path: Path) -> None:
    write(
        tmp_path,
        "talks.stm",
        """\
        talk 1 jane 0
        talk 2 jane 0 1 hello
        talk 1 jane x 1 hello
        talk 1 jane 2 1 hello
        nowhere 1 jane 0 1 hello
        """,
    )
    found = problems(tmp_path, STM)
    assert [line.split(": ")[0] for line in found] == [f"suites/talks.stm:{at}" for at in range(1, 6)]
    assert "expected file, channel, speaker, begin, end and text" in found[0]
    assert 'expected the channel 1 or A, found "2"' in found[1]
    assert 'offset of 0 or more seconds, found "x"' in found[2]
    assert 'an end after 2 seconds, found "1"' in found[3]
    assert "audio file not found: audio/nowhere" in found[4]
