"""Pooled figures of slices: the records that have a field in common."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pytest_stt.gates.totals import Totals, totals_of
from pytest_stt.text.languages import spelled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pytest_stt.records import Record

NONE: Final = "(none)"

# The fields that every record has, by the name to ask for.
_OF_RECORDS: Final = {
    "language": "language",
    "tag": "tags",
    "server": "server",
    "dialect": "dialect",
    "suite": "suite",
}
_META: Final = "meta."
_MOST_NEAR: Final = 5
_DEEPEST: Final = 20


@dataclass(frozen=True, kw_only=True)
class Slices:
    """Hold the figures of a run, one group for each value of a field.

    Attributes:
        field: The field as it was asked for.
        groups: The groups that were run, by falling error rate, then by name; `(none)` has the records
            without the field. Empty when no record has it.
        overlapping: How many records are in more than one group.
        near: Fields that there are instead, the nearest first; empty when the field is there.
        meant: The field that was probably meant, by its name; empty when the field is there or none is near.
    """

    field: str
    groups: tuple[Totals, ...] = ()
    overlapping: int = 0
    near: tuple[str, ...] = ()
    meant: str = ""


def slice_by(field: str, records: Iterable[Record]) -> Slices:
    """Group the records that were run by a field, and add up each group.

    Args:
        field: `language`, `tag`, `server`, `dialect`, `suite`, or a field of `meta`, with or without `meta.`
            before it; `speaker.sex` is the field `sex` of the mapping `speaker`. Each entry of a list is a
            group, a mapping is none. Tags of languages are grouped however they are spelled: `en_us` and
            `eng-US` are `en-US`, `English` is `en`; regions and scripts stay apart.
        records: Of all cases and tests.
    """
    run = [record for record in records if record.outcome != "skipped"]
    groups: dict[str | None, list[Record]] = {}
    overlapping = 0
    for record in run:
        values = _values(record, field)
        overlapping += len(values) > 1
        for value in values or (None,):
            groups.setdefault(value, []).append(record)
    if not groups.keys() - {None}:
        return Slices(field=field, near=tuple(_near(field, run)), meant=_meant(field, run))
    totals = [totals_of(NONE if value is None else value, group) for value, group in groups.items()]
    return Slices(field=field, groups=tuple(sorted(totals, key=_badness)), overlapping=overlapping)


def _badness(total: Totals) -> tuple[float, str]:
    return -total.metrics.tokens.rate, total.name


def _values(record: Record, field: str) -> dict[str, None]:
    if field in _OF_RECORDS:
        found = getattr(record, _OF_RECORDS[field])
        if field == "language" and found:
            found = spelled(found)
    else:
        found = _in_meta(record.meta, field.removeprefix(_META))
    return dict.fromkeys(_names(found))


def _in_meta(meta: Mapping[str, Any], path: str) -> Any:
    """Return what stands under a path with dots, None when nothing does; a key may have dots itself."""
    if path in meta:
        return meta[path]
    head, dot, rest = path.partition(".")
    inner = meta.get(head)
    return _in_meta(inner, rest) if dot and isinstance(inner, Mapping) else None


def _names(value: Any) -> Iterator[str]:
    """Yield the names of the groups that a value stands for, numbers and truth values as JSON has them."""
    if isinstance(value, list | tuple):
        for entry in value:
            yield from _names(entry)
    elif isinstance(value, bool):
        yield str(value).lower()
    elif value is not None and not isinstance(value, Mapping):
        name = " ".join(str(value).split())
        if name:
            yield name


def _near(field: str, records: Sequence[Record]) -> Iterator[str]:
    """Yield the fields below this one, then those of like names, then any, up to five in all."""
    there = _fields(records)
    own = field.removeprefix(_META)
    below = [name for name in there if name.startswith(f"{own}.")]
    yield from list(dict.fromkeys([*below, *_like(own, there, cutoff=0.5), *there]))[:_MOST_NEAR]


def _meant(field: str, records: Sequence[Record]) -> str:
    """Return the field of the nearest name, also one that records may have and none of these has."""
    known = [name for name in dict.fromkeys([*_fields(records), *_OF_RECORDS]) if name != field]
    return next(iter(_like(field.removeprefix(_META), known, cutoff=0.6)), "")


def _like(name: str, names: Sequence[str], *, cutoff: float) -> list[str]:
    """Return the names that are like one, the nearest first; upper and lower case are the same."""
    folded: dict[str, str] = {}
    for one in names:
        folded.setdefault(one.casefold(), one)
    near = difflib.get_close_matches(name.casefold(), folded, n=_MOST_NEAR, cutoff=cutoff)
    return [folded[one] for one in near]


def _fields(records: Sequence[Record]) -> list[str]:
    """Return every field that some record has a value of; those of `meta` first."""
    in_meta = dict.fromkeys(name for record in records for name in _paths(record.meta))
    own = [name for name in _OF_RECORDS if any(_values(record, name) for record in records)]
    return [*sorted(f"{_META}{name}" if name in _OF_RECORDS else name for name in in_meta), *own]


def _paths(meta: Mapping[str, Any], depth: int = 0) -> Iterator[str]:
    for key, value in meta.items():
        if isinstance(value, Mapping) and depth < _DEEPEST:
            yield from (f"{key}.{inner}" for inner in _paths(value, depth + 1))
        elif any(True for _ in _names(value)):
            yield str(key)
