"""The graph of all ways to read a reference: ways share the nodes from which the same tokens follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_stt.text.islands import Island, Way

Ending: TypeAlias = "tuple[str | None, Ending] | None"
_Edges: TypeAlias = list[list[tuple[int, str | None]]]
_Node: TypeAlias = tuple[bool, tuple[tuple[str, int], ...]]

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


def make_graph(islands: Sequence[Island]) -> Graph:
    """Make the graph of islands that follow each other."""
    edges: _Edges = [[]]
    for island in islands:
        _add_island(edges, island)
    return Graph(edges=tuple(map(tuple, edges)), islands=tuple(islands))


def ways_along(graph: Graph, path: Ending) -> list[Way]:
    """Return the way of each island on a path, which is given as the tokens of its edges, linked."""
    ways, tokens = [], []
    islands = iter(graph.islands)
    while path is not None:
        token, path = path
        if token is not None:
            tokens.append(token)
        else:
            ways.append(next(islands)[tuple(tokens)])
            tokens = []
    return ways


def _add_island(edges: _Edges, ways: Iterable[tuple[str, ...]]) -> None:
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


def _trie(ways: Iterable[tuple[str, ...]]) -> tuple[list[dict[str, int]], set[int]]:
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


def _merge(children: list[dict[str, int]], ends: set[int]) -> tuple[list[_Node], int]:
    """Make nodes of a trie one from which the same continues; return nodes and the number of the root."""
    merged: dict[_Node, int] = {}
    number = [0] * len(children)
    for node in range(len(children) - 1, -1, -1):
        onward = tuple((token, number[child]) for token, child in children[node].items())
        number[node] = merged.setdefault((node in ends, onward), len(merged))
    return list(merged), number[0]
