"""Cases that are transcribed several times."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import pytest
from scripted import Example

GOOD, BAD = "hello brave new world", "hello new world"


def repeated(example: Example, *answers: str | int, repeat: str = "{times: 5, pass: 4}") -> Example:
    example.suite(f"repeat: {repeat}\ncases:\n- {{audio: one.wav, reference: {GOOD}}}", audio="one")
    return example.answer(one=[*answers])


def test_enough_attempts_within_limits_pass(example: Example) -> None:
    result = repeated(example, GOOD, GOOD, BAD, GOOD, GOOD).run("-v")
    result.assert_outcomes(passed=1)
    assert len(example.server.asked) == 5
    result.stdout.fnmatch_lines(["*PASSED 4 of 5 within limits, WER 0.0% to 25.0%*"])


def test_too_few_fail_with_the_worst_attempt(example: Example) -> None:
    result = repeated(example, GOOD, BAD, BAD, GOOD, GOOD).run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*3 of 5 within limits*WER 0.0% to 25.0%*", "*REF:*brave*"])


def test_outages_decide_where_they_matter(example: Example) -> None:
    result = repeated(example, GOOD, 500, 500, GOOD, GOOD).run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*3 of 5 within limits, 2 without a transcript: *scripted 500*"])


def test_outages_that_do_not_matter_are_recorded(example: Example, tmp_path: object) -> None:
    repeated(example, GOOD, 500, GOOD, GOOD, GOOD).run("--stt-results", "out").assert_outcomes(passed=1)
    record = json.loads((example.path / "out/results.jsonl").read_text().splitlines()[1])
    assert sorted(one["outcome"] for one in record["repeats"]) == ["error", *["passed"] * 4]
    assert record["counts"]["words"]["hits"] == 4


def test_the_command_line_repeats_every_case(example: Example) -> None:
    example.cases(one="hello world", two="hello world").run("--stt-repeat", "3").assert_outcomes(passed=2)
    assert sorted(example.server.asked) == ["one"] * 3 + ["two"] * 3


def test_attempts_run_at_once(example: Example) -> None:
    example.server.delay_s = 0.1
    example.cases(one="hello world").run("--stt-repeat", "4").assert_outcomes(passed=1)
    assert example.server.most_at_once == 4


def test_junit_has_every_attempt(example: Example) -> None:
    xml = example.path / "o.xml"
    repeated(example, GOOD, BAD, GOOD, GOOD, GOOD).run(f"--junitxml={xml}")
    case = next(ET.parse(xml).iter("testcase"))
    properties = {one.attrib["name"]: one.attrib["value"] for one in case.iter("property")}
    assert sorted(properties[f"stt.repeat.{number}.wer"] for number in range(1, 6)) == ["0.0000"] * 4 + [
        "0.2500"
    ]
    assert properties["stt.wer"] == "0.0000"


@pytest.mark.parametrize(
    ("attempts", "outcome"), [((BAD, BAD, BAD, BAD, BAD), "xfailed"), ((500,) * 5, "errors")]
)
def test_an_expected_failure_is_expected_of_the_repeats_too(
    example: Example, attempts: tuple[str | int, ...], outcome: str
) -> None:
    repeated(example, *attempts)
    text = (example.path / "a.stt.yaml").read_text().replace("}", "}", 1).rstrip()
    (example.path / "a.stt.yaml").write_text(text[:-1] + ", xfail: known}")
    assert example.run().parseoutcomes() == {outcome: 1}
