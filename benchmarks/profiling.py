"""Print where the time of a row's own command goes."""

from __future__ import annotations

import pstats
from dataclasses import replace
from typing import TYPE_CHECKING

from processes import HERE, run

if TYPE_CHECKING:
    from pathlib import Path

    from rows import Plan, Row


def profile(row: Row, plan: Plan, *, lines: int = 40) -> None:
    """Run what the row measures of ours under cProfile, and print the functions that took most themselves."""
    stats = plan.folder / f"{row.name}.prof"
    with row.prepare(plan) as command:
        profiled = (str(HERE / "scripts" / "profiled.py"), str(stats), *command.arguments)
        cost = run(replace(command, arguments=profiled))
    took = f"{cost.wall_s:.2f} s wall, {cost.cpu_s:.2f} s CPU"
    print(f"{row.name} under the profiler: {took}; below: CPU seconds of all its threads")
    report(stats, lines)


def report(stats: Path, lines: int) -> None:
    pstats.Stats(str(stats)).strip_dirs().sort_stats("tottime").print_stats(lines)
    print(f"of pytest_stt, callees counted, the {lines // 2} largest:")
    pstats.Stats(str(stats)).sort_stats("cumulative").print_stats("/pytest_stt/", lines // 2)
