"""The best path through a reference with alternatives: the way to read it that was heard with least errors.

The ways of every island share their tokens in a graph, so that the search costs a row per node and not per
way: edit distance against a graph instead of a string, by dynamic programming in topological order.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pytest_stt.metrics import tokens_of
from pytest_stt.text.alternatives import parse_alternatives
from pytest_stt.text.islands import WHOLE_WAYS, Way, read_islands

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_stt.metrics import TokenUnit
    from pytest_stt.text.islands import Island
    from pytest_stt.text.normalizers import Normalizer

Rows: TypeAlias = list[NDArray[np.int64]]
Ending: TypeAlias = "tuple[str | None, Ending] | None"

# One error outweighs any number of reference tokens, of which more are better.
_ERROR: Final = 1 << 32
_MOST_TIES: Final = 64
_END_OF_ISLAND: Final = None


@dataclass(frozen=True, kw_only=True)
class Graph:
    """Hold the ways of all islands: nodes in topological order, from the start to the end.

    Attributes:
        edges: Of every node those that lead to it: the node it comes from and its token, None between the
            last token of an island and the island's end.
        islands: The ways of each island by their tokens.
    """

    edges: tuple[tuple[tuple[int, str | None], ...], ...]
    islands: tuple[Island, ...]


def best_ways(
    reference: str, heard: str, normalizer: Normalizer, unit: TokenUnit, *, whole_ways: int = WHOLE_WAYS
) -> list[Way]:
    """Return the ways to read a reference that have the fewest token errors and, of these, the most tokens.

    There is at least one and there are at most 64, in written order.

    Args:
        reference: With alternatives.
        heard: The normalised hypothesis.
        normalizer: What every way goes through, as a whole.
        unit: What a token is.
        whole_ways: A reference of at most so many ways is not cut into islands.

    Raises:
        SuiteError: The alternatives can't be read, or there are too many ways.
    """
    graph = _graph(reference, normalizer, unit, whole_ways)
    heard_tokens = tokens_of(heard, unit)
    found = islice(_cheapest(graph, _rows(graph, heard_tokens), heard_tokens), _MOST_TIES)
    ranked = sorted(found, key=lambda ways: [way.order for way in ways])
    return [_whole(ways, order, normalizer) for order, ways in enumerate(ranked)]


def _whole(ways: Sequence[Way], order: int, normalizer: Normalizer) -> Way:
    if len(ways) == 1:
        return ways[0]
    raw = " ".join(way.raw for way in ways if way.raw)
    return Way(raw=raw, normalized=normalizer(raw), order=order)


@lru_cache(maxsize=128)
def _graph(reference: str, normalizer: Normalizer, unit: TokenUnit, whole_ways: int) -> Graph:
    islands = read_islands(parse_alternatives(reference), normalizer, unit, whole_ways=whole_ways)
    edges: list[list[tuple[int, str | None]]] = [[]]
    for island in islands:
        _add_island(edges, list(island))
    return Graph(edges=tuple(map(tuple, edges)), islands=tuple(islands))


def _add_island(edges: list[list[tuple[int, str | None]]], ways: list[tuple[str, ...]]) -> None:
    """Append the nodes of an island behind the last node; its own last node is its end."""
    nodes, root = _merge(*_trie(ways))
    # Nodes of the merged trie have their children before them; they are added the other way round.
    number = [len(edges) + root - 1 - node for node in range(root + 1)]
    end = len(edges) + root
    edges.extend([] for _ in range(root + 1))
    for node in range(root, -1, -1):
        is_last, children = nodes[node]
        for token, child in children:
            edges[number[child]].append((number[node], token))
        if is_last:
            edges[end].append((number[node], _END_OF_ISLAND))


def _trie(ways: list[tuple[str, ...]]) -> tuple[list[dict[str, int]], set[int]]:
    """Return the children of each node, parents first, and the nodes where a way ends."""
    children: list[dict[str, int]] = [{}]
    ends = set()
    for way in ways:
        node = 0
        for token in way:
            if token not in children[node]:
                children[node][token] = len(children)
                children.append({})
            node = children[node][token]
        ends.add(node)
    return children, ends


_Node: TypeAlias = tuple[bool, tuple[tuple[str, int], ...]]


def _merge(children: list[dict[str, int]], ends: set[int]) -> tuple[list[_Node], int]:
    """Make nodes of a trie one from which the same continues; return nodes and the number of the root."""
    merged: dict[_Node, int] = {}
    number = [0] * len(children)
    for node in range(len(children) - 1, -1, -1):
        onward = tuple((token, number[child]) for token, child in children[node].items())
        number[node] = merged.setdefault((node in ends, onward), len(merged))
    return list(merged), number[0]


def _rows(graph: Graph, heard: Sequence[str]) -> Rows:
    """Return for every node the least cost of reaching it with each number of tokens heard.

    A cost is errors · 2³² minus the tokens of the reference. Time and memory grow with nodes · tokens heard.
    """
    insertions = np.arange(len(heard) + 1, dtype=np.int64) * _ERROR
    wrong = {token: _wrong(token, heard) for edges in graph.edges for _, token in edges if token is not None}
    rows = [insertions]
    for edges in graph.edges[1:]:
        reached = [_move(rows[node], None if token is None else wrong[token]) for node, token in edges]
        best = reached[0] if len(reached) == 1 else np.minimum.reduce(reached)
        rows.append(np.minimum.accumulate(best - insertions) + insertions)
    return rows


def _wrong(token: str, heard: Sequence[str]) -> NDArray[np.int64]:
    return np.fromiter((other != token for other in heard), dtype=np.int64, count=len(heard)) * _ERROR


def _move(row: NDArray[np.int64], wrong: NDArray[np.int64] | None) -> NDArray[np.int64]:
    if wrong is None:
        return row
    moved = row + (_ERROR - 1)
    np.minimum(moved[1:], row[:-1] + wrong - 1, out=moved[1:])
    return moved


def _cheapest(graph: Graph, rows: Rows, heard: Sequence[str]) -> Iterator[list[Way]]:
    """Yield every choice of ways with the least cost, going back from the end; each once."""
    last = len(rows) - 1
    pending: list[tuple[int, set[int], Ending]] = [(last, {len(heard)}, None)]
    while pending:
        node, places, ending = pending.pop()
        if node == 0:
            yield _ways(graph, ending)
            continue
        places = _with_insertions(rows[node], places)
        for origin, token in reversed(graph.edges[node]):
            before = _origins(rows[origin], rows[node], token, places, heard)
            if before:
                pending.append((origin, before, (token, ending)))


def _with_insertions(row: NDArray[np.int64], places: set[int]) -> set[int]:
    """Add the places from which only insertions lead to the given ones, at the cost these have."""
    reached = set(places)
    for start in places:
        place = start
        while place > 0 and row[place - 1] + _ERROR == row[place]:
            place -= 1
            reached.add(place)
    return reached


def _origins(
    before: NDArray[np.int64],
    after: NDArray[np.int64],
    token: str | None,
    places: set[int],
    heard: Sequence[str],
) -> set[int]:
    """Return the places before an edge from which the places behind it have their cost."""
    if token is None:
        return {place for place in places if before[place] == after[place]}
    deleted = {place for place in places if before[place] + _ERROR - 1 == after[place]}
    paired = {
        place - 1
        for place in places
        if place > 0 and before[place - 1] + (_ERROR if heard[place - 1] != token else 0) - 1 == after[place]
    }
    return deleted | paired


def _ways(graph: Graph, ending: Ending) -> list[Way]:
    """Look up the ways of the islands that these tokens are."""
    ways, tokens = [], []
    islands = iter(graph.islands)
    while ending is not None:
        token, ending = ending
        if token is not None:
            tokens.append(token)
        else:
            ways.append(next(islands)[tuple(tokens)])
            tokens = []
    return ways
