"""JUnit files of records, read back by a reader of JUnit files."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from junitparser import JUnitXml, Properties, TestCase, TestSuite
from record_samples import heard, python_test

from pytest_stt.records import Record
from pytest_stt.render.junit_file import junit_xml


def suite_of(*records: Record, properties: tuple[tuple[str, str], ...] = ()) -> TestSuite:
    (suite,) = JUnitXml.fromstring(junit_xml(records, properties=properties).encode())
    return suite


def properties_in(element: TestCase | TestSuite) -> dict[str, str]:
    return {prop.name: prop.value for prop in element.child(Properties)}


def test_the_suite_counts_its_cases_by_outcome() -> None:
    outcomes = ["passed", "failed", "error", "skipped", "xfailed", "xpassed", "passed"]
    suite = suite_of(*(heard(f"c{n}", outcome=outcome) for n, outcome in enumerate(outcomes)))
    assert (suite.name, suite.tests, suite.failures, suite.errors, suite.skipped) == ("pytest", 7, 1, 1, 2)
    assert suite.time == pytest.approx(7 * 0.012, abs=0.01)


@pytest.mark.parametrize(
    ("outcome", "tag", "kind"),
    [
        ("failed", "failure", None),
        ("error", "error", None),
        ("skipped", "skipped", "pytest.skip"),
        ("xfailed", "skipped", "pytest.xfail"),
    ],
)
def test_an_outcome_has_the_element_that_pytest_gives_it(outcome: str, tag: str, kind: str | None) -> None:
    (case,) = suite_of(heard("x", outcome=outcome, message='WER 50.0% > 20.0% & "so on"'))
    (result,) = case.result
    assert result._elem.tag == tag
    assert result.type == kind
    assert result.message == result.text == 'WER 50.0% > 20.0% & "so on"'


@pytest.mark.parametrize("outcome", ["passed", "xpassed"])
def test_a_case_that_passes_has_no_element(outcome: str) -> None:
    (case,) = suite_of(heard("x", outcome=outcome))
    assert case.result == []


@pytest.mark.parametrize(
    ("node_id", "classname", "name"),
    [
        ("suites/de/a.stt.yaml::x[big]", "suites.de.a.stt.yaml", "x[big]"),
        ("tests/test_a.py::test_it", "tests.test_a", "test_it"),
        ("tests/test_a.py::TestIt::test_it[a::b/c.py]", "tests.test_a.TestIt", "test_it[a::b/c.py]"),
    ],
)
def test_names_are_made_of_the_node_id_as_pytest_does(node_id: str, classname: str, name: str) -> None:
    (case,) = suite_of(python_test("x", file=node_id.partition("::")[0], id=node_id))
    assert (case.classname, case.name) == (classname, name)


def test_a_bracket_in_a_path_is_part_of_the_path() -> None:
    suite = "d/weiß 日本 [x] b.stt.yaml"
    (case,) = suite_of(heard("hello", suite=suite, id=f"{suite}::hello[big]"))
    assert (case.classname, case.name) == ("d.weiß 日本 [x] b.stt.yaml", "hello[big]")


def test_the_reason_of_a_skipped_case_stands_alone() -> None:
    (case,) = suite_of(heard("x", outcome="skipped", message="Skipped: not today"))
    (result,) = case.result
    assert result.message == result.text == "not today"


def test_a_file_outside_of_the_rootdir_still_has_its_name() -> None:
    (case,) = suite_of(heard("x", suite="../b.stt.yaml", id="::x"))
    assert (case.classname, case.name) == ("...b.stt.yaml", "x")


def test_a_case_has_its_figures_and_its_time() -> None:
    (case,) = suite_of(heard("x", text="one", latency_ms=1234.5))
    assert case.time == 1.234 or case.time == 1.235
    found = properties_in(case)
    assert found["stt.wer"] == "0.5000"
    assert found["stt.deletions"] == "1"
    assert "stt.location" not in found


def test_the_run_has_the_properties_given() -> None:
    suite = suite_of(heard("x"), properties=(("stt.wer", "0.1250"),))
    assert properties_in(suite) == {"stt.wer": "0.1250"}


def test_a_test_that_scored_twice_is_one_case() -> None:
    values = {"id": "t.py::test_it", "suite": "t.py"}
    good, bad = heard("test_it", **values), heard("test_it#2", text="one", outcome="failed", **values)
    (case,) = suite_of(good, bad)
    assert properties_in(case)["stt.wer"] == "0.2500"
    assert [result._elem.tag for result in case.result] == ["failure"]


def test_what_xml_cannot_hold_is_shown_as_pytest_shows_it() -> None:
    text = junit_xml([heard("x\x00", outcome="error", message="\x1b[31m \x7f \ufffe é ]]> <&> \ud800")])
    (case,) = ElementTree.fromstring(text.encode()).iter("testcase")
    (error,) = case.iter("error")
    assert case.get("name") == "x#x00"
    assert error.get("message") == error.text == "#x1B[31m #x7F #xFFFE é ]]> <&> #xD800"


def test_no_records_are_an_empty_suite() -> None:
    assert suite_of().tests == 0
