"""What the plugin costs those who do not use it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

HEAVY = {"numpy", "httpx", "httpx_ws", "yaml", "pydantic", "jiwer", "soundfile", "soxr", "anyio", "rapidfuzz"}

PROBE = """
import json, sys

def pytest_unconfigure():
    with open("modules.json", "w") as file:
        json.dump(sorted(sys.modules), file)
"""


def run_pytest(folder: Path, *args: str) -> set[str]:
    (folder / "conftest.py").write_text(PROBE)
    (folder / "test_it.py").write_text("def test_it(): pass")
    command = [sys.executable, "-m", "pytest", "-q", *args]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return set(json.loads((folder / "modules.json").read_text()))


def test_an_unrelated_run_imports_nothing_heavy(tmp_path: Path) -> None:
    # Other plugins have habits of their own.
    modules = run_pytest(tmp_path, "-p", "no:anyio", "-p", "no:randomly", "-p", "no:hypothesispytest")
    assert "pytest_stt.plugin" in modules
    tops = {name.partition(".")[0] for name in modules}
    assert tops & HEAVY == set()
    rooms = {name.split(".")[1] for name in modules if name.startswith("pytest_stt.")}
    assert rooms <= {"plugin", "errors", "lazy"}


def test_a_suite_beside_and_options_of_ours_cost_other_tests_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.stt.yaml").write_text("cases: []")
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nstt_results = out\naddopts = --stt-concurrency 8 --stt-worst 3 -p no:anyio -p no:randomly "
        "-p no:hypothesispytest -p no:xdist"
    )
    modules = run_pytest(tmp_path, "test_it.py")
    assert {name.partition(".")[0] for name in modules} & HEAVY == set()


def test_without_pytest_asyncio_not_even_asyncio_is_imported(tmp_path: Path) -> None:
    modules = run_pytest(tmp_path, "-p", "no:asyncio", "-p", "no:anyio", "-p", "no:xdist")
    assert "asyncio" not in modules
