"""Cases as pytest items: outcomes, selection, node ids, exit codes."""

from __future__ import annotations

import pytest
from scripted import Example, send

REPORT = "test session starts"


def test_a_right_transcript_passes(example: Example) -> None:
    result = example.cases(one="Hello, world!").run()
    result.assert_outcomes(passed=1)
    assert result.ret == pytest.ExitCode.OK


def test_a_wrong_transcript_fails_with_verdict_alignment_and_place(example: Example) -> None:
    result = example.cases(one="hello brave new world").answer(one="hello new word").run()
    result.assert_outcomes(failed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    output = result.stdout.str()
    assert "WER 50.0% > 20.0% (2 of 4 words, basic)" in output
    result.stdout.fnmatch_lines(["*REF:*hello*brave*new*world*", "*HYP:*hello*new*word*", "a.stt.yaml:2"])
    if pytest.version_tuple >= (9, 0):  # pytest 8 has no reason there for a failure that is text
        result.stdout.fnmatch_lines(["FAILED a.stt.yaml::one - WER 50.0% > 20.0%*"])
    assert "Traceback" not in output
    assert "collection.py" not in output


def test_a_server_that_fails_is_an_error_and_the_other_cases_go_on(example: Example) -> None:
    result = example.cases(one="hello world", two="hello world").answer(one=500).run()
    result.assert_outcomes(passed=1, errors=1)
    output = result.stdout.str()
    assert "scripted 500" in output
    assert example.server.url in output
    assert "Traceback" not in output
    assert ".py:" not in output


def test_nothing_is_sent_while_collecting_or_planning(example: Example) -> None:
    example.cases(one="hello world")
    for option in ("--collect-only", "--setup-plan", "--setup-only"):
        assert example.run(option).ret == pytest.ExitCode.OK
    assert example.server.asked == []


def test_node_ids_name_the_file_and_the_case(example: Example) -> None:
    example.cases(one="hello world", two="hello world")
    result = example.run("a.stt.yaml::two", "-v")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["a.stt.yaml::two PASSED*"])
    assert example.server.asked == ["two"]


def test_both_suffixes_are_collected_and_other_yaml_is_not(example: Example) -> None:
    example.cases(one="hello world").cases("b.stt.yml", two="hello world")
    example.suite("not: ours", name="c.yaml", audio="")
    example.run().assert_outcomes(passed=2)


TAGGED = """
cases:
- {id: one, audio: one.wav, reference: hello world, tags: [smoke, far-field], language: en}
- {id: two, audio: two.wav, reference: hello world, tags: [slow]}
"""


@pytest.mark.parametrize(
    ("selection", "asked"),
    [
        (["-m", "smoke"], ["one"]),
        (["-m", "far-field"], ["one"]),
        (["-m", "not slow"], ["one"]),
        (["-m", "stt"], ["one", "two"]),
        (["-m", "not stt"], []),
        (["-k", "slow"], ["two"]),
        (["-k", "one"], ["one"]),
        (["-k", "en"], ["one"]),
    ],
)
def test_tags_and_languages_select(example: Example, selection: list[str], asked: list[str]) -> None:
    example.suite(TAGGED, audio="one two").run("--strict-markers", *selection)
    assert sorted(example.server.asked) == sorted(asked)


def test_stops_after_the_first_failure_and_runs_the_last_failed_again(example: Example) -> None:
    example.cases(one="hello world", two="other words", three="hello world")
    example.run("-x").assert_outcomes(passed=1, failed=1)
    example.server.asked.clear()
    example.run("--lf").assert_outcomes(failed=1)
    assert example.server.asked == ["two"]


def test_without_the_plugin_suites_are_not_collected(example: Example) -> None:
    example.cases(one="hello world")
    example.pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function")
    assert example.run("-p", "no:stt").ret == pytest.ExitCode.NO_TESTS_COLLECTED


SKIPPED = """
cases:
- {id: one, audio: one.wav, reference: hello world, skip: not recorded yet}
- {id: two, audio: two.wav, reference: hello world}
"""


