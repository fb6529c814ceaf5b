"""The key `normalize`: one normaliser for all, or one for each language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_stt.errors import SuiteError
from pytest_stt.suite.document import Null, YamlMapping, plain
from pytest_stt.suite.problems import found, quoted
from pytest_stt.text.languages import country_hint, spelled
from pytest_stt.text.normalizers import find_normalizer, normalizer_for, normalizer_spec
from pytest_stt.text.wording import near_miss

if TYPE_CHECKING:
    from pytest_stt.suite.problems import Problems

DEFAULT = "default"


@dataclass(frozen=True, kw_only=True)
class _Choice:
    """A normaliser, what messages call the place that chose it, and its line; None for an ini value."""

    spec: str
    label: str
    line: int | None


class Normalizers:
    """Choose the normaliser of each case by its language.

    Args:
        written: What the suite file says, None where it is silent.
        default: The name of the normaliser where the file is silent.
        line: Where the file says it.
        problems: Gets what is wrong.
    """

    def __init__(self, written: Any, *, default: str, line: int, problems: Problems) -> None:
        self._problems = problems
        self._chosen: dict[str | None, str] = {}
        self._choices = {DEFAULT: self._choice(default, None, "ini option stt_normalize")}
        if isinstance(written, YamlMapping):
            self._choices |= self._by_language(written)
        elif written is not None:
            self._choices[DEFAULT] = self._choice(written, line, "normalize")

    def of(self, language: str | None) -> str:
        """Return the normaliser for a language, `none` where there is a problem with it."""
        if language not in self._chosen:
            self._chosen[language] = self._checked(language)
        return self._chosen[language]

    def _by_language(self, written: YamlMapping) -> dict[str, _Choice]:
        if not written:
            text = "normalize: expected a name, a list of steps, or {default: …, ja: …}"
            self._problems.add(written.line, f"{text}, found {found(written)}")
        known: dict[str, str] = {}
        for language in [one for one in written if one != DEFAULT]:
            hint = near_miss(language, [DEFAULT]) or country_hint(language)
            if hint or not language.strip():
                text = f"normalize: expected a language, found {quoted(language)}{hint}"
                self._problems.add(written.key_line(language), text)
            tag = spelled(language)
            if known.setdefault(tag, language) != language:
                text = f"normalize: {quoted(language)} and {quoted(known[tag])} are one language"
                self._problems.add(written.key_line(language), text)
        return {
            language: self._choice(value, written.value_line(language), f"normalize: {language}")
            for language, value in written.items()
        }

    def _choice(self, value: Any, line: int | None, label: str) -> _Choice:
        spec = "none"
        if isinstance(value, Null) or not isinstance(value, str | list):
            self._problems.add(line, f"{label}: expected a name or a list of steps, found {found(value)}")
        else:
            try:
                spec = normalizer_spec(plain(value))
            except SuiteError as error:
                self._problems.add_all(line, error, label)
        return _Choice(spec=spec, label=label, line=line)

    def _checked(self, language: str | None) -> str:
        choice = self._choices[normalizer_for({tag: tag for tag in self._choices}, language)]
        try:
            find_normalizer(choice.spec, language)
        except SuiteError as error:
            remedy = f"; choose another for it, as in normalize: {{default: …, {language}: …}}"
            for problem in error.problems:
                text = f"{choice.label}, for the language {language}: {problem}{remedy}"
                self._problems.add(choice.line, text)
            return "none"
        return choice.spec
