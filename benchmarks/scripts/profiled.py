"""Run a Python program under cProfile, all its threads, and write the sum of their profiles to a file.

Arguments: the file, then what would follow `python`: `-m module …` or `script …`. Times are CPU seconds of
the thread, so that waiting does not count.
"""

from __future__ import annotations

import cProfile
import pstats
import runpy
import sys
import threading
import time
from pathlib import Path
from typing import Any

_profiles: list[cProfile.Profile] = []


def profile_threads() -> None:
    run = threading.Thread.run

    def profiled_run(self: threading.Thread, *args: Any) -> None:
        profile = cProfile.Profile(time.thread_time)
        _profiles.append(profile)
        try:
            profile.runcall(run, self, *args)
        except ValueError:
            # Since Python 3.12 there is one profiler for the whole process.
            run(self, *args)

    threading.Thread.run = profiled_run  # type: ignore[method-assign]


def write(path: str, main: cProfile.Profile) -> None:
    stats = pstats.Stats(main)
    for profile in _profiles:
        try:
            stats.add(profile)
        except TypeError:
            # A thread in which nothing was called.
            continue
    stats.dump_stats(path)


def main(path: str, arguments: list[str]) -> None:
    profile = cProfile.Profile(time.thread_time)
    if arguments[0] != "-m":
        sys.path[0] = str(Path(arguments[0]).parent)
    sys.argv = arguments[1:] if arguments[0] == "-m" else arguments
    profile_threads()
    profile.enable()
    try:
        if arguments[0] == "-m":
            runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
        else:
            runpy.run_path(arguments[0], run_name="__main__")
    finally:
        profile.disable()
        write(path, profile)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
