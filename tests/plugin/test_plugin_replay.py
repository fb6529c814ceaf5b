"""Runs that judge what was heard before."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from scripted import Example, write_wav

RECORDED = "out/results.jsonl"


@pytest.fixture
def recorded(example: Example) -> Example:
    example.cases(one="hello world", two="hello brave new world", three="hello world")
    example.answer(two="hello new world", three=400)
    example.run("--stt-results", "out").assert_outcomes(passed=1, failed=1, errors=1)
    example.server.asked.clear()
    return example


def edit(example: Example, old: str, new: str, path: str = RECORDED) -> None:
    file = example.path / path
    file.write_text(file.read_text().replace(old, new))


def test_a_replay_has_the_same_verdicts_and_asks_nobody(recorded: Example) -> None:
    result = recorded.run("--stt-replay", RECORDED, "-v")
    result.assert_outcomes(passed=1, failed=1, errors=1)
    assert recorded.server.asked == []
    result.stdout.fnmatch_lines(["*::two FAILED WER 25.0%*"])
    assert "scripted 400" in result.stdout.str()


def test_todays_references_and_limits_count(recorded: Example) -> None:
    recorded.cases(one="hello world", two="hello new world", three="hello world")
    recorded.run("--stt-replay", RECORDED).assert_outcomes(passed=2, errors=1)


def test_a_corrected_hypothesis_counts(recorded: Example) -> None:
    edit(recorded, "hello new world", "hello brave new world")
    recorded.run("--stt-replay", RECORDED).assert_outcomes(passed=2, errors=1)


def test_a_case_that_the_file_lacks_is_an_error(recorded: Example) -> None:
    recorded.cases(one="hello world", four="hello world")
    result = recorded.run("--stt-replay", RECORDED)
    result.assert_outcomes(passed=1, errors=1)
    assert 'has no case "four"' in result.stdout.str()
    assert "--stt-live-missing" in result.stdout.str()


def test_a_case_whose_audio_changed_is_an_error(recorded: Example) -> None:
    write_wav(recorded.path / "one.wav", seconds=0.5)
    result = recorded.run("--stt-replay", RECORDED, "-k", "one")
    result.assert_outcomes(errors=1, deselected=2)
    assert "changed" in result.stdout.str()


def test_only_what_is_missing_is_asked_live(recorded: Example) -> None:
    recorded.cases(one="hello world", two="hello new world", four="hello world")
    write_wav(recorded.path / "one.wav", seconds=0.5)
    recorded.run("--stt-replay", RECORDED, "--stt-live-missing").assert_outcomes(passed=3)
    assert sorted(recorded.server.asked) == ["four", "one"]


def test_a_replay_in_two_processes(recorded: Example) -> None:
    recorded.run("--stt-replay", RECORDED, "-n", "2").assert_outcomes(passed=1, failed=1, errors=1)
    assert recorded.server.asked == []


def test_a_worker_that_lacks_the_file_says_so(recorded: Example) -> None:
    recorded.pytester.makeconftest(
        """
        import pytest

        @pytest.hookimpl(optionalhook=True, trylast=True)
        def pytest_configure_node(node):
            node.workerinput["stt_replay"] = "/nowhere/results.jsonl"
        """
    )
    result = recorded.run("--stt-replay", RECORDED, "-n", "1")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "/nowhere/results.jsonl" in result.stdout.str()
    assert recorded.server.asked == []


def test_python_tests_stay_live(recorded: Example) -> None:
    recorded.test(
        """
        def test_it(stt_transcribe):
            stt_transcribe("one.wav", reference="hello world").assert_quality()
        """
    )
    args = ("--stt-replay", RECORDED, "-k", "test_it")
    recorded.run(*args).assert_outcomes(passed=1, deselected=3)
    assert recorded.server.asked == ["one"]
    strict = recorded.run(*args, "--stt-replay-strict")
    strict.assert_outcomes(errors=1, deselected=3)
    assert "--stt-replay-strict" in strict.stdout.str()
    assert recorded.server.asked == ["one"]


def test_the_file_that_is_written_is_not_read(recorded: Example) -> None:
    before = (recorded.path / RECORDED).read_text()
    result = recorded.run("--stt-replay", RECORDED, "--stt-results", "out")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "is the file that this run would write" in result.stderr.str()
    assert (recorded.path / RECORDED).read_text() == before


def test_a_replay_can_be_recorded_elsewhere(recorded: Example) -> None:
    recorded.run("--stt-replay", RECORDED, "--stt-results", "again")
    first, second = ((recorded.path / name / "results.jsonl").read_text() for name in ("out", "again"))
    hypotheses = [
        [json.loads(line)["hypothesis"] for line in text.splitlines()[1:]] for text in (first, second)
    ]
    assert hypotheses[0] == hypotheses[1]


@pytest.mark.parametrize("option", ["--stt-live-missing", "--stt-replay-strict"])
def test_how_to_replay_needs_a_replay(example: Example, option: str) -> None:
    result = example.cases(one="hello world").run(option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "add --stt-replay FILE" in result.stderr.str()


@pytest.mark.parametrize("content", [None, b"", b"\x00\xff", b"no json\n", b'{"schema": "x/99"}\n'])
def test_a_file_that_is_no_recording_is_a_usage_error(example: Example, content: bytes | None) -> None:
    path = Path(example.path / "r.jsonl")
    if content is not None:
        path.write_bytes(content)
    result = example.cases(one="hello world").run("--stt-replay", "r.jsonl")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "r.jsonl" in result.stderr.str()
    assert "Traceback" not in result.stderr.str()
    assert example.server.asked == []


def test_the_header_says_that_it_is_a_replay(recorded: Example) -> None:
    recorded.run("--stt-replay", RECORDED).stdout.fnmatch_lines([f"stt: *{RECORDED}*"])


def test_repeats_are_replayed(example: Example) -> None:
    example.suite("repeat: {times: 3, pass: 2}\ncases:\n- {audio: one.wav, reference: hello world}")
    example.answer(one=["hello world", "goodbye", "hello world"])
    example.run("--stt-results", "out").assert_outcomes(passed=1)
    result = example.run("--stt-replay", RECORDED, "-v")
    result.stdout.fnmatch_lines(["*PASSED 2 of 3 within limits*"])
    assert len(example.server.asked) == 3
