"""WER and CER in JUnit XML."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from junitparser import JUnitXml, Properties, TestCase, TestSuite
from scripted import Example

from pytest_stt.plugin.junit import add_run_properties


def read(example: Example) -> JUnitXml:
    return JUnitXml.fromfile(str(example.path / "o.xml"))


def properties(element: TestCase | TestSuite) -> dict[str, str]:
    return {prop.name: prop.value for prop in element.child(Properties)}


@pytest.mark.parametrize("family", ["xunit1", "xunit2"])
@pytest.mark.parametrize("workers", [[], ["-n", "2"]], ids=["alone", "xdist"])
def test_cases_and_run_have_their_figures(example: Example, family: str, workers: list[str]) -> None:
    example.cases(one="hello world", two="hello brave new world", three="x")
    example.answer(two="hello new word", three=500).ini(f"junit_family = {family}")
    example.run("--junitxml=o.xml", *workers)
    (suite,) = read(example)
    cases = {case.name: case for case in suite}
    one, two, three = (properties(cases[name]) for name in ("one", "two", "three"))
    assert one["stt.wer"] == "0.0000"
    assert two["stt.wer"] == "0.5000"
    assert two["stt.cer"] == "0.3333"
    assert two["stt.words"] == "4"
    assert (two["stt.substitutions"], two["stt.deletions"], two["stt.insertions"]) == ("1", "1", "0")
    assert two["stt.audio_s"] == "0.200"
    assert two["stt.normalizer"] == "basic@1"
    assert two["stt.location"] == "a.stt.yaml:3"
    assert float(two["stt.latency_ms"]) > 0
    assert "stt.wer" not in three
    assert three["stt.location"] == "a.stt.yaml:4"
    assert properties(suite)["stt.wer"] == "0.3333"
    assert properties(suite)["stt.words"] == "6"


def test_an_error_and_a_failure_are_two_things(example: Example) -> None:
    example.cases(one="quite other words", two="x").answer(two=500).run("--junitxml=o.xml")
    (suite,) = read(example)
    assert (suite.failures, suite.errors) == (1, 1)
    xml = (example.path / "o.xml").read_text()
    assert re.search(r'<failure message="WER 100\.0% &gt; 20\.0%', xml)
    assert "scripted 500" in xml
    assert "Traceback" not in xml


def test_no_properties_in_unrelated_tests(example: Example) -> None:
    example.test("def test_it(): pass").run("--junitxml=o.xml")
    assert "stt." not in (example.path / "o.xml").read_text()


def test_a_transcript_that_xml_cannot_hold_is_escaped(example: Example) -> None:
    example.cases(one="hello world").answer(one="a ]]> b \x00 \ud800 \ufffe").run("--junitxml=o.xml")
    (suite,) = read(example)
    assert suite.failures == 1


def test_without_pytests_private_key_the_run_has_no_properties(
    example: Example, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("_pytest.junitxml.xml_key")
    config = SimpleNamespace(stash={})
    add_run_properties(config, [("stt.wer", "0")])  # type: ignore[arg-type]
