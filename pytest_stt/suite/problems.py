"""Everything wrong with one suite file, collected and then reported at once."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NoReturn

from pytest_stt.errors import SuiteError
from pytest_stt.text.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_QUOTE = 60


class Problems:
    """Collect the problems of one file as `file:line: sentence`."""

    def __init__(self, display: str) -> None:
        self.display = display
        self._found: list[tuple[int, str]] = []

    def add(self, line: int | None, text: str) -> None:
        """Add one problem; line None for what is not in the file (an option, an ini value)."""
        place = f"{self.display}:{line}: " if line else ""
        self._found.append((line or 0, printable(place + text)))

    def add_all(self, line: int | None, error: SuiteError, label: str = "") -> None:
        """Add the problems of an error from below, each after the key it is about."""
        for problem in error.problems:
            self.add(line, f"{label}: {problem}" if label else problem)

    def fail(self, line: int | None, text: str) -> NoReturn:
        """Add a problem after which nothing else can be checked, and report."""
        self.add(line, text)
        self.report()

    def __bool__(self) -> bool:
        return bool(self._found)

    def report(self) -> NoReturn:
        """Raise everything collected as one `SuiteError`, in the order of the lines, nothing twice."""
        in_order = sorted(self._found, key=lambda found: found[0])
        raise SuiteError(*dict.fromkeys(text for _, text in in_order))


def found(value: Any) -> str:
    """Name a value that was not expected: its text, or what kind of thing it is."""
    if isinstance(value, dict):
        return "a mapping" if value else "an empty mapping"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    return quoted(str(value)) if value != "" else "nothing"


def quoted(text: str) -> str:
    """Put text in quotes, long text cut."""
    return f'"{text}"' if len(text) <= LONGEST_QUOTE else f'"{text[:LONGEST_QUOTE]}…"'


def nearest(name: str, names: Iterable[str]) -> str:
    """End the sentence "… has no such name" with the nearest name, else with all names."""
    names = list(names)
    close = get_close_matches(name, names, n=1)
    if close:
        return f'; did you mean "{close[0]}"?'
    return f"; it has {', '.join(names)}" if names else ""
