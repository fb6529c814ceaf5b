"""The normaliser `basic`: its steps, in the order in which they run.

Each maps a string to a string and relies on the ones before it: what is invisible is deleted before letters
are composed, and every sign that stays is decided on before punctuation goes.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from pytest_stt.text.step import Step

# Deleted although their categories (Mn, Lm) stay: signs that only choose or stretch a glyph.
_GLYPH_SIGNS = re.compile("[\u034f\u0640\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_TATWEEL: Final = "\u0640"

_APOSTROPHES = str.maketrans(dict.fromkeys("`\u02bb\u02bc\u2018\u2019\u201b\u2032\u055a\u05f3", "'"))
_HEBREW_SIGN = re.compile("(?<=[\u0590-\u05ff])[\"'\u201c\u201d\u05f4](?=[\u05d0-\u05f2])")
_INNER_SIGN = re.compile("[.\u00b7\u055b\u055c\u055e\u055f]")

# Raised and lowered digits, fractions and circled numbers: right behind a digit NFKC would make 1½ 11/2.
_NUMBER_BEHIND_DIGIT = re.compile(
    r"(?<=\d)(?=[\u00b2\u00b3\u00b9\u00bc-\u00be\u2070-\u2079\u2080-\u2089\u2150-\u215f\u2189\u2460-\u249b])"
)
_SLASHES = str.maketrans({"\u2044": "/", "\u2215": "/"})
_OUTSIDE_NUMBER = re.compile(r"(?<!\d)[.,:/\u066b\u066c]|[.,:/\u066b\u066c](?!\d)")
_MINUS = re.compile(r"[-\u2212]")
POINT_AND_DIGIT = re.compile(r"\.(?=[0-9])")

# Thai and Lao am, which NFKC takes apart into a ring and a long a; a tone mark may stand behind the ring.
_THAI_AM = re.compile("\u0e4d([\u0e48-\u0e4b]*)\u0e32")
_LAO_AM = re.compile("\u0ecd([\u0ec8-\u0ecb]*)\u0eb2")

_SPOKEN_SYMBOLS: Final = "%&@#+=°§№‰±\u00d7÷"
_DECIDED_SIGNS: Final = "'-.,:/\u066b\u066c"


class _Table(dict[int, str]):
    """Decide on a character when it is first seen: a table of all of Unicode takes 0.1 s to build."""

    def __missing__(self, code: int) -> str:
        self[code] = replacement = self.replace(chr(code))
        return replacement

    def replace(self, character: str) -> str:
        raise NotImplementedError


class _InvisibleTable(_Table):
    def replace(self, character: str) -> str:
        if unicodedata.category(character) in {"Cf", "Me"} or _GLYPH_SIGNS.match(character):
            return ""
        composed = unicodedata.normalize("NFKC", character)
        # A free-standing accent; NFKC would put the accent on a blank.
        if composed.startswith(" "):
            return " "
        return composed.replace(_TATWEEL, "") if _TATWEEL in composed else character


class _SymbolTable(_Table):
    def replace(self, character: str) -> str:
        spoken = character in _SPOKEN_SYMBOLS or unicodedata.category(character) == "Sc"
        return f" {character} " if spoken else character


class _PunctuationTable(_Table):
    def replace(self, character: str) -> str:
        category = unicodedata.category(character)
        if character in _DECIDED_SIGNS or character in _SPOKEN_SYMBOLS or category == "Sc":
            return character
        return " " if category[0] in "PSZ" or category in {"Cc", "Cs"} else character


_INVISIBLE = _InvisibleTable({ord("\u00b4"): "'", ord("\u066a"): "%", ord("™"): " ", ord("℠"): " "})
_SYMBOLS = _SymbolTable()
_PUNCTUATION = _PunctuationTable()


def delete_invisible(text: str) -> str:
    """Delete what is neither seen nor heard, and give way to what composing would spoil."""
    return text if text.isascii() else text.translate(_INVISIBLE)


def compose(text: str) -> str:
    """Write every character in its one form, Unicode NFKC but for № and am; the ½ of 1½ stays apart."""
    if text.isascii():
        return text
    parts = _NUMBER_BEHIND_DIGIT.sub(" ", text).split("№")
    return _write_am("№".join(unicodedata.normalize("NFKC", part) for part in parts))


def _write_am(text: str) -> str:
    return _LAO_AM.sub("\\1\u0eb3", _THAI_AM.sub("\\1\u0e33", text))


def fold_case(text: str) -> str:
    """Fold case by Unicode's full rules, and compose again what that took apart."""
    if text.isascii():
        return text.lower()
    while (folded := compose(text.casefold())) != text:
        text = folded
    return text


def unify_apostrophes(text: str) -> str:
    """Write every apostrophe between letters or digits as ', and a blank for any other."""
    text = text if text.isascii() and "`" not in text else text.translate(_APOSTROPHES)
    return re.sub("'", _keep_apostrophe, text) if "'" in text else text


