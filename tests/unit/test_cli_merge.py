"""`python -m pytest_stt merge`: what it writes, says and answers."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from pathlib import Path

import pytest
from junitparser import JUnitXml
from record_samples import SUITE, facts, header, heard, ids_of, python_test, results_file

from pytest_stt.cli import main
from pytest_stt.limits import Limits
from pytest_stt.records import AudioFacts, Header, Record, read_results


class Desk:
    """A folder in which files are merged."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys

    def file(self, name: str, head: Header, *records: Record) -> None:
        results_file(self.folder / name, head, *records)

    def suite(self, text: str, name: str = SUITE) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        for stem in ("x", "y", "z"):
            (path.parent / f"{stem}.wav").write_bytes(stem.encode())

    def merge(self, *arguments: str, status: int) -> str:
        """Merge, and return what was said."""
        assert main(["merge", *arguments, "-o", "out.jsonl"]) == status
        said = self._capsys.readouterr()
        assert bool(said.err) == (status == 2)
        return said.err or said.out

    @property
    def is_written(self) -> bool:
        return (self.folder / "out.jsonl").exists()


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    return Desk(tmp_path, capsys)


def line_of(said: str, beginning: str) -> str:
    (line,) = (line for line in said.splitlines() if line.startswith(beginning))
    return line


def test_shards_become_one_file_with_the_summary_of_one_run(desk: Desk) -> None:
    limits = Limits(max_wer=0.5)
    desk.file("one.jsonl", header("x", "y", partial=True), heard("y", text="one", limits=limits))
    desk.file("two/results.jsonl", header("x", "y", partial=True), heard("x", limits=limits))
    said = desk.merge("one.jsonl", "two", status=0)
    found = read_results(Path("out.jsonl"))
    assert ids_of(found.records) == ["a.stt.yaml::x", "a.stt.yaml::y"]
    assert found.header == header("x", "y")
    assert "speech-to-text quality" in said
    assert line_of(said, SUITE + " ").split()[:4] == [SUITE, "2", "4", "25.0%"]
    assert "limits: max_wer 50.0%" in said
    assert "a.stt.yaml::y  WER 50.0%, 1 of 2 words" in said
    assert line_of(said, "out.jsonl") == "out.jsonl: 2 results of 2 files"
    assert "\x1b" not in said


@pytest.mark.parametrize("outcome", ["failed", "error"])
def test_a_bad_case_is_exit_status_1(desk: Desk, outcome: str) -> None:
    desk.file("one.jsonl", header("x"), heard("x", outcome=outcome))
    desk.merge("one.jsonl", status=1)


@pytest.mark.parametrize("outcome", ["passed", "skipped", "xfailed", "xpassed"])
def test_a_case_that_ended_as_expected_is_exit_status_0(desk: Desk, outcome: str) -> None:
    desk.file("one.jsonl", header("x"), heard("x", outcome=outcome))
    desk.merge("one.jsonl", status=0)


def test_missing_cases_are_named_and_exit_status_1(desk: Desk) -> None:
    names = [f"c{number:02}" for number in range(30)]
    desk.file("one.jsonl", header(*names), *map(heard, names[:5]))
    said = desk.merge("one.jsonl", status=1)
    assert "missing: a.stt.yaml::c05\n" in said
    assert "missing: a.stt.yaml::c24\n" in said
    assert "missing: and 5 more\n" in said
    assert "c25" not in said
    assert read_results(Path("out.jsonl")).header.partial


def test_a_double_case_is_named_and_nothing_written(desk: Desk) -> None:
    desk.file("one.jsonl", header("x"), heard("x"))
    desk.file("two.jsonl", header("x"), heard("x"))
    said = desk.merge("one.jsonl", "two.jsonl", status=2)
    assert "double: a.stt.yaml::x is in one.jsonl and in two.jsonl\n" in said
    assert "--update lets the later file win" in said
    assert not desk.is_written


def test_with_update_the_later_file_wins(desk: Desk) -> None:
    desk.file("one.jsonl", header("x"), heard("x", outcome="failed"))
    desk.file("two.jsonl", header("x"), heard("x"))
    said = desk.merge("one.jsonl", "two.jsonl", "--update", status=0)
    assert "double, the later one counts: a.stt.yaml::x is in one.jsonl and in two.jsonl" in said
    assert read_results(Path("out.jsonl")).records == (heard("x"),)


def test_different_versions_of_a_suite_are_refused(desk: Desk) -> None:
    desk.file("one.jsonl", header("x"), heard("x"))
    desk.file("two.jsonl", header("x", "y"), heard("y"))
    said = desk.merge("one.jsonl", "two.jsonl", status=2)
    assert said.startswith("pytest-stt: one.jsonl and two.jsonl come from different versions of a.stt.yaml")
    assert not desk.is_written


