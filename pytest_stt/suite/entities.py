"""The file of `entities`: names, numbers, addresses, whatever classes its author counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stt.suite.document import Null, YamlList, YamlMapping
from pytest_stt.suite.file import read_root
from pytest_stt.suite.problems import Problems, found, quoted
from pytest_stt.text.terms import Term

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_stt.suite.document import Node

_EXPECTED = "expected a mapping of classes to lists of terms, such as names: [Ada Lovelace, Turing]"


def read_entities(path: Path, display: str) -> tuple[Term, ...]:
    """Read a YAML file that maps classes to lists of terms; all terms are text as it was typed.

    A term may be in two classes, and counts in both.

    Args:
        path: The file.
        display: What messages call it.

    Returns:
        The terms in the order of the file, `group` the class.

    Raises:
        SuiteError: One line for each problem of the file, `file:line: …`, in the order of the lines.
    """
    problems = Problems(display)
    classes = _classes(path, problems)
    terms = tuple(
        Term(text=text, kind="entity", group=name)
        for name in classes
        for text in _terms(name, classes, problems)
    )
    if problems:
        problems.report()
    return terms


def _classes(path: Path, problems: Problems) -> YamlMapping:
    """Read the root of the file, or report why there is none."""
    root = read_root(path, problems, name="the file of entities")
    if not isinstance(root, YamlMapping) or not root:
        line = root.line if isinstance(root, YamlList | YamlMapping) else 1
        problems.fail(line, f"{_EXPECTED}; {'the file is empty' if root == '' else f'found {found(root)}'}")
    return root


def _terms(name: str, classes: YamlMapping, problems: Problems) -> Iterator[str]:
    terms, line = classes[name], classes.value_line(name)
    if not name.strip():
        problems.add(classes.key_line(name), f"a class needs a name; found {found(name)}")
    if not isinstance(terms, YamlList) or not terms:
        problems.add(line, f"the class {quoted(name)} needs a list of terms; found {found(terms)}")
        return
    first_lines: dict[str, int] = {}
    for term, term_line in zip(terms, terms.lines, strict=True):
        if problem := _problem(term, first_lines):
            problems.add(term_line, f"the class {quoted(name)}: {problem}")
        else:
            first_lines[_folded(term)] = term_line
            yield str(term)


def _problem(term: Node, first_lines: dict[str, int]) -> str:
    if isinstance(term, YamlMapping | YamlList | Null) or not term.strip():
        return f"a term is text; found {found(term)}"
    first = first_lines.get(_folded(term))
    return f"the term {quoted(term)} is given twice, first on line {first}" if first else ""


def _folded(term: str) -> str:
    return " ".join(term.split())
