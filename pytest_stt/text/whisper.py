"""The normalisers `whisper-english` and `whisper-multilingual`: OpenAI's, in the steps of which they consist.

The tables, the numbers and the symbols are those of the library `whisper_normalizer`; between them are the
substitutions that the published code makes. Applied once: a second time may change the text again.
"""

from __future__ import annotations

import re
import warnings
from functools import cache
from itertools import groupby
from typing import Any, Final

from pytest_stt.text.step import Step

_BRACKETED = re.compile(r"[<\[][^>\]]*[>\]]")
_PARENTHESIZED = re.compile(r"\([^)]+\)")
_BLANKS = re.compile(r"\s+")
_NUMBER_SIGNS: Final = ".%$¢€£"
# Together well below the 4300 digits of which Python makes a number; a word may multiply by a decillion.
_MOST_DIGITS: Final = 1000
_MOST_WORDS: Final = 50


@cache
def english() -> Any:
    """Return the library's normaliser for English, made once."""
    with _without_warnings():
        from whisper_normalizer.english import EnglishTextNormalizer
    return EnglishTextNormalizer()


@cache
def multilingual() -> Any:
    """Return the library's normaliser for other languages, made once."""
    with _without_warnings():
        from whisper_normalizer.basic import BasicTextNormalizer
    return BasicTextNormalizer()


def _without_warnings() -> warnings.catch_warnings[None]:
    # Where it was installed without being compiled, the first import warns of an escape in a docstring.
    return warnings.catch_warnings(action="ignore")


def _delete_brackets(text: str) -> str:
    return _PARENTHESIZED.sub("", _BRACKETED.sub("", text))


def _delete_fillers(text: str) -> str:
    return re.sub(english().ignore_patterns, "", text)


def _expand_contractions(text: str) -> str:
    text = re.sub(r"\s+'", "'", text)
    for pattern, replacement in english().replacers.items():
        text = re.sub(pattern, replacement, text)
    return text


def _keep_number_signs(text: str) -> str:
    text = re.sub(r"(\d),(\d)", r"\1\2", text)
    return re.sub(r"\.([^0-9]|$)", r" \1", text)


def _delete_symbols_and_accents(text: str) -> str:
    from whisper_normalizer.basic import remove_symbols_and_diacritics

    return str(remove_symbols_and_diacritics(text, keep=_NUMBER_SIGNS))


def write_numbers(text: str) -> str:
    """Write numbers in digits by OpenAI's rules, but not those of thousands of digits, on which they fail."""
    try:
        return str(english().standardize_numbers(text))
    except (AssertionError, ValueError):
        return _write_numbers_apart(text)


def _write_numbers_apart(text: str) -> str:
    written: list[str] = []
    for is_long, group in groupby(text.split(), key=lambda word: len(word) > _MOST_DIGITS):
        words = list(group)
        if is_long:
            written += words
            continue
        for start in range(0, len(words), _MOST_WORDS):
            written.append(english().standardize_numbers(" ".join(words[start : start + _MOST_WORDS])))
    return " ".join(written)


def _spell_american(text: str) -> str:
    return str(english().standardize_spellings(text))


def _delete_stray_signs(text: str) -> str:
    text = re.sub(r"[.$¢€£]([^0-9])", r" \1", text)
    return re.sub(r"([^0-9])%", r"\1 ", text)


def _blank_symbols(text: str) -> str:
    return str(multilingual().clean(text))


def _fold_blanks(text: str) -> str:
    return _BLANKS.sub(" ", text)


_CASE: Final = Step(name="case", description="Write lower case", apply=str.lower)
_BRACKETS: Final = Step(
    name="brackets",
    description="Delete what stands in brackets <…> […] (…)",
    apply=_delete_brackets,
)
_WHITE_SPACE: Final = Step(
    name="white space",
    description="Fold every run of white space to a single blank, also at the ends",
    apply=_fold_blanks,
)

ENGLISH_1: Final = (
    _CASE,
    _BRACKETS,
    Step(name="fillers", description="Delete hmm, mm, mhm, mmm, uh and um", apply=_delete_fillers),
    Step(
        name="contractions",
        description="Write contractions and titles in full: won't is will not, he's is he is, Mr is mister",
        apply=_expand_contractions,
    ),
    Step(
        name="signs in numbers",
        description="Delete commas between two digits, and dots that no digit follows",
        apply=_keep_number_signs,
    ),
    Step(
        name="symbols and accents",
        description="Delete accents, and write a blank for punctuation and symbols but . % $ ¢ € £",
        apply=_delete_symbols_and_accents,
    ),
    Step(
        name="numbers",
        description="Write numbers in digits, with currency, per cent and ordinal endings; one stays a word",
        apply=write_numbers,
    ),
    Step(name="spelling", description="Write British spellings in the American way", apply=_spell_american),
    Step(
        name="stray signs",
        description="Write a blank for . $ ¢ € £ that no digit follows, and for % behind no digit",
        apply=_delete_stray_signs,
    ),
    _WHITE_SPACE,
)

MULTILINGUAL_1: Final = (
    _CASE,
    _BRACKETS,
    Step(
        name="symbols and marks",
        description="Unicode NFKC, and a blank for punctuation, symbols and marks: this tears words apart in "
        "scripts that write vowels as marks, such as Devanagari, Tamil and Thai",
        apply=_blank_symbols,
    ),
    Step(name="case again", description="Write lower case what NFKC brought", apply=str.lower),
    _WHITE_SPACE,
)
