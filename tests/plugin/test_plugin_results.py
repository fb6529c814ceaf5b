"""The file of records that a run writes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from scripted import Example


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def mixed(example: Example) -> Example:
    example.suite(
        """
        cases:
        - {audio: one.wav, reference: hello world}
        - {audio: two.wav, reference: hello brave new world}
        - {audio: three.wav, reference: hello world}
        - {audio: four.wav, reference: hello world, skip: not today}
        """,
        audio="one two three four",
    )
    return example.answer(two="hello new world", three=400)


def test_every_case_has_one_line(mixed: Example) -> None:
    mixed.run("--stt-results", "out")
    header, *records = lines(mixed.path / "out/results.jsonl")
    assert header["suites"]["a.stt.yaml"]["ids"] == ["one", "two", "three", "four"]
    assert header["partial"] is False
    assert len(header["suites"]["a.stt.yaml"]["digest"]) == 64
    assert [record["case"] for record in records] == ["one", "two", "three", "four"]
    assert [record["outcome"] for record in records] == ["passed", "failed", "error", "skipped"]
    assert records[1]["hypothesis"] == "hello new world"
    assert records[2]["hypothesis"] is None
    assert all(record["audio"]["sha256"] for record in records[:3])


def test_a_selection_is_partial_and_has_the_same_digest(mixed: Example) -> None:
    mixed.run("--stt-results", "whole")
    mixed.run("--stt-results", "part", "-k", "two")
    whole, part = (lines(mixed.path / name / "results.jsonl") for name in ("whole", "part"))
    assert (len(part), part[0]["partial"]) == (2, True)
    assert part[0]["suites"] == whole[0]["suites"]


def test_a_run_that_stops_early_is_partial(mixed: Example) -> None:
    mixed.run("--stt-results", "out", "-x")
    header, *records = lines(mixed.path / "out/results.jsonl")
    assert header["partial"] is True
    assert len(records) == 2


def test_two_processes_write_what_one_does(mixed: Example) -> None:
    mixed.run("--stt-results", "alone")
    mixed.run("--stt-results", "both", "-n", "2")
    alone, both = (lines(mixed.path / name / "results.jsonl") for name in ("alone", "both"))
    for records in (alone, both):
        for record in records[1:]:
            record.pop("latency_ms")
            record["events"] = [(event["kind"], event["text"]) for event in record["events"]]
            record["tries"] = [(one["error"], one["status"]) for one in record["tries"]]
    assert alone == both


def test_python_tests_have_records_too(example: Example) -> None:
    example.cases(one="hello world").test(
        """
        def test_it(stt_transcribe):
            stt_transcribe("one.wav", reference="hello world").assert_quality()
            stt_transcribe("one.wav", reference="hello there").assert_quality(max_wer=1, max_cer=1)

        def test_of_something_else():
            pass
        """
    ).run("--stt-results", "out").assert_outcomes(passed=3)
    header, *records = lines(example.path / "out/results.jsonl")
    assert list(header["suites"]) == ["a.stt.yaml"]
    assert [record["case"] for record in records] == ["one", "test_it", "test_it#2"]


def test_a_rerun_leaves_one_line(example: Example) -> None:
    example.cases(one="hello world").answer(one=["something else", "hello world"])
    example.run("--reruns", "1", "--stt-results", "out")
    records = lines(example.path / "out/results.jsonl")[1:]
    assert [record["outcome"] for record in records] == ["passed"]


def test_the_ini_value_names_a_folder_below_the_rootdir(example: Example) -> None:
    example.ini("stt_results = kept").cases(one="hello world").run().assert_outcomes(passed=1)
    assert len(lines(example.path / "kept/results.jsonl")) == 2


def test_a_run_without_speech_writes_nothing(example: Example) -> None:
    example.ini("stt_results = kept").test("def test_it(): pass").run().assert_outcomes(passed=1)
    example.cases(one="hello world").run("--collect-only")
    assert not (example.path / "kept").exists()


def test_a_run_replaces_the_file(example: Example) -> None:
    example.cases(one="hello world", two="hello world").run("--stt-results", "out")
    example.run("--stt-results", "out", "-k", "one")
    assert len(lines(example.path / "out/results.jsonl")) == 2


def test_a_line_is_there_when_the_next_case_begins(example: Example) -> None:
    example.pytester.makeconftest(
        """
        from pathlib import Path
        import pytest

        @pytest.hookimpl(trylast=True)
        def pytest_runtest_logstart(nodeid):
            if nodeid.endswith("two"):
                print("SEEN", Path("out/results.jsonl").read_text().count('"case":"one"'))
        """
    )
    result = example.cases(one="hello world", two="hello world").run("--stt-results", "out", "-s")
    result.stdout.fnmatch_lines(["*SEEN 1"])


def test_secrets_are_in_no_line(example: Example) -> None:
    url = example.server.url.replace("//", "//user:pa55word@") + "/?token=t0ken"
    example.suite(
        f"""
        server: {{url: "{url}", headers: {{Authorization: Bearer s3cret}}, retries: 0}}
        cases:
        - {{audio: one.wav, reference: hello world}}
        - {{audio: two.wav, reference: hello world}}
        """
    ).answer(one=500, two=401).run("--stt-results", "out")
    text = (example.path / "out/results.jsonl").read_text()
    assert '"error"' in text
    assert not [secret for secret in ("s3cret", "pa55word", "t0ken") if secret in text]


def test_a_folder_that_can_not_be_made_is_told(example: Example) -> None:
    (example.path / "file").write_text("")
    result = example.cases(one="hello world").run("--stt-results", "file/out")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "file/out" in result.stderr.str()
    assert "Traceback" not in result.stderr.str()


LOOKING = [["--fixtures"], ["--setup-plan"], ["--setup-only"], ["--collect-only"], ["-k", "nothing_like_it"]]


@pytest.mark.parametrize("looking", LOOKING)
def test_a_run_that_runs_nothing_leaves_the_results_of_an_earlier_one(
    mixed: Example, looking: list[str]
) -> None:
    mixed.run("--stt-results", "out")
    before = (mixed.path / "out/results.jsonl").read_bytes()
    mixed.run("--stt-results", "out", *looking)
    assert (mixed.path / "out/results.jsonl").read_bytes() == before


def test_a_suite_with_a_mistake_leaves_the_results_of_an_earlier_run(mixed: Example) -> None:
    mixed.run("--stt-results", "out")
    before = (mixed.path / "out/results.jsonl").read_bytes()
    mixed.suite("caess: []", name="b.stt.yaml", audio="").run("--stt-results", "out")
    assert (mixed.path / "out/results.jsonl").read_bytes() == before


def test_python_tests_that_fail_are_in_the_records_whatever_they_scored(example: Example) -> None:
    example.cases(one="hello world").test(
        """
        import pytest

        def test_before(stt_transcribe):
            assert 0, "of mine"

        @pytest.fixture
        def broken():
            yield
            raise ValueError("behind the test")

        def test_after(broken, stt_transcribe):
            stt_transcribe("one.wav", reference="hello world").assert_quality()

        def test_dynamic(request):
            request.getfixturevalue("stt_transcribe")("one.wav", reference="hello world").assert_quality()
        """
    ).run("--stt-results", "out").assert_outcomes(passed=3, failed=1, errors=1)
    records = {one["case"]: one for one in lines(example.path / "out/results.jsonl")[1:]}
    assert {case: record["outcome"] for case, record in records.items()} == {
        "one": "passed",
        "test_before": "failed",
        "test_after": "failed",
        "test_dynamic": "passed",
    }
    assert "of mine" in records["test_before"]["message"]
    assert "behind the test" in records["test_after"]["message"]


def test_deselected_python_tests_make_the_results_partial(example: Example) -> None:
    example.cases(one="hello world").test(
        """
        def test_it(stt_transcribe):
            stt_transcribe("one.wav", reference="hello world").assert_quality()
        """
    ).run("--stt-results", "out", "-k", "one and not test_it")
    assert lines(example.path / "out/results.jsonl")[0]["partial"] is True


def test_an_empty_folder_name_is_a_usage_error(example: Example) -> None:
    result = example.cases(one="hello world").run("--stt-results", "")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "expected a name" in result.stderr.str()


def test_a_suite_that_can_not_be_read_makes_the_results_partial(example: Example) -> None:
    example.cases(one="hello world").suite("cases: [", name="b.stt.yaml", audio="")
    for extra in (["--continue-on-collection-errors"], ["-n", "2"]):
        example.run("--stt-results", "out", *extra)
        assert lines(example.path / "out/results.jsonl")[0]["partial"] is True


def test_a_worker_that_dies_makes_the_results_partial(example: Example) -> None:
    example.cases(one="hello world").test(
        """
        import os

        def test_die(stt_transcribe):
            stt_transcribe("one.wav", reference="hello world").assert_quality()
            os._exit(3)
        """
    ).run("--stt-results", "out", "-n", "2")
    assert lines(example.path / "out/results.jsonl")[0]["partial"] is True
