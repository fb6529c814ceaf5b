"""Twenty thousand cases scored again from a file, against as many tests that do nothing."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

import material
from collect_row import CASES, FILES, against_noops, plain, write_cases
from processes import pytest_command, run, script
from rows import Command, Line, Plan, Row

if TYPE_CHECKING:
    from collections.abc import Iterator


def measure(plan: Plan) -> list[Line]:
    replays = {files: _replaying(plan, files) for files in FILES}
    what = "replayed cases, {audio}: wall of the full run"
    return against_noops(plan, plain(plan), replays, what=what, limit=2.0)


def _replaying(plan: Plan, files: int) -> Command:
    folder = plan.place(f"replay-{files}")
    suite, heard, results = write_cases(folder, files), "heard.json", "results.jsonl"
    texts = {material.case_name(number): material.misheard(number) for number in range(CASES)}
    (folder / heard).write_text(json.dumps(texts))
    run(script(plan.ours, "write_results.py", folder, suite, heard, results))
    return pytest_command(plan.ours, folder, suite, "--stt-replay", results)


@contextmanager
def prepare(plan: Plan) -> Iterator[Command]:
    yield _replaying(plan, FILES[0])


ROW = Row(name="replay", measure=measure, prepare=prepare)
