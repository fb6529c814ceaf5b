"""What a normaliser is: a name, a version and a list of steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, kw_only=True)
class Step:
    """Name one rule of a normaliser.

    Attributes:
        name: A word or two.
        description: One line that says what the rule does.
        apply: The rule itself, string to string.
    """

    name: str
    description: str
    apply: Callable[[str], str]


@dataclass(frozen=True, kw_only=True)
class Normalizer:
    """Bring a text into the form in which it is scored, by calling it: `normalizer(text)`.

    Attributes:
        name: What a verdict shows: its name in `normalize:` of a suite, and of a list of steps their names,
            such as `basic + replace + drop`.
        label: Name and version, such as `basic@1`, and of a list of steps the list as JSON.
            `find_normalizer(label, language)` gives the same normaliser again.
        steps: What it does, in this order; empty for `none`.
    """

    name: str
    label: str
    steps: tuple[Step, ...]

    def __call__(self, text: str) -> str:
        """Return the text in the form in which it is scored."""
        for step in self.steps:
            text = step.apply(text)
        return text
