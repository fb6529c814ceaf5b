"""`words` of a case: lists and CTM files with the times of words."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path, PurePath
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_stt.errors import SuiteError
from pytest_stt.suite.ctm import read_ctm, seconds
from pytest_stt.suite.document import YamlMapping, read_document
from pytest_stt.suite.problems import Problems
from pytest_stt.suite.times import joined, read_words, timed_words
from pytest_stt.text.times import TimedWord

RED, DOOR = TimedWord(word="red", start_s=0.1, end_s=0.4), TimedWord(word="door", start_s=0.5, end_s=0.9)
CTM = "hello 1 0.1 0.3 red\nhello 1 0.5 0.4 door 0.98\n"


def read(text: str, folder: Path = Path()) -> tuple[TimedWord, ...]:
    """Read the value of `words:` in a document of this text; problems are raised."""
    problems = Problems("s.stt.yaml")
    node = read_document(dedent(text), problems)
    assert isinstance(node, YamlMapping)
    words = read_words(
        node["words"],
        line=node.value_line("words"),
        name='case "a"',
        folder=folder,
        audio=PurePath("audio/hello.flac"),
        problems=problems,
    )
    if problems:
        problems.report()
    return words


def complaints(text: str, folder: Path = Path()) -> list[str]:
    with pytest.raises(SuiteError) as caught:
        read(text, folder)
    return list(caught.value.problems)


def ctm(folder: Path, content: str | bytes, *, stem: str = "hello", audio: str = "") -> tuple[TimedWord, ...]:
    path = folder / "w.ctm"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_ctm(path, stem=stem, audio_name=audio, display="w.ctm")


def ctm_complaints(folder: Path, content: str | bytes, stem: str = "hello") -> list[str]:
    with pytest.raises(SuiteError) as caught:
        ctm(folder, content, stem=stem)
    return list(caught.value.problems)


@pytest.mark.parametrize(
    "text",
    [
        "words: [{word: red, start: 0.1, end: 0.4}, {word: door, start: 0.5, end: 0.9}]",
        "words: [[red, 0.1, 0.4], [door, .5, 9e-1]]",
        """\
        words:
          - {word: red, start: '0.1', end: 0.4}
          - [door, 0.50, 0.9]
        """,
    ],
)
def test_words_are_mappings_or_short_lists(text: str) -> None:
    assert read(text) == (RED, DOOR)


def test_the_end_of_a_word_may_be_left_out() -> None:
    assert read("words: [{word: red, start: 0}, [door, 1]]") == (
        TimedWord(word="red", start_s=0.0),
        TimedWord(word="door", start_s=1.0),
    )


def test_a_word_is_the_text_that_was_typed() -> None:
    words = read("words: [[no, 0], [1984, 0], [null, 0], [New York, 0.5]]")
    assert joined(words) == "no 1984 null New York"


def test_the_words_joined_are_a_reference() -> None:
    assert joined([RED, DOOR]) == "red door"
    assert joined([]) == ""


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        ("{word: red, start: -0.1}", "start: expected seconds, a number of 0 or more, found"),
        ("{word: red, start: nan}", 'found "nan"'),
        ("{word: red, start: inf}", 'found "inf"'),
        ("{word: red, start: 1_0}", 'found "1_0"'),
        ("{word: red, start: ٣}", 'found "٣"'),
        ("{word: red, start: 1, end: }", "end: expected seconds, a number of 0 or more, found nothing"),
        ("{word: red, start: [1]}", "start: expected seconds, a number of 0 or more, found a list"),
        ("{word: red}", "start: expected seconds, a number of 0 or more, found nothing"),
        ("{start: 1}", "word: expected text, found nothing"),
        ("{word: '', start: 1}", "word: expected text, found nothing"),
        ("{word: [red], start: 1}", "word: expected text, found a list"),
        ("{word: red, start: 1, end: 0.5}", "end: expected 1, its start, or more, found 0.5"),
        ("{word: red, start: 1, stop: 2}", 'has no key "stop"'),
        ("{word: red, start: 1, ends: 2}", 'has no key "ends"; did you mean "end"?'),
        ("[red]", "expected {word: hello, start: 0.31, end: 0.72} or [hello, 0.31, 0.72], found a list"),
        ("[red, 1, 2, 3]", "or [hello, 0.31, 0.72], found a list"),
        ("red", 'or [hello, 0.31, 0.72], found "red"'),
        ("{}", "or [hello, 0.31, 0.72], found an empty mapping"),
    ],
)
def test_a_word_that_is_wrong_is_refused_with_its_line(entry: str, complaint: str) -> None:
    (problem,) = complaints(f"words:\n  - [a, 0]\n  - {entry}")
    assert problem.startswith('s.stt.yaml:3: case "a": words: word 2')
    assert complaint in problem


def test_every_wrong_word_is_named_at_once_on_its_own_line() -> None:
    text = """\
    words:
      - word: red
        start: soon
        end: late
      - [door, 2]
      - {word: opens, start: 1}
      - word: wide
        start: 3
        end: 2
    """
    found = complaints(text)
    assert [problem.split(": ", 1)[0] for problem in found] == [
        "s.stt.yaml:3",
        "s.stt.yaml:4",
        "s.stt.yaml:6",
        "s.stt.yaml:9",
    ]
    assert "start: expected 2, that of the word before it, or more, found 1" in found[2]


def test_a_list_without_lines_of_its_own_has_those_of_its_key() -> None:
    problems = Problems("s.stt.yaml")
    timed_words([{"word": "a", "start": "0", "stop": "1"}], line=7, name="case", problems=problems)
    with pytest.raises(SuiteError, match=r'^s\.stt\.yaml:7: case: words: word 1 has no key "stop"'):
        problems.report()


@pytest.mark.parametrize("value", ["", "~", "''", "{a: b}", "[]"])
def test_words_have_to_be_a_list_or_a_path(value: str) -> None:
    (problem,) = complaints(f"id: a\nwords: {value}")
    assert problem.startswith('s.stt.yaml:2: case "a": words: expected a list of words such as {word: hello')


def test_a_path_is_relative_to_the_suite(tmp_path: Path) -> None:
    (tmp_path / "ctm").mkdir()
    (tmp_path / "ctm" / "hello.ctm").write_text(CTM)
    assert read("words: ctm/hello.ctm", tmp_path) == (RED, DOOR)


def test_what_is_wrong_in_a_ctm_file_has_both_lines(tmp_path: Path) -> None:
    (tmp_path / "w.ctm").write_text("hello 1 0.1 0.3 red\nhello 1 x 0.4 door\nhello 1 0.7 -1 opens\n")
    place, expected = 's.stt.yaml:2: case "a": words: w.ctm', "expected seconds, a number of 0 or more"
    assert complaints("id: a\nwords: w.ctm", tmp_path) == [
        f'{place}:2: start: {expected}, found "x"',
        f'{place}:3: duration: {expected}, found "-1"',
    ]


@pytest.mark.parametrize(
    "content",
    [
        CTM,
        CTM.replace("\n", "\r\n"),
        "\ufeff" + CTM,
        ";; by hand\n\n" + CTM + " \t\n  ;; the end",
        "a 1 0 1 no\nhello 1 0.1 0.3 red NA\nb 1 5 1 no\nhello\t1\t0.5\t0.4\tdoor -2.5",
        CTM.replace("hello", "other"),
    ],
)
def test_a_ctm_file_has_a_row_for_each_word(tmp_path: Path, content: str) -> None:
    assert ctm(tmp_path, content) == (RED, DOOR)


def test_a_recording_may_have_the_name_of_its_file(tmp_path: Path) -> None:
    content = "a.wav 1 0 1 no\n" + CTM.replace("hello", "hello.flac")
    assert ctm(tmp_path, content, audio="hello.flac") == (RED, DOOR)


def test_a_word_keeps_blanks_that_are_not_those_of_ascii(tmp_path: Path) -> None:
    (word,) = ctm(tmp_path, "hello 1 0 1 5\u00a0km\u2028")
    assert word.word == "5\u00a0km\u2028"


def test_ends_have_no_rounding_noise(tmp_path: Path) -> None:
    (word,) = ctm(tmp_path, "hello 1 0.1 0.2 red")
    assert word.end_s == 0.3


def test_a_second_channel_is_named_once(tmp_path: Path) -> None:
    assert ctm_complaints(tmp_path, CTM + CTM.replace(" 1 ", " 2 ")) == [
        "w.ctm:3: expected rows of one channel, 1, found 2"
    ]


def test_a_file_that_changes_is_read_again(tmp_path: Path) -> None:
    assert ctm(tmp_path, CTM) == (RED, DOOR)
    assert ctm(tmp_path, "hello 1 0.1 0.3 red") == (RED,)


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("hello", "expected file, channel, start, duration, word and perhaps a confidence, found 1 field"),
        ("hello 1 0.5 0.4", "found 4 fields"),
        ("hello 1 0.5 0.4 a b c", "found 7 fields"),
        ("hello 1 0.5 0.4 New York", 'confidence: expected a number, found "York"; a word has no blanks'),
        ("hello 1 inf 0.4 door", 'start: expected seconds, a number of 0 or more, found "inf"'),
        ("hello 1 0.5 nan door", 'duration: expected seconds, a number of 0 or more, found "nan"'),
        ("hello 1 0.05 0.4 door", 'start: expected 0.1, that of the word before it, or more, found "0.05"'),
        ("hello 2 0.5 0.4 door", "expected rows of one channel, 1, found 2"),
        ("hello 1 * * <ALT_BEGIN>", "alternatives (<ALT_BEGIN>) are not read here"),
        ("hello 1 * * <alt>", "alternatives (<alt>) are not read here"),
        ("hello 1 \x1b[31m 0.4 door", 'found "\\x1b[31m"'),
    ],
)
def test_a_wrong_row_is_refused_with_its_line(tmp_path: Path, row: str, complaint: str) -> None:
    (problem,) = ctm_complaints(tmp_path, f";; ok\nhello 1 0.1 0.3 red\n{row}\nother 1 x x x")
    assert problem.startswith("w.ctm:3: ")
    assert complaint in problem


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "w.ctm: expected a row for each word, found none"),
        (";; nothing\n", "w.ctm: expected a row for each word, found none"),
        ("hallo 1 0 1 a\nb 1 0 1 a", 'w.ctm: no row is of "hello"; did you mean "hallo"?'),
        ("x 1 0 1 a\ny 1 0 1 a", 'w.ctm: no row is of "hello"; it has x, y'),
        ("".join(f"f{n} 1 0 1 a\n" for n in range(99)), 'w.ctm: no row is of "hello"; the first is of "f0"'),
        (b"hello 1 0 1 \xe9t\xe9", "w.ctm is not UTF-8: byte 0xe9 at offset 12"),
    ],
)
def test_a_file_without_the_rows_is_refused(tmp_path: Path, content: str | bytes, complaint: str) -> None:
    assert ctm_complaints(tmp_path, content) == [complaint]


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("gone.ctm", "gone.ctm is not there"),
        ("w.ctm/x", "w.ctm/x is not there"),
        ('"a\\0b"', "a\\x00b is not there"),
        (".", ". can't be read: Is a directory"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, complaint: str) -> None:
    (tmp_path / "w.ctm").write_text(CTM)
    (problem,) = complaints(f"words: {name}", tmp_path)
    assert problem.startswith(f's.stt.yaml:1: case "a": words: {complaint}')


@given(st.floats(1e-99, 1e9 - 1) | st.integers(0, 10**9 - 1))
def test_any_length_of_time_that_python_writes_is_read(number: float) -> None:
    assert seconds(str(number)) == number


@settings(max_examples=50)
@given(st.text("hello 10.;<>ALT_-e\n\t\r\ufeff*", max_size=60))
def test_any_text_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: str) -> None:
    folder, words = tmp_path_factory.mktemp("ctm"), ()
    with suppress(SuiteError):
        words = ctm(folder, content)
        assert words
    assert [word.start_s for word in words] == sorted(word.start_s for word in words)
    assert all(word.end_s is not None and word.end_s >= word.start_s for word in words)
