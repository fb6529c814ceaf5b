"""The words that matter: keywords, forbidden terms and entities, counted in what was said and heard."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Final, Literal

from pytest_stt.errors import SuiteError
from pytest_stt.metrics import tokens_of
from pytest_stt.text.alternatives import parse_alternatives
from pytest_stt.text.languages import token_unit
from pytest_stt.text.normalizers import find_normalizer
from pytest_stt.text.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pytest_stt.text.step import Normalizer

TermKind = Literal["keyword", "forbidden", "entity"]
_MOST_WAYS: Final = 1000
_NOUNS: Final[dict[TermKind, str]] = {
    "keyword": "keyword",
    "forbidden": "forbidden term",
    "entity": "entity",
}


@dataclass(frozen=True, kw_only=True)
class Term:
    """Name something whose words matter.

    Attributes:
        text: As its author wrote it, one word or several; its forms may stand in braces, `{A380 / A three
            eighty}`.
        kind: A `keyword` should be heard, a `forbidden` term must not be, an `entity` is counted in its
            group.
        weight: How much it counts in recall, above 0.
        group: The class of an entity, such as `names`; empty for others.
    """

    text: str
    kind: TermKind = "keyword"
    weight: float = 1.0
    group: str = ""


@dataclass(frozen=True, kw_only=True)
class TermCounts:
    """Count a term in one transcript.

    Attributes:
        text: The term as its author wrote it.
        kind: What it is.
        weight: How much it counts in recall.
        group: The class of an entity.
        said: How often the reference (its best path) has it.
        heard: How often the hypothesis has it.
        hits: How many of those said were heard: the smaller of the two.
    """

    text: str
    kind: TermKind = "keyword"
    weight: float = 1.0
    group: str = ""
    said: int = 0
    heard: int = 0
    hits: int = 0

    @property
    def misses(self) -> int:
        """Return how many of those said were not heard."""
        return self.said - self.hits


def count_terms(
    terms: tuple[Term, ...],
    *,
    said: Sequence[str],
    heard: Sequence[str],
    normalizer: Normalizer | str,
    language: str | None,
    alternatives: bool,
) -> tuple[TermCounts, ...]:
    """Count terms in both sides; those that neither side has are left out, the others keep their order.

    A term is looked for in each of its forms, normalised as the sides were, from left to right: where
    several forms begin, the longest counts, and the next occurrence begins behind it. Different terms are
    counted independently of each other, so `New York` is in `New York City` and `York` is too. Terms of one
    kind, entities of one group, that have the same normalised forms (`Red` and `red`) are one term: the
    first of them counts.

    Args:
        terms: What to look for. Passing the same tuple for many transcripts spares a look at each term.
        said: Tokens of the normalised reference.
        heard: Tokens of the normalised hypothesis.
        normalizer: The normaliser, or its name, label or list of steps (`normalizer_spec`).
        language: The language of the speech as a BCP 47 tag, None when it is not known.
        alternatives: Whether braces and parentheses in terms are alternatives and options.

    Raises:
        SuiteError: The alternatives of a term can't be read.
    """
    if not terms:
        return ()
    index = _index(_spec(normalizer), language, alternatives)
    index.add(terms)
    in_said = index.find(said)
    in_heard = in_said if said == heard else index.find(heard)
    found = in_said.keys() | in_heard.keys()
    present = [term for term in terms if term.text in found] if found else []
    return tuple(_counts(term, in_said[term.text], in_heard[term.text]) for term in index.distinct(present))


def check_terms(
    terms: tuple[Term, ...], *, normalizer: Normalizer | str, language: str | None, alternatives: bool
) -> None:
    """Check that every term can be found, with arguments as `count_terms` has them.

    Raises:
        SuiteError: One line for each term of which the normaliser leaves nothing, or whose alternatives
            can't be read. The text names no place: the caller knows it.
    """
    unusable = unusable_terms(terms, normalizer=normalizer, language=language, alternatives=alternatives)
    if unusable:
        raise SuiteError(*dict.fromkeys(problem for _, problem in unusable))


def unusable_terms(
    terms: tuple[Term, ...], *, normalizer: Normalizer | str, language: str | None, alternatives: bool
) -> tuple[tuple[Term, str], ...]:
    """Return the terms that can't be found, each with the sentence that says why, in their order.

    Args:
        terms: What to look at; a term with two problems comes twice.
        normalizer: As of `count_terms`.
        language: As of `count_terms`.
        alternatives: As of `count_terms`.
    """
    index = _index(_spec(normalizer), language, alternatives)
    return tuple((term, problem) for term in index.unknown(terms) for problem in index.problems_of(term))


def recall(counts: Iterable[TermCounts], *, group: str | None = None) -> float | None:
    """Return the share of the keywords said that were heard: the sum of weight · hits over weight · said.

    Args:
        counts: Of one transcript or of many.
        group: Count the entities of this class instead.

    Returns:
        0 to 1, None where none of them was said.
    """
    chosen = _chosen(counts, group)
    return _share(chosen, sum(term.weight * term.said for term in chosen))


def precision(counts: Iterable[TermCounts], *, group: str | None = None) -> float | None:
    """Return the share of the keywords heard that were said: the sum of weight · hits over weight · heard.

    Args:
        counts: Of one transcript or of many.
        group: Count the entities of this class instead.

    Returns:
        0 to 1, None where none of them was heard.
    """
    chosen = _chosen(counts, group)
    return _share(chosen, sum(term.weight * term.heard for term in chosen))


def _chosen(counts: Iterable[TermCounts], group: str | None) -> list[TermCounts]:
    if group is None:
        return [term for term in counts if term.kind == "keyword"]
    return [term for term in counts if term.kind == "entity" and term.group == group]


def _share(counts: Sequence[TermCounts], total: float) -> float | None:
    return sum(term.weight * term.hits for term in counts) / total if total else None


def _counts(term: Term, said: int, heard: int) -> TermCounts:
    return TermCounts(
        text=term.text,
        kind=term.kind,
        weight=term.weight,
        group=term.group,
        said=said,
        heard=heard,
        hits=min(said, heard),
    )


class _Index:
    """Find terms in tokens: the forms of every term that was ever added, by their first token.

    Terms are only added, so one index serves all transcripts of a normaliser: looking for 5 000 terms costs
    a transcript what looking for the few that begin with its words does.
    """

    def __init__(self, normalizer: Normalizer, language: str | None, *, alternatives: bool) -> None:
        self._normalizer = normalizer
        self._unit = token_unit(language)
        self._alternatives = alternatives
        self._last: tuple[Term, ...] = ()
        self._forms_of: dict[str, frozenset[tuple[str, ...]]] = {}
        self._terms_of: dict[tuple[str, ...], list[str]] = {}
        self._lengths: dict[str, tuple[int, ...]] = {}
        self._lock = Lock()

    def unknown(self, terms: tuple[Term, ...]) -> list[Term]:
        """Return those terms of which no form was entered."""
        return [term for term in terms if term.text not in self._forms_of]

    def add(self, terms: tuple[Term, ...]) -> None:
        if terms is not self._last:
            for term in self.unknown(terms):
                self._enter(term.text)
            self._last = terms

    def find(self, tokens: Sequence[str]) -> Counter[str]:
        found: Counter[str] = Counter()
        free_from: dict[str, int] = {}
        for start, token in enumerate(tokens):
            for length in self._lengths.get(token, ()):
                form = tuple(tokens[start : start + length])
                for text in self._terms_of.get(form, ()):
                    if free_from.get(text, 0) <= start:
                        found[text] += 1
                        free_from[text] = start + length
        return found

    def distinct(self, terms: Iterable[Term]) -> list[Term]:
        """Return the first of those terms of a kind and group that have the same forms; all were added."""
        first: dict[tuple[str, str, frozenset[tuple[str, ...]]], Term] = {}
        for term in terms:
            first.setdefault((term.kind, term.group, self._forms_of[term.text]), term)
        return list(first.values())

    def problems_of(self, term: Term) -> Iterator[str]:
        what = f'the {_NOUNS[term.kind]} "{printable(term.text, 60)}"'
        try:
            if not self._enter(term.text):
                yield f"{what}: the normaliser {self._normalizer.name} {_nothing_left(term.text)}"
        except SuiteError as error:
            yield from (f"{what}: {problem}" for problem in error.problems)

    def _enter(self, text: str) -> bool:
        """Enter the forms of a term, and tell whether there are any."""
        forms = self._forms(text)
        with self._lock:
            for form in forms if text not in self._forms_of else ():
                self._terms_of.setdefault(form, []).append(text)
                lengths = {len(form), *self._lengths.get(form[0], ())}
                self._lengths[form[0]] = tuple(sorted(lengths, reverse=True))
            if forms:
                self._forms_of[text] = forms
        return bool(forms)

    def _forms(self, text: str) -> frozenset[tuple[str, ...]]:
        forms = (tuple(tokens_of(self._normalizer(way), self._unit)) for way in self._ways(text))
        return frozenset(form for form in forms if form)

    def _ways(self, text: str) -> Iterable[str]:
        if not self._alternatives:
            return (text,)
        reading = parse_alternatives(text)
        if reading.ways > _MOST_WAYS:
            raise SuiteError(f"it has more than {_MOST_WAYS} forms; write fewer choices")
        return reading.texts()


def _nothing_left(text: str) -> str:
    """End the sentence about a normaliser that leaves nothing of a term."""
    if any(character.isalnum() for character in text):
        return "deletes it; choose another term or another normaliser"
    return "leaves nothing of it to look for; write it in words"


@lru_cache(maxsize=64)
def _index(spec: str, language: str | None, alternatives: bool) -> _Index:
    return _Index(find_normalizer(spec, language), language, alternatives=alternatives)


def _spec(normalizer: Normalizer | str) -> str:
    return normalizer if isinstance(normalizer, str) else normalizer.label
