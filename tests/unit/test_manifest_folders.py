"""`librispeech` and `pairs`: folders of audio with text beside it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from manifest_rows import problems, rows, touch, write

PAIRS = "{path: set, format: pairs}"


@pytest.fixture
def libri(tmp_path: Path) -> Path:
    root = tmp_path / "LibriSpeech"
    write(root, "dev-clean/84/121123/84-121123.trans.txt", "84-121123-0000 GO DO\n84-121123-0001 YES\n")
    write(root, "dev-clean/1272/128104/1272-128104.trans.txt", "1272-128104-0000 MISTER QUILTER\n")
    touch(root / "dev-clean/84/121123", "84-121123-0000.flac", "84-121123-0001.flac", "._84-121123.trans.txt")
    touch(root / "dev-clean/1272/128104", "1272-128104-0000.flac")
    touch(root, "README.TXT")
    return tmp_path


@pytest.mark.parametrize("path", ["LibriSpeech", "LibriSpeech/dev-clean"])
def test_librispeech_is_read_from_its_split_or_from_above(libri: Path, path: str) -> None:
    first, second, third = rows(libri, f"{{path: {path}, format: librispeech}}")
    assert (first.id, first.speaker, first.meta) == ("1272-128104-0000", "1272", {"chapter": "128104"})
    assert (second.id, second.line, second.reference) == ("84-121123-0000", 1, "GO DO")
    assert (third.line, third.reference) == (2, "YES")
    assert third.source == libri / "LibriSpeech/dev-clean/84/121123/84-121123.trans.txt"
    assert third.audio == third.source.parent / "84-121123-0001.flac"


def test_an_utterance_of_librispeech_without_its_audio_is_named(libri: Path) -> None:
    folder = libri / "LibriSpeech/dev-clean/84/121123"
    (folder / "84-121123-0001.flac").unlink()
    (problem,) = problems(libri, "{path: LibriSpeech, format: librispeech}")
    assert problem.startswith("suites/LibriSpeech/dev-clean/84/121123/84-121123.trans.txt:2: audio file not")
    assert "LibriSpeech/dev-clean/84/121123/84-121123-0001.flac" in problem


def test_a_folder_without_transcripts_has_no_utterances(tmp_path: Path) -> None:
    touch(tmp_path, "set/readme")
    for name in ("librispeech", "pairs"):
        assert problems(tmp_path, f"{{path: set, format: {name}}}") == [
            "suites/set: there are no utterances in it"
        ]


def test_pairs_are_audio_files_with_text_of_the_same_name(tmp_path: Path) -> None:
    for name, text in (("b/x.WAV", "one\n"), ("a.mp3", "two\nthree\r\n\n"), ("b/y.v2.opus", "\n")):
        touch(tmp_path, f"set/{name}")
        write(tmp_path, f"set/{Path(name).with_suffix('.txt')}", text)
    touch(tmp_path, "set/LICENSE.txt", "set/.hidden/x.wav", "set/._a.mp3")
    assert [(row.id, row.reference, row.line) for row in rows(tmp_path, PAIRS)] == [
        ("a", "two\nthree", 1),
        ("x", "one", 1),
        ("y.v2", "", 1),
    ]
    assert rows(tmp_path, PAIRS)[1].audio == tmp_path / "set/b/x.WAV"


def test_the_same_stem_in_two_folders_gets_the_number_of_the_row(tmp_path: Path) -> None:
    for name in ("a/x", "b/y", "c/x"):
        touch(tmp_path, f"set/{name}.wav")
        write(tmp_path, f"set/{name}.txt", "text")
    assert [row.id for row in rows(tmp_path, PAIRS)] == ["x-1", "y", "x-3"]


def test_audio_without_text_and_empty_or_damaged_text_are_named(tmp_path: Path) -> None:
    touch(tmp_path, "set/a.wav", "set/b.wav", "set/b.txt", "set/c.wav")
    write(tmp_path, "set/c.txt", b"caf\xe9")
    assert problems(tmp_path, PAIRS) == [
        "suites/set/a.wav: there is no a.txt beside it",
        "suites/set/b.txt:1: the file is empty; for silence put a line break in it",
        "suites/set/c.txt:1: the line is not UTF-8: byte 0xe9",
    ]


def test_a_folder_and_a_text_that_cannot_be_read_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    touch(tmp_path, "set/a.wav", "set/closed/b.wav")
    (tmp_path / "set/a.txt").mkdir()
    scan = os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    (tmp_path / "set/a.txt").rmdir()
    (tmp_path / "set/a.txt").symlink_to("a.txt")
    text, folder = problems(tmp_path, PAIRS)
    assert text.startswith("suites/set/a.txt: the file can't be read: ")
    assert folder == "suites/set/closed: the folder can't be read: Permission denied"


def test_links_to_folders_are_followed_and_a_folder_is_read_once(tmp_path: Path) -> None:
    write(tmp_path, "elsewhere/one.txt", "one")
    write(tmp_path, "set/a/two.txt", "two")
    touch(tmp_path, "elsewhere/one.wav", "set/a/two.wav")
    (tmp_path / "set/b").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "set/c").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere/back").symlink_to(tmp_path / "set")
    found = rows(tmp_path, "{path: set, format: pairs}")
    assert [row.audio.relative_to(tmp_path / "set").as_posix() for row in found] == ["a/two.wav", "b/one.wav"]
