r"""References with alternatives, in the manner of sclite: `I {am / 'm} (really) {going to / gonna} try`.

Braces hold one of several options and parentheses what may be left out; both nest. An option may be empty,
also written `@`. `\{ \} \( \) \/ \\` are the characters themselves; any other backslash and a slash outside
braces are, too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Final, TypeAlias

from pytest_stt.errors import SuiteError
from pytest_stt.text.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SPECIAL = re.compile(r"[{}()\\]")
_TOKEN = re.compile(r"\\[{}()/\\]|[{}()/\\]|[^{}()/\\]+")
_CLOSERS: Final = {"}": "{", ")": "("}
_MOST_NESTING: Final = 10
_MOST_PROBLEMS: Final = 5
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
        return self.sample(0)

    def sample(self, option: int) -> str:
        """Return the way that takes the option of this index, else the last, in every choice."""
        return _fold(_join(self.parts, [_sample(part, option) for part in self.parts]))

    def texts(self) -> Iterator[str]:
        """Yield every way written out, in written order, white space folded; see `ways` before."""
        return map(_fold, _texts(self.parts))

    def describe(self) -> str:
        """Return one printable line that shows what was read.

        `<a | b>` is one of several, `[a | b]` the same or nothing: `I <am | 'm> [really] try (4 ways)`.
        """
        if not self.has_choices:
            return printable(self.plain)
        ways = "more than a million" if self.ways > _MOST_WAYS_SHOWN else self.ways
        return f"{printable(_describe(self.parts))} ({ways} ways)"


def parse_alternatives(text: str) -> Reading:
    r"""Read a reference with alternatives.

    Raises:
        SuiteError: A brace or parenthesis is not closed, closes nothing, holds nothing or is nested deeper
            than 10, or a slash stands between blanks in parentheses. Each problem names its column, counted
            from 1.
    """
    if not _SPECIAL.search(text):
        return Reading(parts=(text,))
    return _parse(text)


def count_ways(parts: Parts) -> int:
    """Return how many ways there are to read these parts, 1 or more."""
    return prod(part.ways for part in parts if isinstance(part, Choice))


@lru_cache(maxsize=4096)
def _parse(text: str) -> Reading:
    parser = _Parser(text)
    return Reading(parts=parser.parse())


class _Frame:
    """Collect what stands in an open brace or parenthesis, or in none."""

    def __init__(self, opener: str, at: int) -> None:
        self.opener = opener
        self.at = at
        self.options: list[Parts] = []
        self.parts: list[str | Choice] = []

    def add(self, part: str | Choice) -> None:
        if self.parts and isinstance(part, str) and isinstance(self.parts[-1], str):
            self.parts[-1] += part
        else:
            self.parts.append(part)

    def end_option(self) -> None:
        option = tuple(self.parts)
        text = option[0].strip() if len(option) == 1 and isinstance(option[0], str) else None
        nothing = not option or text == "" or (text == "@" and self.opener == "{")
        self.options.append(() if nothing else option)
        self.parts = []


class _Parser:
    """Read one text, noting every problem before it gives up."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.frames = [_Frame("", 0)]
        self.problems: list[str] = []

    def parse(self) -> Parts:
        for match in _TOKEN.finditer(self.text):
            self.take(match[0], match.start())
            if len(self.frames) - 1 > _MOST_NESTING:
                self.note(match.start(), f"choices are nested deeper than {_MOST_NESTING}")
                break
        else:
            for frame in self.frames[1:]:
                self.note_unclosed(frame)
        if self.problems:
            raise SuiteError(*_first(self.problems))
        return tuple(self.frames[0].parts)

    def take(self, token: str, at: int) -> None:
        frame = self.frames[-1]
        if token in ("{", "("):
            self.frames.append(_Frame(token, at))
        elif token in _CLOSERS:
            self.close(token, at)
        elif token == "/" and frame.opener == "{":
            frame.end_option()
        else:
            if token == "/" and frame.opener == "(" and self.between_blanks(at):
                self.note(at, 'parentheses have no "/" (one of several or nothing is ({a / b}))', "/")
            frame.add(token[-1] if token[0] == "\\" else token)

    def between_blanks(self, at: int) -> bool:
        return self.text[at - 1].isspace() and self.text[at + 1 : at + 2].isspace()

    def close(self, closer: str, at: int) -> None:
        if all(frame.opener != _CLOSERS[closer] for frame in self.frames):
            self.note(at, f'"{closer}" closes nothing', closer)
            return
        while self.frames[-1].opener != _CLOSERS[closer]:
            self.note_unclosed(self.frames.pop())
        frame = self.frames.pop()
        frame.end_option()
        if not any(frame.options):
            self.note(frame.at, f'there is nothing in "{frame.opener}{closer}"', frame.opener)
        if frame.opener == "(":
            frame.end_option()
        self.frames[-1].add(Choice(options=tuple(frame.options)))

    def note_unclosed(self, frame: _Frame) -> None:
        self.note(frame.at, f'"{frame.opener}" is never closed', frame.opener)

    def note(self, at: int, problem: str, sign: str = "{") -> None:
        found = printable(self.text[at:], 20)
        remedy = rf"write \{sign} for the character itself, or alternatives: false"
        self.problems.append(f'column {at + 1}, "{found}": {problem}; {remedy}')


def _first(problems: list[str]) -> list[str]:
    left_out = len(problems) - _MOST_PROBLEMS
    return problems[:_MOST_PROBLEMS] + ([f"and {left_out} more in the same text"] if left_out > 0 else [])


def _texts(parts: Parts) -> Iterator[str]:
    written = [[part] if isinstance(part, str) else list(_option_texts(part)) for part in parts]
    for pieces in product(*written):
        yield _join(parts, pieces)


def _option_texts(choice: Choice) -> Iterator[str]:
    for option in choice.options:
        yield from (text.strip() for text in _texts(option))


def _sample(part: str | Choice, option: int) -> str:
    if isinstance(part, str):
        return part
    parts = part.options[min(option, len(part.options) - 1)]
    return _join(parts, [_sample(inner, option) for inner in parts]).strip()


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
