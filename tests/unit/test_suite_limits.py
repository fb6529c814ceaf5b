"""Limits of suites and cases: what is in force, what is left out, what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from suite_files import load, problems, with_case

from pytest_stt.limits import Limits


def limits(folder: Path, text: str) -> list[Limits]:
    return [case.limits for case in load(folder, text).cases]


def test_limits_are_replaced_key_by_key_and_null_switches_one_off(tmp_path: Path) -> None:
    first, second = limits(
        tmp_path,
        """
        assert_quality: {max_wer: 0.1, max_insertions: 2, max_case_error_rate: 0.5}
        cases:
          - {audio: hello.flac, reference: x}
          - {audio: b.flac, reference: x, assert_quality: {max_cer: null, max_insertions: 0}}
        """,
    )
    assert first == Limits(max_wer=0.1, max_cer=0.15, max_insertions=2, max_case_error_rate=0.5)
    assert second == Limits(max_wer=0.1, max_insertions=0, max_case_error_rate=0.5)


def test_a_word_error_rate_of_the_suite_is_left_out_where_there_are_no_words(tmp_path: Path) -> None:
    english, japanese, cantonese, unknown = limits(
        tmp_path,
        """
        assert_quality: {max_wer: 0.1}
        cases:
          - {audio: hello.flac, reference: x, language: en}
          - {audio: b.flac, reference: x, language: ja-JP, assert_quality: {max_wer: null, max_errors: 1}}
          - {audio: c.flac, reference: x, language: Cantonese}
          - {audio: c.flac, id: d, reference: x}
        """,
    )
    assert english.max_wer == unknown.max_wer == 0.1
    assert japanese == Limits(max_cer=0.15, max_errors=1)
    assert cantonese == Limits(max_cer=0.15)


def test_a_word_error_rate_of_a_case_without_words_is_refused(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        """\
        language: zh-Hant
        cases:
          - audio: hello.flac
            reference: x
            assert_quality: {max_wer: 0.1}
          - {audio: b.flac, reference: x, language: en, assert_quality: {max_wer: 0.1}}
          - {audio: c.flac, reference: x, language: th, assert_quality: {max_wer: 0.1}}
          - {audio: c.flac, id: d, reference: x, language: th, assert_quality: {max_wer: 0.1}}
        """,
    )
    why = "is not written in words, so it has no WER; use max_cer"
    assert found == [
        f's.stt.yaml:5: case "hello" can\'t have a max_wer: zh-Hant {why}',
        f's.stt.yaml:7: case "c" can\'t have a max_wer: th {why}',
        f's.stt.yaml:8: case "d" can\'t have a max_wer: th {why}',
    ]


def test_a_keyword_recall_of_the_suite_is_left_out_where_there_are_no_keywords(tmp_path: Path) -> None:
    text = """
        assert_quality: {min_keyword_recall: 0.9}
        cases:
          - {audio: hello.flac, reference: x, keywords: [x]}
          - {audio: b.flac, reference: x, forbidden: [y]}
        """
    assert [one.min_keyword_recall for one in limits(tmp_path, text)] == [0.9, None]
    everywhere = with_case("assert_quality: {min_keyword_recall: 0.9}\nkeywords: [x]")
    assert limits(tmp_path, everywhere)[0].min_keyword_recall == 0.9


@pytest.mark.parametrize("rest", ["", "\nforbidden: [a]", "\nkeywords: []", "\nentities: e.yaml"])
def test_a_keyword_recall_without_any_keywords_is_refused(tmp_path: Path, rest: str) -> None:
    (tmp_path / "e.yaml").write_text("names: [Ada]\n")
    text = f"version: 1\nassert_quality: {{min_keyword_recall: 0.9}}{rest}"
    assert problems(tmp_path, with_case(text)) == [
        's.stt.yaml:2: min_keyword_recall needs "keywords", which a suite or a case can have'
    ]


def test_a_keyword_recall_of_a_case_without_keywords_is_refused(tmp_path: Path) -> None:
    found = problems(tmp_path, with_case(assert_quality="{min_keyword_recall: 0.9}"))
    missing = 'a min_keyword_recall and no "keywords", which a suite or a case can have'
    assert found == [f's.stt.yaml:5: case "hello" has {missing}']


@pytest.mark.parametrize("keywords", ["keywords: 5", "keywords: [{wieght: 2, term: a}, ~]"])
def test_keywords_that_were_refused_are_not_said_to_be_missing(tmp_path: Path, keywords: str) -> None:
    head = f"assert_quality: {{min_keyword_recall: 0.9}}\n{keywords}"
    assert not [found for found in problems(tmp_path, with_case(head)) if "needs" in found]


WORDS = "words: [[hello, 0.1, 0.3]]"


def test_a_limit_on_word_times_of_the_suite_is_left_out_where_there_are_none(tmp_path: Path) -> None:
    with_times, without = limits(
        tmp_path,
        f"""
        assert_quality: {{max_word_offset_ms: 80}}
        cases:
          - {{audio: hello.flac, {WORDS}}}
          - {{audio: b.flac, reference: x}}
        """,
    )
    assert (with_times.max_word_offset_ms, without.max_word_offset_ms) == (80, None)


def test_a_limit_on_word_times_that_no_case_has_is_refused(tmp_path: Path) -> None:
    assert problems(tmp_path, with_case("assert_quality: {max_word_offset_ms: 80}")) == [
        's.stt.yaml:1: max_word_offset_ms needs "words", the reference times that a case can have'
    ]
    assert problems(tmp_path, with_case(assert_quality="{max_word_offset_ms: 80}")) == [
        's.stt.yaml:5: case "hello" has a max_word_offset_ms and no "words", the reference times that a case '
        "can have"
    ]


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("max_insertions: 0.5", 'max_insertions: expected a whole number, found "0.5"'),
        ("min_keyword_recall: 90", 'min_keyword_recall: expected a number of 1 or less, found "90"'),
        ("max_case_error_rate: -1", 'max_case_error_rate: expected a number of 0 or more, found "-1"'),
        ("max_word_offset_ms: inf", 'max_word_offset_ms: expected a finite number, found "inf"'),
        (
            "max_word_ofset_ms: 5",
            'assert_quality has no limit "max_word_ofset_ms"; did you mean "max_word_offset',
        ),
        (f"max_errors: {'9' * 400}", "max_errors: expected a whole number of 0 or more, found 9999"),
    ],
)
def test_a_wrong_limit_is_named_with_its_line_in_suite_and_case(
    tmp_path: Path, value: str, problem: str
) -> None:
    (of_suite,) = problems(tmp_path, "version: 1\n" + with_case(f"assert_quality: {{{value}}}"))
    assert of_suite.startswith(f"s.stt.yaml:2: {problem}")
    case = f"reference: x, assert_quality: {{{value}}}"
    text = f"cases:\n  - {{audio: b.flac, {case}}}\n  - {{audio: c.flac, {case}}}\n"
    first, second = problems(tmp_path, text)
    assert first.startswith(f"s.stt.yaml:2: {problem}")
    assert second.startswith(f"s.stt.yaml:3: {problem}")
