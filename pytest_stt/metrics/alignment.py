"""Alignment of tokens with the fewest edits, rapidfuzz's and so jiwer's."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, cast

from rapidfuzz.distance import Levenshtein

from pytest_stt.metrics.counts import EditCounts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

EditKind = Literal["equal", "substitute", "delete", "insert"]
# What happens, where it begins and ends in the reference, and where in the hypothesis.
Edit = tuple[str, int, int, int, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class AlignedWord:
    """Pair a word of the reference with what was heard; the missing side is the empty string."""

    kind: EditKind
    reference: str
    hypothesis: str


def align_tokens(reference: Sequence[str], hypothesis: Sequence[str]) -> tuple[AlignedWord, ...]:
    """Align two sides with the fewest edits and return their tokens in order, in pairs.

    Of alignments with as few edits it is jiwer's. Time and memory: see `TextMetrics.compute`.
    """
    return pair_tokens(edits_between(reference, hypothesis), reference, hypothesis)


def edits_between(reference: Sequence[str], hypothesis: Sequence[str]) -> list[Edit]:
    """Return runs of equal, replaced, deleted and inserted tokens (of a `str`: its code points)."""
    return cast("list[Edit]", Levenshtein.opcodes(reference, hypothesis).as_list())


def count_edits(edits: Iterable[Edit]) -> EditCounts:
    """Count tokens by what became of them."""
    hits = substitutions = deletions = insertions = 0
    for tag, begin, end, heard_begin, heard_end in edits:
        if tag == "equal":
            hits += end - begin
        elif tag == "replace":
            substitutions += end - begin
        elif tag == "delete":
            deletions += end - begin
        else:
            insertions += heard_end - heard_begin
    return EditCounts(hits=hits, substitutions=substitutions, deletions=deletions, insertions=insertions)


def pair_tokens(
    edits: Iterable[Edit], reference: Sequence[str], hypothesis: Sequence[str]
) -> tuple[AlignedWord, ...]:
    """Lay out the tokens of both sides in pairs."""
    return tuple(_pairs(edits, reference, hypothesis))


def _pairs(
    edits: Iterable[Edit], reference: Sequence[str], hypothesis: Sequence[str]
) -> Iterator[AlignedWord]:
    for tag, begin, end, heard_begin, heard_end in edits:
        if tag == "equal":
            yield from map(equal, reference[begin:end])
        elif tag == "replace":
            for said, heard in zip(reference[begin:end], hypothesis[heard_begin:heard_end], strict=True):
                yield AlignedWord(kind="substitute", reference=said, hypothesis=heard)
        elif tag == "delete":
            for said in reference[begin:end]:
                yield AlignedWord(kind="delete", reference=said, hypothesis="")
        else:
            for heard in hypothesis[heard_begin:heard_end]:
                yield AlignedWord(kind="insert", reference="", hypothesis=heard)


@lru_cache(maxsize=10_000)
def equal(token: str) -> AlignedWord:
    """Pair a token with itself; most pairs of most texts are such, and of few words."""
    return AlignedWord(kind="equal", reference=token, hypothesis=token)
