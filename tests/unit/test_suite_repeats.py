"""`repeat`: how often a case is transcribed, and how many of these have to be within the limits."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from suite_files import load, problems, with_case

from pytest_stt.suite import Overrides
from pytest_stt.suite.model import repetition_of


def repetitions(
    folder: Path, head: str, *, times: int | None = None, environ: dict[str, str] | None = None, **case: str
) -> list[tuple[int, int]]:
    """Return how often the one case is heard by each server, and how often it has to pass."""
    suite = load(folder, with_case(head, **case), overrides=Overrides(repeat=times), environ=environ)
    found = [repetition_of(suite, server, suite.cases[0]) for server in suite.servers]
    return [(repetition.times, repetition.needed) for repetition in found]


@pytest.mark.parametrize(
    ("written", "repetition"),
    [
        ("5", (5, 5)),
        ("{times: 5}", (5, 5)),
        ("{times: 5, pass: 4}", (5, 4)),
        ("{times: 5, pass: 5}", (5, 5)),
        ("{times: 1, pass: 1}", (1, 1)),
        ("1000", (1000, 1000)),
        ("'3'", (3, 3)),
    ],
)
def test_repeat_is_a_number_or_says_how_many_have_to_pass(
    tmp_path: Path, written: str, repetition: tuple[int, int]
) -> None:
    assert repetitions(tmp_path, f"repeat: {written}") == [repetition]
    assert repetitions(tmp_path, f"server: {{repeat: {written}}}") == [repetition]
    assert repetitions(tmp_path, "", repeat=written) == [repetition]


def test_a_case_is_heard_once_where_nothing_is_said(tmp_path: Path) -> None:
    assert repetitions(tmp_path, "") == [(1, 1)]


def test_the_case_comes_before_the_server_and_the_server_before_the_suite(tmp_path: Path) -> None:
    head = """\
    repeat: {times: 9, pass: 8}
    servers:
      a: {}
      b: {repeat: {times: 7, pass: 6}}
    """
    assert repetitions(tmp_path, head) == [(9, 8), (7, 6)]
    assert repetitions(tmp_path, head, repeat="1") == [(1, 1), (1, 1)]


def test_a_server_may_take_its_repetition_from_variables(tmp_path: Path) -> None:
    environ = {"TIMES": "5", "PASS": "3"}
    head = "server: {repeat: {times: '${TIMES}', pass: '${PASS}'}}"
    assert repetitions(tmp_path, head, environ=environ) == [(5, 3)]
    assert repetitions(tmp_path, "server:\n  repeat: ${TIMES}", environ=environ) == [(5, 5)]


def test_messages_quote_the_variable_and_not_its_value(tmp_path: Path) -> None:
    head = "server: {repeat: {times: '${TIMES}', pass: '${PASS}'}}"
    assert problems(tmp_path, with_case(head), environ={"TIMES": "3", "PASS": "5"}) == [
        's.stt.yaml:1: pass: expected "times", "${TIMES}", or less, found "${PASS}"'
    ]
    (found,) = problems(tmp_path, with_case(head), environ={"PASS": "5"})
    assert found.startswith("s.stt.yaml:1: the environment variable TIMES is not set")


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("0", 'repeat: expected a number of 1 or more, found "0"'),
        ("-1", 'repeat: expected a number of 1 or more, found "-1"'),
        ("1001", 'repeat: expected a number of 1000 or less, found "1001"'),
        ("9" * 5000, f'repeat: expected a whole number, found "{"9" * 60}…"'),
        ("2.5", 'repeat: expected a whole number, found "2.5"'),
        ("often", 'repeat: expected a whole number, found "often"'),
        ("yes", 'repeat: expected a whole number, found "yes"'),
        ("''", "repeat: expected a whole number, found nothing"),
        ("", "repeat: expected a whole number, or {times: …, pass: …}, found nothing"),
        ("null", 'repeat: expected a whole number, or {times: …, pass: …}, found "null"'),
        ("[5]", "repeat: expected a whole number, or {times: …, pass: …}, found a list"),
        ("{}", '"times" is needed here'),
        ("{pass: 1}", '"times" is needed here'),
        ("{times: }", "times: expected a whole number, found nothing"),
        ("{times: 0, pass: 1}", 'times: expected a number of 1 or more, found "0"'),
        ("{times: 1001}", 'times: expected a number of 1000 or less, found "1001"'),
        ("{times: 5, pass: 0}", 'pass: expected a number of 1 or more, found "0"'),
        ("{times: 5, pass: 6}", 'pass: expected "times", "5", or less, found "6"'),
        ("{times: 5, pass: 80%}", 'pass: expected a whole number, found "80%"'),
        ("{times: 5, pass: }", "pass: expected a whole number, found nothing"),
        ("{times: 5, needed: 4}", 'repeat has no key "needed"; it has times, pass'),
        ("{time: 5, times: 5}", 'repeat has no key "time"; did you mean "times"?'),
    ],
)
def test_a_wrong_repeat_is_named_wherever_it_stands(tmp_path: Path, written: str, problem: str) -> None:
    assert problems(tmp_path, with_case(f"repeat: {written}")) == [f"s.stt.yaml:1: {problem}"]
    server = f"server:\n  repeat: {written}"
    assert problems(tmp_path, with_case(server)) == [f"s.stt.yaml:2: {problem}"]
    assert problems(tmp_path, with_case("", repeat=written)) == [f"s.stt.yaml:5: {problem}"]


def test_every_part_of_a_repeat_is_named_with_its_line(tmp_path: Path) -> None:
    head = """\
    repeat:
      times: few
      pass:
        0
    servers:
      a:
        repeat:
          times: 2
          pass: 3
    """
    assert problems(tmp_path, with_case(head)) == [
        's.stt.yaml:2: times: expected a whole number, found "few"',
        's.stt.yaml:4: pass: expected a number of 1 or more, found "0"',
        's.stt.yaml:9: pass: expected "times", "2", or less, found "3"',
    ]


@pytest.mark.parametrize("key", ["times", "pass"])
def test_a_key_of_repeat_in_the_wrong_place_is_sent_there(tmp_path: Path, key: str) -> None:
    assert problems(tmp_path, with_case("", **{key: "5"})) == [
        f's.stt.yaml:5: a case has no key "{key}"; write it under "repeat"'
    ]


@pytest.mark.parametrize(
    ("head", "case", "times", "repetition"),
    [
        ("", {}, 3, (3, 3)),
        ("repeat: {times: 5, pass: 4}", {}, 10, (10, 8)),
        ("repeat: {times: 5, pass: 4}", {}, 3, (3, 3)),
        ("repeat: {times: 3, pass: 1}", {}, 1, (1, 1)),
        ("repeat: 5", {}, 2, (2, 2)),
        ("server: {repeat: {times: 4, pass: 2}}", {}, 5, (5, 3)),
        ("repeat: {times: 4, pass: 2}", {"repeat": "1"}, 6, (6, 6)),
        ("repeat: 1", {"repeat": "{times: 10, pass: 1}"}, 20, (20, 2)),
        ("repeat: {times: 10, pass: 1}", {}, 10_000, (10_000, 1000)),
    ],
)
def test_the_command_line_says_how_often_and_the_share_is_kept(
    tmp_path: Path, head: str, case: dict[str, str], times: int, repetition: tuple[int, int]
) -> None:
    assert repetitions(tmp_path, head, times=times, **case) == [repetition]


def test_the_command_line_does_not_mend_a_wrong_repeat(tmp_path: Path) -> None:
    overrides = Overrides(repeat=3)
    assert problems(tmp_path, with_case("repeat: {times: 2, pass: 3}"), overrides=overrides) == [
        's.stt.yaml:1: pass: expected "times", "2", or less, found "3"'
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(data=st.data(), written=st.integers(1, 1000), times=st.integers(1, 1000))
def test_a_share_that_is_kept_is_the_least_number_that_is_no_smaller(
    tmp_path: Path, data: st.DataObject, written: int, times: int
) -> None:
    passing = data.draw(st.integers(1, written))
    ((found, needed),) = repetitions(tmp_path, f"repeat: {{times: {written}, pass: {passing}}}", times=times)
    assert found == times
    assert needed * written >= passing * times > (needed - 1) * written
    assert 1 <= needed <= times
