"""The limits of a case: the defaults, the suite's and its own, as far as they can be judged."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pytest_stt.errors import SuiteError
from pytest_stt.limits import DEFAULT_LIMITS, Limits, override
from pytest_stt.text.languages import is_written_in_words, spelled

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_stt.suite.document import YamlMapping
    from pytest_stt.suite.problems import Problems
    from pytest_stt.suite.schema import LimitsEntry, SuiteEntry

    _Key = tuple[tuple[tuple[str, float | None], ...], str | None, bool, bool]

KEY = "assert_quality"


class CaseLimits:
    """Resolve limits key by key.

    A limit of the suite, or a default, that can't be judged in a case is left out there: `max_wer` in a
    language without words, `min_keyword_recall` without keywords, `max_word_offset_ms` without the times of
    words. The case's own is refused.

    Args:
        suite: The suite, its types checked.
        written: The suite with its lines; these know the keys that were refused, too.
        problems: Gets what is wrong.
    """

    def __init__(self, suite: SuiteEntry, written: YamlMapping, problems: Problems) -> None:
        self._written = written
        self._problems = problems
        self._resolved: dict[_Key, Limits] = {}
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
        has_keywords: bool,
        has_times: bool,
    ) -> Limits:
        """Return the limits in force for a case.

        Args:
            entry: Its own limits, the types checked.
            node: What holds them.
            name: What messages call the case.
            language: Its language, which says whether it has words.
            has_keywords: Whether it has keywords, its own or the suite's.
            has_times: Whether it has reference times of words.
        """
        changes = tuple(entry.changes().items()) if entry.model_fields_set else ()
        key = changes, language, has_keywords, has_times
        limits = self._resolved.get(key)  # the cases of a big suite share a few
        if limits is None:
            limits = self._resolve(key, node, name)
        return limits

    def check_needs(self) -> None:
        """Refuse limits of the suite that none of its cases can be judged by."""
        line, cases = self._written.key_line(KEY), self._written.get("cases", ())
        if self.suite.min_keyword_recall is not None and not _has([self._written, *cases], "keywords"):
            self._problems.add(line, f'min_keyword_recall needs "keywords", {_OF_SUITE_OR_CASE}')
        if self.suite.max_word_offset_ms is not None and not _has(cases, "words"):
            self._problems.add(line, f'max_word_offset_ms needs "words", {_TIMES_OF_CASE}')

    def _resolve(self, key: _Key, node: YamlMapping, name: str) -> Limits:
        changes, language, has_keywords, has_times = key
        absent = {
            "max_wer": not is_written_in_words(language),
            "min_keyword_recall": not has_keywords,
            "max_word_offset_ms": not has_times,
        }
        refused = [limit for limit, value in changes if value is not None and absent.get(limit)]
        for limit in refused:
            self._problems.add(node.key_line(KEY), f"{name} {_REFUSED[limit].format(language=language)}")
        try:
            limits = override(self.suite, dict(changes))
        except SuiteError as error:
            self._problems.add_all(node.key_line(KEY), error)
            return self.suite
        left_out: dict[str, Any] = {limit: None for limit, is_absent in absent.items() if is_absent}
        limits = replace(limits, **left_out)
        if not refused:
            self._resolved[key] = limits
        return limits


def notes_on_words(suite: SuiteEntry, languages: Sequence[str | None]) -> tuple[str, ...]:
    """Say in how many cases, whose languages these are, a `max_wer` that the suite names does not count."""
    if suite.assert_quality.changes().get("max_wer") is None:
        return ()
    cases_of = Counter(languages)
    lacking = {language for language in cases_of if not is_written_in_words(language)}
    if not lacking:
        return ()
    names = sorted({spelled(language) for language in lacking if language})
    are = "is" if len(names) == 1 else "are"
    cases = f"{sum(cases_of[language] for language in lacking)} of {len(languages)} cases"
    return (f"max_wer does not count in {cases}: {', '.join(names)} {are} not written in words; use max_cer",)


def _has(nodes: Iterable[YamlMapping], key: str) -> bool:
    """Tell whether one of some mappings has something under a key, or had what was refused."""
    return any(key in node.lines and node.get(key, True) for node in nodes)


_OF_SUITE_OR_CASE = "which a suite or a case can have"
_TIMES_OF_CASE = "the reference times that a case can have"
_REFUSED = {
    "max_wer": "can't have a max_wer: {language} is not written in words, so it has no WER; use max_cer",
    "min_keyword_recall": f'has a min_keyword_recall and no "keywords", {_OF_SUITE_OR_CASE}',
    "max_word_offset_ms": f'has a max_word_offset_ms and no "words", {_TIMES_OF_CASE}',
}
