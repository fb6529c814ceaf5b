from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_stt.errors import SuiteError
from pytest_stt.suite.entities import read_entities


def read(folder: Path, text: str | bytes):
    path = folder / "entities.yaml"
    path.write_bytes(text if isinstance(text, bytes) else dedent(text).encode())
    return read_entities(path, "entities.yaml")


def problems(folder: Path, text: str | bytes) -> list[str]:
    with pytest.raises(SuiteError) as refused:
        read(folder, text)
    return list(refused.value.problems)


def test_classes_of_terms_are_read_in_their_order(tmp_path):
    terms = read(
        tmp_path,
        """
        names: [Ada Lovelace, "{Turing / Alan Turing}"]
        numbers:
          - 1984
          - 10:30
          - no
        addresses: [Ada Lovelace]
        """,
    )
    assert [(term.group, term.text) for term in terms] == [
        ("names", "Ada Lovelace"),
        ("names", "{Turing / Alan Turing}"),
        ("numbers", "1984"),
        ("numbers", "10:30"),
        ("numbers", "no"),
        ("addresses", "Ada Lovelace"),
    ]
    assert {term.kind for term in terms} == {"entity"}


def test_all_problems_are_reported_at_once_with_their_lines(tmp_path):
    assert problems(
        tmp_path,
        """\
        names:
          - Ada
          - {a: b}
          -
          - " "
          - "Ada"
          - "two  words"
          - two words
        numbers: []
        places: Paris
        empty:
        "": [x]
        """,
    ) == [
        'entities.yaml:3: the class "names": a term is text; found a mapping',
        'entities.yaml:4: the class "names": a term is text; found nothing',
        'entities.yaml:5: the class "names": a term is text; found " "',
        'entities.yaml:6: the class "names": the term "Ada" is given twice, first on line 2',
        'entities.yaml:8: the class "names": the term "two words" is given twice, first on line 7',
        'entities.yaml:9: the class "numbers" needs a list of terms; found an empty list',
        'entities.yaml:10: the class "places" needs a list of terms; found "Paris"',
        'entities.yaml:11: the class "empty" needs a list of terms; found nothing',
        "entities.yaml:12: a class needs a name; found nothing",
    ]


def test_a_class_given_twice_is_refused(tmp_path):
    assert problems(tmp_path, "names: [a]\nnames: [b]\n") == [
        'entities.yaml:2: the key "names" is given twice, first on line 1'
    ]


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        ("", 1, "the file is empty"),
        ("\n\n- a\n", 3, "a list"),
        ("{}", 1, "an empty mapping"),
        ("a", 1, '"a"'),
    ],
)
def test_a_file_of_another_shape_is_refused_with_what_is_expected(tmp_path, text, line, found):
    (problem,) = problems(tmp_path, text)
    assert problem.startswith(f"entities.yaml:{line}: expected a mapping of classes to lists of terms")
    assert problem.endswith(found)


def test_a_file_that_is_no_yaml_is_refused_with_its_line(tmp_path):
    (problem,) = problems(tmp_path, "names: [a\nb: c\n")
    assert problem.startswith("entities.yaml:")


def test_a_file_that_can_not_be_read_is_refused(tmp_path):
    assert problems(tmp_path, b"a: [x]\nb: [\xff]\n") == ["entities.yaml:2: the file is not UTF-8: byte 0xff"]
    with pytest.raises(SuiteError, match=r"sub/e\.yaml:1: the file of entities can't be read: No such file"):
        read_entities(tmp_path / "e.yaml", "sub/e.yaml")
    with pytest.raises(SuiteError, match=r"can't be read: .*null"):
        read_entities(tmp_path / "e\0.yaml", "e.yaml")


@given(text=st.text(max_size=80))
def test_any_text_is_read_or_refused_with_lines(tmp_path_factory, text):
    folder = tmp_path_factory.getbasetemp()
    try:
        terms = read(folder, text.encode("utf-8", "surrogatepass"))
    except SuiteError as error:
        refusals = list(error.problems)
    else:
        refusals = []
        assert all(term.text.strip() and term.group for term in terms)
    assert all(problem.startswith("entities.yaml:") for problem in refusals)
