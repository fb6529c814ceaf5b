"""The keys `keywords`, `forbidden` and `entities` of a suite and of its cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stt.errors import SuiteError
from pytest_stt.suite.document import YamlList, YamlMapping
from pytest_stt.suite.entities import read_entities
from pytest_stt.text.terms import Term, unusable_terms

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_stt.suite.problems import Problems
    from pytest_stt.suite.schema import CaseEntry, SuiteEntry

_Placed = tuple[Term, int]  # and the line of the suite file that names it


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
        self._checked: set[tuple[str, str | None]] = set()
        self._placed = (*self._named(entry, written), *self._entities(entry, written, folder))
        self._of_suite = tuple(term for term, _ in self._placed)
        self._has_keywords = bool(entry.keywords)

    def read(
        self, entry: CaseEntry, node: YamlMapping, *, name: str, normalizer: str, language: str | None
    ) -> tuple[Term, ...]:
        """Return the terms of a case.

        Args:
            entry: The case, its types checked.
            node: The case with its lines.
            name: What messages call it.
            normalizer: The normaliser of its language, which has to leave something of each term.
            language: Its language.
        """
        of_suite = self.of_suite(normalizer=normalizer, language=language)
        if not (entry.keywords or entry.forbidden):
            return of_suite
        own = tuple(self._named(entry, node))
        self._check(own, normalizer, language, f"{name}: ")
        taken = {(term.kind, term.text) for term, _ in own}
        others = (term for term in of_suite if (term.kind, term.text) not in taken)
        return (*(term for term, _ in own), *others)

    def of_suite(self, *, normalizer: str, language: str | None) -> tuple[Term, ...]:
        """Return the terms of cases that have none of their own."""
        if self._of_suite and (normalizer, language) not in self._checked:
            self._checked.add((normalizer, language))
            self._check(self._placed, normalizer, language)
        return self._of_suite

    def has_keywords(self, entry: CaseEntry | None = None) -> bool:
        """Tell whether a case has keywords, its own or the suite's; None for one that has none of its own."""
        return self._has_keywords or (entry is not None and bool(entry.keywords))

    def _named(self, entry: SuiteEntry | CaseEntry, node: YamlMapping) -> Iterator[_Placed]:
        """Yield what an entry itself names, each once; of a keyword given twice the later weight counts."""
        keywords: dict[str, _Placed] = {}
        for index, one in enumerate(entry.keywords):
            line = _line(node, "keywords", index)
            if one.term:
                keywords[one.term] = Term(text=one.term, weight=one.weight), line
            else:
                self._refuse_nameless(node["keywords"][index], line)
        yield from keywords.values()
        for text in dict.fromkeys(entry.forbidden):
            line = _line(node, "forbidden", entry.forbidden.index(text))
            yield Term(text=text, kind="forbidden"), line

    def _refuse_nameless(self, written: YamlMapping, line: int) -> None:
        if "term" not in written.lines:  # else it was reported already
            self._problems.add(line, 'a keyword needs the key "term"')

    def _check(
        self, terms: tuple[_Placed, ...], normalizer: str, language: str | None, before: str = ""
    ) -> None:
        for term, line in terms:
            unusable = unusable_terms(
                (term,), normalizer=normalizer, language=language, alternatives=self._alternatives
            )
            for _, problem in unusable:
                self._problems.add(line, before + problem)

    def _entities(self, entry: SuiteEntry, written: YamlMapping, folder: Path) -> Iterator[_Placed]:
        if entry.entities is None:
            return
        line = written.value_line("entities")
        try:
            for term in read_entities(folder / entry.entities, entry.entities):
                yield term, line
        except SuiteError as error:
            self._problems.add_all(line, error, "entities")


def _line(node: YamlMapping, key: str, index: int) -> int:
    items = node[key]
    return items.lines[index] if isinstance(items, YamlList) else node.value_line(key)
