"""The key `normalize`: one normaliser for all, or one for each language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_stt.errors import SuiteError
from pytest_stt.suite.document import Null, YamlMapping, plain
from pytest_stt.suite.problems import found
from pytest_stt.text.normalizers import find_normalizer, normalizer_for, normalizer_spec

if TYPE_CHECKING:
    from pytest_stt.suite.problems import Problems

DEFAULT = "default"


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
        self._line = line
        self._chosen: dict[str | None, str] = {}
        self._specs = {DEFAULT: self._spec(default, None, "ini option stt_normalize")}
        if isinstance(written, YamlMapping):
            self._specs |= self._by_language(written)
        elif written is not None:
            self._specs[DEFAULT] = self._spec(written, line, "normalize")

    def of(self, language: str | None) -> str:
        """Return the normaliser for a language, `none` where there is a problem with it."""
        if language not in self._chosen:
            self._chosen[language] = self._checked(language)
        return self._chosen[language]

    def _by_language(self, written: YamlMapping) -> dict[str, str]:
        if not written:
            self._problems.add(
                self._line, "normalize: expected a name, a list of steps, or {default: …, ja: …}"
            )
        return {
            language: self._spec(value, written.value_line(language), f"normalize: {language}")
            for language, value in written.items()
        }

    def _spec(self, value: Any, line: int | None, label: str) -> str:
        if isinstance(value, Null) or not isinstance(value, str | list):
            self._problems.add(line, f"{label}: expected a name or a list of steps, found {found(value)}")
            return "none"
        try:
            return normalizer_spec(plain(value))
        except SuiteError as error:
            self._problems.add_all(line, error, label)
            return "none"

    def _checked(self, language: str | None) -> str:
        spec = normalizer_for(self._specs, language)
        try:
            find_normalizer(spec, language)
        except SuiteError as error:
            of_language = f"normalize, for the language {language}" if language else "normalize"
            self._problems.add_all(self._line, error, of_language)
            return "none"
        return spec