def test_a_file_that_cannot_be_read_is_refused(desk: Desk) -> None:
    desk.file("one.jsonl", header("x"), heard("x"))
    assert "none.jsonl: there is no such file" in desk.merge("one.jsonl", "none.jsonl", status=2)
    assert not desk.is_written


def test_a_killed_run_is_told(desk: Desk) -> None:
    desk.file("one.jsonl", Header(), heard("x"))
    with Path("one.jsonl").open("ab") as file:
        file.write(b'{"id": "a.stt')
    said = desk.merge("one.jsonl", status=1)
    assert "note: one.jsonl: this run never came to its end" in said
    assert "note: one.jsonl: the last line was cut, and is left out" in said
    assert "not known to be complete: a.stt.yaml" in said


def test_where_nothing_was_run_there_is_no_table(desk: Desk) -> None:
    desk.file("one.jsonl", Header())
    said = desk.merge("one.jsonl", status=1)
    assert said.splitlines() == [
        "note: one.jsonl: this run never came to its end",
        "out.jsonl: 0 results of 1 file",
    ]


@pytest.mark.parametrize(("output", "written"), [("o/", "o/results.jsonl"), (".", "results.jsonl")])
def test_the_output_may_be_a_directory(desk: Desk, output: str, written: str) -> None:
    desk.file("one.jsonl", header("x"), heard("x"))
    assert main(["merge", "one.jsonl", "-o", output]) == 0
    assert read_results(Path(written)).records == (heard("x"),)


def test_the_output_may_be_one_of_the_files(desk: Desk) -> None:
    desk.file("out.jsonl", header("x", "y"), heard("x"))
    desk.file("two.jsonl", header("x", "y"), heard("y"))
    desk.merge("out.jsonl", "two.jsonl", status=0)
    assert len(read_results(Path("out.jsonl")).records) == 2


def test_a_place_that_cannot_be_written_is_exit_status_2(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.file("one.jsonl", header("x"), heard("x"))
    assert main(["merge", "one.jsonl", "-o", "one.jsonl/o.jsonl"]) == 2
    assert "the results can't be written" in capsys.readouterr().err


def test_a_junit_file_is_written_too(desk: Desk) -> None:
    desk.file("one.jsonl", header("x", "y"), heard("x"), heard("y", text="one"), python_test("test_it"))
    desk.merge("one.jsonl", "--junitxml=new/o.xml", status=0)
    (suite,) = JUnitXml.fromfile("new/o.xml")
    assert [case.name for case in suite] == ["x", "y", "test_it"]
    properties = {prop.name: prop.value for prop in suite.properties()}
    assert properties["stt.wer"] == "0.2500"


def test_a_junit_file_that_cannot_be_written_is_exit_status_2(desk: Desk) -> None:
    desk.file("one.jsonl", header("x"), heard("x"))
    said = desk.merge("one.jsonl", "--junitxml=one.jsonl/o.xml", status=2)
    assert "one.jsonl/o.xml: the JUnit file can't be written" in said
    assert not desk.is_written


TWO_CASES = """
server: {url: "${NOWHERE_SET}", timeout: "${TIMEOUT_NOT_SET}", headers: {Authorization: "Bearer ${NO_KEY}"}}
cases:
  - {id: x, audio: x.wav, reference: one two}
  - {id: y, audio: y.wav, reference: one two}
  - {id: z, audio: z.wav, reference: one two, skip: not today}
"""


def with_audio(case: str, **more: object) -> Record:
    """Make a record that has heard the audio that `Desk.suite` writes."""
    return heard(case, audio=AudioFacts(path="-", sha256=hashlib.sha256(case.encode()).hexdigest()), **more)


def test_a_gate_is_met_when_every_case_of_the_file_was_heard(desk: Desk) -> None:
    desk.suite(TWO_CASES)
    desk.file(
        "one.jsonl", header("x", "y", "z"), with_audio("x"), with_audio("y"), heard("z", outcome="skipped")
    )
    said = desk.merge("one.jsonl", f"--gate={SUITE}", status=0)
    assert "gate:" not in said


def test_a_gate_names_what_lacks(desk: Desk) -> None:
    desk.suite(TWO_CASES)
    desk.file("one.jsonl", header("x"), with_audio("x"))
    said = desk.merge("one.jsonl", f"--gate={SUITE}", status=1)
    assert [line for line in said.splitlines() if line.startswith("gate:")] == [
        "gate: a.stt.yaml::y has no record"
    ]


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (replace(heard("y", outcome="error"), hypothesis=None, counts=None), "has no transcript"),
        (heard("y", outcome="skipped"), "was skipped"),
        (heard("y"), "was heard with other audio"),
    ],
)
def test_a_gate_wants_a_transcript_of_the_audio_that_there_is(desk: Desk, record: Record, why: str) -> None:
    desk.suite(TWO_CASES)
    desk.file("one.jsonl", header("x", "y", "z"), with_audio("x"), record, heard("z", outcome="skipped"))
    assert f"gate: a.stt.yaml::y {why}\n" in desk.merge("one.jsonl", f"--gate={SUITE}", status=1)


