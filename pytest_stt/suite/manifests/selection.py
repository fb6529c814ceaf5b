"""Which rows of a manifest are taken: `where`, then `sample`, then `limit`."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from heapq import nsmallest
from math import inf
from operator import attrgetter
from typing import TYPE_CHECKING

from pytest_stt.suite.document import YamlMapping
from pytest_stt.suite.manifests.identity import audio_in, sampling_name
from pytest_stt.suite.problems import nearest, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_stt.suite.manifests.condition import Condition
    from pytest_stt.suite.manifests.entry import DataSetEntry
    from pytest_stt.suite.manifests.faults import Faults
    from pytest_stt.suite.manifests.row import Utterance
    from pytest_stt.suite.problems import Problems

MOST_NAMED = 30
"""Of more different values than this nobody looks for the nearest one."""

Value = str | float | None
"""What a row has in a field: text, seconds, or None for nothing."""

_FIELDS = {
    "audio": "audio",
    "reference": "reference",
    "language": "language",
    "offset": "offset_s",
    "duration": "duration_s",
    "speaker": "speaker",
}


def sample(ids: Sequence[str], size: int, seed: int) -> list[int]:
    """Choose by chance, in a way that can be repeated and that a new row hardly changes.

    Every id has a rank of its own, a hash of seed and id; the first ranks are taken. A row that is
    added drives out one row at most.

    Returns:
        The indices of the chosen ids, ascending; all of them if there are no more than `size`.
    """

    def rank(at: int) -> bytes:
        return blake2b(f"{seed}/{ids[at]}".encode(errors="surrogatepass"), digest_size=16).digest()

    return sorted(nsmallest(size, range(len(ids)), key=rank))


@dataclass(frozen=True, kw_only=True)
class Selector:
    """Choose from the rows of one manifest.

    Attributes:
        entry: What its keys say.
        node: The same with its lines.
        columns: Columns by the field of a row that they became, as in `{"locale": "language"}`.
        folders: Where audio may be, for paths in the data set.
        faults: Knows what messages call a place in the manifest.
        problems: Gets what `where` asks for and no row has.
    """

    entry: DataSetEntry
    node: YamlMapping
    columns: Mapping[str, str]
    folders: Sequence[str]
    faults: Faults
    problems: Problems

    def choose(self, rows: Sequence[Utterance], ids: Sequence[str]) -> list[int]:
        """Return the indices of the chosen rows, ascending."""
        chosen = self._like(rows, ids) if self.entry.where else list(range(len(rows)))
        if self.entry.sample is not None:
            names = [sampling_name(rows[at], self.folders) for at in chosen]
            picked = sample(names, self.entry.sample, self.entry.seed)
            chosen = [chosen[at] for at in picked]
        return chosen[: self.entry.limit]

    def _like(self, rows: Sequence[Utterance], ids: Sequence[str]) -> list[int]:
        fitting = [
            self._fitting(name, condition, self._values(name, rows, ids), rows)
            for name, condition in self.entry.where.items()
            if condition is not None
        ]
        chosen = sorted(set.intersection(*fitting))
        if all(fitting) and not chosen:
            line = self.node.key_line("where")
            self.problems.add(line, f"where: none of the {len(rows)} rows is all of this")
        return chosen

    def _values(self, name: str, rows: Sequence[Utterance], ids: Sequence[str]) -> Sequence[Value]:
        """Return what each row has in a field."""
        field = self.columns.get(name, name)
        if field == "id":
            return ids
        if field == "audio":
            return [row.written or audio_in(row, self.folders) for row in rows]
        if field not in _FIELDS:
            return [row.meta.get(name) for row in rows]
        own = list(map(attrgetter(_FIELDS[field]), rows))
        return [rows[at].meta.get(name) if value is None else value for at, value in enumerate(own)]

    def _fitting(
        self, name: str, condition: Condition, values: Sequence[Value], rows: Sequence[Utterance]
    ) -> set[int]:
        """Return the indices of the rows that are as one condition has it; without any, say so."""
        if all(value is None for value in values) and not ("" in condition.texts and self._is_own(name)):
            self._report(name, f"no row has a field {quoted(name)}{nearest(name, _field_names(rows))}")
            return set()
        if not condition.texts:
            return self._between(name, condition, values, rows)
        texts = condition.texts
        wanted: set[Value] = {*texts, *(number for number in map(_number, texts) if number is not None)}
        if "" in texts:
            wanted.add(None)
        fitting = {at for at, value in enumerate(values) if value in wanted}
        if texts == ("",) and not fitting:
            self._report(name, "every row has a value there")
        elif not fitting:
            known = sorted({str(value) for value in values if value is not None})
            hint = nearest(texts[0], known) if len(known) <= MOST_NAMED else ""
            self._report(name, f"no row has {' or '.join(map(quoted, texts))} there{hint}")
        return fitting

    def _is_own(self, name: str) -> bool:
        """Tell whether rows of every format have a field, if without a value."""
        return self.columns.get(name, name) in _FIELDS

    def _between(
        self, name: str, condition: Condition, values: Sequence[Value], rows: Sequence[Utterance]
    ) -> set[int]:
        least = -inf if condition.least is None else condition.least
        most = inf if condition.most is None else condition.most
        fitting = set()
        for at, value in enumerate(values):
            number = None if value is None else _number(value)
            if number is not None and least <= number <= most:
                fitting.add(at)
            elif number is None and value is not None:
                place = self.faults.place(rows[at].source, rows[at].line)
                self._report(name, f"expected numbers in this field, found {quoted(str(value))} in {place}")
                return set()
        if not fitting:
            self._report(name, "no row is in this range")
        return fitting

    def _report(self, name: str, text: str) -> None:
        where = self.node.get("where")
        line = where.value_line(name) if isinstance(where, YamlMapping) else self.node.key_line("where")
        self.problems.add(line, f"where: {name}: {text}")


def _number(value: str | float) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


def _field_names(rows: Sequence[Utterance]) -> list[str]:
    own = (name for name, field in _FIELDS.items() if any(getattr(row, field) is not None for row in rows))
    return list(dict.fromkeys(("id", *own, *(name for row in rows for name in row.meta))))
