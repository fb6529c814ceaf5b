"""Normalisers: named, versioned lists of steps that both sides go through before they are compared.

A released version never changes what it returns for a Unicode version; a better rule is a new version.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_stt.errors import SuiteError
from pytest_stt.text import steps
from pytest_stt.text.printable import printable

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
        name: Its name in `normalize:` of a suite.
        version: Counted from 1.
        steps: What it does, in this order; empty for `none`.
    """

    name: str
    version: int
    steps: tuple[Step, ...]

    @property
    def label(self) -> str:
        """Return name and version, such as `basic@1`."""
        return f"{self.name}@{self.version}"

    def __call__(self, text: str) -> str:
        """Return the text in the form in which it is scored."""
        for step in self.steps:
            text = step.apply(text)
        return text


_BASIC_1 = (
    Step(
        name="invisible",
        description="Delete format characters (soft hyphen, zero width, bidi), variation selectors, "
        "enclosing marks and the Arabic tatweel; ™, ℠ and free-standing accents become a blank",
        apply=steps.delete_invisible,
    ),
    Step(
        name="composition",
        description="Write every character in its one form (Unicode NFKC); № stays, a fraction or raised "
        "digit right behind a digit becomes a word of its own",
        apply=steps.compose,
    ),
    Step(name="case", description="Fold case by Unicode's full rules", apply=steps.fold_case),
    Step(
        name="apostrophes",
        description="Write any apostrophe between letters or digits as ', and a blank for any other",
        apply=steps.unify_apostrophes,
    ),
    Step(
        name="hebrew signs",
        description="Delete geresh, gershayim and the quotes typed for them between two Hebrew letters",
        apply=steps.delete_hebrew_signs,
    ),
    Step(
        name="signs in words",
        description="Delete dots, the Catalan middle dot and Armenian tone marks between two letters",
        apply=steps.delete_inner_signs,
    ),
    Step(
        name="signs in numbers",
        description="Keep . , : / between two digits, and a minus right before a digit at the start of a "
        "word; elsewhere they become a blank",
        apply=steps.keep_number_signs,
    ),
    Step(
        name="spoken symbols",
        description="Set off as words the symbols that are spoken: currencies, % & @ # + = ° § № ‰ ± ÷ and "
        "times",
        apply=steps.set_off_symbols,
    ),
    Step(
        name="punctuation",
        description="Write a blank for all other punctuation (hyphens and slashes too), symbols, emoji, "
        "control characters and lone surrogates",
        apply=steps.blank_punctuation,
    ),
    Step(
        name="white space",
        description="Fold every run of white space to a single blank",
        apply=steps.fold_white_space,
    ),
)

_NORMALIZERS = (
    Normalizer(name="none", version=1, steps=()),
    Normalizer(name="basic", version=1, steps=_BASIC_1),
)


def normalizer_names() -> list[str]:
    """Return the names of all normalisers, sorted, without versions."""
    return sorted({normalizer.name for normalizer in _NORMALIZERS})


def find_normalizer(name: str, language: str | None = None) -> Normalizer:
    """Return the newest version of a normaliser by its name, or exactly one by its label.

    Args:
        name: A name (`basic`) or a label (`basic@1`).
        language: A BCP 47 tag, for normalisers that depend on the language.

    Raises:
        SuiteError: There is no such normaliser, or not this version of it.
    """
    wanted, at, version = name.partition("@")
    versions = {
        str(normalizer.version): normalizer for normalizer in _NORMALIZERS if normalizer.name == wanted
    }
    if not versions:
        raise SuiteError(_unknown_name(wanted))
    if not at:
        return max(versions.values(), key=lambda normalizer: normalizer.version)
    if version not in versions:
        labels = ", ".join(normalizer.label for normalizer in versions.values())
        raise SuiteError(
            f"no version '{printable(version, 40)}' of the normaliser {wanted!r}; there is {labels}"
        )
    return versions[version]


def _unknown_name(name: str) -> str:
    names = normalizer_names()
    near = difflib.get_close_matches(name, names, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"no normaliser '{printable(name, 40)}'{hint} (there is {', '.join(names)})"
