"""The keys `keywords`, `forbidden` and `entities`: whose terms a case has, and what is said of wrong ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from suite_files import load, problems, with_case, write

from pytest_stt.suite import Case, Suite


def terms(case: Case) -> list[tuple[str, str, float]]:
    return [(term.kind, term.text, term.weight) for term in case.terms]


def one(suite: Suite) -> list[tuple[str, str, float]]:
    return terms(suite.cases[0])


def test_a_case_has_the_terms_of_the_suite_and_its_own(tmp_path: Path) -> None:
    first, second = load(
        tmp_path,
        """
        keywords: [Xarelto, {term: "{A380 / A three eighty}", weight: 2}]
        forbidden: [subscribe, subscribe]
        cases:
          - {audio: hello.flac, reference: x}
          - audio: b.flac
            reference: x
            keywords: [{term: Xarelto, weight: 0.5}, no, 1]
            forbidden: [Xarelto]
        """,
    ).cases
    assert terms(first) == [
        ("keyword", "Xarelto", 1.0),
        ("keyword", "{A380 / A three eighty}", 2.0),
        ("forbidden", "subscribe", 1.0),
    ]
    assert terms(second) == [
        ("keyword", "Xarelto", 0.5),
        ("keyword", "no", 1.0),
        ("keyword", "1", 1.0),
        ("forbidden", "Xarelto", 1.0),
        ("keyword", "{A380 / A three eighty}", 2.0),
        ("forbidden", "subscribe", 1.0),
    ]


def test_of_a_keyword_given_twice_the_later_weight_counts(tmp_path: Path) -> None:
    assert one(load(tmp_path, with_case("keywords: [a, b, {term: a, weight: 3}]"))) == [
        ("keyword", "a", 3.0),
        ("keyword", "b", 1.0),
    ]


def test_entities_are_of_every_case_and_no_keywords(tmp_path: Path) -> None:
    (tmp_path / "entities.yaml").write_text("names: [Ada Lovelace]\nnumbers: ['12']\n")
    (case,) = load(tmp_path, with_case("entities: entities.yaml", keywords="[Ada Lovelace]")).cases
    assert [(term.kind, term.group, term.text) for term in case.terms] == [
        ("keyword", "", "Ada Lovelace"),
        ("entity", "names", "Ada Lovelace"),
        ("entity", "numbers", "12"),
    ]


def test_braces_in_terms_are_literal_where_the_suite_says_so(tmp_path: Path) -> None:
    (case,) = load(tmp_path, with_case("alternatives: false\nkeywords: ['{a']\nnormalize: none")).cases
    assert not case.term_forms
    assert not case.expected.term_forms


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("['']", "keywords: expected a text, or {term: …, weight: …}, found nothing"),
        ("[' ']", 'keywords: expected a text, or {term: …, weight: …}, found " "'),
        ("[~]", 'keywords: expected a text, or {term: …, weight: …}, found "~"'),
        ("[[a, b]]", "keywords: expected a text, or {term: …, weight: …}, found a list"),
        ("Xarelto", 'keywords: expected a list, found "Xarelto"'),
        ("{Xarelto: 2}", "keywords: expected a list, found a mapping"),
        ("[{term: a, weight: 0}]", 'weight: expected a number above 0, found "0"'),
        ("[{term: a, weight: -1}]", 'weight: expected a number above 0, found "-1"'),
        ("[{term: a, weight: inf}]", 'weight: expected a finite number, found "inf"'),
        ("[{term: a, weight: much}]", 'weight: expected a number, found "much"'),
        ("[{term: a, wieght: 2}]", 'a keyword has no key "wieght"; did you mean "weight"?'),
        ("[{weight: 2}]", 'a keyword needs the key "term"'),
        ("[{}]", 'a keyword needs the key "term"'),
        ("[{term: '', weight: 2}]", "term: expected a text, found nothing"),
        (
            "['!!']",
            'the keyword "!!": the normaliser basic leaves nothing of it to look for; write it in words',
        ),
        ("['{a']", 'the keyword "{a": column 1, "{a": "{" is never closed; '),
    ],
)
def test_a_wrong_keyword_is_named_with_its_line(tmp_path: Path, value: str, problem: str) -> None:
    (found,) = problems(tmp_path, "version: 1\n" + with_case(f"keywords: {value}"))
    assert found.startswith(f"s.stt.yaml:2: {problem}")


@pytest.mark.parametrize(("value", "found"), [("['']", "nothing"), ("[{term: a}]", "a mapping")])
def test_a_forbidden_term_is_a_text(tmp_path: Path, value: str, found: str) -> None:
    expected = f"s.stt.yaml:1: forbidden: expected a text, found {found}"
    assert problems(tmp_path, with_case(f"forbidden: {value}")) == [expected]


def test_a_wrong_keyword_of_a_case_is_named_with_case_and_line(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        """\
        normalize: {ja: none}
        cases:
          - audio: hello.flac
            reference: x
            keywords:
              - fine
              - "!!"
              - {weight: 2}
            forbidden:
              - fine
              - "??"
          - {audio: b.flac, reference: x, language: ja, keywords: ["!!"]}
        """,
    )
    assert [line.partition(" leaves")[0] for line in found] == [
        's.stt.yaml:7: case "hello": the keyword "!!": the normaliser basic',
        's.stt.yaml:8: a keyword needs the key "term"',
        's.stt.yaml:11: case "hello": the forbidden term "??": the normaliser basic',
    ]


def test_a_term_of_the_suite_is_checked_with_the_normaliser_of_each_language_once(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        """\
        normalize: {default: none, ja: cjk, de: basic}
        keywords:
          - fine
          - "!!"
        cases:
          - {audio: hello.flac, reference: x}
          - {audio: b.flac, reference: x, language: ja, keywords: [yes]}
          - {audio: b.flac, id: b2, reference: x, language: ja}
          - {audio: c.flac, reference: x, language: de}
        """,
    )
    assert [line.partition(" leaves")[0] for line in found] == [
        's.stt.yaml:4: the keyword "!!": the normaliser cjk',
        's.stt.yaml:4: the keyword "!!": the normaliser basic',
    ]


def test_a_file_of_entities_that_is_not_there_is_named(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, "version: 1\n" + with_case("entities: gone.yaml"))
    assert found == (
        "s.stt.yaml:2: entities: gone.yaml:1: the file of entities can't be read: No such file or directory"
    )
    (found,) = problems(tmp_path, with_case("entities:"))
    assert found == "s.stt.yaml:1: entities: expected text, found nothing"


def test_problems_of_the_file_of_entities_have_its_lines(tmp_path: Path) -> None:
    (tmp_path / "e.yaml").write_text("names: [Ada]\nnumbers: 12\nplaces: ['!']\n")
    (found,) = problems(tmp_path, with_case("entities: e.yaml"))
    assert found == 's.stt.yaml:1: entities: e.yaml:2: the class "numbers" needs a list of terms; found "12"'
    (tmp_path / "e.yaml").write_text("places: ['!']\n")
    (found,) = problems(tmp_path, with_case("entities: e.yaml"))
    assert found.startswith('s.stt.yaml:1: the entity "!": the normaliser basic leaves nothing of it')


def test_terms_from_a_yaml_alias_have_a_line(tmp_path: Path) -> None:
    text = 'x-words: &words ["!!", fine]\nkeywords: *words\n' + with_case()
    (found,) = problems(tmp_path, text)
    assert found.startswith('s.stt.yaml:1: the keyword "!!"')


def test_an_own_key_that_is_empty_leaves_the_terms_of_the_suite(tmp_path: Path) -> None:
    assert one(load(tmp_path, with_case("keywords: [a]", keywords="[]"))) == [("keyword", "a", 1.0)]
    assert write(tmp_path, "").exists()
