"""Pooled figures of the words that matter: keywords, forbidden terms, entities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_stt.gates.totals import is_heard
from pytest_stt.text.terms import precision, recall

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_stt.records import Record
    from pytest_stt.text.terms import TermCounts, TermKind


@dataclass(frozen=True, kw_only=True)
class TermFigures:
    """Say how a term, or several terms together, came out in a run.

    Attributes:
        name: The term as its author wrote it, or what the terms have in common.
        said: How often the references have it.
        heard: How often the hypotheses have it.
        hits: How many of those said were heard.
        recall: The share of those said that were heard, by weight, 0 to 1; None when none was said.
        precision: The share of those heard that were said, by weight, 0 to 1; None when none was heard.
        is_weighted: Whether the weights differ, so that the shares are not those of the counts.
        weight_said: The sum of weight · said.
        weight_heard: The sum of weight · heard.
        weight_hits: The sum of weight · hits.
    """

    name: str
    said: int
    heard: int
    hits: int
    recall: float | None
    precision: float | None
    is_weighted: bool = False
    weight_said: float = 0.0
    weight_heard: float = 0.0
    weight_hits: float = 0.0

    @property
    def missed(self) -> int:
        """How many of those said were not heard."""
        return self.said - self.hits

    @property
    def false_alarms(self) -> int:
        """How many of those heard were not said."""
        return self.heard - self.hits


@dataclass(frozen=True, kw_only=True)
class TermTotals:
    """Hold what the terms of a run come to.

    Attributes:
        keywords: All keywords together, None when none was said or heard.
        wrong: The keywords that were missed or heard where nobody said them, most misses first, then most
            false alarms, then by name.
        forbidden: The forbidden terms that were heard where nobody said them, most often first, then by
            name.
        entities: Each class of entities, by name.
    """

    keywords: TermFigures | None = None
    wrong: tuple[TermFigures, ...] = ()
    forbidden: tuple[TermFigures, ...] = ()
    entities: tuple[TermFigures, ...] = ()


def terms_of(records: Iterable[Record]) -> TermTotals:
    """Add up the terms of all records that were heard: counts are added, shares are derived last."""
    found: dict[TermKind, list[TermCounts]] = {"keyword": [], "forbidden": [], "entity": []}
    for record in records:
        if record.terms and is_heard(record):
            for one in record.terms:
                found[one.kind].append(one)
    keywords = found["keyword"]
    return TermTotals(
        keywords=_figures("keywords", keywords) if keywords else None,
        wrong=tuple(sorted(filter(_is_wrong, _by_text(keywords)), key=_badness)),
        forbidden=tuple(
            sorted((one for one in _by_text(found["forbidden"]) if one.false_alarms), key=_badness)
        ),
        entities=tuple(_by_group(found["entity"])),
    )


def _by_text(counts: Iterable[TermCounts]) -> list[TermFigures]:
    terms: dict[str, list[TermCounts]] = {}
    for one in counts:
        terms.setdefault(one.text, []).append(one)
    return [_figures(text, same) for text, same in terms.items()]


def _by_group(counts: Iterable[TermCounts]) -> list[TermFigures]:
    groups: dict[str, list[TermCounts]] = {}
    for one in counts:
        groups.setdefault(one.group, []).append(one)
    return [_figures(group, groups[group], group=group) for group in sorted(groups)]


def _figures(name: str, counts: Sequence[TermCounts], *, group: str | None = None) -> TermFigures:
    return TermFigures(
        name=name,
        said=sum(one.said for one in counts),
        heard=sum(one.heard for one in counts),
        hits=sum(one.hits for one in counts),
        recall=recall(counts, group=group),
        precision=precision(counts, group=group),
        is_weighted=len({one.weight for one in counts}) > 1,
        weight_said=sum(one.weight * one.said for one in counts),
        weight_heard=sum(one.weight * one.heard for one in counts),
        weight_hits=sum(one.weight * one.hits for one in counts),
    )


def _is_wrong(one: TermFigures) -> bool:
    return one.missed > 0 or one.false_alarms > 0


def _badness(one: TermFigures) -> tuple[int, int, int, str]:
    return -one.missed, -one.false_alarms, -one.heard, one.name