def _keep_apostrophe(match: re.Match[str]) -> str:
    return "'" if _stands_between(match, "LN") else " "


def delete_hebrew_signs(text: str) -> str:
    """Delete geresh, gershayim and the quotes typed for them between two Hebrew letters."""
    return text if text.isascii() else _HEBREW_SIGN.sub("", text)


def delete_inner_signs(text: str) -> str:
    """Delete dots, the Catalan middle dot and Armenian tone marks between two letters."""
    deleted = _INNER_SIGN.sub(_delete_inner_sign, text)
    # Two letters that now meet may have one form: Hangul jamo do.
    return deleted if deleted.isascii() else _write_am(unicodedata.normalize("NFC", deleted))


def _delete_inner_sign(match: re.Match[str]) -> str:
    return "" if _stands_between(match, "L") else match[0]


def _stands_between(match: re.Match[str], classes: str) -> bool:
    text, start, end = match.string, match.start(), match.end()
    if start == 0 or end == len(text):
        return False
    before, after = unicodedata.category(text[start - 1])[0], unicodedata.category(text[end])[0]
    # A mark belongs to the letter in front of it.
    return before in classes + "M" and after in classes


def keep_number_signs(text: str) -> str:
    """Keep . , : / between two digits and a minus in front of a number; elsewhere they become a blank.

    A decimal that begins with its point gets a zero: .5 is 0.5.
    """
    text = lead_with_zero(text, POINT_AND_DIGIT)
    inside = _OUTSIDE_NUMBER.sub(" ", text.translate(_SLASHES))
    return _MINUS.sub(_keep_minus, inside)


def lead_with_zero(text: str, point: re.Pattern[str]) -> str:
    """Write a zero before what matches at the beginning of a word, behind a sign or behind a currency."""
    return point.sub(lambda match: f"0{match[0]}" if _opens(match, also=("Pd",)) else match[0], text)


def _keep_minus(match: re.Match[str]) -> str:
    after = match.string[match.end() : match.end() + 1]
    return "-" if _opens(match) and after.isdecimal() else " "


def _opens(match: re.Match[str], also: tuple[str, ...] = ()) -> bool:
    start = match.start()
    before = match.string[start - 1 : start] if start else " "
    opening = ("Ps", "Pi", "Sc", "Sm", *also)
    return before.isspace() or before == '"' or unicodedata.category(before) in opening


def set_off_symbols(text: str) -> str:
    """Set off as words the symbols that are spoken: currencies, % & @ # + = ° § № ‰ ± ÷ and times."""
    return text.translate(_SYMBOLS)


def blank_punctuation(text: str) -> str:
    """Write a blank for all other punctuation, symbols, emoji, control characters and lone surrogates."""
    return text.translate(_PUNCTUATION)


def fold_white_space(text: str) -> str:
    """Fold every run of white space to a single blank, with none at the ends."""
    return " ".join(text.split())


BASIC_1: Final = (
    Step(
        name="invisible",
        description="Delete format characters (soft hyphen, zero width, bidi), variation selectors, "
        "enclosing marks and the Arabic tatweel; ™, ℠ and free-standing accents become a blank",
        apply=delete_invisible,
    ),
    Step(
        name="composition",
        description="Write every character in its one form (Unicode NFKC); № stays, Thai and Lao am stay "
        "one character, a fraction or raised digit right behind a digit becomes a word of its own",
        apply=compose,
    ),
    Step(name="case", description="Fold case by Unicode's full rules", apply=fold_case),
    Step(
        name="apostrophes",
        description="Write any apostrophe between letters or digits as ', and a blank for any other",
        apply=unify_apostrophes,
    ),
    Step(
        name="hebrew signs",
        description="Delete geresh, gershayim and the quotes typed for them between two Hebrew letters",
        apply=delete_hebrew_signs,
    ),
    Step(
        name="signs in words",
        description="Delete dots, the Catalan middle dot and Armenian tone marks between two letters",
        apply=delete_inner_signs,
    ),
    Step(
        name="signs in numbers",
        description="Keep . , : / between two digits, and a minus right before a digit at the start of a "
        "word; elsewhere these and hyphens become a blank; .5 is 0.5",
        apply=keep_number_signs,
    ),
    Step(
        name="spoken symbols",
        description="Set off as words the symbols that are spoken: currencies, % & @ # + = ° § № ‰ ± ÷ and "
        "times",
        apply=set_off_symbols,
    ),
    Step(
        name="punctuation",
        description="Write a blank for all other punctuation, symbols, emoji, control characters and lone "
        "surrogates",
        apply=blank_punctuation,
    ),
    Step(
        name="white space",
        description="Fold every run of white space to a single blank",
        apply=fold_white_space,
    ),
)
