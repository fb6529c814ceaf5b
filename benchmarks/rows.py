"""What a row of the table is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from contextlib import AbstractContextManager
    from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How to measure: `folder` is empty and scratch, `ours` and `peer` are Python interpreters.

    `quick` takes fewer repetitions and shorter streams, `full` gives the peer every case.
    """

    quick: bool
    full: bool
    folder: Path
    ours: Path
    peer: Path

    def rounds(self, quick: int, normal: int) -> int:
        return quick if self.quick else normal

    def place(self, name: str) -> Path:
        """Make a scratch folder."""
        path = self.folder / name
        path.mkdir(parents=True, exist_ok=True)
        return path


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a whole process took: seconds of wall clock and of CPU, peak of resident memory in MB."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    output: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the table; `met` is None where nothing is promised."""

    measure: str
    other: str
    ours: str
    ratio: str = ""
    limit: str = ""
    met: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Command:
    """A Python program to run: `arguments` follow the interpreter's name, `core` is the only one it gets."""

    python: Path
    arguments: tuple[str, ...]
    folder: Path
    core: int | None = None


@dataclass(frozen=True, kw_only=True)
class Row:
    """`measure` gives lines of the table; `prepare` gives the command of ours that a profile is made of."""

    name: str
    measure: Callable[[Plan], Iterable[Line]]
    prepare: Callable[[Plan], AbstractContextManager[Command]]


class MeasureError(Exception):
    """A command did not do what was to be measured."""


def fastest(costs: list[Cost]) -> str:
    """Show wall clock and CPU: where the first is more than it should be, the machine was busy."""
    return f"{fastest_s(costs):.2f} s ({min(cost.cpu_s for cost in costs):.2f} s CPU)"


def fastest_s(costs: list[Cost]) -> float:
    return min(cost.wall_s for cost in costs)


def times(ours: float, other: float) -> str:
    return f"{ours / other:.2f} x" if other else ""
