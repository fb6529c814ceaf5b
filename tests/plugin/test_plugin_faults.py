"""Whole runs against a server that fails: each case ends as it must, and disturbs no other."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import threading
import time
import xml.etree.ElementTree as ET
from collections import Counter
from email.utils import formatdate

# pytester forgets what a run in this process imports, and httpx remembers httpcore's errors.
import httpcore  # noqa: F401
import pytest
from faulty_server import (
    Answer,
    FaultyServer,
    Request,
    answers,
    drips,
    hangs,
    hears,
    refusing_port,
    resets,
)
from scripted import Example

from pytest_stt.records import Record, read_results
from pytest_stt.runner import retries


@pytest.fixture(autouse=True)
def quick_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries, "BACKOFF_S", 0.02)


def suite_of(
    example: Example, url: str, *, count: int = 5, name: str = "a", **server: str | float
) -> Example:
    """Write a suite with the cases c0, c1, …, each with an audio file of its own."""
    names = [f"c{number}" for number in range(count)]
    lines = [f"server: {json.dumps({'url': url, 'timeout': 10} | server)}", "cases:"]
    lines += [f"- {{id: {each}, audio: {each}.wav, reference: red door}}" for each in names]
    return example.suite("\n".join(lines), name=f"{name}.stt.yaml", audio=" ".join(names))


def run(example: Example, *args: str) -> tuple[pytest.RunResult, dict[str, Record]]:
    """Run everything; return what the user sees, and the records by case."""
    result = example.run("--stt-results=out", "--junitxml=out/junit.xml", "-v", *args)
    records = read_results(example.path / "out/results.jsonl").records
    words = {"passed": "PASSED", "failed": "FAILED", "error": "ERROR"}
    shown = dict(re.findall(r"(\S+::\S+) (PASSED|FAILED|ERROR)\b", result.stdout.str()))
    assert shown == {record.id: words[record.outcome] for record in records}
    return result, {record.case: record for record in records}


def second_of_three(
    example: Example, *script: Answer, args: tuple[str, ...] = (), **server: str | float
) -> tuple[Record, pytest.RunResult, FaultyServer]:
    """Let a server do this with the second of three cases, and see the others pass at the first try."""
    with FaultyServer(of={"c1": script}) as faulty:
        result, records = run(suite_of(example, faulty.url, count=3, **server), *args)
    for name in ("c0", "c2"):
        assert records[name].outcome == "passed"
        assert len(records[name].tries) == faulty.seen.names.count(name) == 1
    return records["c1"], result, faulty


def statuses(record: Record) -> list[int | None]:
    return [one.status for one in record.tries]


def properties(example: Example, case: str) -> dict[str, str]:
    root = ET.parse(example.path / "out/junit.xml")
    (found,) = [each for each in root.iter("testcase") if each.attrib["name"] == case]
    return {each.attrib["name"]: each.attrib["value"] for each in found.iter("property")}


def test_a_server_that_refuses_costs_only_its_own_cases(example: Example) -> None:
    with FaultyServer() as good, refusing_port() as port:
        suite_of(example, f"http://127.0.0.1:{port}", name="dead", count=2, retries=2)
        suite_of(example, good.url, name="good", count=5)
        result = example.run("--stt-results=out", "--stt-concurrency=8")
    result.assert_outcomes(errors=2, passed=5)
    records = read_results(example.path / "out/results.jsonl").records
    assert Counter((one.suite, one.outcome) for one in records) == {
        ("dead.stt.yaml", "error"): 2,
        ("good.stt.yaml", "passed"): 5,
    }
    for record in records[:2]:
        assert f"127.0.0.1:{port}" in record.message
        assert "refused the connection" in record.message
        assert "(tried 3 times in " in record.message
        assert len(record.tries) == 3


def test_a_reset_in_mid_answer_is_made_good(example: Example) -> None:
    record, result, _ = second_of_three(example, resets(), retries=2)
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["note: 1 case needed more than one try"])
    assert [bool(one.error) for one in record.tries] == [True, False]


def test_resets_that_go_on_are_an_error_of_one_case(example: Example) -> None:
    record, result, faulty = second_of_three(example, *[resets()] * 3, retries=2)
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*ERROR at setup of c1*", "*connection*broke*(tried 3 times in *"])
    assert faulty.seen.names.count("c1") == len(record.tries) == 3


@pytest.mark.parametrize("fault", ["drips", "silent", "late"])
def test_no_answer_in_time_is_an_error_of_one_case(example: Example, fault: str) -> None:
    late = {"drips": drips(), "silent": hangs(), "late": hears("too late", after_s=2)}[fault]
    record, result, faulty = second_of_three(
        example, late, args=("--stt-concurrency=1",), timeout=1.5, retries=2
    )
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*ERROR at setup of c1*", "*within 1.5 s*"])
    assert len(record.tries) == faulty.seen.names.count("c1") == 1
    assert record.hypothesis is None
    faulty.wait_for(lambda seen: seen.open == 0)


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_a_server_that_is_busy_is_left_alone_as_long_as_it_says(example: Example, form: str) -> None:
    header = "1" if form == "seconds" else formatdate(time.time() + 3, usegmt=True)
    record, result, faulty = second_of_three(example, answers(429, Retry_After=header), retries=1)
    result.assert_outcomes(passed=3)
    assert statuses(record) == [429, 200]
    first, second = [request.at for request in faulty.requests if request.name == "c1"]
    # A date has whole seconds, and some time went by before it was sent.
    assert second - first >= 0.95


def test_a_500_is_told_and_not_asked_again(example: Example) -> None:
    """Five times a 500, and then the server is well."""
    with FaultyServer(*[answers(500, {"error": {"message": "no model"}})] * 5) as faulty:
        result, records = run(suite_of(example, faulty.url, count=8, retries=2), "--stt-concurrency=1")
    result.assert_outcomes(errors=5, passed=3)
    for number in range(8):
        record = records[f"c{number}"]
        assert record.outcome == ("error" if number < 5 else "passed")
        assert statuses(record) == [500 if number < 5 else 200]
    assert "answered 500" in records["c0"].message
    assert "no model" in result.stdout.str()
    assert "more than one try" not in result.stdout.str()
    assert faulty.seen.names == [f"c{number}" for number in range(8)]


def test_a_503_is_asked_again_and_the_tries_are_told(example: Example) -> None:
    record, result, _ = second_of_three(example, answers(503), answers(503), retries=2)
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["note: 1 case needed more than one try"])
    assert statuses(record) == [503, 503, 200]
    assert properties(example, "c1")["stt.tries"] == "3"
    assert "stt.tries" not in properties(example, "c0")


def test_without_retries_a_503_is_the_end(example: Example) -> None:
    record, result, faulty = second_of_three(example, answers(503), retries=0)
    result.assert_outcomes(passed=2, errors=1)
    assert "answered 503" in record.message
    assert "tried" not in record.message
    assert faulty.seen.names.count("c1") == 1


def test_a_server_that_dies_leaves_what_it_has_answered(example: Example) -> None:
    with FaultyServer(dies_after=10) as faulty, FaultyServer() as other:
        suite_of(example, faulty.url, count=40, retries=1)
        suite_of(example, other.url, count=3, name="b")
        result = example.run("--stt-results=out", "--stt-concurrency=2")
    records = read_results(example.path / "out/results.jsonl").records
    answered = sum(record.outcome == "passed" for record in records[:40])
    assert answered in (10, 11)  # the last answer may meet one that is on its way
    result.assert_outcomes(passed=answered + 3, errors=40 - answered)
    dead = [record for record in records[:40] if record.outcome == "error"]
    asked = [record for record in dead if record.tries]
    assert len(asked) <= 5
    cause = asked[-1].message.partition(" (tried")[0]
    for record in dead:
        if not record.tries:
            assert "was not asked: 3 connection failures in a row, the first: " in record.message
            assert "refused the connection" in record.message
    assert "refused the connection" in cause


def test_an_answer_without_end_is_an_error_of_one_case(example: Example) -> None:
    async def endless(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"4000\r\n" + b"x" * 0x4000 + b"\r\n")
            await writer.drain()

    record, result, faulty = second_of_three(example, endless, max_response_mb=0.5, retries=2)
    result.assert_outcomes(passed=2, errors=1)
    assert "max_response_mb" in record.message
    assert len(record.tries) == faulty.seen.names.count("c1") == 1


class LateServer(FaultyServer):
    """Refuse connections until it is entered."""

    def __init__(self) -> None:
        super().__init__()
        self._listener.close()
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(("127.0.0.1", self.port))


def test_a_server_that_comes_up_late_is_waited_for(example: Example) -> None:
    late = LateServer()
    suite_of(example, late.url, count=4, wait=60, timeout=5, retries=0)
    coming = threading.Timer(1.0, late.__enter__)
    coming.start()
    try:
        result, records = run(example)
    finally:
        coming.join()
        late.__exit__()
    result.assert_outcomes(passed=4)
    assert [request.method for request in late.requests] == ["GET"] + ["POST"] * 4
    assert all(statuses(record) == [200] for record in records.values())


def test_a_server_that_never_comes_up_is_the_error_of_its_cases(example: Example) -> None:
    with FaultyServer() as good, refusing_port() as port:
        suite_of(example, f"http://127.0.0.1:{port}", name="a", count=4, wait=0.5)
        suite_of(example, good.url, name="b", count=2)
        result = example.run("--stt-results=out")
    result.assert_outcomes(errors=4, passed=2)
    records = read_results(example.path / "out/results.jsonl").records
    for record in records[:4]:
        assert "was not ready within 0.5 s (`wait`): " in record.message
        assert "refused the connection" in record.message
        assert record.tries == ()


def test_a_rate_is_never_exceeded(example: Example) -> None:
    with FaultyServer() as faulty:
        suite_of(example, faulty.url, count=13, rate="5/s")
        example.run("--stt-concurrency=8").assert_outcomes(passed=13)
    at = [request.at for request in faulty.requests]
    # They left in time; on a busy machine one may arrive later than the next.
    assert all(at[number + 5] - at[number] >= 0.8 for number in range(len(at) - 5))


def test_many_faults_at_once_end_each_in_its_own_way(example: Example) -> None:
    scripts = {
        "c1": [resets()] * 2,
        "c3": [drips()],
        "c4": [answers(503), answers(429, Retry_After="0")],
        "c6": [answers(400)],
        "c7": [resets(b"")],
        "c8": [hears("blue door")],
        "c9": [answers(200, "no json at all")],
    }
    with FaultyServer(of=scripts) as faulty:
        suite = suite_of(example, faulty.url, count=12, timeout=2, retries=2)
        result, records = run(suite, "--stt-concurrency=12")
        faulty.wait_for(lambda seen: seen.open == 0)
    result.assert_outcomes(passed=8, failed=1, errors=3)
    wrong = {name: record.outcome for name, record in records.items() if record.outcome != "passed"}
    assert wrong == {"c3": "error", "c6": "error", "c8": "failed", "c9": "error"}
    assert {name: len(record.tries) for name, record in records.items() if len(record.tries) > 1} == {
        "c1": 3,
        "c4": 3,
        "c7": 2,
    }
    result.stdout.fnmatch_lines(["note: 3 cases needed more than one try"])
