"""References: where they come from, which have alternatives, and what is said of wrong ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from suite_files import load, problems, with_case

from pytest_stt.suite import Case


def case(folder: Path, text: str) -> Case:
    return load(folder, text).cases[0]


def test_braces_parentheses_and_backslashes_in_the_suite_mean_something(tmp_path: Path) -> None:
    for reference in ("I {am / 'm} here", "I am (really) here", r"two \{ braces", "a{/b}"):
        one = case(tmp_path, with_case(reference=f'"{reference}"'.replace("\\", "\\\\")))
        assert one.references == (reference,)
        assert one.alternatives, reference
    plain = case(tmp_path, with_case(reference="either/or"))
    assert not plain.alternatives


def test_of_several_references_one_with_braces_is_enough(tmp_path: Path) -> None:
    text = "cases:\n  - audio: hello.flac\n    references: [plain, '(very) plain']\n"
    one = case(tmp_path, text)
    assert one.alternatives
    assert one.expected.references == ("plain", "(very) plain")


def test_a_suite_can_take_braces_for_what_they_are(tmp_path: Path) -> None:
    one = case(tmp_path, with_case("alternatives: false", reference="'{ (never closed'"))
    assert not one.alternatives
    assert one.references == ("{ (never closed",)


def test_a_text_file_is_taken_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "hello.txt").write_text("I {am (here\n", encoding="utf-8")
    one = case(tmp_path, "cases: [{audio: hello.flac}]")
    assert one.references == ("I {am (here",)
    assert not one.alternatives


def test_words_with_times_are_the_reference_where_there_is_no_other(tmp_path: Path) -> None:
    (tmp_path / "hello.txt").write_text("from the file\n", encoding="utf-8")
    words = "words: [[red, 0.1, 0.3], {word: '{door}', start: 0.5}]"
    from_words = case(tmp_path, f"cases: [{{audio: hello.flac, {words}}}]")
    assert from_words.references == ("red {door}",)
    assert not from_words.alternatives
    assert [word.start_s for word in from_words.expected.words] == [0.1, 0.5]
    own = case(tmp_path, f"cases: [{{audio: hello.flac, reference: a (red) door, {words}}}]")
    assert own.references == ("a (red) door",)
    assert own.alternatives


def test_wrong_words_are_not_said_to_lack_a_reference(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, "cases:\n  - audio: hello.flac\n    words: []\n")
    assert found.startswith('s.stt.yaml:3: case "hello": words: expected a list of words such as ')


def test_a_case_without_any_reference_is_told_all_ways(tmp_path: Path) -> None:
    assert problems(tmp_path, "cases: [{audio: b.flac}]") == [
        's.stt.yaml:1: case "b" has no reference: write "reference" or "references", or put the text in b.txt'
    ]


def test_every_problem_of_alternatives_has_the_line_of_its_reference(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        """\
        cases:
          - audio: hello.flac
            reference:
              I {am here) now
          - audio: b.flac
            references:
              - plain
              - a {b
              - "{} c"
          - {audio: c.flac, references: ["x (a / b)"]}
        """,
    )
    assert [line.partition("; ")[0] for line in found] == [
        's.stt.yaml:4: case "hello": reference: column 11, ") now": ")" closes nothing',
        's.stt.yaml:4: case "hello": reference: column 3, "{am here) now": "{" is never closed',
        's.stt.yaml:8: case "b": reference: column 3, "{b": "{" is never closed',
        's.stt.yaml:9: case "b": reference: column 1, "{} c": there is nothing in "{}"',
        's.stt.yaml:10: case "c": reference: column 6, "/ b)": parentheses have no "/" (one of several or '
        "nothing is ({a / b}))",
    ]
    assert all("alternatives: false" in line for line in found)


def test_a_reference_of_too_many_ways_is_refused(tmp_path: Path) -> None:
    reference = " ".join(["(a)"] * 13)
    (found,) = problems(tmp_path, with_case(reference=f'"{reference}"'))
    assert found.startswith('s.stt.yaml:4: case "hello": reference: ')
    assert "4096" in found


def test_both_keys_for_references_are_one_too_many(tmp_path: Path) -> None:
    text = "cases:\n  - audio: hello.flac\n    references: ['{a']\n    reference: x\n"
    assert 's.stt.yaml:4: case "hello" has both "reference" and "references"; keep one of them' in problems(
        tmp_path, text
    )


@pytest.mark.parametrize("first", ["en", "~"])
def test_the_language_of_the_suite_is_that_of_cases_that_name_none(tmp_path: Path, first: str) -> None:
    text = f"""
        language: en
        server: {{url: "http://127.0.0.1:9", options: {{language: de}}}}
        cases:
          - {{audio: hello.flac, reference: x, language: {first}}}
          - {{audio: b.flac, reference: x, language: fr}}
        """
    assert [one.language for one in load(tmp_path, text).cases] == ["en", "fr"]


def test_the_language_of_all_servers_is_that_of_the_cases(tmp_path: Path) -> None:
    def language(first: str, second: str) -> str | None:
        servers = f"""
        servers:
          a: {{url: "http://127.0.0.1:9", options: {{{first}}}}}
          b: {{url: "http://127.0.0.1:8", options: {{{second}}}}}
        """
        return case(tmp_path, with_case(servers)).language

    assert language("language: ja", "language: ja") == "ja"
    assert language("language: ja", "language: de") is None
    assert language("language: ja", "model: x") is None
    assert language("model: x", "language: ja") is None
    assert case(tmp_path, with_case("server: {options: {language: ja}}")).language == "ja"
    assert case(tmp_path, with_case()).language is None
