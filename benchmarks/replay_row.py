"""Twenty thousand cases scored again from a file, against as many tests that do nothing."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

import material
from collect_row import CASES, FILES, audio, plain, write_cases
from processes import pytest_command, run, script
from rows import Command, Cost, Line, Plan, Row, fastest, fastest_s

if TYPE_CHECKING:
    from collections.abc import Iterator


def measure(plan: Plan) -> list[Line]:
    replays = {files: _replaying(plan, files) for files in FILES}
    noop = plain(plan)
    noops: list[Cost] = []
    ours: dict[int, list[Cost]] = {files: [] for files in FILES}
    for _ in range(plan.rounds(1, 3)):
        noops.append(run(noop))
        for files, command in replays.items():
            ours[files].append(run(command))
    return [_line(files, ours[files], noops) for files in FILES]


def _replaying(plan: Plan, files: int) -> Command:
    folder = plan.place(f"replay-{files}")
    suite, heard, results = write_cases(folder, files), "heard.json", "results.jsonl"
    texts = {material.case_name(number): material.misheard(number) for number in range(CASES)}
    (folder / heard).write_text(json.dumps(texts))
    run(script(plan.ours, "write_results.py", folder, suite, heard, results))
    return pytest_command(plan.ours, folder, suite, "--stt-replay", results)


def _line(files: int, ours: list[Cost], noops: list[Cost]) -> Line:
    ratio = fastest_s(ours) / fastest_s(noops)
    return Line(
        measure=f"{CASES} replayed cases, {audio(files)}: wall of the full run",
        other=f"no-op tests {fastest(noops)}",
        ours=fastest(ours),
        ratio=f"{ratio:.2f} x",
        limit="2.0 x",
        met=ratio <= 2,
    )


@contextmanager
def prepare(plan: Plan) -> Iterator[Command]:
    yield _replaying(plan, FILES[0])


ROW = Row(name="replay", measure=measure, prepare=prepare)
