"""The limits of a case: the defaults, the suite's and its own, as far as they can be judged."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_stt.errors import SuiteError
from pytest_stt.limits import DEFAULT_LIMITS, Limits, override
from pytest_stt.text.languages import is_written_in_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_stt.suite.document import YamlMapping
    from pytest_stt.suite.problems import Problems
    from pytest_stt.suite.schema import LimitsEntry, SuiteEntry
    from pytest_stt.text.terms import Term

KEY = "assert_quality"


class CaseLimits:
    """Resolve limits key by key.

    A limit of the suite, or a default, that can't be judged in a case is left out there: `max_wer` in a
    language without words, `min_keyword_recall` without keywords. The case's own is refused.
    """

    def __init__(self, suite: SuiteEntry, written: YamlMapping, problems: Problems) -> None:
        self._problems = problems
        self._resolved: dict[tuple[tuple[tuple[str, float | None], ...], bool, bool], Limits] = {}
        try:
            self.suite = override(DEFAULT_LIMITS, suite.assert_quality.changes())
        except SuiteError as error:
            problems.add_all(written.key_line(KEY), error)
            self.suite = DEFAULT_LIMITS

    def read(
        self,
        entry: LimitsEntry,
        node: YamlMapping,
        *,
        name: str,
        language: str | None,
        terms: Sequence[Term],
        has_times: bool,
    ) -> Limits:
        """Return the limits in force for a case.

        Args:
            entry: Its own limits, the types checked.
            node: What holds them.
            name: What messages call the case.
            language: Its language, which says whether it has words.
            terms: Its keywords and other terms.
            has_times: Whether it has reference times of words.
        """
        has_words = is_written_in_words(language)
        has_keywords = any(term.kind == "keyword" for term in terms)
        changes = entry.changes()
        if changes:
            self._refuse(changes, node, name, language, has_keywords=has_keywords, has_times=has_times)
        key = tuple(changes.items()), has_words, has_keywords
        if key not in self._resolved:  # the cases of a big suite share a few
            limits = self._own(changes, node)
            limits = limits if has_words else replace(limits, max_wer=None)
            self._resolved[key] = limits if has_keywords else replace(limits, min_keyword_recall=None)
        return self._resolved[key]

    def check_keywords(self, written: YamlMapping, *, any_keywords: bool) -> None:
        """Refuse a limit on keywords in a suite that has none."""
        if self.suite.min_keyword_recall is not None and not any_keywords:
            line = written.key_line(KEY)
            self._problems.add(line, f'min_keyword_recall needs "keywords", {_OF_SUITE_OR_CASE}')

    def _own(self, changes: dict[str, float | None], node: YamlMapping) -> Limits:
        try:
            return override(self.suite, changes)
        except SuiteError as error:
            self._problems.add_all(node.key_line(KEY), error)
            return self.suite

    def _refuse(
        self,
        changes: dict[str, float | None],
        node: YamlMapping,
        name: str,
        language: str | None,
        *,
        has_keywords: bool,
        has_times: bool,
    ) -> None:
        """Refuse limits of the case itself that can't be judged."""
        line = node.key_line(KEY)
        if changes.get("max_wer") is not None and not is_written_in_words(language):
            why = f"{language} is not written in words, so it has no WER; use max_cer"
            self._problems.add(line, f"{name} can't have a max_wer: {why}")
        if changes.get("min_keyword_recall") is not None and not has_keywords:
            self._problems.add(
                line, f'{name} has a min_keyword_recall and no "keywords", {_OF_SUITE_OR_CASE}'
            )
        if changes.get("max_word_offset_ms") is not None and not has_times:
            ways = 'the reference times of its words under "words"'
            self._problems.add(line, f"{name} has a max_word_offset_ms, which needs {ways}")


_OF_SUITE_OR_CASE = "which a suite or a case can have"
