"""Spoken numbers of languages other than English, by the library `text2num`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final

from pytest_stt.text.basic import compose, lead_with_zero
from pytest_stt.text.languages import primary_language
from pytest_stt.text.step import Step

if TYPE_CHECKING:
    from collections.abc import Mapping

# Countries that write Spanish numbers in the English way, 1,000.5 (Unicode CLDR).
_COMMA_GROUPS: Final = frozenset(["419", "do", "gt", "hn", "mx", "ni", "pa", "pe", "pr", "sv", "us"])
_GROUPED = re.compile(r"(?<![\d.,'])[1-9]\d{0,2}(?:([. '])\d{3})(?:\1\d{3})*(?![\d'])")
_GROUPED_BY_COMMAS = re.compile(r"(?<![\d.,])[1-9]\d{0,2}(?:,\d{3})+(?!\d)")
_SIGN_IN_FRONT = re.compile(r"(?<!\d )([€$]) (-?\d[\d.,']*)")
_ORDINAL_DOT = re.compile(r"(?<=\d)\.(?=[ºª]|er\b)")
_DIGITS_OF_DECIMALS = re.compile(r"(?<!\S)\d+[.,]\d(?: \d)+(?!\S)")
_COMMA_AND_DIGIT = re.compile(r",(?=[0-9])")
_MARKS = re.compile(r"\b(?:M\d+|F)(?=\w)")
# Python makes numbers of at most 4300 digits.
_MOST_DIGITS: Final = 1000
_EXPONENTS: Final = (3, 6, 9, 12)


@dataclass(frozen=True, kw_only=True)
class LanguageNumbers:
    """Say what text2num does not know of the numbers of a language.

    Attributes:
        code: The language, as text2num calls it.
        thousand: The word for a thousand, which may follow digits: 20 mille.
        scales: Words for a million and more, each with its power of ten.
        signs: The words for per cent, euro and dollar.
        one: What is one in front of a word of `scales` only, as a pattern.
        minus: The word for a minus, where it has no other meaning before a number.
        article: The word for one that is left alone, since it is nearly always an article.
        tens_joint: The word between tens and `article`: vingt et une.
        scale_joint: The word that may stand between a word of `scales` and what follows: dois milhões e cem.
        spellings: Patterns of what text2num does not know, each with a form that it does.
        ordinals: Patterns for the endings of ordinals, each with the one ending to write.
    """

    code: str
    thousand: str
    scales: Mapping[str, int]
    signs: Mapping[str, str]
    one: str = "(?!)"
    minus: str = "(?!)"
    article: str = "(?!)"
    tens_joint: str = "(?!)"
    scale_joint: str = "(?!)"
    spellings: Mapping[str, str] = field(default_factory=dict)
    ordinals: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def sign(self) -> re.Pattern[str]:
        """Match the words of `signs`."""
        return _any_of(self.signs)

    @cached_property
    def scale(self) -> re.Pattern[str]:
        """Match the words of `scales`, and the one for a thousand behind digits."""
        return re.compile(rf"{_any_of(self.scales).pattern}|(?<=\d )\b{self.thousand}\b")


def _any_of(words: Mapping[str, object]) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(rf"(?<!\S)(?:{'|'.join(map(re.escape, longest_first))})(?!\S)")


def _euros_and_dollars(*dollars: str, of: tuple[str, ...] = ()) -> dict[str, str]:
    """Name the currencies, with the words that may stand before them: millions d'euros, de dollars."""
    signs = {"euro": "€", "euros": "€", **dict.fromkeys(dollars, "$")}
    return signs | {f"{before}{word}": sign for before in of for word, sign in signs.items()}


LANGUAGES: Final = {
    "de": LanguageNumbers(
        code="de",
        thousand="tausend",
        scales={
            "million": 6,
            "millionen": 6,
            "milliarde": 9,
            "milliarden": 9,
            "billion": 12,
            "billionen": 12,
        },
        signs={"prozent": "%", **_euros_and_dollars("dollar", "dollars")},
        one="eine[rn]?",
        minus="minus",
        spellings={r"(?<=hundert)einstausend": "eins tausend"},
    ),
    "es": LanguageNumbers(
        code="es",
        thousand="mil",
        scales={"millón": 6, "millones": 6, "billón": 12, "billones": 12},
        signs={"por ciento": "%", **_euros_and_dollars("dólar", "dólares", of=("de ",))},
        article="una",
        tens_joint="y",
        # text2num leaves segundo alone, which is a unit of time as well.
        spellings={r"\bveintiún\b": "veintiuno", r"(?<!\S)2o(?!\S)": "segundo"},
        ordinals={r"\.?ᵉʳ": "er"},
    ),
    "fr": LanguageNumbers(
        code="fr",
        thousand="mille",
        scales={"million": 6, "millions": 6, "milliard": 9, "milliards": 9, "billion": 12, "billions": 12},
        signs={
            "pour cent": "%",
            "pourcent": "%",
            **_euros_and_dollars("dollar", "dollars", of=("d'", "de ")),
        },
        article="une",
        tens_joint="et",
        ordinals={r"i?[eè]?me\b": "e", r"[eè]re\b": "re"},
    ),
    "it": LanguageNumbers(
        code="it",
        thousand="mila",
        scales={"milione": 6, "milioni": 6, "miliardo": 9, "miliardi": 9},
        signs={"per cento": "%", "percento": "%", **_euros_and_dollars("dollaro", "dollari", of=("di ",))},
        article="una",
        scale_joint="e",
        spellings={
            r"centottant(?=uno|otto)": "centoottant",
            r"\bsedicesimo\b": "16º",
            r"\bsedicesima\b": "16ª",
        },
    ),
    "nl": LanguageNumbers(
        code="nl",
        thousand="duizend",
        scales={"miljoen": 6, "miljard": 9, "biljoen": 12},
        signs={"procent": "%", "euro's": "€", **_euros_and_dollars("dollar", "dollars")},
        ordinals={r"(?:ste|de)\b": "e"},
    ),
    "pt": LanguageNumbers(
        code="pt",
        thousand="mil",
        scales={"milhão": 6, "milhões": 6, "bilhão": 9, "bilhões": 9, "trilhão": 12, "trilhões": 12},
        signs={"por cento": "%", **_euros_and_dollars("dólar", "dólares", of=("de ",))},
        article="uma",
        tens_joint="e",
        scale_joint="e",
    ),
}


