"""`kaldi`: a data folder."""

from __future__ import annotations

from pathlib import Path

from manifest_rows import problems, rows, touch, write

KALDI = "{path: data/test, format: kaldi}"


def put(folder: Path, **files: str) -> None:
    """Write files of the data folder; `wav_scp` is `wav.scp`."""
    for name, text in files.items():
        write(folder, f"data/test/{name.replace('_', '.')}", text)
    touch(folder, "a.wav", "data/test/b.flac")


def test_a_folder_is_read_in_the_order_of_its_text(tmp_path: Path) -> None:
    put(
        tmp_path,
        wav_scp=f"u1 {tmp_path}/a.wav\nu2\tb.flac\n",
        text="u2  hello \t there\u00a0you  \nu1\n",
        utt2spk="u1 s1\nu2 s2\n",
        spk2gender="s1 f\n",
        utt2lang="u2 gd\n",
        utt2dur="u1 3.5\n",
        utt2gender="u2 m\n",
    )
    second, first = rows(tmp_path, KALDI)
    assert (second.id, second.line, second.source) == ("u2", 1, tmp_path / "data/test/text")
    assert (second.reference, second.audio) == ("hello \t there\u00a0you", tmp_path / "data/test/b.flac")
    assert (second.speaker, second.language, second.meta) == ("s2", "gd", {"gender": "m"})
    assert (first.reference, first.audio) == ("", tmp_path / "a.wav")
    assert (first.speaker, first.language, first.duration_s) == ("s1", None, None)
    assert first.meta == {"duration": "3.5", "gender": "f"}


def test_segments_are_parts_of_recordings(tmp_path: Path) -> None:
    put(
        tmp_path,
        wav_scp=f"r {tmp_path}/a.wav\n",
        segments="u1 r 0.1 1.30\nu2 r 2 -1\n",
        text="u1 one\nu2 two\n",
    )
    first, second = rows(tmp_path, KALDI)
    assert first.audio == second.audio == tmp_path / "a.wav"
    assert (first.offset_s, first.duration_s) == (0.1, 1.2)
    assert (second.offset_s, second.duration_s) == (2.0, None)


def test_relative_paths_begin_where_the_suite_says(tmp_path: Path) -> None:
    put(tmp_path, wav_scp="u1 a.wav\n", text="u1 one\n")
    assert rows(tmp_path, "{path: data/test, format: kaldi, audio: .}")[0].audio == tmp_path / "a.wav"


def test_commands_and_archives_are_refused_with_advice(tmp_path: Path) -> None:
    put(tmp_path, wav_scp="u1 sox a.sph -t wav - |\nu2 raw.ark:1234\nu3\n", text="u1 a\nu2 b\nu3 c\n")
    command, archive, nothing = problems(tmp_path, KALDI)
    assert command.startswith("suites/data/test/wav.scp:1: this is a command")
    assert "write the audio to a file" in command
    assert archive.startswith("suites/data/test/wav.scp:2: this is a place in an archive")
    assert nothing.startswith("suites/data/test/wav.scp:3: there is no path")


def test_files_that_do_not_fit_each_other_are_named_line_by_line(tmp_path: Path) -> None:
    put(tmp_path, wav_scp="u1 b.flac\nu3 b.flac\n", text="u1 one\nu2 two\nu1 again\n")
    assert problems(tmp_path, KALDI) == [
        'suites/data/test/text:2: "u2" is not in wav.scp',
        'suites/data/test/text:3: "u1" is there twice, first on line 1',
        'suites/data/test/wav.scp:2: "u3" has no line in text',
    ]


def test_bad_segments_are_named_once(tmp_path: Path) -> None:
    put(
        tmp_path,
        wav_scp="r b.flac\n",
        segments="u1 r 1\nu2 x 1 2\nu3 r 2 1\nu4 r -2 1\nu5 r 0 end\n",
        text="u1 a\nu2 b\nu3 c\nu4 d\nu5 e\nu6 f\n",
    )
    *bad, untold = sorted(problems(tmp_path, KALDI))
    assert [line.split(": ")[0] for line in bad] == [f"suites/data/test/segments:{at}" for at in range(1, 6)]
    assert "its recording" in bad[0]
    assert 'no recording "x"' in bad[1]
    assert 'an end after 2 seconds, found "1"' in bad[2]
    assert "an offset of 0 or more" in bad[3]
    assert 'found "end"' in bad[4]
    assert untold == 'suites/data/test/text:6: "u6" is not in segments'


def test_a_folder_without_its_files_says_which(tmp_path: Path) -> None:
    touch(tmp_path, "data/test/readme")
    assert problems(tmp_path, KALDI) == [
        "suites/data/test/text: the file can't be read: No such file or directory",
        "suites/data/test/wav.scp: the file can't be read: No such file or directory",
    ]
