"""Runs that are spread over processes which xdist starts elsewhere."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from faulty_server import FaultyServer, hears
from scripted import Example


@contextmanager
def socket_host() -> Iterator[str]:
    """Serve one execnet gateway from a process of its own; it keeps its modules, so one for each run."""
    package = importlib.util.find_spec("execnet.script")
    if package is None or package.origin is None:
        raise LookupError("execnet has no scripts")
    script = Path(package.origin).with_name("socketserver.py")
    command = [sys.executable, "-u", str(script), "127.0.0.1:0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            # Its first line ends with the address that it listens on.
            first = "" if process.stdout is None else process.stdout.readline()
            yield f"socket=127.0.0.1:{first.rpartition(',')[2].strip(' )' + chr(10))}"
        finally:
            process.kill()


def spread(example: Example, how: str, folder: Path, *args: str) -> pytest.RunResult:
    """Run all that is in a folder, by workers that are started there."""
    if how == "popen":
        return example.run("--dist=load", f"--tx=2*popen//chdir={folder}", *args)
    # In a process of its own: execnet leaves its end of the socket to the garbage collector.
    options = ("-p", "no:randomly", "-W", "ignore:unclosed:ResourceWarning", "--dist=load")
    with socket_host() as host:
        return example.pytester.runpytest_subprocess(*options, f"--tx={host}//chdir={folder}", *args)


@pytest.fixture
def there(example: Example) -> Path:
    """A folder like that of another host: it has the suites, and this one has not."""
    example.cases(one="hello world", two="hello brave new world", three="x")
    example.cases("b.stt.yaml", four="hello world", five="hello world")
    example.answer(two="hello new word", three=500)
    example.test(
        """
        def test_it(stt_transcribe):
            stt_transcribe("one.wav", reference="hello world").assert_quality()
        """
    )
    return moved(example)


def moved(example: Example) -> Path:
    folder = example.path.with_name(f"{example.path.name}-there")
    folder.mkdir()
    for path in list(example.path.iterdir()):
        shutil.move(path, folder)
    example.ini()
    return folder


def table(result: pytest.RunResult) -> list[list[str]]:
    section = result.stdout.str().partition("speech-to-text quality")[2]
    rows = [line.split() for line in section.splitlines() if line.count("%") == 2 and "max_wer" not in line]
    return [row[:8] for row in rows]


def properties(path: Path) -> dict[str, dict[str, str]]:
    """Return the properties of each test case and, under "", those of the run, without times."""
    root = ET.parse(path)
    owners = {case.attrib["name"]: case for case in root.iter("testcase")}
    (suite,) = root.iter("testsuite")
    found = {name: list(owner.iter("property")) for name, owner in owners.items()}
    found[""] = list(suite.iterfind("properties/property"))
    return {
        name: {one.attrib["name"]: one.attrib["value"] for one in each if "_ms" not in one.attrib["name"]}
        for name, each in found.items()
    }


def records(path: Path) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for record in lines[1:]:
        record.pop("latency_ms")
        record["events"] = [(event["kind"], event["text"]) for event in record["events"]]
        record["tries"] = [(one["error"], one["status"]) for one in record["tries"]]
    return lines


@pytest.mark.parametrize("how", ["popen", "socket"])
def test_everything_comes_out_as_from_one_process(
    example: Example, there: Path, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "150")
    outputs = ("--stt-results={}", "--junitxml={}/junit.xml")
    alone, spread_out = example.path / "alone", example.path / "spread"
    with monkeypatch.context() as patch:
        patch.chdir(there)
        one = example.run(*(output.format(alone) for output in outputs))
    asked = sorted(example.server.asked)
    example.server.asked.clear()
    many = spread(example, how, there, *(output.format(spread_out) for output in outputs))
    for result in (one, many):
        result.assert_outcomes(passed=4, failed=1, errors=1)
    assert sorted(example.server.asked) == asked
    assert len(table(one)) == 4
    assert table(many) == table(one)
    assert properties(spread_out / "junit.xml") == properties(alone / "junit.xml")
    assert records(spread_out / "results.jsonl") == records(alone / "results.jsonl")


LOCAL = "server: {url: local}\ncases:\n- {audio: one.wav, reference: hello world}"


def test_the_embedded_server_is_refused_elsewhere_and_nothing_is_run(example: Example) -> None:
    example.suite(LOCAL, audio="one")
    result = spread(example, "socket", moved(example))
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stdout.fnmatch_lines(["a.stt.yaml: url: local is*127.0.0.1:*--stt-url http://HOST:PORT"])
    assert result.parseoutcomes() == {"errors": 1}


def test_one_worker_elsewhere_is_enough_to_refuse_the_embedded_server(example: Example) -> None:
    example.suite(LOCAL, audio="one")
    result = spread(example, "socket", moved(example), "--tx=popen//chdir=.")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stdout.fnmatch_lines(["a.stt.yaml: url: local is*--stt-url http://HOST:PORT"])
    assert "passed" not in result.parseoutcomes()


def test_with_an_address_for_all_the_suite_of_the_embedded_server_runs_elsewhere(example: Example) -> None:
    example.suite(LOCAL, audio="one")
    there = moved(example)
    spread(example, "socket", there, f"--stt-url={example.server.url}").assert_outcomes(passed=1)
    assert example.server.asked == ["one"]


def many(example: Example, count: int, head: str = "") -> Example:
    names = [f"c{number}" for number in range(count)]
    lines = [f"- {{id: {name}, audio: {name}.wav, reference: hello world}}" for name in names]
    return example.suite("\n".join([head, "cases:", *lines]), audio=" ".join(names))


@pytest.mark.parametrize("dist", ["load", "worksteal"])
def test_nothing_is_asked_twice(example: Example, dist: str) -> None:
    example.server.delay_s = 0.02
    many(example, 60).run("-n2", f"--dist={dist}", "--stt-concurrency=8").assert_outcomes(passed=60)
    assert sorted(example.server.asked) == sorted(f"c{number}" for number in range(60))


@pytest.mark.parametrize(("concurrency", "most"), [(4, 4), (5, 5), (1, 2)])
def test_workers_share_the_concurrency(example: Example, concurrency: int, most: int) -> None:
    example.server.delay_s = 0.05
    many(example, 40).run("-n2", f"--stt-concurrency={concurrency}").assert_outcomes(passed=40)
    assert most / 2 <= example.server.most_at_once <= most


def test_workers_share_the_rate(example: Example) -> None:
    with FaultyServer(default=hears("hello world")) as faulty:
        many(example, 14, f"server: {{url: '{faulty.url}', rate: 6/s}}").run("-n2").assert_outcomes(passed=14)
    at = [request.at for request in faulty.requests]
    # They left in time; on a busy machine one may arrive later than the next.
    assert all(at[number + 6] - at[number] >= 0.8 for number in range(len(at) - 6))


@pytest.mark.parametrize("how", ["popen", "socket"])
def test_a_case_that_is_skipped_elsewhere_leaves_the_same_digest(
    example: Example, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    example.suite(
        """
        cases:
        - {audio: one.wav, reference: hello world}
        - {audio: two.wav, reference: hello world, skip: not today}
        """
    )
    there = moved(example)
    with monkeypatch.context() as patch:
        patch.chdir(there)
        example.run(f"--stt-results={example.path}/alone").assert_outcomes(passed=1, skipped=1)
    spread(example, how, there, "--stt-results=spread").assert_outcomes(passed=1, skipped=1)
    assert records(example.path / "spread/results.jsonl") == records(example.path / "alone/results.jsonl")


LOCAL = "server: {url: local}\ncases:\n- {audio: one.wav, reference: hello world}"


def test_a_refused_run_leaves_the_results_of_an_earlier_one(example: Example) -> None:
    example.suite(LOCAL, audio="one")
    there = moved(example)
    spread(example, "socket", there, "--stt-results=out", f"--stt-url={example.server.url}")
    before = (example.path / "out/results.jsonl").read_text()
    result = spread(example, "socket", there, "--stt-results=out")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert (example.path / "out/results.jsonl").read_text() == before


def test_a_suite_of_the_embedded_server_keeps_the_others_from_being_run(example: Example) -> None:
    example.cases("b.stt.yaml", two="hello world")
    example.suite(LOCAL, audio="one")
    result = spread(example, "socket", moved(example))
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert result.parseoutcomes() == {"errors": 1}
    assert example.server.asked == []