# Comes before the steps of `basic`, which take the dot for a full stop.
ORDINAL_DOTS: Final = Step(
    name="ordinal dots",
    description="Delete the dot of 1.º, 1.ª and 1.er",
    apply=partial(_ORDINAL_DOT.sub, ""),
)


# Comes before the step of `basic` that blanks a comma in front of a number.
COMMA_DECIMALS: Final = Step(
    name="decimals",
    description="Write a zero before a comma that begins a number: ,5 is 0,5",
    apply=partial(lead_with_zero, point=_COMMA_AND_DIGIT),
)


def groups_by_commas(language: str) -> bool:
    """Tell whether a BCP 47 tag is of a country that writes Spanish numbers as 1,000.5."""
    subtags = set(re.split("[-_]", language.lower()))
    return primary_language(language) == "es" and bool(subtags & _COMMA_GROUPS)


def spoken_numbers(numbers: LanguageNumbers, language: str) -> tuple[Step, ...]:
    """Make the steps that come after those of `basic`, for a BCP 47 tag."""
    by_commas = groups_by_commas(language)
    article = "" if numbers.article == "(?!)" else f"; {numbers.article} alone stays a word"
    return (
        Step(
            name="written numbers",
            description=f"Join groups of three digits: {'1,000' if by_commas else '1.000 and 1 000'} is 1000",
            apply=partial(_join_groups, by_commas=by_commas),
        ),
        Step(
            name="signs",
            description="Write the words for per cent, euro and dollar as signs, behind the number",
            apply=partial(_write_signs, numbers=numbers),
        ),
        Step(
            name="spoken numbers",
            description=f"Write numbers in digits, ordinals too (text2num, {numbers.code}), and multiply "
            f"where a word such as {next(iter(numbers.scales))} follows a number{article}",
            apply=partial(_write_digits, numbers=numbers),
        ),
        Step(
            name="ordinals",
            description="Write the ending of ordinals in one way",
            apply=partial(_end_ordinals, numbers=numbers),
        ),
    )


def _write_signs(text: str, numbers: LanguageNumbers) -> str:
    text = numbers.sign.sub(lambda match: numbers.signs[match[0]], text)
    return _SIGN_IN_FRONT.sub(r"\2 \1", text)


def _join_groups(text: str, *, by_commas: bool) -> str:
    pattern = _GROUPED_BY_COMMAS if by_commas else _GROUPED
    return pattern.sub(lambda match: re.sub(r"\D", "", match[0]), text)


def _write_digits(text: str, numbers: LanguageNumbers) -> str:
    """Write spoken numbers in digits; what text2num is not to see wears a capital letter, rare as these are.

    After `basic` there are no capital letters in a text.
    """
    from text_to_num import alpha2digit

    for pattern, spelling in numbers.spellings.items():
        text = re.sub(pattern, spelling, text)
    text = numbers.scale.sub(lambda match: f"M{numbers.scales.get(match[0], 3)}{match[0]}", text)
    text = re.sub(rf"\b{numbers.one} (?=M\d)", "1 ", text)
    text = re.sub(rf"\b({numbers.article})\b", r"F\1", text)
    text = alpha2digit(text, numbers.code, threshold=0)
    text = _DIGITS_OF_DECIMALS.sub(lambda match: match[0].replace(" ", ""), text)
    for exponent in _EXPONENTS:
        text = _multiply(text, exponent, numbers.scale_joint)
    one_more = rf"\b([0-9]{{0,{_MOST_DIGITS}}}(?:[2-9]0|00)) {numbers.tens_joint} F{numbers.article}\b"
    text = re.sub(one_more, lambda match: str(int(match[1]) + 1), text)
    text = re.sub(rf"(?<!\S)(?<!\d ){numbers.minus} (?=\d)", "-", text)
    return _MARKS.sub("", text)


def _multiply(text: str, exponent: int, joint: str) -> str:
    """Write 2 million 500 as 2000500, and 3,5 million as 3500000."""
    number = rf"(?<![\w.,])([0-9]{{1,{_MOST_DIGITS}}})(?:[.,]([0-9]{{1,{_MOST_DIGITS}}}))?"
    rest = rf"(?:(?: {joint})? ([1-9][0-9]{{0,{exponent - 1}}})(?!\S| M))?"
    return re.sub(rf"{number} M{exponent}\w+{rest}", lambda match: _product(match, exponent), text)


def _product(match: re.Match[str], exponent: int) -> str:
    whole, part, rest = match[1], match[2] or "", match[3]
    if len(part) > exponent:
        return match[0]
    product = int(whole + part.ljust(exponent, "0"))
    if part and rest:
        return f"{product} {rest}"
    return str(product + int(rest or 0))


def _end_ordinals(text: str, numbers: LanguageNumbers) -> str:
    for pattern, ending in numbers.ordinals.items():
        text = re.sub(rf"(?<=\d){pattern}", ending, text)
    return compose(text)
