"""Transcriptions that begin before their case has its turn."""

from __future__ import annotations

import json
import logging
import threading
import xml.etree.ElementTree as ET

import pytest
from scripted import Example


def many(number: int, head: str = "", **keys: str) -> str:
    lines = [
        json.dumps({"id": f"c{index}", "audio": "one.wav", "reference": "hello world", **keys})
        for index in range(number)
    ]
    return "\n".join([head, "cases:", *(f"- {line}" for line in lines)])


def test_several_cases_are_in_flight_at_once(example: Example) -> None:
    example.server.delay_s = 0.1
    example.suite(many(12), audio="one").run("--stt-concurrency", "6").assert_outcomes(passed=12)
    assert len(example.server.asked) == 12
    assert 3 <= example.server.most_at_once <= 6


def test_the_suite_says_how_many(example: Example) -> None:
    example.server.delay_s = 0.05
    example.suite(many(8, "server: {concurrency: 2}"), audio="one").run().assert_outcomes(passed=8)
    assert example.server.most_at_once == 2


def test_suites_of_one_server_share_its_concurrency(example: Example) -> None:
    example.server.delay_s = 0.05
    for letter in "abcdef":
        example.suite(many(2), name=f"{letter}.stt.yaml", audio="one")
    example.run().assert_outcomes(passed=12)
    assert 2 <= example.server.most_at_once <= 4


def test_outcomes_come_in_the_order_of_the_file(example: Example) -> None:
    example.cases(one="hello world", two="hello world", three="hello world")
    example.answer(one=lambda handler: slow(handler, example), two="something else entirely")
    result = example.run("-v", "--stt-concurrency", "3")
    result.stdout.fnmatch_lines(["*::one PASSED*", "*::two FAILED*", "*::three PASSED*"])


def slow(handler: object, example: Example) -> None:
    import time

    from scripted import send

    time.sleep(0.2)
    send(handler, 200, {"text": "hello world"})  # type: ignore[arg-type]


def test_with_x_at_most_the_window_is_wasted(example: Example) -> None:
    example.suite(many(40), audio="one").answer(one="nothing of that")
    example.run("-x", "--stt-concurrency", "4").assert_outcomes(failed=1)
    assert len(example.server.asked) <= 5


def test_skipped_and_deselected_cases_are_never_sent(example: Example) -> None:
    example.suite(
        """
        cases:
        - {audio: one.wav, reference: hello world}
        - {audio: two.wav, reference: hello world, skip: not today}
        - {audio: three.wav, reference: hello world, tags: slow}
        """
    )
    example.run("-m", "not slow", "--stt-concurrency", "8").assert_outcomes(passed=1, skipped=1, deselected=1)
    assert example.server.asked == ["one"]


def test_marks_that_a_conftest_adds_keep_a_case_from_being_sent(example: Example) -> None:
    example.pytester.makeconftest(
        """
        import pytest

        def pytest_collection_modifyitems(items):
            items[1].add_marker(pytest.mark.skipif("True", reason="no"))
            items[2].add_marker(pytest.mark.xfail(run=False))
        """
    )
    example.cases(one="hello world", two="hello world", three="hello world").run("--stt-concurrency", "8")
    assert example.server.asked == ["one"]


def test_with_pdb_nothing_is_sent_ahead(example: Example) -> None:
    example.server.delay_s = 0.05
    example.suite(many(6), audio="one").run("--pdb", "--stt-concurrency", "6").assert_outcomes(passed=6)
    assert example.server.most_at_once == 1


def test_an_exclusive_case_runs_alone(example: Example) -> None:
    alone: list[int] = []
    example.suite(
        many(4)
        + "\n- {id: alone, audio: two.wav, reference: hello world, exclusive: true}\n"
        + "\n".join(f"- {{id: d{index}, audio: one.wav, reference: hello world}}" for index in range(4))
    )

    def look(handler: object) -> None:
        from scripted import send

        alone.append(example.server.at_once)
        send(handler, 200, {"text": "hello world"})  # type: ignore[arg-type]

    example.server.delay_s = 0.05
    example.answer(two=look).run("--stt-concurrency", "8").assert_outcomes(passed=9)
    assert alone == [1]
    assert example.server.most_at_once > 1


def test_a_python_test_that_asks_runs_alone(example: Example) -> None:
    seen: list[int] = []

    def look(handler: object) -> None:
        from scripted import send

        seen.append(example.server.at_once)
        send(handler, 200, {"text": "hello world"})  # type: ignore[arg-type]

    example.suite(many(6), name="z.stt.yaml", audio="one two").answer(two=look)
    example.server.delay_s = 0.05
    example.test(
        """
        def test_it(stt_transcribe):
            stt_transcribe("two.wav", reference="hello world").assert_quality()
        """
    ).run("--stt-concurrency", "6").assert_outcomes(passed=7)
    assert seen == [1]


def test_every_case_has_its_own_time(example: Example) -> None:
    example.server.delay_s = 0.1
    xml = example.path / "o.xml"
    example.suite(many(6), audio="one").run("--stt-concurrency", "6", f"--junitxml={xml}")
    times = [float(case.attrib["time"]) for case in ET.parse(xml).iter("testcase")]
    assert len(times) == 6
    assert all(0.1 <= one < 1 for one in times)