def test_a_skipped_case_sends_nothing_and_gives_its_reason(example: Example) -> None:
    result = example.suite(SKIPPED).run("-rs")
    result.assert_outcomes(passed=1, skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED*a.stt.yaml*not recorded yet"])
    assert example.server.asked == ["two"]


EXPECTED = """
cases:
- {id: one, audio: one.wav, reference: quite other words, xfail: ticket 1234}
- {id: two, audio: two.wav, reference: hello world, xfail: {reason: mended, strict: true}}
- {id: three, audio: three.wav, reference: hello world, xfail: true}
"""


def test_an_expected_failure_is_one_and_a_surprise_is_told(example: Example) -> None:
    result = example.suite(EXPECTED).run("-rxX")
    result.assert_outcomes(xfailed=1, failed=1, xpassed=1)
    result.stdout.fnmatch_lines(["XFAIL a.stt.yaml::one - ticket 1234*"])


def test_an_expected_failure_hides_no_outage(example: Example) -> None:
    example.suite(EXPECTED).answer(one=500, two=500, three=500).run().assert_outcomes(errors=3)


def test_a_dead_server_is_an_error_that_says_what_to_do(example: Example) -> None:
    example.server.url = "http://127.0.0.1:9"
    result = example.ini().cases(one="hello world").run()
    result.assert_outcomes(errors=1)
    output = result.stdout.str()
    assert "127.0.0.1:9" in output
    assert "--stt-url" in output
    assert "Traceback" not in output


def test_bad_audio_is_an_error_of_its_case_only(example: Example) -> None:
    example.cases(one="hello world", two="hello world")
    (example.path / "one.wav").write_bytes(b"this is no audio")
    result = example.run()
    result.assert_outcomes(passed=1, errors=1)
    assert "one.wav" in result.stdout.str()
    assert example.server.asked == ["two"]


def test_a_bad_suite_is_one_collection_error_with_every_line(example: Example) -> None:
    example.suite("cases:\n- {id: one, audio: one.wav, refrence: x}\n- {id: one, audio: nowhere.wav}\n")
    result = example.cases("b.stt.yaml", two="hello world").run("--continue-on-collection-errors")
    result.assert_outcomes(passed=1, errors=1)
    output = result.stdout.str()
    assert "a.stt.yaml:2" in output
    assert "refrence" in output
    assert "a.stt.yaml:3" in output
    assert "nowhere.wav" in output
    assert "Traceback" not in output


def test_reruns_ask_again_and_count_once(example: Example) -> None:
    answers = iter([503, 503, 503, 503, 503, 503, 503, 503])
    tries = []

    def flaky(handler: object) -> None:
        tries.append(1)
        status = next(answers) if len(tries) < 3 else 200
        send(handler, status, {"text": "hello world"})  # type: ignore[arg-type]

    result = (
        example.ini("addopts = --reruns 5 --junitxml=o.xml").cases(one="hello world").answer(one=flaky).run()
    )
    result.assert_outcomes(passed=1)
    assert (example.path / "o.xml").read_text().count('name="stt.wer" value="0.0000"') == 2


def test_a_transcript_with_terminal_escapes_is_scored_and_shown_escaped(example: Example) -> None:
    heard = "hello \x1b[31mred\x00 \ud800 ]]> \u202eevil"
    example.suite("normalize: none\ncases: [{id: one, audio: one.wav, reference: hello world}]")
    result = example.answer(one=heard).run("--junitxml=o.xml")
    result.assert_outcomes(failed=1)
    output = result.stdout.str()
    assert "\x1b[31mred" not in output
    assert "\\x1b[31mred" in output
    assert "\u202e" not in output
    assert "\\x1b[31mred" in (example.path / "o.xml").read_text(encoding="utf-8")


def test_a_case_can_be_timed_out_by_another_plugin(example: Example) -> None:
    import time

    def silent(handler: object) -> None:
        time.sleep(3)

    example.ini("timeout = 1").cases(one="hello world", two="hello world").answer(one=silent)
    result = example.run("--timeout-method=signal")
    result.assert_outcomes(passed=1, errors=1)
    assert "Timeout" in result.stdout.str()
    assert "pluggy/" not in result.stdout.str()


def test_a_run_without_a_terminal_has_the_same_outcome(example: Example) -> None:
    result = example.cases(one="hello world", two="x").answer(two=500).run("-p", "no:terminal")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert "INTERNALERROR" not in result.stdout.str()


def test_an_unexpected_exception_keeps_its_traceback(
    example: Example, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a bug of ours")

    monkeypatch.setattr("pytest_stt.plugin.judging.score_by", broken)
    result = example.cases(one="hello world").run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*RuntimeError: a bug of ours*"])


def test_verbose_words_of_expected_failures_keep_their_form(example: Example) -> None:
    result = example.suite(EXPECTED).run("-v")
    result.stdout.fnmatch_lines(
        ["a.stt.yaml::one XFAIL WER 100.0% CER *", "a.stt.yaml::three XPASS WER 0.0%*"]
    )


def test_tags_that_are_markers_of_plugins_are_refused_with_their_lines(example: Example) -> None:
    example.suite(
        """
cases:
- {id: one, audio: one.wav, reference: hello world, tags: [timeout]}
- {id: two, audio: two.wav, reference: hello world, tags: [smoke, flaky]}
"""
    )
    result = example.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["a.stt.yaml:3: *timeout*", "a.stt.yaml:4: *flaky*"])


def test_a_tag_may_be_a_marker_of_the_project(example: Example) -> None:
    example.ini("markers =", "    smoke: what runs first").suite(TAGGED, audio="one two")
    example.run("--strict-markers", "-m", "smoke").assert_outcomes(passed=1, deselected=1)


def test_cases_that_run_alone_are_shown(example: Example) -> None:
    example.suite("cases: [{id: one, audio: one.wav, reference: x, assert_quality: {max_latency_ms: 500}}]")
    example.run("--collect-only", "-v").stdout.fnmatch_lines(["*<SttItem one (exclusive)>"])


def test_audio_that_goes_away_leaves_a_record(example: Example) -> None:
    example.pytester.makeconftest(
        """
        import pathlib

        def pytest_runtest_call(item):
            pathlib.Path("one.wav").unlink()
        """
    )
    result = example.cases(one="hello world").run()
    result.assert_outcomes(passed=1)
    assert "INTERNALERROR" not in result.stdout.str()
