"""The best path through a reference with alternatives: the way to read it that was heard with least errors.

It is found by the edit distance to a graph instead of a string: dynamic programming over its nodes in
topological order, so that the search costs a row per node and not per way.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pytest_stt.metrics import tokens_of
from pytest_stt.text.alternatives import are_apart, parse_alternatives
from pytest_stt.text.form import form_tokens
from pytest_stt.text.graph import make_graph, ways_along
from pytest_stt.text.islands import WHOLE_WORDS, Way, read_islands

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_stt.metrics import TokenUnit
    from pytest_stt.text.graph import Ending, Graph
    from pytest_stt.text.islands import Island
    from pytest_stt.text.normalizers import Normalizer

Row: TypeAlias = NDArray[np.int64]

# One error outweighs any number of reference tokens, of which more are better.
_ERROR: Final = 1 << 32
_NEVER: Final = 1 << 62
_MOST_TIES: Final = 64
_MOST_TIED_WORDS: Final = 32_768


def best_ways(
    reference: str, heard: str, normalizer: Normalizer, unit: TokenUnit, *, whole_words: int = WHOLE_WORDS
) -> list[Way]:
    """Return the ways to read a reference that have the fewest token errors and, of these, the most tokens.

    There is at least one and there are at most 64, of texts above 500 words fewer, in written order. Time
    grows with the tokens of the graph · tokens heard, and so does memory: three bits for each of these.
    Where more than 4096 ways have no four words between them, errors in mixed tokens count instead of words.

    Args:
        reference: With alternatives.
        heard: The normalised hypothesis.
        normalizer: What every way goes through, as a whole.
        unit: What a token is.
        whole_words: A reference is not cut when all its ways have at most about so many words.

    Raises:
        SuiteError: The alternatives can't be read, or there are too many ways.
    """
    if not are_apart(parse_alternatives(reference), unit):
        # Text without blanks in no known language: its choices are kept apart by characters.
        unit = "character"
    graph = _graph(reference, normalizer, unit, whole_words)
    heard_tokens = tokens_of(heard, unit)
    most = max(min(_MOST_TIES, _MOST_TIED_WORDS // (len(heard_tokens) + 1)), 1)
    ranked = _best(graph, heard_tokens, most)
    return [_whole(ways, order, normalizer) for order, ways in enumerate(ranked)]


def nearest_spellings(way: Way, heard: str, unit: TokenUnit, *, most: int = _MOST_TIES) -> list[str]:
    """Return the texts of a way that are nearest to a hypothesis in words, their case and marks.

    There is at least one and there are at most `most`, of texts above 500 words fewer, in written order.

    Args:
        way: What was chosen without regard to case and marks.
        heard: The hypothesis as the server gave it.
        unit: What a token is.
        most: How many texts are wanted.
    """
    graph = make_graph([_spelled(texts, unit) for texts in way.spellings])
    heard_tokens = form_tokens(heard, unit)
    most = max(min(most, _MOST_TIED_WORDS // (len(heard_tokens) + 1)), 1)
    return [_joined(ways) for ways in _best(graph, heard_tokens, most)]


def _spelled(texts: Sequence[str], unit: TokenUnit) -> Island:
    island: Island = {}
    for order, raw in enumerate(texts):
        way = Way(raw=raw, normalized=raw, order=order, spellings=((raw,),))
        island.setdefault(tuple(form_tokens(raw, unit)), way)
    return island


def _best(graph: Graph, heard: Sequence[str], most: int) -> list[list[Way]]:
    found = islice(_cheapest(graph, _arrivals(graph, heard)), most)
    return sorted(found, key=lambda ways: [way.order for way in ways])


@lru_cache(maxsize=128)
def _graph(reference: str, normalizer: Normalizer, unit: TokenUnit, whole_words: int) -> Graph:
    return make_graph(read_islands(parse_alternatives(reference), normalizer, unit, whole_words=whole_words))


def _whole(ways: Sequence[Way], order: int, normalizer: Normalizer) -> Way:
    if len(ways) == 1:
        return ways[0]
    raw = _joined(ways)
    spellings = tuple(texts for way in ways for texts in way.spellings)
    return Way(raw=raw, normalized=normalizer(raw), order=order, spellings=spellings)


def _joined(ways: Sequence[Way]) -> str:
    return "".join(way.raw for way in ways)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Edge:
    """Hold where an edge is part of a best path, as sets of places.

    A place is the number of tokens that are heard behind it; a set has a bit for each.

    Attributes:
        origin: The node it comes from.
        token: Its token, None at the end of an island.
        unheard: Where nothing was heard for it.
        heard: Where its token was heard, right or wrong; empty where it has none.
    """

    origin: int
    token: str | None
    unheard: int
    heard: int


@dataclass(frozen=True, kw_only=True, slots=True)
class _Arrival:
    """Hold how a node is reached best.

    Attributes:
        inserted: The places in front of which an insertion is heard.
        edges: Those that lead to the node.
    """

    inserted: int
    edges: tuple[_Edge, ...]


def _arrivals(graph: Graph, heard: Sequence[str]) -> list[_Arrival]:
    """Find how every node is reached at the least cost, after each number of tokens heard.

    A cost is errors · 2³² minus the tokens of the reference.
    """
    numbers = {token: number for number, token in enumerate(dict.fromkeys(heard))}
    numbered = np.array([numbers[token] for token in heard], dtype=np.int64)
    insertions = np.arange(len(heard) + 1, dtype=np.int64) * _ERROR
    last_use = {origin: node for node, edges in enumerate(graph.edges) for origin, _ in edges}
    rows = {0: insertions}
    arrivals = [_Arrival(inserted=0, edges=())]
    for node, edges in enumerate(graph.edges[1:], start=1):
        moves = [_move(rows[origin], token, numbered, numbers) for origin, token in edges]
        best = np.minimum.reduce([costs for move in moves for costs in move])
        rows[node] = np.minimum.accumulate(best - insertions) + insertions
        arrivals.append(_arrival(rows[node], edges, moves))
        for origin in {origin for origin, _ in edges if last_use[origin] == node}:
            del rows[origin]
    return arrivals


def _move(row: Row, token: str | None, heard: Row, numbers: dict[str, int]) -> list[Row]:
    """Return the costs behind an edge: with nothing heard for it, and with one token heard."""
    if token is None:
        return [row]
    paired = np.full_like(row, _NEVER)
    wrong = heard != numbers.get(token, -1)
    paired[1:] = row[:-1] + wrong * _ERROR - 1
    return [row + (_ERROR - 1), paired]


def _arrival(row: Row, edges: Sequence[tuple[int, str | None]], moves: Sequence[list[Row]]) -> _Arrival:
    inserted = np.zeros(len(row), dtype=np.bool_)
    inserted[1:] = row[:-1] + _ERROR == row[1:]
    made = []
    for (origin, token), (unheard, *heard) in zip(edges, moves, strict=True):
        places = _places(heard[0] == row) if heard else 0
        made.append(_Edge(origin=origin, token=token, unheard=_places(unheard == row), heard=places))
    return _Arrival(inserted=_places(inserted), edges=tuple(made))


def _places(mask: NDArray[np.bool_]) -> int:
    return int.from_bytes(np.packbits(mask[::-1], bitorder="little").tobytes(), "little")


def _cheapest(graph: Graph, arrivals: Sequence[_Arrival]) -> Iterator[list[Way]]:
    """Yield every choice of ways with the least cost, going back from the end; each once."""
    pending: list[tuple[int, int, Ending]] = [(len(arrivals) - 1, 1, None)]
    while pending:
        node, places, ending = pending.pop()
        if node == 0:
            yield ways_along(graph, ending)
            continue
        places = _with_insertions(arrivals[node].inserted, places)
        for edge in reversed(arrivals[node].edges):
            # One token less was heard before an edge than behind it, so one more is to come.
            origins = places & edge.unheard | (places & edge.heard) << 1
            if origins:
                pending.append((edge.origin, origins, (edge.token, ending)))


def _with_insertions(inserted: int, places: int) -> int:
    """Add the places from which only insertions lead to the given ones.

    A sum does it at once: from the first place in a run of insertions the carry goes to the end of the run.
    """
    return places | ((inserted + (places & inserted)) ^ inserted)
