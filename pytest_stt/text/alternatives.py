r"""References with alternatives, in the manner of sclite: `I {am / 'm} (really) {going to / gonna} try`.

Braces hold one of several options and parentheses what may be left out; both nest. An option may be empty,
also written `@`. `\{ \} \( \) \/ \\` are the characters themselves; any other backslash and a slash outside
braces are, too.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Final

from pytest_stt.errors import SuiteError
from pytest_stt.text.printable import printable
from pytest_stt.text.readings import Choice, Reading, is_wide

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_stt.metrics import TokenUnit
    from pytest_stt.text.readings import Parts

_SPECIAL = re.compile(r"[{}()\\]")
_TOKEN = re.compile(r"\\[{}()/\\]|[{}()/\\]|[^{}()/\\]+")
_CLOSERS: Final = {"}": "{", ")": "("}
_MOST_NESTING: Final = 10
_MOST_PROBLEMS: Final = 5


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


def check_ways(reading: Reading) -> None:
    """Check that a reference can be scored with any normaliser, in any language.

    Raises:
        SuiteError: Choices with fewer than 4 words between them, or characters in scripts without blanks
            between words, can be read in more than 4096 ways.
    """
    problems = [cluster.too_many for cluster in _clusters(reading, "character") if cluster.too_many]
    if problems:
        raise SuiteError(*problems)


def are_apart(reading: Reading, unit: TokenUnit) -> bool:
    """Tell whether at most 4096 ways come together when choices are kept apart by 4 tokens of a unit."""
    return not any(cluster.too_many for cluster in _clusters(reading, unit))


def _clusters(reading: Reading, unit: TokenUnit) -> Iterator[Reading]:
    for wide, parts in groupby(reading.parts, key=lambda part: is_wide(part, unit)):
        if not wide:
            yield Reading(parts=tuple(parts))


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
