"""The words that matter: keywords, forbidden terms and entities, counted in what was said and heard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

TermKind = Literal["keyword", "forbidden", "entity"]


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
