"""A run that is ended from outside keeps what was heard, and leaves nothing behind."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from faulty_server import Answer, FaultyServer, hangs, hears
from scripted import write_wav

from pytest_stt.errors import SuiteError
from pytest_stt.records import Results, read_results

SAFETY_NET_S = 120
NOISE = ("never awaited", "never retrieved", "ResourceWarning", "was destroyed", "Unraisable", "Traceback")


@contextmanager
def running(folder: Path, url: str, *, count: int) -> Iterator[subprocess.Popen[str]]:
    """Run the cases c0, c1, … in a process of their own, in which every warning is an error."""
    names = [f"c{number}" for number in range(count)]
    lines = [f"server: {{url: '{url}', timeout: {SAFETY_NET_S}}}", "cases:"]
    lines += [f"- {{id: {name}, audio: {name}.wav, reference: red door}}" for name in names]
    (folder / "a.stt.yaml").write_text("\n".join(lines), encoding="utf-8")
    for name in names:
        write_wav(folder / f"{name}.wav")
    ini = "[pytest]\nfilterwarnings = error\nasyncio_default_fixture_loop_scope = function\n"
    (folder / "pytest.ini").write_text(ini, encoding="utf-8")
    command = [sys.executable, "-X", "dev", "-W", "error", "-u", "-m", "pytest", "-v", "-p", "no:randomly"]
    command += ["--stt-concurrency", "64", "--stt-results", "out"]
    with (folder / "stdout").open("w") as stdout, (folder / "stderr").open("w") as stderr:
        process = subprocess.Popen(command, cwd=folder, stdout=stdout, stderr=stderr, text=True)
        try:
            yield process
        finally:
            process.kill()
            process.wait(SAFETY_NET_S)


def results(folder: Path) -> Results | None:
    """Read what is there; none before the first case was reported."""
    try:
        return read_results(folder / "out/results.jsonl")
    except SuiteError:
        if (folder / "out/results.jsonl").exists():
            raise
        return None


def wait_until(process: subprocess.Popen[str], condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + SAFETY_NET_S
    while not condition():
        if process.poll() is not None or time.monotonic() > deadline:
            raise AssertionError("it never came so far")
        time.sleep(0.02)


def wait_for_records(process: subprocess.Popen[str], folder: Path, count: int) -> None:
    def enough() -> bool:
        found = results(folder)
        return found is not None and len(found.records) >= count

    wait_until(process, enough)


def first_few(count: int) -> dict[str, list[Answer]]:
    return {f"c{number}": [hears()] for number in range(count)}


def outcomes(found: Results | None) -> list[tuple[str, str]]:
    return [] if found is None else [(record.case, record.outcome) for record in found.records]


def test_ctrl_c_keeps_what_was_done_and_closes_every_connection(tmp_path: Path) -> None:
    with FaultyServer(of=first_few(5), default=hangs()) as faulty:
        with running(tmp_path, faulty.url, count=100) as process:
            wait_for_records(process, tmp_path, 5)
            faulty.wait_for(lambda seen: seen.in_flight == 64, within_s=SAFETY_NET_S)
            process.send_signal(signal.SIGINT)
            assert process.wait(SAFETY_NET_S) == pytest.ExitCode.INTERRUPTED
        faulty.wait_for(lambda seen: seen.open == 0, within_s=SAFETY_NET_S)
        # The case that was waited for is cancelled first: another may leave before the server sees that.
        assert faulty.seen.most_in_flight in (64, 65)
    stdout, stderr = (tmp_path / "stdout").read_text(), (tmp_path / "stderr").read_text()
    assert "KeyboardInterrupt" in stdout
    assert re.search(r"^a\.stt\.yaml +5 +10 +0\.0%", stdout, re.MULTILINE)
    assert "5 passed" in stdout
    assert [noise for noise in NOISE if noise in stdout + stderr] == []
    found = read_results(tmp_path / "out/results.jsonl")
    assert found.header.partial
    assert outcomes(found) == [(f"c{number}", "passed") for number in range(5)]
    assert len(found.header.suites["a.stt.yaml"].ids) == 100


def test_a_run_that_is_killed_leaves_what_was_reported(tmp_path: Path) -> None:
    with FaultyServer(of=first_few(5), default=hangs()) as faulty:
        with running(tmp_path, faulty.url, count=100) as process:
            wait_for_records(process, tmp_path, 5)
            faulty.wait_for(lambda seen: seen.in_flight == 64, within_s=SAFETY_NET_S)
            process.kill()
            process.wait(SAFETY_NET_S)
        faulty.wait_for(lambda seen: seen.open == 0, within_s=SAFETY_NET_S)
    found = read_results(tmp_path / "out/results.jsonl")
    assert found.header.partial
    assert outcomes(found) == [(f"c{number}", "passed") for number in range(5)]


def test_a_run_that_is_killed_while_results_come_loses_at_most_one(tmp_path: Path) -> None:
    with FaultyServer() as faulty, running(tmp_path, faulty.url, count=600) as process:
        wait_for_records(process, tmp_path, 100)
        process.kill()
        process.wait(SAFETY_NET_S)
    shown = re.findall(r"::(c\d+) PASSED", (tmp_path / "stdout").read_text())
    kept = [case for case, _ in outcomes(results(tmp_path))]
    assert 100 <= len(kept) < 600
    assert kept == [f"c{number}" for number in range(len(kept))]
    # A case is shown when it was judged, and its line is written when it is over.
    assert set(shown[:-1]) <= set(kept)
