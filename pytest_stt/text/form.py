"""Punctuation and case, scored on the texts as they were written."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pytest_stt.metrics import EditCounts, align_tokens, tokens_of
from pytest_stt.text.basic import fold_case
from pytest_stt.text.languages import token_unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_stt.metrics import AlignedWord, TokenUnit


@dataclass(frozen=True, kw_only=True)
class FormCounts:
    """Count the errors in form.

    Attributes:
        punctuation: Edits between the punctuation marks of both sides.
        case: Words that were heard right: `hits` are written alike, `substitutions` differ in case.
    """

    punctuation: EditCounts
    case: EditCounts


def form_counts(said: str, heard: str, *, language: str | None) -> FormCounts:
    """Count errors in punctuation and in case.

    Words are aligned without regard to case and punctuation. The marks between two neighbouring pairs of
    words are compared on their own, so a mark is right only at its place. The punctuation error rate is
    that of LibriSpeech-PC (Meister et al. 2023, arXiv:2310.02943) but, like a word error rate, per mark of
    the reference. The case error rate is the share of the words equal but for case that differ in it;
    words without case, such as numbers, have no part.

    A mark is what Unicode counts as punctuation, but not an apostrophe or a hyphen inside a word, a dot
    between two letters (`U.S`), a sign inside a number (`3.5`, `10:30`) or a symbol that is spoken (`%`,
    `&`); a URL has none inside. `...` is the one mark `…`; all double quotes are one mark, as are all single
    quotes and all dashes, and marks in full width are those in half width. Those of other scripts are others:
    `。` is not `.`.

    Args:
        said: The reference as it was written, one of each alternatives chosen.
        heard: The hypothesis as the server gave it.
        language: A BCP 47 tag; in a language without words each character is aligned.
    """
    unit = token_unit(language)
    reference, hypothesis = _read(said, unit), _read(heard, unit)
    alignment = align_tokens(list(map(fold_case, reference.words)), list(map(fold_case, hypothesis.words)))
    punctuation = EditCounts.total(
        _compare_marks(*marks) for marks in _marks_at_each_place(alignment, reference, hypothesis)
    )
    return FormCounts(punctuation=punctuation, case=_compare_case(alignment, reference, hypothesis))


def form_tokens(text: str, unit: TokenUnit) -> list[str]:
    """Return the words and marks of a text as they are compared, in their order."""
    written = _read(text, unit)
    tokens = list(written.marks[0])
    for word, marks in zip(written.words, written.marks[1:], strict=True):
        tokens += [word, *marks]
    return tokens


@dataclass(frozen=True, kw_only=True)
class _Written:
    """Hold the words of a text and, before each of them and at the end, the marks that stand there."""

    words: list[str]
    marks: list[list[str]]


def _marks_at_each_place(
    alignment: Sequence[AlignedWord], reference: _Written, hypothesis: _Written
) -> Iterator[tuple[list[str], list[str]]]:
    marks_said, marks_heard = iter(reference.marks), iter(hypothesis.marks)
    said, heard = list(next(marks_said)), list(next(marks_heard))
    for pair in alignment:
        if pair.kind == "delete":
            said += next(marks_said)
        elif pair.kind == "insert":
            heard += next(marks_heard)
        else:
            yield said, heard
            said, heard = list(next(marks_said)), list(next(marks_heard))
    yield said, heard


def _compare_marks(said: list[str], heard: list[str]) -> EditCounts:
    if not said or not heard or said == heard:
        hits = len(said) if said == heard else 0
        return EditCounts(hits=hits, deletions=len(said) - hits, insertions=len(heard) - hits)
    kinds = [pair.kind for pair in align_tokens(said, heard)]
    return EditCounts(
        hits=kinds.count("equal"),
        substitutions=kinds.count("substitute"),
        deletions=kinds.count("delete"),
        insertions=kinds.count("insert"),
    )


def _compare_case(alignment: Sequence[AlignedWord], reference: _Written, hypothesis: _Written) -> EditCounts:
    words_said, words_heard = iter(reference.words), iter(hypothesis.words)
    hits = substitutions = 0
    for pair in alignment:
        said = "" if pair.kind == "insert" else next(words_said)
        heard = "" if pair.kind == "delete" else next(words_heard)
        if pair.kind != "equal" or said.lower() == said.upper():
            continue
        if said == heard or _case_of(said) == _case_of(heard):
            hits += 1
        else:
            substitutions += 1
    return EditCounts(hits=hits, substitutions=substitutions)


def _case_of(word: str) -> list[bool]:
    """Tell for each folded letter whether it is a capital: `Straße` and `Strasse` don't differ in case."""
    return [character.isupper() for character in word for _ in character.casefold()]


