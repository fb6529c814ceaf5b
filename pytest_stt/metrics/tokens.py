"""Tokens: what is counted in a text, words or characters."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

TokenUnit = Literal["word", "character"]

# Scripts that set no blanks between words, and the marks that lengthen or repeat their characters but belong
# to no script (々 and the other repeat marks do belong to one).
_WORDLESS: Final = (
    r"\p{Han}\p{Hiragana}\p{Katakana}\p{Bopomofo}\p{Thai}\p{Khmer}\p{Lao}\p{Myanmar}"
    "\u3006\u3031-\u3035\u309b\u309c\u30fc\uff70"
)
# A cluster is what \X matches; on its own it takes 20 s for 100 000 regional indicators, the halves of flags.
_CLUSTER: Final = "(?:[\U0001f1e6-\U0001f1ff]{2}" r"[\p{GCB=Extend}\p{GCB=ZWJ}\p{GCB=SpacingMark}]*|\X)"


def tokens_of(text: str, unit: TokenUnit) -> list[str]:
    """Return the words of a text, or its `mixed_tokens` where the unit is the character."""
    return text.split() if unit == "word" else mixed_tokens(text)


def graphemes(text: str) -> list[str]:
    """Return the grapheme clusters of a text, what its readers call characters (Unicode UAX 29)."""
    # Of ASCII only CR LF is a cluster of two.
    if text.isascii() and "\r" not in text:
        return list(text)
    return _clusters()(text)


def mixed_tokens(text: str) -> list[str]:
    """Return the tokens that a mixed error rate counts.

    Of scripts without blanks between words (Chinese characters, kana, Bopomofo, Thai, Khmer, Lao, Burmese)
    every grapheme cluster is a token, of everything else every run up to the next of these or to white
    space, which is no token itself: 我要book一张ticket has six.
    """
    if text.isascii():
        return text.split()
    find = _mixed()
    return [token for piece in text.split() for token in find(piece)]


@cache
def _clusters() -> Callable[[str], list[str]]:
    return _finder(_CLUSTER)


@cache
def _mixed() -> Callable[[str], list[str]]:
    return _finder(rf"(?=[{_WORDLESS}]){_CLUSTER}|(?:(?![{_WORDLESS}]){_CLUSTER})+")


def _finder(pattern: str) -> Callable[[str], list[str]]:
    # Importing it takes 10 ms, and texts in ASCII do without.
    import regex  # type: ignore[import-untyped, unused-ignore]

    find: Callable[[str], list[str]] = regex.compile(pattern).findall
    return find
