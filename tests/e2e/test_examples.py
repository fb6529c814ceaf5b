"""The examples as a user runs them: real speech, the real engine, the wire between them."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "example_suites"
COMMAND = [sys.executable, "-m", "pytest", "-p", "no:randomly", "-p", "no:cacheprovider"]
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "STT_URL"}


def run(*args: str | Path, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *map(str, args)],
        cwd=folder,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def properties_of(case: ElementTree.Element) -> list[tuple[str, str]]:
    return [(found.get("name", ""), found.get("value", "")) for found in case.iter("property")]


def what_was_measured(xml: Path) -> dict[str, object]:
    """Return outcomes, verdicts and figures of a JUnit file, without times."""
    return {
        case.get("name", ""): (
            [child.tag for child in case if child.tag != "properties"],
            [child.get("message") for child in case],
            sorted(pair for pair in properties_of(case) if pair[0] != "stt.latency_ms"),
        )
        for case in ElementTree.parse(xml).iter("testcase")
    }


def test_two_runs_measure_the_same(tmp_path: Path) -> None:
    quick = [EXAMPLES / "quickstart.stt.yaml", EXAMPLES / "streaming_sse.stt.yaml"]
    first, second = tmp_path / "1.xml", tmp_path / "2.xml"
    for xml in (first, second):
        done = run(*quick, f"--junitxml={xml}")
        assert done.returncode == 0, done.stdout + done.stderr
    assert len(what_was_measured(first)) >= 16
    assert what_was_measured(first) == what_was_measured(second)


def test_two_workers_share_one_server_and_measure_the_same(tmp_path: Path) -> None:
    suite = EXAMPLES / "streaming_sse.stt.yaml"
    for name, workers in (("1", []), ("2", ["-n", "2"])):
        done = run(suite, EXAMPLES / "test_fixtures.py", f"--junitxml={tmp_path / name}.xml", *workers)
        assert done.returncode == 0, done.stdout + done.stderr
    assert what_was_measured(tmp_path / "1.xml") == what_was_measured(tmp_path / "2.xml")


BROKEN = """
cases:
- {id: hello, audio: %s, reference: "Hello, can you see me?", assert_quality: {max_wer: 0.1}}
"""


def test_a_broken_reference_fails_with_the_words_aligned(tmp_path: Path) -> None:
    (tmp_path / "broken.stt.yaml").write_text(BROKEN % (EXAMPLES / "audio" / "hello.flac"))
    done = run("broken.stt.yaml", folder=tmp_path)
    assert done.returncode == pytest.ExitCode.TESTS_FAILED
    assert "WER 20.0% > 10.0% (1 of 5 words, basic)" in done.stdout
    assert re.search(r"^REF: hello can you see +me$", done.stdout, flags=re.MULTILINE)
    assert re.search(r"^HYP: hello can you hear me$", done.stdout, flags=re.MULTILINE)


SLOW = """
import os, pathlib

def test_it(stt_transcribe):
    stt_transcribe({audio!r}, reference="Hello, can you hear me?").assert_quality()
    pathlib.Path("heard").touch()
    import time
    time.sleep(60)
"""


def children_of(process: int) -> list[int]:
    tasks = Path(f"/proc/{process}/task").iterdir()
    return [int(number) for task in tasks for number in (task / "children").read_text().split()]


def is_running(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="reads Linux's list of processes")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_embedded_server_is_gone_with_its_run(tmp_path: Path, how: signal.Signals) -> None:
    (tmp_path / "test_slow.py").write_text(SLOW.format(audio=str(EXAMPLES / "audio" / "hello.flac")))
    process = subprocess.Popen(
        COMMAND,
        cwd=tmp_path,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    while not (tmp_path / "heard").exists() and process.poll() is None:
        time.sleep(0.05)
    servers = children_of(process.pid)
    assert servers
    process.send_signal(how)
    process.communicate(timeout=20)
    patience_ends_s = time.monotonic() + 10
    while any(map(is_running, servers)) and time.monotonic() < patience_ends_s:
        time.sleep(0.05)
    assert not any(map(is_running, servers))