def test_what_is_logged_for_a_case_is_in_its_own_report(example: Example) -> None:
    example.cases(one="hello world", two="hello world").answer(
        one=lambda handler: slow(handler, example), two=500
    )
    result = example.run("--log-level=INFO", "--stt-concurrency", "2")
    result.assert_outcomes(passed=1, errors=1)
    captured = result.stdout.str().partition("Captured log setup")[2].partition("===")[0]
    assert captured.count("HTTP Request: POST") == 1
    assert "500" in captured


def test_live_logs_come_at_the_turn_of_their_case(example: Example) -> None:
    example.cases(one="hello world", two="hello world").answer(one=lambda handler: slow(handler, example))
    result = example.run("--log-cli-level=INFO", "--stt-concurrency", "2")
    result.stdout.fnmatch_lines(["a.stt.yaml::one*", "*HTTP Request*", "a.stt.yaml::two*", "*HTTP Request*"])


def test_a_rerun_asks_again(example: Example) -> None:
    example.cases(one="hello world", two="hello world").answer(one=["something else", "hello world"])
    result = example.run("--reruns", "1", "--stt-concurrency", "4")
    assert result.parseoutcomes() == {"passed": 2, "rerun": 1}
    assert sorted(example.server.asked) == ["one", "one", "two"]


def test_a_busy_server_is_asked_again(example: Example) -> None:
    example.cases(one="hello world", two="hello world").answer(one=[503, "hello world"])
    result = example.run()
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["*1 case*more than one*"])


def test_another_4xx_is_not_asked_again(example: Example) -> None:
    example.cases(one="hello world").answer(one=[400, "hello world"]).run().assert_outcomes(errors=1)
    assert example.server.asked == ["one"]


def test_a_dead_server_ends_all_its_cases_with_the_first_cause(example: Example) -> None:
    example.suite(many(30, "server: {url: 'http://127.0.0.1:9', retries: 0}"), audio="one")
    result = example.run("--stt-concurrency", "2")
    result.assert_outcomes(errors=30)
    output = result.stdout.str()
    assert "refused the connection" in output
    assert "3 connection failures in a row" in output


def test_the_other_suites_go_on_when_a_server_is_dead(example: Example) -> None:
    example.suite(many(5, "server: {url: 'http://127.0.0.1:9', retries: 0}"), audio="one")
    example.cases("b.stt.yaml", two="hello world").run().assert_outcomes(errors=5, passed=1)


def test_a_large_answer_is_an_error(example: Example) -> None:
    example.suite("server: {max_response_mb: 0.01}\ncases:\n- {audio: one.wav, reference: hello world}")
    result = example.answer(one="x" * 20_000).run()
    result.assert_outcomes(errors=1)
    assert "max_response_mb" in result.stdout.str()


@pytest.mark.parametrize("value", ["0", "-1", "many", "1.5"])
def test_a_concurrency_that_is_none_is_a_usage_error(example: Example, value: str) -> None:
    result = example.cases(one="hello world").run(f"--stt-concurrency={value}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "expected a whole number from 1" in result.stderr.str()


def test_logging_is_left_as_it_was(example: Example) -> None:
    before = list(logging.getLogger("httpx").filters)
    example.cases(one="hello world").run("--log-level=INFO")
    assert logging.getLogger("httpx").filters == before


def test_a_python_test_between_suites_has_the_process_to_itself(example: Example) -> None:
    example.suite(many(2), name="a.stt.yaml", audio="one").suite(many(12), name="z.stt.yaml", audio="one")
    example.server.delay_s = 0.05
    example.test(
        """
        import time

        def test_it(monkeypatch):
            def broken(*_args, **_kwargs):
                raise RuntimeError("patched")

            for name in ("io.open", "socket.socket", "asyncio.timeout", "httpx.AsyncClient.send"):
                monkeypatch.setattr(name, broken)
            time.sleep(0.2)
        """
    ).run("--stt-concurrency", "4").assert_outcomes(passed=15)


def test_a_case_that_a_hook_skips_does_not_hold_up_the_others(example: Example) -> None:
    released = threading.Event()
    timer = threading.Timer(20, released.set)
    timer.start()
    example.pytester.makeconftest(
        """
        import pytest

        @pytest.hookimpl(tryfirst=True)
        def pytest_runtest_setup(item):
            if item.name == "one":
                pytest.skip("not here")
        """
    )
    example.suite(
        """
        server: {timeout: 60}
        cases:
        - {audio: one.wav, reference: hello world}
        - {audio: two.wav, reference: hello world, exclusive: true}
        """
    ).answer(one=lambda _handler: released.wait(30))
    example.run().assert_outcomes(passed=1, skipped=1)
    assert not released.is_set()
    released.set()
    timer.cancel()


def test_many_errors_have_no_tracebacks_to_format(example: Example) -> None:
    example.suite(many(300, "server: {url: 'http://127.0.0.1:9', retries: 0}"), audio="one")
    result = example.run("--tb=short")
    result.assert_outcomes(errors=300)
    assert ".py:" not in result.stdout.str()