def test_a_gate_wants_every_server(desk: Desk) -> None:
    desk.suite(
        """
        servers: {big: {url: "${SCHEME_NOT_SET}://${HOST_NOT_SET}/v1"}, small: {url: local}}
        cases: [{id: x, audio: x.wav, reference: one two}]
        """
    )
    head = Header(suites={SUITE: facts("x[big]", digest=None)}, partial=False)
    desk.file("one.jsonl", head, with_audio("x", server="big"))
    assert "gate: a.stt.yaml::x[small] has no record\n" in desk.merge(
        "one.jsonl", f"--gate={SUITE}", status=1
    )


def test_a_suite_is_found_by_the_end_of_its_path(desk: Desk) -> None:
    desk.suite(TWO_CASES)
    name = f"project/{SUITE}"
    records = [with_audio(case, suite=name, id=f"{name}::{case}") for case in ("x", "y")]
    desk.file("one.jsonl", Header(suites={name: facts("x", "y")}), *records)
    desk.merge("one.jsonl", f"--gate={SUITE}", status=0)


def test_a_suite_that_the_records_do_not_have_lacks_altogether(desk: Desk) -> None:
    desk.suite(TWO_CASES, "b.stt.yaml")
    desk.file("one.jsonl", header("x"), heard("x"))
    said = desk.merge("one.jsonl", "--gate=b.stt.yaml", status=1)
    assert "gate: b.stt.yaml: there is no record of this suite\n" in said


def test_a_path_that_means_two_suites_is_refused(desk: Desk) -> None:
    desk.suite(TWO_CASES)
    suites = {f"{folder}/{SUITE}": facts("x") for folder in ("one", "two")}
    desk.file("one.jsonl", Header(suites=suites))
    said = desk.merge("one.jsonl", f"--gate={SUITE}", status=2)
    assert "one/a.stt.yaml, two/a.stt.yaml; run merge where pytest runs" in said
    assert not desk.is_written


def test_a_gate_that_is_no_suite_is_refused(desk: Desk) -> None:
    desk.file("one.jsonl", header("x"), heard("x"))
    assert "a.stt.yaml:1: the file can't be read" in desk.merge("one.jsonl", f"--gate={SUITE}", status=2)
    desk.suite("cases: []")
    assert "a suite needs at least one case" in desk.merge("one.jsonl", f"--gate={SUITE}", status=2)


def test_audio_of_a_gate_that_cannot_be_read_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.suite(TWO_CASES)
    desk.file("one.jsonl", header("x", "y"), with_audio("x"), with_audio("y"))

    def refuse(path: Path) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pytest_stt.cli.completeness.digest_of_case", refuse)
    said = desk.merge("one.jsonl", f"--gate={SUITE}", status=2)
    assert "x.wav: the audio can't be read: Permission denied" in said


def test_a_missing_shard_is_named_and_exit_status_1(desk: Desk) -> None:
    desk.file("one.jsonl", header("x", partial=True, shard="1/3"), heard("x"))
    desk.file("three.jsonl", header("x", partial=True, shard="3/3"))
    said = desk.merge("one.jsonl", "three.jsonl", status=1)
    assert "incomplete: shard 2 of 3 is missing\n" in said
    found = read_results(Path("out.jsonl")).header
    assert (found.partial, found.shard) == (True, None)
    desk.file("two.jsonl", header("x", partial=True, shard="2/3"))
    desk.merge("one.jsonl", "two.jsonl", "three.jsonl", status=0)


@pytest.mark.parametrize("place", ["out.jsonl", "./one.jsonl", "link.xml", "two/results.jsonl"])
def test_a_junit_file_in_the_place_of_results_is_refused(desk: Desk, place: str) -> None:
    desk.file("one.jsonl", header("x", "y"), heard("x"))
    desk.file("two/results.jsonl", header("x", "y"), heard("y"))
    Path("link.xml").symlink_to("one.jsonl")
    before = Path("one.jsonl").read_bytes()
    said = desk.merge("one.jsonl", "two", f"--junitxml={place}", status=2)
    assert "would overwrite the results in" in said
    assert Path("one.jsonl").read_bytes() == before
    assert not desk.is_written


def test_a_suite_whose_file_name_is_not_utf_8_has_its_gate(desk: Desk) -> None:
    name = os.fsdecode(b"a\xff.stt.yaml")
    desk.suite(TWO_CASES, name)
    records = [with_audio(case, suite=name, id=f"{name}::{case}") for case in ("x", "y")]
    desk.file("one.jsonl", Header(suites={name: facts("x", "y")}), *records)
    desk.merge("one.jsonl", f"--gate={name}", status=0)
