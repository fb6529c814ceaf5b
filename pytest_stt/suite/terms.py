"""The keys `keywords`, `forbidden` and `entities` of a suite and of its cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stt.errors import SuiteError
from pytest_stt.suite.entities import read_entities
from pytest_stt.text.terms import Term, check_terms

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_stt.suite.document import YamlMapping
    from pytest_stt.suite.problems import Problems
    from pytest_stt.suite.schema import CaseEntry, SuiteEntry


class TermsReader:
    """Gather the terms of cases: those of the suite, and the case's own, which win over the suite's.

    Args:
        entry: The suite.
        written: The suite with its lines.
        folder: Where the path of `entities` begins.
        problems: Gets what is wrong.
    """

    def __init__(self, entry: SuiteEntry, written: YamlMapping, *, folder: Path, problems: Problems) -> None:
        self._problems = problems
        self._alternatives = entry.alternatives
        self._checked: set[tuple[tuple[Term, ...], str, str | None]] = set()
        self._of_suite = (*_terms(entry), *self._entities(entry, written, folder))
        self.any_keywords = any(case.keywords for case in entry.cases) or bool(entry.keywords)

    def read(
        self, entry: CaseEntry | None, node: YamlMapping, *, name: str, normalizer: str, language: str | None
    ) -> tuple[Term, ...]:
        """Return the terms of a case; None for an entry that has none of its own."""
        own = _terms(entry) if entry is not None else ()
        if not own:
            terms = self._of_suite
        else:
            taken = {(term.kind, term.text) for term in own}
            terms = own + tuple(one for one in self._of_suite if (one.kind, one.text) not in taken)
        key = own, normalizer, language
        if terms and key not in self._checked:
            self._checked.add(key)
            self._check(terms, normalizer, language, node, name)
        return terms

    def _check(
        self, terms: tuple[Term, ...], normalizer: str, language: str | None, node: YamlMapping, name: str
    ) -> None:
        try:
            check_terms(terms, normalizer=normalizer, language=language, alternatives=self._alternatives)
        except SuiteError as error:
            self._problems.add_all(node.line, error, name)

    def _entities(self, entry: SuiteEntry, written: YamlMapping, folder: Path) -> tuple[Term, ...]:
        if entry.entities is None:
            return ()
        try:
            return read_entities(folder / entry.entities, entry.entities)
        except SuiteError as error:
            self._problems.add_all(written.value_line("entities"), error, "entities")
            return ()


def _terms(entry: SuiteEntry | CaseEntry) -> tuple[Term, ...]:
    """Return what an entry itself names, each once; of a keyword given twice the later weight counts."""
    keywords = {one.term: Term(text=one.term, weight=one.weight) for one in entry.keywords if one.term}
    forbidden = [Term(text=text, kind="forbidden") for text in dict.fromkeys(entry.forbidden)]
    return (*keywords.values(), *forbidden)
