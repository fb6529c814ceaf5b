"""Suites with `manifests`, beside or instead of `cases`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from suite_files import load, problems, with_case, write

from pytest_stt.limits import Limits
from pytest_stt.suite import Case


def manifest(folder: Path, *rows: dict[str, object], name: str = "calls.json") -> Path:
    """Write a NeMo manifest; a row without audio has b.flac, one without text says x."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path.parent, "")
    full = ({"audio_filepath": "b.flac", "text": "x"} | row for row in rows or ({},))
    path.write_text("".join(json.dumps(row) + "\n" for row in full), encoding="utf-8")
    return path


def cases(folder: Path, text: str) -> list[Case]:
    return list(load(folder, text).cases)


ONE = "manifests: [{path: calls.json, format: nemo}]\n"


@pytest.mark.parametrize("head", ["", "cases:\n", "cases: []\n", "cases: ~\n"])
def test_a_suite_may_have_manifests_alone(tmp_path: Path, head: str) -> None:
    manifest(tmp_path, {}, {"audio_filepath": "c.flac"})
    assert [case.id for case in cases(tmp_path, head + ONE)] == ["b", "c"]


@pytest.mark.parametrize("rest", ["manifests:\n", "manifests: []\n", "manifests: ~\n"])
def test_a_suite_may_have_cases_alone(tmp_path: Path, rest: str) -> None:
    assert [case.id for case in cases(tmp_path, rest + with_case())] == ["hello"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("version: 1", 1),
        ("version: 1\nmanifests: []", 2),
        ("version: 1\n\nmanifests:\ncases: []", 3),
        ("cases:", 1),
    ],
)
def test_a_suite_needs_one_of_both(tmp_path: Path, text: str, line: int) -> None:
    expected = f's.stt.yaml:{line}: a suite needs at least one case under "cases" or "manifests"'
    assert problems(tmp_path, text) == [expected]


def test_the_cases_of_manifests_come_behind_the_others(tmp_path: Path) -> None:
    source = manifest(tmp_path, {"offset": 1.5, "duration": 2, "speaker": "anna", "accent": "irish"})
    own, row = cases(tmp_path, ONE + with_case())
    assert (own.id, own.source, own.line) == ("hello", None, 4)
    assert (row.id, row.source, row.line) == ("b", source, 1)
    assert (row.offset_s, row.duration_s, row.audio) == (1.5, 2.0, tmp_path / "b.flac")
    assert row.meta == {"accent": "irish", "speaker": "anna"}


def test_a_row_has_what_its_manifest_says(tmp_path: Path) -> None:
    manifest(
        tmp_path, {"text": "{x", "lang": "fr"}, {"audio_filepath": "c.flac"}, {"audio_filepath": "hello.flac"}
    )
    first, second, third = cases(
        tmp_path,
        """
        language: en
        normalize: {fr: numbers, ja: cjk}
        keywords: [x]
        assert_quality: {min_keyword_recall: 0.5, max_latency_ms: 900}
        manifests:
          - path: calls.json
            format: nemo
            language: ja
            tags: [nightly, calls, nightly]
            assert_quality: {max_cer: 0.3, max_latency_ms: null}
        """,
    )
    assert (first.language, first.normalizer) == ("fr", "numbers")
    assert (second.language, second.normalizer) == ("ja", "cjk")
    assert first.tags == third.tags == ("nightly", "calls")
    assert first.limits == Limits(max_wer=0.2, max_cer=0.3, min_keyword_recall=0.5)
    assert second.limits == third.limits == Limits(max_cer=0.3, min_keyword_recall=0.5)
    assert not first.exclusive
    assert (first.references, first.alternatives, first.term_forms) == (("{x",), False, True)
    assert [term.text for term in first.terms] == ["x"]


def test_a_row_whose_latency_is_judged_runs_alone(tmp_path: Path) -> None:
    manifest(tmp_path)
    (row,) = cases(tmp_path, "assert_quality: {max_latency_ms: 900}\n" + ONE)
    assert row.exclusive


def test_an_id_of_a_case_and_of_a_row_is_given_twice(tmp_path: Path) -> None:
    manifest(tmp_path, {"audio_filepath": "hello.flac"})
    assert problems(tmp_path, with_case() + ONE) == [
        's.stt.yaml:5: the id "hello" (from this manifest) is given twice, first on line 3'
    ]


def test_the_rows_of_several_manifests_have_their_names(tmp_path: Path) -> None:
    manifest(tmp_path)
    manifest(tmp_path, name="more/calls.json")
    found = cases(
        tmp_path,
        """
        manifests:
          - {path: calls.json, format: nemo}
          - {path: more/calls.json, format: nemo, name: more}
          - {path: calls.json, format: nemo, name: again/here}
        """,
    )
    assert [case.id for case in found] == ["calls/b", "more/b", "again/here/b"]


