"""Which part of all cases one of several machines runs."""

from __future__ import annotations

import hashlib
import heapq
import math
import re
from typing import TYPE_CHECKING, TypeGuard

from pytest_stt.errors import SuiteError
from pytest_stt.text.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_SHARD = re.compile(r"([0-9]{1,6})/([0-9]{1,6})")


def parse_shard(text: str) -> tuple[int, int]:
    """Read the number of a shard and how many there are, as in `2/5`.

    Raises:
        SuiteError: It is not of this form, or the number is not from 1 to how many there are.
    """
    match = _SHARD.fullmatch(text.strip())
    number, of = (int(match[1]), int(match[2])) if match else (0, 0)
    if not 1 <= number <= of:
        raise SuiteError(
            f"--stt-shard: expected which part of how many, from 1/N to N/N as in 2/5, "
            f"found '{printable(text, 40)}'"
        )
    return number, of


def shard_of(names_and_seconds: Mapping[str, float | None], *, number: int, of: int) -> set[str]:
    """Return the names that belong to one of several parts, which may be none.

    Every name is in exactly one part, on every machine the same. Names whose seconds are known go one by
    one, the longest first, to the part that has the least so far; so no part has more than the mean and the
    longest name together. The others go one by one, in the order of their hashes, to the part that has the
    fewest names; so no part is empty where there are names enough.

    Args:
        names_and_seconds: All names with the length of their audio, None where it is not known.
        number: Which part, counted from 1.
        of: How many parts there are.
    """
    return {name for name, part in _parts(names_and_seconds, of) if part == number - 1}


def _parts(names_and_seconds: Mapping[str, float | None], of: int) -> Iterator[tuple[str, int]]:
    known = [(-seconds, name) for name, seconds in names_and_seconds.items() if _is_length(seconds)]
    loads = [(0.0, part) for part in range(of)]
    counts = [0] * of
    for minus_seconds, name in sorted(known):
        load, part = loads[0]
        heapq.heapreplace(loads, (load - minus_seconds, part))
        counts[part] += 1
        yield name, part
    unknown = [name for name, seconds in names_and_seconds.items() if not _is_length(seconds)]
    yield from _dealt(unknown, counts)


def _dealt(names: Iterable[str], counts: Sequence[int]) -> Iterator[tuple[str, int]]:
    """Give each name to the part that has the fewest; `counts` says how many each has already."""
    fewest = sorted((count, part) for part, count in enumerate(counts))
    for name in sorted(names, key=_hash):
        count, part = fewest[0]
        heapq.heapreplace(fewest, (count + 1, part))
        yield name, part


def _is_length(seconds: float | None) -> TypeGuard[float]:
    return seconds is not None and 0 < seconds < math.inf


def _hash(name: str) -> bytes:
    # hash() differs from process to process.
    return hashlib.sha256(name.encode(errors="surrogatepass")).digest()
