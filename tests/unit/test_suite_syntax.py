from __future__ import annotations

import pytest
import yaml

from pytest_stt.errors import SuiteError
from pytest_stt.suite import document
from pytest_stt.suite.problems import Problems
from pytest_stt.suite.syntax import syntax_problem

JARGON = ("scalar", "token", "block end", "while", "mapping values", "stream", "node", "indicator")


@pytest.fixture(params=["CBaseLoader", "BaseLoader"], autouse=True)
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once with libyaml, once with the parser that is written in Python: the sentences are the same."""
    monkeypatch.setattr(document, "_LOADER", getattr(yaml, request.param))


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("a:\n\tb: 1\n", 2, "a tab where YAML wants blanks"),
        ("a:\n  b: 1\n\tc: 2\n", 3, "a tab where YAML wants blanks"),
        ("a: @x\n", 1, 'a value cannot begin with "@"; put it in quotes'),
        ("a: `x`\n", 1, 'a value cannot begin with "`"'),
        ("a: %x\n", 1, 'a value cannot begin with "%"'),
        ("reference: Note: this\n", 1, 'put a value that holds ": " in quotes'),
        ("a:\n  b: 1\n c: 2\n", 3, "look at the indentation"),
        ("a: 1\n- b\n", 2, "look at the indentation"),
        ("- a\nb: 1\n", 2, "look at the indentation"),
        ('a: "x" y\n', 1, "put a value with quotes inside it in quotes as a whole"),
        ("a: 1\nb: 'it's'\n", 2, "put a value with quotes inside it in quotes as a whole"),
        ('a: 1\nb: "abc\nc: 1\nd: 1\n', 2, "the quote that opens here is never closed"),
        ("a: [1, 2\nb: 3\n", 2, 'a list that opens with "[" lacks its "]" or a comma'),
        ("a: {x: 1\nb: 3\n", 2, 'a mapping that opens with "{" lacks its "}" or a comma'),
        ("a: [[[\n", None, 'something that opens with "[" or "{" is never closed'),
        ('a: "\\q"\n', 1, "an unknown escape in double quotes"),
        ("a: !x!y z\n", 1, '"!" begins a YAML tag; put the value in quotes'),
        ("a: !<x\n", 1, '"!" begins a YAML tag; put the value in quotes'),
        ("a: & b\n", 1, '"&" and "*" begin the name of an anchor'),
        ("a: 1\n...\nfoo\n", 3, "text follows the end of the document"),
        ("a: |x\n  y\n", 1, "it makes no sense from"),
        ("a: 1\nb: \x01\n", 2, "it holds the control character U+0001"),
        ("server: {url: ${STT_URL}}\ncases: []\n", None, "inside { } and [ ] write ${NAME} in quotes"),
    ],
)
def test_text_that_is_no_yaml_is_explained_with_its_line(text: str, line: int | None, sentence: str) -> None:
    problems = Problems("s.stt.yaml")
    assert document.read_document(text, problems) is None
    with pytest.raises(SuiteError) as caught:
        problems.report()
    (problem,) = caught.value.problems
    assert problem.startswith(f"s.stt.yaml:{line}: " if line else "s.stt.yaml:")
    assert "this is not YAML: " in problem
    assert sentence in problem
    assert not [word for word in JARGON if word in problem]


def test_an_error_without_a_place_is_still_a_sentence() -> None:
    assert syntax_problem(yaml.YAMLError("?"), "a: 1") == (1, "this is not YAML: it can't be read")


def test_a_place_beyond_the_text_does_no_harm() -> None:
    mark = yaml.Mark("s", 0, 7, 0, None, 0)
    error = yaml.scanner.ScannerError(None, None, "something new", mark)
    assert syntax_problem(error, "a: 1") == (8, 'this is not YAML: it makes no sense from "" on')
