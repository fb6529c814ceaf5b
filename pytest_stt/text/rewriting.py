"""The steps `replace`, `drop` and `regex` of composed normalisers."""

from __future__ import annotations

import re
import warnings
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pytest_stt.errors import SuiteError
from pytest_stt.text.basic import fold_white_space
from pytest_stt.text.printable import printable
from pytest_stt.text.step import Step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

# Scripts that set no blanks between words; 〆 and the signs that repeat or lengthen kana belong to no script.
_WORDLESS: Final = (
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Bopomofo}\p{Thai}\p{Khmer}\p{Lao}\p{Myanmar}"
    r"\u3006\u3031-\u3035\u30fc]"
)
_WORD: Final = rf"[[\p{{L}}\p{{M}}\p{{N}}_]--{_WORDLESS}]"
_APOSTROPHE: Final = "['\u2019]"
_MOST_SHOWN: Final = 3


class _Edges(NamedTuple):
    """Give what must not stand before and behind a match."""

    before: str
    behind: str


def replace_step(words: Mapping[str, str], prepare: Callable[[str], str]) -> Step:
    """Make the step that replaces words or phrases by others, in one pass, longer ones first.

    Args:
        words: What is replaced, and by what.
        prepare: The steps before this one; both sides of `words` go through them.

    Raises:
        SuiteError: Nothing is left of a word once it is prepared, or it is to become two things.
    """
    table: dict[str, str] = {}
    problems = []
    for word, replacement in words.items():
        key, value = prepare(word), prepare(replacement)
        if not key:
            problems.append(_nothing_left("replace", word))
        elif table.setdefault(key, value) != value:
            problems.append(
                f"replace: '{printable(word, 40)}' is '{printable(key, 40)}' after the steps before it, "
                f"which is to become '{printable(table[key], 40)}' already"
            )
    if problems:
        raise SuiteError(*problems)
    shown = _shown(f"{word} by {replacement or 'nothing'}" for word, replacement in table.items())
    return Step(name="replace", description=f"Replace whole words: {shown}", apply=_replacer(table))


def drop_step(words: Sequence[str], prepare: Callable[[str], str]) -> Step:
    """Make the step that deletes words or phrases, longer ones first.

    Raises:
        SuiteError: Nothing is left of a word once it is prepared.
    """
    table = {prepare(word): "" for word in words}
    if problems := [_nothing_left("drop", word) for word in words if not prepare(word)]:
        raise SuiteError(*problems)
    return Step(name="drop", description=f"Delete whole words: {_shown(table)}", apply=_replacer(table))


def regex_step(rules: Sequence[Sequence[str]]) -> Step:
    """Make the step that substitutes what patterns of Python's `re` match, rule after rule.

    Args:
        rules: Pairs of pattern and replacement, checked by `compiled` before.
    """
    substitutions = [(compiled(pattern, replacement), replacement) for pattern, replacement in rules]

    def apply(text: str) -> str:
        for pattern, replacement in substitutions:
            text = pattern.sub(replacement, text)
        return fold_white_space(text)

    shown = _shown(f"{pattern} by {replacement or 'nothing'}" for pattern, replacement in rules)
    return Step(name="regex", description=f"Replace what matches: {shown}", apply=apply)


def compiled(pattern: str, replacement: str) -> re.Pattern[str]:
    """Compile a pattern and check its replacement.

    Raises:
        SuiteError: One of them is not what Python's `re` takes; the message has the position.
    """
    try:
        with warnings.catch_warnings(action="ignore"):
            made = re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise SuiteError(_not_taken("pattern", pattern, error)) from None
    try:
        made.sub(replacement, "")
    except (re.error, IndexError) as error:
        raise SuiteError(_not_taken("replacement", replacement, error)) from None
    return made


def _not_taken(what: str, text: str, error: Exception) -> str:
    reason = error.msg if isinstance(error, re.error) else str(error)
    position = getattr(error, "pos", None)
    where = "" if position is None else f" at position {position}"
    return f"regex: the {what} '{printable(text, 60)}' can't be used: {printable(reason, 80)}{where}"


def _nothing_left(kind: str, word: str) -> str:
    return f"{kind}: nothing is left of '{printable(word, 40)}' after the steps before it"


def _shown(rules: Iterable[str]) -> str:
    listed = list(rules)
    more = f" and {len(listed) - _MOST_SHOWN} more" if len(listed) > _MOST_SHOWN else ""
    return ", ".join(printable(rule, 40) for rule in listed[:_MOST_SHOWN]) + more


def _replacer(table: Mapping[str, str]) -> Callable[[str], str]:
    pattern = _pattern(table)
    replacements = {word: _set_off(word, replacement) for word, replacement in table.items()}

    def apply(text: str) -> str:
        replaced = pattern.sub(lambda match: replacements[fold_white_space(match[0])], text)
        return fold_white_space(replaced)

    return apply


def _pattern(words: Iterable[str]) -> Any:
    """Match the longest word or phrase; those of equal edges that follow each other share what is around."""
    import regex  # type: ignore[import-untyped, unused-ignore]

    longest_first = sorted(words, key=lambda word: (-len(word), word))
    parts = []
    for edges, group in groupby(longest_first, key=_edges):
        choice = "|".join(r"\s+".join(map(re.escape, word.split())) for word in group)
        parts.append(f"{edges.before}(?:{choice}){edges.behind}")
    return regex.compile("|".join(parts), regex.VERSION1)


def _edges(word: str) -> _Edges:
    before = behind = ""
    if _is(_WORD, word[0]):
        before = rf"(?<!{_WORD})(?<!{_WORD}{_APOSTROPHE})"
    if word[0].isdecimal():
        before += r"(?<!\p{N}[.,:/])"
    if _is(_WORD, word[-1]):
        behind = rf"(?!{_WORD})(?!{_APOSTROPHE}{_WORD})"
    elif _is(_WORDLESS, word[-1]):
        behind = r"(?!\p{M})"
    if word[-1].isdecimal():
        behind += r"(?![.,:/]\p{N})"
    return _Edges(before, behind)


def _set_off(word: str, replacement: str) -> str:
    """Set a blank where a sign, which needs none around it, gives way to a word."""
    first, last = (_is(f"{_WORD}|{_WORDLESS}", character) for character in (word[0], word[-1]))
    return f"{'' if first else ' '}{replacement}{'' if last else ' '}"


def _is(kind: str, character: str) -> bool:
    import regex

    return regex.match(kind, character, regex.VERSION1) is not None
