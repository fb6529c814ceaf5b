"""Twenty thousand cases of one YAML file: collecting them, against as many tests that do nothing."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import material
from processes import pytest_command, run
from rows import Command, Cost, Line, Plan, Row, fastest, fastest_s

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

CASES = 20_000
FILES = (1, 2000)
# The tests that do nothing are not to pay for what our package brings along.
PLAIN = ("-p", "no:stt", "-p", "no:asyncio", "-p", "no:anyio")


def write_cases(folder: Path, files: int) -> str:
    """Write the suite, with that many audio files between its cases, and return its file name."""
    material.write_audios(folder, files, seconds=1)
    return material.write_suite(
        folder, [(material.audio_name(number % files), number) for number in range(CASES)]
    )


def audio(files: int) -> str:
    return "one audio file" if files == 1 else f"{files} audio files"


def plain(plan: Plan, *arguments: str) -> Command:
    folder = plan.place("noop")
    return pytest_command(plan.ours, folder, material.write_noops(folder, CASES), *PLAIN, *arguments)


def measure(plan: Plan) -> list[Line]:
    suites = {files: _collecting(plan, files) for files in FILES}
    what = "cases of one YAML file, {audio}: wall of --collect-only"
    return against_noops(plan, plain(plan, "--collect-only"), suites, what=what, limit=1.5)


def against_noops(
    plan: Plan, noop: Command, ours: Mapping[int, Command], *, what: str, limit: float
) -> list[Line]:
    """Compare runs over some audio files, by their number, with tests that do nothing."""
    noops: list[Cost] = []
    costs: dict[int, list[Cost]] = {files: [] for files in ours}
    for _ in range(plan.rounds(1, 3)):
        noops.append(run(noop))
        for files, command in ours.items():
            costs[files].append(run(command))
    return [_line(what.format(audio=audio(files)), costs[files], noops, limit) for files in ours]


def _collecting(plan: Plan, files: int) -> Command:
    folder = plan.place(f"collect-{files}")
    return pytest_command(plan.ours, folder, write_cases(folder, files), "--collect-only")


def _line(what: str, ours: list[Cost], noops: list[Cost], limit: float) -> Line:
    ratio = fastest_s(ours) / fastest_s(noops)
    return Line(
        measure=f"{CASES} {what}",
        other=f"no-op tests {fastest(noops)}",
        ours=fastest(ours),
        ratio=f"{ratio:.2f} x",
        limit=f"{limit} x",
        met=ratio <= limit,
    )


@contextmanager
def prepare(plan: Plan) -> Iterator[Command]:
    yield _collecting(plan, FILES[0])


ROW = Row(name="collect", measure=measure, prepare=prepare)
