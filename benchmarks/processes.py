"""Run programs and tell what they cost; start and end servers."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

from rows import Command, Cost, MeasureError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from resource import struct_rusage

HERE = Path(__file__).parent
# A run that takes longer than this hangs.
_LONGEST_S = 900
_UNWANTED = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTHONPATH", "STT_URL", "PYTHONDONTWRITEBYTECODE")


def run(command: Command) -> Cost:
    """Run a program to its end; the peak of memory is right as long as this process is smaller."""
    with tempfile.TemporaryFile("w+") as output:
        began = time.perf_counter()
        usage, code = _waited_for(_started(command, output))
        wall_s = time.perf_counter() - began
        output.seek(0)
        text = output.read()
    if code:
        name = " ".join(command.arguments[:3])
        raise MeasureError(f"{name} … ended with {code}:\n{text[-2000:]}")
    cpu_s = usage.ru_utime + usage.ru_stime
    return Cost(wall_s=wall_s, cpu_s=cpu_s, peak_mb=usage.ru_maxrss / 1024, output=text)


def _started(command: Command, output: IO[str]) -> subprocess.Popen[bytes]:
    with on_core(command.core):
        return subprocess.Popen(
            [str(command.python), *command.arguments],
            cwd=command.folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment(),
        )


def _waited_for(process: subprocess.Popen[bytes]) -> tuple[struct_rusage, int]:
    watch = threading.Timer(_LONGEST_S, process.kill)
    watch.start()
    _, status, usage = os.wait4(process.pid, 0)
    watch.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage, process.returncode


def pytest_command(python: Path, folder: Path, *arguments: str) -> Command:
    return Command(python=python, arguments=("-m", "pytest", "-q", *arguments), folder=folder)


def script(python: Path, name: str, folder: Path, *arguments: str) -> Command:
    path = str(HERE / "scripts" / name)
    return Command(python=python, arguments=(path, *arguments), folder=folder)


@contextmanager
def serving(name: str, *arguments: str, core: int | None = None) -> Iterator[int]:
    """Run one of `servers/` in a process of its own and give its port on 127.0.0.1."""
    command = [sys.executable, str(HERE / "servers" / name), *arguments]
    with on_core(core):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment())
    try:
        if process.stdout is None or not (line := process.stdout.readline()):
            raise MeasureError(f"{name} did not start")
        yield int(line)
    finally:
        process.terminate()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def cores() -> tuple[int, int]:
    """Return a core for what is measured and another one for the server, the same where there is one."""
    usable = sorted(os.sched_getaffinity(0))
    return usable[0], usable[-1]


@contextmanager
def on_core(core: int | None) -> Iterator[None]:
    """Start processes in this block that stay on a core, and come before others there where that is allowed.

    They inherit both from this process.
    """
    if core is None:
        yield
        return
    everywhere, priority = os.sched_getaffinity(0), os.getpriority(os.PRIO_PROCESS, 0)
    os.sched_setaffinity(0, {core})
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, -10)
    try:
        yield
    finally:
        os.sched_setaffinity(0, everywhere)
        os.setpriority(os.PRIO_PROCESS, 0, priority)


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in _UNWANTED}