# What is typed for one mark in several ways; NFKC would take some of these apart.
_VARIANTS = str.maketrans(
    dict.fromkeys("`\u00b4\u02bb\u02bc\u2018\u2019\u201a\u201b\u2032\u2039\u203a\u055a\u05f3", "'")
    | dict.fromkeys("\u00ab\u00bb\u201c\u201d\u201e\u201f\u2033\u301d\u301e\u301f\u05f4", '"')
    | dict.fromkeys("\u2010\u2011\u2212", "-")
    | dict.fromkeys("\u2012\u2013", "\u2013")
    | dict.fromkeys("\u2014\u2015\u2e3a\u2e3b", "\u2014")
)
_DASHES: Final = "\u2013\u2014"
_SPOKEN_SYMBOLS: Final = "%&@#+=°§№‰±\u00d7÷\u066a"

# A text's shape has one sign for each character: w for a letter, h for a Hebrew one, d for a digit, s for a
# symbol that is spoken, p for a mark, a blank, and these signs for themselves.
_SIGNS: Final = {character: character for character in "'\".,:/-" + _DASHES} | {
    "\u00b7": ".",
    "\u066b": ".",
    "\u066c": ",",
}
_HEBREW = re.compile("[\u0590-\u05ff]")
_INSIDE = r"(?<=[whd])'(?=[whd])|(?<=d)[.,:/](?=d)"
_TOKEN = re.compile(
    rf"(?P<word>(?:(?:^|(?<=\s))-(?=d))?[whd](?:[whd]|{_INSIDE})*|s)"
    r"|(?P<inside>(?<=[whd])-(?=[whd])|(?<=d)\u2013(?=d))"
    r"|(?P<mark>\.{3,}|[-\u2013\u2014]+|[^\s])"
)
_URL = re.compile(r"(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{0,15}://[!-~]*[A-Za-z0-9/#=&%_-]")
_ABBREVIATING = re.compile(r"(?<=[wh])\.(?=[wh])|(?<=h)\"(?=h)")


class _Shapes(dict[int, str]):
    """Decide on a character when it is first seen."""

    def __missing__(self, code: int) -> str:
        self[code] = shape = _shape(chr(code))
        return shape


_SHAPES = _Shapes()


def _shape(character: str) -> str:
    category = unicodedata.category(character)
    if character in _SIGNS:
        return _SIGNS[character]
    if character in _SPOKEN_SYMBOLS or category == "Sc":
        return "s"
    if category[0] in "SZ" or category in {"Cc", "Cs"}:
        return " "
    if category[0] == "P":
        return "p"
    if character.isdecimal():
        return "d"
    return "h" if _HEBREW.match(character) else "w"


def _read(text: str, unit: TokenUnit) -> _Written:
    text = _composed(text)
    shape = _URL.sub(lambda url: "w" * len(url[0]), text).translate(_SHAPES)
    if unit == "word" and _ABBREVIATING.search(shape):
        text, shape = _without_inner_signs(text, shape)
    words: list[str] = []
    marks: list[list[str]] = [[]]
    for token in _TOKEN.finditer(shape):
        written = text[token.start() : token.end()]
        if token.lastgroup == "mark":
            marks[-1].append(_mark(written))
        elif token.lastgroup == "word":
            for word in tokens_of(written, unit):
                words.append(word)
                marks.append([])
    return _Written(words=words, marks=marks)


def _composed(text: str) -> str:
    """Write every character in its one form, without those that are not seen."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text.translate(_VARIANTS)).translate(_VARIANTS)
        text = "".join(character for character in text if unicodedata.category(character) != "Cf")
    return text.replace("`", "'")


def _without_inner_signs(text: str, shape: str) -> tuple[str, str]:
    inner = {match.start() for match in _ABBREVIATING.finditer(shape)}
    kept = [at for at in range(len(text)) if at not in inner]
    return "".join(text[at] for at in kept), "".join(shape[at] for at in kept)


def _mark(written: str) -> str:
    if written[0] in "-" + _DASHES:
        return "-"
    return "…" if len(written) > 1 else written
