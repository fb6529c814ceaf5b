"""The normaliser `numbers`: `basic`, and numbers in one form, written in digits."""

from __future__ import annotations

import re
from typing import Final

from pytest_stt.errors import SuiteError
from pytest_stt.text.basic import BASIC_1
from pytest_stt.text.languages import primary_language
from pytest_stt.text.number_words import LANGUAGES, ORDINAL_DOTS, spoken_numbers
from pytest_stt.text.printable import printable
from pytest_stt.text.step import Step
from pytest_stt.text.whisper import english

# The result is in the form of `basic`.
_FINISH: Final = tuple(
    step
    for step in BASIC_1
    if step.name in ("apostrophes", "signs in numbers", "spoken symbols", "punctuation", "white space")
)

_GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{2,3})*,\d{3}(?!\d)|(?<![\d.,'])\d{1,3}(?:'\d{3})+(?!\d)")
_SIGN_AND_NUMBER = re.compile(r"(?<=[$€£¢]) (?=\d)|(?<=\d) (?=%)")
_SIGN_BEHIND = re.compile(
    r"(?<!\S)(\d[\d.]*(?: (?:hundred|thousand|million|billion|trillion))?) ([$€£])(?! \d)"
)
_TIME = re.compile(r"(?<!\S)(\d{1,2}):(\d\d)(?!\S)")
_HALF = re.compile(r"(?<!\S)(\d+) 1/2(?!\S)")
_DIGITS = re.compile(r"(?<!\S)[0-9](?: [0-9])+(?!\S)")
_ZEROS_IN_FRONT = re.compile(r"(?<!\S)0[0-9]+(?!\S)")
_DIGIT_WORDS: Final = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_INDEFINITE = re.compile(r"\ba (?=(?:hundred|thousand|million|billion|trillion)\b)")
_DECADE = re.compile(r"(?<=\d)'s\b")
_NINTH = re.compile(r"\bninth(s?)\b")
_ONE = re.compile(r"\bone(s?)\b")


def steps_1(language: str | None) -> tuple[Step, ...]:
    """Make the steps for a language, for English where none is given.

    Raises:
        SuiteError: The numbers of this language are not known.
    """
    primary = primary_language(language or "en")
    if primary == "en":
        return (*BASIC_1, *_ENGLISH, *_FINISH)
    if primary not in LANGUAGES:
        known = ", ".join(sorted({"en", *LANGUAGES}))
        raise SuiteError(
            f"the normaliser 'numbers' does not know the numbers of the language "
            f"'{printable(language or '', 40)}', only those of {known}"
        )
    spoken = LANGUAGES[primary]
    return (ORDINAL_DOTS, *BASIC_1, *spoken_numbers(spoken, language or primary), *_FINISH)


def _prepare_english(text: str) -> str:
    """Write numbers that are in digits already as the spoken ones will be written."""
    text = _GROUPED.sub(lambda match: re.sub("[,']", "", match[0]), text)
    text = _HALF.sub(r"\1.5", _TIME.sub(r"\1\2", text))
    text = _SIGN_AND_NUMBER.sub("", _SIGN_BEHIND.sub(r"\2 \1", text))
    text = _DECADE.sub("s", text)
    text = _DIGITS.sub(lambda match: match[0].replace(" ", ""), text)
    # OpenAI's rules take the zeros from 007, but leave them to double oh seven.
    text = _ZEROS_IN_FRONT.sub(lambda match: " ".join(_DIGIT_WORDS[int(digit)] for digit in match[0]), text)
    return _INDEFINITE.sub("one ", text)


def _write_english(text: str) -> str:
    # The rules know the ninth by a wrong spelling only.
    return str(english().standardize_numbers(_NINTH.sub(r"nineth\1", text)))


def _write_one(text: str) -> str:
    return _ONE.sub(r"1\1", text)


_ENGLISH: Final = (
    Step(
        name="written numbers",
        description="Join what belongs to a number: 1,000 is 1000, $ 20 and 20 $ are $20, 5 % is 5%, 10:30 "
        "is 1030, 2 1/2 is 2.5, 1960's is 1960s, single digits 3 4 5 are 345; a hundred is one hundred",
        apply=_prepare_english,
    ),
    Step(
        name="spoken numbers",
        description="Write numbers in digits by OpenAI's rules: twenty-one is 21, nineteen eighty-four is "
        "1984, double oh seven is 007, twenty first is 21st, two million dollars is $2000000, five percent "
        "is 5%, minus five is -5",
        apply=_write_english,
    ),
    Step(name="one", description="Write one as 1, which those rules leave a word", apply=_write_one),
)
