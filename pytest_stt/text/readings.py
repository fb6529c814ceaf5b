"""A reference with alternatives, as it was read: its literal text, its choices, its ways."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import product, repeat
from math import prod
from typing import TYPE_CHECKING, Final, TypeAlias

from pytest_stt.errors import SuiteError
from pytest_stt.metrics import mixed_tokens, tokens_of
from pytest_stt.text.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_stt.metrics import TokenUnit

MOST_WAYS: Final = 4096
LEAST_WORDS: Final = 4
_MOST_WAYS_SHOWN: Final = 1_000_000

# The short forms of English verbs and the possessive. Other words with an apostrophe in front stand alone:
# 'em, 'cause, 'til; Dutch 't; Afrikaans 'n.
_CLITIC = re.compile(r"['\u2019](?:m|s|re|ve|ll|d)(?![\w'\u2019])", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Hold the options of one pair of braces or parentheses.

    Attributes:
        options: The accepted forms in written order, `()` for nothing; that is the last of parentheses.
    """

    options: tuple[Parts, ...]

    @cached_property
    def ways(self) -> int:
        """Return how many ways there are to read it."""
        return sum(map(count_ways, self.options))


Parts: TypeAlias = "tuple[str | Choice, ...]"


@dataclass(frozen=True, kw_only=True)
class Reading:
    """Hold what a reference with alternatives was read as.

    Attributes:
        parts: Literal text, unescaped, and choices, in order.
    """

    parts: Parts

    @cached_property
    def ways(self) -> int:
        """Return how many ways there are to read it, 1 or more."""
        return count_ways(self.parts)

    @property
    def has_choices(self) -> bool:
        """Whether it can be read in more than one way."""
        return self.ways > 1

    @cached_property
    def plain(self) -> str:
        """Return the unescaped text; where there are choices, its first way."""
        if all(isinstance(part, str) for part in self.parts):
            return "".join(part for part in self.parts if isinstance(part, str))
        return self.sample(repeat(0))

    def sample(self, options: Iterator[int]) -> str:
        """Return the way that takes in each choice the option of the next index, counted round."""
        return _fold(_join(self.parts, [_sample(part, options) for part in self.parts]))

    def texts(self) -> Iterator[str]:
        """Return every way written out, in written order, white space folded.

        Raises:
            SuiteError: There are more than 4096.
        """
        if self.too_many:
            raise SuiteError(self.too_many)
        return map(_fold, _texts(self.parts))

    @property
    def too_many(self) -> str:
        """Return what to do about more than 4096 ways, empty where there are not so many."""
        if self.ways <= MOST_WAYS:
            return ""
        described = _describe(self.parts)
        words = "words" if mixed_tokens(described) == described.split() else "characters"
        return (
            f'more than {MOST_WAYS} ways to read "{printable(described, 80)}"; put fewer choices close '
            f"together, or at least {LEAST_WORDS} {words} between them"
        )

    def describe(self) -> str:
        """Return one printable line that shows what was read.

        `<a | b>` is one of several, `[a | b]` the same or nothing: `I <am | 'm> [really] try (4 ways)`.
        """
        if not self.has_choices:
            return printable(self.plain)
        ways = "more than a million" if self.ways > _MOST_WAYS_SHOWN else self.ways
        return f"{printable(_describe(self.parts))} ({ways} ways)"


def count_ways(parts: Parts) -> int:
    """Return how many ways there are to read these parts, 1 or more."""
    return prod(part.ways for part in parts if isinstance(part, Choice))


def is_wide(part: str | Choice, unit: TokenUnit) -> bool:
    """Tell whether a part is text of so many tokens that choices on either side need not be read together."""
    return isinstance(part, str) and len(tokens_of(part, unit)) >= LEAST_WORDS


def _texts(parts: Parts) -> Iterator[str]:
    written = [[part] if isinstance(part, str) else list(_option_texts(part)) for part in parts]
    for pieces in product(*written):
        yield _join(parts, pieces)


def _option_texts(choice: Choice) -> Iterator[str]:
    for option in choice.options:
        yield from (text.strip() for text in _texts(option))


def _sample(part: str | Choice, options: Iterator[int]) -> str:
    if isinstance(part, str):
        return part
    parts = part.options[next(options) % len(part.options)]
    return _join(parts, [_sample(inner, options) for inner in parts]).strip()


def _join(parts: Parts, pieces: Iterable[str]) -> str:
    """Write one way: `pieces` has the text of each part, one option where it is a choice."""
    text = ""
    for part, piece in zip(parts, pieces, strict=True):
        if isinstance(part, Choice) and _CLITIC.match(piece) and text[-1:].isspace():
            text = text.rstrip()
        text += piece
    return text


def _fold(text: str) -> str:
    return " ".join(text.split())


def _describe(parts: Parts) -> str:
    shown = (part if isinstance(part, str) else _describe_choice(part) for part in parts)
    return _fold("".join(shown))


def _describe_choice(choice: Choice) -> str:
    options = " | ".join(_describe(option) for option in choice.options if option)
    return f"<{options}>" if all(choice.options) else f"[{options}]"
