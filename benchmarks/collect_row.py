"""Twenty thousand cases of one YAML file: collecting them, against as many tests that do nothing."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import material
from processes import pytest_command, run
from rows import Command, Line, Plan, Row, times

if TYPE_CHECKING:
    from collections.abc import Iterator
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
    noop = plain(plan, "--collect-only")
    noop_s: list[float] = []
    ours_s: dict[int, list[float]] = {files: [] for files in FILES}
    for _ in range(plan.rounds(1, 3)):
        noop_s.append(run(noop).wall_s)
        for files, command in suites.items():
            ours_s[files].append(run(command).wall_s)
    return [_line(files, min(ours_s[files]), min(noop_s)) for files in FILES]


def _collecting(plan: Plan, files: int) -> Command:
    folder = plan.place(f"collect-{files}")
    return pytest_command(plan.ours, folder, write_cases(folder, files), "--collect-only")


def _line(files: int, ours_s: float, noop_s: float) -> Line:
    return Line(
        measure=f"{CASES} cases of one YAML file, {audio(files)}: wall of --collect-only",
        other=f"no-op tests {noop_s:.2f} s",
        ours=f"{ours_s:.2f} s",
        ratio=times(ours_s, noop_s),
        limit="1.5 x",
        met=ours_s <= 1.5 * noop_s,
    )


@contextmanager
def prepare(plan: Plan) -> Iterator[Command]:
    yield _collecting(plan, FILES[0])


ROW = Row(name="collect", measure=measure, prepare=prepare)
