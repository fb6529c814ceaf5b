"""Untrusted text, made safe to show."""

from __future__ import annotations

import re

_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}

# Control characters move the cursor or colour the screen and can't be written in XML 1.0; bidi controls and
# line separators rearrange what a reader sees; lone surrogates and noncharacters can't be encoded everywhere.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u206f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
    + "]"
)

_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)


def printable(text: str, limit: int | None = None) -> str:
    r"""Show text of unknown origin so that it is safe on a terminal, in XML and in HTML.

    Control characters (line feed and tab too), bidi controls, line separators, lone surrogates and
    noncharacters become escapes such as `\n`, `\x1b` and `\u202e`. Everything else stays as it is:
    escaping `<` and `&` is the job of whoever writes XML or HTML.

    Args:
        text: Any string.
        limit: Show only this many characters of `text`, followed by `…` when some were left out.
    """
    if limit is not None and len(text) > limit:
        return _UNSAFE.sub(_escape, text[:limit]) + "…"
    return _UNSAFE.sub(_escape, text)


def isolated(text: str, limit: int | None = None) -> str:
    """Show text of unknown origin as `printable` does, fit to stand in the middle of a line.

    Right-to-left text would draw the figures and marks behind it to its other side. It is set between the
    isolates U+2068 and U+2069, which take no column; other text is not.

    Args:
        text: Any string; what `printable` returned comes out as it is, but for the isolates.
        limit: As of `printable`.
    """
    shown = printable(text, limit)
    return f"\u2068{shown}\u2069" if has_right_to_left(shown) else shown


def has_right_to_left(text: str) -> bool:
    """Tell whether a text has letters that are written from right to left, such as Arabic or Hebrew ones."""
    return not text.isascii() and _RIGHT_TO_LEFT.search(text) is not None


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    code = ord(character)
    if character in _SHORT:
        return _SHORT[character]
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