def test_a_name_of_two_manifests_is_told_once(tmp_path: Path) -> None:
    manifest(tmp_path, {}, {"audio_filepath": "c.flac"})
    manifest(tmp_path, name="more/calls.json")
    text = """\
        manifests:
          - {path: calls.json, format: nemo}
          - {path: more/calls.json, format: nemo}
        """
    twice = 's.stt.yaml:3: the manifest name "calls" is given twice, first on line 2'
    assert problems(tmp_path, text) == [f'{twice}; give one of them another "name"']
    flow = "manifests: [{path: calls.json, format: nemo}, {path: more/calls.json, format: nemo}]"
    assert "given twice, first on line 1" in problems(tmp_path, flow)[0]


def test_a_suite_without_any_rows_says_so(tmp_path: Path) -> None:
    (tmp_path / "calls.json").write_text("")
    assert problems(tmp_path, ONE) == ["calls.json: there are no utterances in it"]
    manifest(tmp_path, {"accent": "irish"})
    (found,) = problems(tmp_path, ONE.replace("nemo}", "nemo, where: {accent: welsh}}"))
    assert found.startswith('s.stt.yaml:1: where: accent: no row has "welsh" there')


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ("tags: [skip]", "tags: expected a name, not a mark of pytest's own"),
        ("tags: [a b]", "tags: expected a name of letters"),
        ("language: ''", "language: expected text, found nothing"),
        ("assert_quality: {max_weer: 1}", 'assert_quality has no limit "max_weer"; did you mean "max_wer"?'),
        ("assert_quality: {max_wer: low}", 'max_wer: expected a number, found "low"'),
        ("tgas: [x]", 'a manifest has no key "tgas"; did you mean "tags"?'),
        ("reference: x", 'a manifest has no key "reference"'),
        ("columns: {adio: x}", 'columns has no key "adio"; did you mean "audio"?'),
        (
            "assert_quality: {min_keyword_recall: 1}",
            'this manifest has a min_keyword_recall and no "keywords", which a suite or a case can have',
        ),
        (
            "assert_quality: {max_word_offset_ms: 80}",
            'this manifest has a max_word_offset_ms and no "words", the reference times that a case can have',
        ),
        (
            "language: ja\n    assert_quality: {max_wer: 0.1}",
            "this manifest can't have a max_wer: ja is not written in words, so it has no WER; use max_cer",
        ),
    ],
)
def test_a_wrong_key_of_a_manifest_is_named_once_with_its_line(
    tmp_path: Path, keys: str, problem: str
) -> None:
    manifest(tmp_path, {}, {"audio_filepath": "c.flac"})
    found = problems(tmp_path, f"manifests:\n  - path: calls.json\n    format: nemo\n    {keys}\n")
    line = 5 if "\n" in keys else 4
    assert [text.startswith(f"s.stt.yaml:{line}: {problem}") for text in found] == [True], found


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("manifests: calls.json", 'manifests: expected a list, found "calls.json"'),
        ("manifests: [calls.json]", 'manifests: expected a mapping, found "calls.json"'),
        ("manifests: [{format: nemo}]", 'a manifest needs the key "path"'),
        ("manifests: [{path: calls.json}]", 'a manifest needs the key "format"'),
        ("manifests: [{path: gone.json, format: nemo}]", "manifest not found: gone.json"),
        ("manifests: [{path: calls.json, format: nemmo}]", "format: expected one of common-voice, csv, "),
    ],
)
def test_a_manifest_that_is_none_is_named(tmp_path: Path, text: str, problem: str) -> None:
    manifest(tmp_path)
    (found,) = problems(tmp_path, text)
    assert found.startswith(f"s.stt.yaml:1: {problem}")


def test_bad_rows_and_bad_cases_are_told_together(tmp_path: Path) -> None:
    (tmp_path / "calls.json").write_text('{"audio_filepath": "gone.wav", "text": "x"}\n{"oops\n')
    found = problems(tmp_path, with_case(tags="[skip]") + ONE)
    assert [text.partition(": ")[0] for text in found] == ["calls.json:1", "calls.json:2", "s.stt.yaml:5"]


def test_a_normaliser_that_does_not_know_the_language_of_a_row_is_named_once(tmp_path: Path) -> None:
    manifest(tmp_path, {"lang": "ko"}, {"audio_filepath": "c.flac", "lang": "ko"})
    (found,) = problems(tmp_path, ONE + "normalize: numbers\n")
    assert found.startswith(
        "s.stt.yaml:2: normalize, for the language ko: the normaliser 'numbers' does not know"
    )
