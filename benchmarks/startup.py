"""What the installed plugin costs a pytest run that has nothing to do with it.

`python benchmarks/startup.py [RUNS]` runs pytest on one empty test with the plugin and without it
(`-p no:stt`), in turn, and compares the CPU seconds and the peak memory of the whole processes.
The limits are 15 ms and 1 MB.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path


def measure(folder: Path, *args: str) -> tuple[float, float]:
    """Return CPU milliseconds and peak memory in MB of one pytest process."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *args]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"pytest ended with {process.returncode}")
    return 1000 * (usage.ru_utime + usage.ru_stime), usage.ru_maxrss / 1024


def main(runs: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "test_empty.py").write_text("def test_empty(): pass\n")
        (folder / "pytest.ini").write_text("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
        measure(folder)
        measure(folder, "-p", "no:stt")
        pairs = [(measure(folder), measure(folder, "-p", "no:stt")) for _ in range(runs)]
    for index, unit in enumerate(("ms CPU", "MB peak")):
        with_it = [pair[0][index] for pair in pairs]
        without = [pair[1][index] for pair in pairs]
        difference = statistics.median(a - b for a, b in zip(with_it, without, strict=True))
        print(
            f"{unit}: {statistics.median(with_it):.1f} with, {statistics.median(without):.1f} without, "
            f"median of the paired differences {difference:+.2f}, "
            f"of the minima {min(with_it) - min(without):+.2f}"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 25)
