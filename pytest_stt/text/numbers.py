"""The normaliser `numbers`: `basic`, and numbers in one form, written in digits."""

from __future__ import annotations

import re
from functools import partial
from itertools import groupby, takewhile
from typing import Final

from pytest_stt.errors import SuiteError
from pytest_stt.text.basic import BASIC_1, POINT_AND_DIGIT, lead_with_zero
from pytest_stt.text.languages import primary_language
from pytest_stt.text.number_words import (
    COMMA_DECIMALS,
    LANGUAGES,
    ORDINAL_DOTS,
    groups_by_commas,
    spoken_numbers,
)
from pytest_stt.text.printable import printable
from pytest_stt.text.step import Step
from pytest_stt.text.whisper import write_numbers

# The result is in the form of `basic`.
_FINISH: Final = tuple(
    step
    for step in BASIC_1
    if step.name in ("apostrophes", "signs in numbers", "spoken symbols", "punctuation", "white space")
)
# Signs still stand between words here, which are in lower case already.
_SIGNS_GO: Final = next(place for place, step in enumerate(BASIC_1) if step.name == "signs in words")

# A private-use character is no part of any number, and `basic` leaves it alone.
_GAP: Final = "\ue0f0"
_MOST_DIGITS: Final = 1000

_DIGIT_WORDS: Final = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS: Final = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen"),
    *("fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ONES: Final = "|".join(("oh?", *_DIGIT_WORDS, *_TEENS))
_CARDINALS: Final = "|".join((_ONES, *_TENS))
_ORDINALS: Final = (
    r"zeroth|first|second|third|(?:four|fif|six|seven|eigh|nin|ten|eleven|twelf|\w+teen)th|\w+tieth"
)

_LARGE: Final = "hundred|thousand|million|billion|trillion"

_ONE_DIGIT = re.compile(rf"[0-9]|oh?|{'|'.join(_DIGIT_WORDS)}")
_NUMBER = re.compile(rf"\d+|{_CARDINALS}")
_OH: Final = frozenset(["o", "oh"])
_REPEATS: Final = frozenset(["double", "triple"])
_BETWEEN_WORDS: Final = frozenset(".'")
_BETWEEN_DIGITS: Final = frozenset(".,:/'\u2044\u2215")
_CLAUSE_MARK = re.compile(r"[.,:;!?\u2013\u2014]")

_GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{2,3})*,\d{3}(?!\d)|(?<![\d.,'])\d{1,3}(?:'\d{3})+(?!\d)")
_SIGN_AND_NUMBER = re.compile(r"(?<=[$€£¢]) (?=\d)|(?<=\d) (?=%)")
_SIGN_BEHIND = re.compile(rf"(?<!\S)(\d[\d.]*(?: (?:{_LARGE}))?) ([$€£¢])(?! \d)")
_TENS_OF_CENTS = re.compile(r"(?<=[$€£]0\.)([1-9])(?![\d.,:/])")
_BEFORE_AM = re.compile(r"(?<=\d)(?=[ap]m(?!\S))")
_TIME = re.compile(r"(?<!\S)(\d{1,2}):(\d\d)(?!\S)")
_HALF = re.compile(r"(?<!\S)(\d+)(?: and a half| (?:and )?1/2)(?!\S)")
_HALF_OF_NOTHING = re.compile(r"(?:\A|(?<=\band a half ))(?=and a half\b)")
_LETTER_O = re.compile(r"(?<!\S)([a-z]*)([0-9]+)(oh?)(?!\S)")
_DIGITS = re.compile(r"(?<!\S)(?<!\d )[0-9](?: [0-9])++(?!\S| \d)")
_ZEROS_IN_FRONT = re.compile(rf"(?<!\S)0[0-9]{{1,{_MOST_DIGITS}}}(?!\S)")
_BEFORE_ZEROS = re.compile(rf"(\d|\b(?:{_CARDINALS}|{_LARGE}|double|triple)) (?=0[0-9])")
_AFTER_DIGITS = re.compile(rf"(?<=\d) (?=(?:{_CARDINALS}|{_ORDINALS})\b)")
_BEFORE_ORDINAL = re.compile(rf"\b({_ONES}) (?=(?:{_ORDINALS})\b)")
_INDEFINITE = re.compile(rf"\ba (?=(?:{_LARGE})\b)")
_DECADE = re.compile(r"(?<=\d)'s\b")
_NINTH = re.compile(r"\bninth(s?)\b")
_NO_PART = re.compile(r"(?<![\d.,:/])(\d+)\.0+(?![\d.,:/])")
_GLUED_GAP = re.compile(rf"(?<=[0-9a-z]){_GAP}(?=[0-9a-z])")
_ONE = re.compile(r"\bone(s?)\b")


def steps_1(language: str | None) -> tuple[Step, ...]:
    """Make the steps for a language, for English where none is given.

    Raises:
        SuiteError: The numbers of this language are not known.
    """
    primary = primary_language(language or "en")
    if primary == "en":
        return (*_basic_with(_gaps(rf"\d++|{_CARDINALS}")), *_ENGLISH, _NO_GAPS, *_FINISH)
    if primary not in LANGUAGES:
        known = ", ".join(sorted({"en", *LANGUAGES}))
        raise SuiteError(
            f"the normaliser 'numbers' does not know the numbers of the language "
            f"'{printable(language or '', 40)}', only those of {known}"
        )
    tag = language or primary
    early = (_gaps(r"\d++"),) if groups_by_commas(tag) else (COMMA_DECIMALS, _gaps(r"\d++"))
    spoken = spoken_numbers(LANGUAGES[primary], tag)
    return (ORDINAL_DOTS, *_basic_with(*early), *spoken, _NO_GAPS, *_FINISH)


def _basic_with(*early: Step) -> tuple[Step, ...]:
    return (*BASIC_1[:_SIGNS_GO], *early, *BASIC_1[_SIGNS_GO:])


def _gaps(number: str) -> Step:
    # What is no half: 2-1/2 is one number.
    pattern = rf"(?<![^\W_])({number})([\W_]++)(?=({number})(?![^\W_]))(?!1[/\u2044]2(?!\d))"
    return Step(
        name="gaps",
        description="Mark where signs keep numbers apart: 1, 2 and 5. 3 and 3-1 are two numbers each",
        apply=partial(re.compile(pattern).sub, _mark_gap),
    )


def _mark_gap(match: re.Match[str]) -> str:
    before, between, behind = match.groups()
    return f"{before} {_GAP}{between}" if _keeps_apart(before, between, behind) else match[0]


def _keeps_apart(before: str, between: str, behind: str) -> bool:
    in_digits = before[-1].isdecimal() and behind[0].isdecimal()
    if between.isspace() or between in (_BETWEEN_DIGITS if in_digits else _BETWEEN_WORDS):
        return False
    if _ONE_DIGIT.fullmatch(before) and _ONE_DIGIT.fullmatch(behind):
        return True
    return _CLAUSE_MARK.search(between) is not None


def _close_gaps(text: str) -> str:
    return _GLUED_GAP.sub("", text).replace(_GAP, " ")


_NO_GAPS: Final = Step(
    name="no gaps", description="Write a blank for each mark that kept numbers apart", apply=_close_gaps
)


def _prepare_english(text: str) -> str:
    """Write numbers that are in digits already as the spoken ones will be written."""
    text = _GROUPED.sub(lambda match: re.sub("[,']", "", match[0]), text)
    text = _HALF.sub(r"\1.5", _TIME.sub(r"\1\2", _BEFORE_AM.sub(" ", text)))
    text = _SIGN_AND_NUMBER.sub("", _SIGN_BEHIND.sub(r"\2 \1", text))
    text = _DECADE.sub("s", _TENS_OF_CENTS.sub(r"\g<1>0", text))
    text = _keep_words(text)
    # OpenAI's rules make one number of 5 second and of one fifth.
    text = _BEFORE_ORDINAL.sub(rf"\1 {_GAP} ", _AFTER_DIGITS.sub(f" {_GAP} ", text))
    text = _DIGITS.sub(lambda match: match[0].replace(" ", ""), text)
    # OpenAI's rules take the zeros from 007, but leave them to double oh seven; these join what is before.
    text = _BEFORE_ZEROS.sub(rf"\1 {_GAP} ", text)
    text = _ZEROS_IN_FRONT.sub(lambda match: " ".join(_DIGIT_WORDS[int(digit)] for digit in match[0]), text)
    return _INDEFINITE.sub("one ", text)


def _keep_words(text: str) -> str:
    """Mark what OpenAI's rules take for numbers: the o of h2o, an oh that is none, a half of nothing."""
    text = _LETTER_O.sub(rf"\1{_GAP}\2{_GAP}\3", _HALF_OF_NOTHING.sub(f"{_GAP} ", text))
    written: list[str] = []
    for is_number, group in groupby(text.split(), key=_is_number):
        run = list(group)
        kept = 0 if not is_number or _REPEATS.intersection(written[-1:]) else _exclamations(run)
        written += [f"{_GAP}{oh}" for oh in run[:kept]] + run[kept:]
    return " ".join(written)


def _is_number(word: str) -> bool:
    return _NUMBER.fullmatch(word) is not None


def _exclamations(run: list[str]) -> int:
    """Count each oh in front of numbers, but none where three digits or more are spoken: oh one two."""
    ohs = sum(1 for _ in takewhile(_OH.__contains__, run))
    spelt = [*run[1:3], *run[ohs : ohs + 1]]
    is_zero = ohs < len(run) and len(run) > 2 and all(map(_ONE_DIGIT.fullmatch, spelt))
    return 0 if is_zero else ohs


def _write_english(text: str) -> str:
    # The rules know the ninth by a wrong spelling only.
    return write_numbers(_NINTH.sub(r"nineth\1", text))


def _write_one(text: str) -> str:
    return _ONE.sub(r"1\1", text)


def _write_decimals(text: str) -> str:
    return _NO_PART.sub(r"\1", lead_with_zero(text, POINT_AND_DIGIT))


_ENGLISH: Final = (
    Step(
        name="written numbers",
        description="Join what belongs to a number: 1,000 is 1000, $ 20 and 20 $ are $20, 5 % is 5%, 10:30 "
        "is 1030, 2 1/2 is 2.5, 1960's is 1960s, single digits 3 4 5 are 345; a hundred is one hundred; "
        "mark where a number ends before another: 5 second, one fifth, 1-02; mark the o of h2o and each oh "
        "that is no zero",
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
    Step(name="decimals", description="Write .5 as 0.5, and 2.0 as 2", apply=_write_decimals),
)
