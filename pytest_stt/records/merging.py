"""The results of several runs, such as the shards of one suite, put together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_stt.errors import SuiteError
from pytest_stt.records.header import Header, SuiteFacts
from pytest_stt.text.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from pytest_stt.records.reader import Results
    from pytest_stt.records.record import Record

Key = tuple[str, ...]

SUITE_ENDINGS = (".stt.yaml", ".stt.yml")
_MOST_NAMED = 3


@dataclass(frozen=True, kw_only=True)
class Merged:
    """Hold what several results files come to.

    Attributes:
        header: The suites of all files; partial when something is missing or not known to be complete.
        records: One for each case, in the order that the file of a run has: suite by suite in the order of
            their ids, then Python tests by file and name.
        doubles: A finished line for each case that two files have. The later one counts, but it is for the
            caller to say whether that was asked for.
        missing: The `suite::id` of each case that a suite has and no record.
        missing_shards: A finished line for each shard that is not among the files though others of it are.
        unknown: Suites of which only files of runs that were cut short tell, so that nobody knows what they
            held.
    """

    header: Header
    records: tuple[Record, ...]
    doubles: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    missing_shards: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def merge(files: Sequence[Results], *, update: bool) -> Merged:
    """Put the records of several files together.

    Of a case that is skipped in one file and was run in another, the latter counts. A Python test is one
    case, however often it scores.

    Args:
        files: At least one.
        update: Whether a later file is a correction of the earlier ones: where files know different versions
            of a suite, that of the later one holds, and cases that it has no more are left out.

    Raises:
        SuiteError: Without `update`, files that come from different versions of a suite, one line for each.
    """
    suites = _joined_suites(files, update=update)
    chosen, doubles = _joined_records(files)
    strays = _strays(suites, chosen)
    if strays and not update:
        raise SuiteError(*(_stray(*chosen[key]) for key in strays))
    kept = [record for key, (record, _) in chosen.items() if key not in strays]
    missing = tuple(missing_of(suites, kept))
    unknown = tuple(_unknown(suites, kept))
    shards = tuple(_missing_shards(files))
    all_unknown = not suites and any(file.header.is_unfinished for file in files)
    return Merged(
        header=Header(suites=suites, partial=bool(missing or shards or unknown or all_unknown)),
        records=tuple(in_order(suites, kept)),
        doubles=tuple(doubles),
        missing=missing,
        missing_shards=shards,
        unknown=unknown,
    )


def _joined_suites(files: Sequence[Results], *, update: bool) -> dict[str, SuiteFacts]:
    suites: dict[str, SuiteFacts] = {}
    origins: dict[str, Path] = {}
    problems: list[str] = []
    for file in files:
        for name, facts in file.header.suites.items():
            difference = _difference(suites.get(name, facts), facts)
            if difference and not update:
                problems.append(_conflict(name, origins[name], file.path, difference))
            if name not in suites or difference or suites[name].digest is None:
                suites[name], origins[name] = facts, file.path
    if problems:
        raise SuiteError(*problems)
    return suites


def _difference(one: SuiteFacts, other: SuiteFacts) -> str:
    """Say how two versions of a suite differ, nothing when they don't."""
    ids, other_ids = set(one.ids), set(other.ids)
    if ids != other_ids:
        sides = (
            ("only the former has", [name for name in one.ids if name not in other_ids]),
            ("only the latter has", [name for name in other.ids if name not in ids]),
        )
        return "; ".join(f"{text} {_listed(names)}" for text, names in sides if names)
    both_known = one.digest is not None and other.digest is not None
    return "the audio changed" if both_known and one.digest != other.digest else ""


def _listed(names: Sequence[str]) -> str:
    rest = len(names) - _MOST_NAMED
    return printable(", ".join(names[:_MOST_NAMED])) + (f" and {rest} more" if rest > 0 else "")


def _conflict(suite: str, former: Path, latter: Path, difference: str) -> str:
    return (
        f"{former} and {latter} come from different versions of {printable(suite)}: {difference}; "
        "run the shards from one state of the suite, or let the later file win with --update"
    )


def _joined_records(files: Sequence[Results]) -> tuple[dict[Key, tuple[Record, Path]], list[str]]:
    """Return the record of each case with the file it is from, and a line for each case there twice."""
    chosen: dict[Key, tuple[list[Record], Path]] = {}
    doubles: list[str] = []
    for file in files:
        for test, records in _by_test(file.records).items():
            known, path = chosen.get(test, ([], None))
            if known and _are_skipped(records):
                continue
            if not _are_skipped(known):
                doubles.append(f"{_name(records[0])} is in {path} and in {file.path}")
            chosen[test] = records, file.path
    by_key: dict[Key, tuple[Record, Path]] = {
        record.key: (record, path) for records, path in chosen.values() for record in records
    }
    return by_key, doubles


def _by_test(records: Iterable[Record]) -> dict[Key, list[Record]]:
    """Group the records of each Python test, which may score often; a case of a suite has one."""
    found: dict[Key, list[Record]] = {}
    for record in records:
        is_case = record.suite.endswith(SUITE_ENDINGS)
        found.setdefault(record.key if is_case else (record.suite, record.id), []).append(record)
    return found


def _are_skipped(records: Iterable[Record]) -> bool:
    return all(record.outcome == "skipped" for record in records)


def _name(record: Record) -> str:
    return printable(f"{record.suite}::{record.item_name}")


def _strays(suites: dict[str, SuiteFacts], chosen: dict[Key, tuple[Record, Path]]) -> dict[Key, None]:
    """Return the keys of records that their suite, as it is known now, has not."""
    names = {suite: frozenset(facts.ids) for suite, facts in suites.items()}
    return {
        key: None
        for key, (record, _) in chosen.items()
        if record.suite in names and record.item_name not in names[record.suite]
    }


def _stray(record: Record, path: Path) -> str:
    return (
        f"{path} has {_name(record)}, which the suite of the other files has not: the files come from "
        "different versions of it; leave the case out with --update"
    )


def missing_of(suites: Mapping[str, SuiteFacts], records: Iterable[Record]) -> Iterator[str]:
    """Yield the `suite::id` of each case that a suite has and no record."""
    there = {(record.suite, record.item_name) for record in records}
    for suite, facts in suites.items():
        yield from (f"{suite}::{name}" for name in facts.ids if (suite, name) not in there)


def _missing_shards(files: Sequence[Results]) -> Iterator[str]:
    parts = {file.header.part for file in files}
    for of in sorted({part[1] for part in parts if part}):
        for number in range(1, of + 1):
            if (number, of) not in parts:
                yield f"shard {number} of {of} is missing"


def _unknown(suites: dict[str, SuiteFacts], records: Iterable[Record]) -> list[str]:
    found = dict.fromkeys(record.suite for record in records if record.suite not in suites)
    return [suite for suite in found if suite.endswith(SUITE_ENDINGS)]


def in_order(suites: Mapping[str, SuiteFacts], records: Iterable[Record]) -> list[Record]:
    """Order records as files have them: cases of suites as they are written, then Python tests by name."""
    places = {(suite, name): place for suite, facts in suites.items() for place, name in enumerate(facts.ids)}

    def order(record: Record) -> tuple[bool, str, int, str]:
        place = places.get((record.suite, record.item_name))
        return place is None, record.suite, place or 0, record.case

    return sorted(records, key=order)
