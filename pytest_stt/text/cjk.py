"""The normaliser `cjk`: `basic`, and blanks beside characters that are written without them do not count."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from pytest_stt.text.basic import BASIC_1
from pytest_stt.text.step import Step

# 々 belongs to the script Han; 〆 and the signs that repeat or lengthen kana belong to no script.
_WITHOUT_BLANKS: Final = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Bopomofo}\u3006\u3031-\u3035\u30fc"


@cache
def _blank() -> Any:
    import regex  # type: ignore[import-untyped, unused-ignore]

    # A sign keeps its blank (-5 would lose its minus) and so does Hangul, which is written in words.
    other = r"[[\p{L}\p{N}]--[\p{Hangul}]]"
    here = rf"[[{_WITHOUT_BLANKS}]--[\p{{M}}]]"
    return regex.compile(rf"(?<={here})\s+(?={other})|(?<={other})\s+(?={here})", regex.VERSION1)


def close_blanks(text: str) -> str:
    """Delete blanks between a Chinese character or kana and a letter or digit, but not beside Hangul."""
    return text if text.isascii() else str(_blank().sub("", text))


CJK_1: Final = (
    *BASIC_1,
    Step(
        name="blanks",
        description="Delete blanks between a Chinese character or kana and any letter or digit; Latin words "
        "and Hangul keep theirs",
        apply=close_blanks,
    ),
)
