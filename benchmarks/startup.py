"""What the installed plugin costs a pytest run that has nothing to do with it.

`python benchmarks/startup.py [RUNS]` runs pytest on one empty test with the plugin and without it
(`-p no:stt`), in turn, and compares the CPU seconds and the peak memory of the whole processes.
The limits are 15 ms and 1 MB.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import material
from processes import pytest_command, run
from rows import Command, Line, Plan, Row, times

if TYPE_CHECKING:
    from collections.abc import Iterator

# Plugins that our dependencies and the peer's bring along: pytest-asyncio and anyio.
_COMPANIONS = ("-p", "no:asyncio", "-p", "no:anyio")


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One figure of paired runs, with something and without it."""

    unit: str
    pairs: list[tuple[float, float]]

    @property
    def difference(self) -> float:
        """The median of the paired differences."""
        return statistics.median(a - b for a, b in self.pairs)

    def __str__(self) -> str:
        with_it, without = zip(*self.pairs, strict=True)
        return (
            f"{self.unit}: {statistics.median(with_it):.1f} with, {statistics.median(without):.1f} without, "
            f"median of the paired differences {self.difference:+.2f}, "
            f"of the minima {min(with_it) - min(without):+.2f}"
        )


def figures(sides: list[tuple[Command, Command]], runs: int) -> list[tuple[Figure, Figure]]:
    """Return CPU and memory of each pair of commands, all of them run in turn after one run unmeasured."""
    kinds = [(Figure(unit="ms CPU", pairs=[]), Figure(unit="MB peak", pairs=[])) for _ in sides]
    for number in range(runs + 1):
        for (with_it, without), (cpu, memory) in zip(sides, kinds, strict=True):
            a, b = run(with_it), run(without)
            if number:
                cpu.pairs.append((1000 * a.cpu_s, 1000 * b.cpu_s))
                memory.pairs.append((a.peak_mb, b.peak_mb))
    return kinds


def empty_test(folder: Path) -> None:
    (folder / "test_empty.py").write_text("def test_empty(): pass\n")
    material.write_ini(folder)


def command(python: Path, folder: Path, *arguments: str) -> Command:
    return pytest_command(python, folder, "-p", "no:cacheprovider", *arguments)


def measure(plan: Plan) -> list[Line]:
    folder = plan.place("startup")
    empty_test(folder)
    sides = [
        (command(plan.ours, folder), command(plan.ours, folder, "-p", "no:stt")),
        (command(plan.peer, folder), command(plan.peer, folder, "-p", "no:audioeval")),
        (command(plan.ours, folder), command(plan.ours, folder, "-p", "no:stt", *_COMPANIONS)),
        (command(plan.peer, folder), command(plan.peer, folder, "-p", "no:audioeval", *_COMPANIONS)),
    ]
    ours, peer, ours_all, peer_all = figures(sides, plan.rounds(7, 25))
    what = "an unrelated test run with the plugin installed"
    companions = "the same, with the plugins of dependencies (pytest-asyncio, anyio) counted"
    return [
        _line(f"{what}: CPU", ours[0], peer[0], "ms", 15),
        _line(f"{what}: memory", ours[1], peer[1], "MB", 1),
        _line(f"{companions}: CPU", ours_all[0], peer_all[0], "ms", None),
        _line(f"{companions}: memory", ours_all[1], peer_all[1], "MB", None),
    ]


def _line(what: str, ours: Figure, peer: Figure, unit: str, limit: float | None) -> Line:
    return Line(
        measure=what,
        other=f"peer {peer.difference:+.1f} {unit}",
        ours=f"{ours.difference:+.2f} {unit}",
        ratio=times(ours.difference, peer.difference),
        limit="" if limit is None else f"+{limit} {unit}",
        met=None if limit is None else ours.difference <= limit,
    )


@contextmanager
def prepare(plan: Plan) -> Iterator[Command]:
    folder = plan.place("startup")
    empty_test(folder)
    yield command(plan.ours, folder)


ROW = Row(name="startup", measure=measure, prepare=prepare)


def main(runs: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder, python = Path(name), Path(sys.executable)
        empty_test(folder)
        sides = [(command(python, folder), command(python, folder, "-p", "no:stt"))]
        for figure in figures(sides, runs)[0]:
            print(figure)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 25)
