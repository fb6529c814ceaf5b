"""How many columns a text takes on a terminal."""

from __future__ import annotations

import unicodedata
from itertools import accumulate


def display_width(text: str) -> int:
    """Return the columns of a text: 2 for East Asian wide characters, 0 for combining and format ones."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def pad(text: str, columns: int) -> str:
    """Fill a text up with blanks; a longer one stays as it is."""
    return text + " " * (columns - display_width(text))


def fit(text: str, columns: int) -> str:
    """Cut a text to so many columns (1 or more), the last of them `…` when something had to go."""
    if display_width(text) <= columns:
        return text
    kept = sum(used < columns for used in accumulate(map(_columns, text)))
    return text[:kept] + "…"


def _columns(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me", "Cf"} or "\u1160" <= character <= "\u11ff":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
