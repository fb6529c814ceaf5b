"""Results on disk: what was written comes back, and what is wrong is told with its line."""

from __future__ import annotations

import errno
import gc
import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from record_samples import (
    any_record,
    facts,
    header,
    heard,
    ids_of,
    python_test,
    results_file,
    sha,
    write_lines,
)

from pytest_stt.errors import SuiteError
from pytest_stt.records import (
    FILE_NAME,
    SCHEMA,
    Header,
    Record,
    ResultsFile,
    digest_of,
    read_results,
    write_results,
)

HEAD = header("x", "y").to_dict()
X, Y = heard("x").to_dict(), heard("y").to_dict()


def refusal(path: Path) -> str:
    with pytest.raises(SuiteError) as caught:
        read_results(path)
    (problem,) = caught.value.problems
    return problem.replace(f"{path.parent}/", "")


@given(st.lists(any_record, max_size=3, unique_by=lambda record: record.key))
def test_records_come_back_from_a_file_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, records: list[Record]
) -> None:
    path = tmp_path_factory.mktemp("r") / "results.jsonl"
    write_results(path, header("x"), records)
    found = read_results(path)
    assert found.records == tuple(records)
    assert found.header == header("x")
    assert not found.truncated


def test_a_run_is_readable_at_every_moment(tmp_path: Path) -> None:
    file = ResultsFile(tmp_path / "deep" / "er")
    file.open()
    assert read_results(file.path).records == ()
    assert read_results(file.path).header.is_unfinished
    for case in ("x", "y"):
        file.write(heard(case))
        assert read_results(file.path).records[-1] == heard(case)
    file.abandon()
    assert len(read_results(file.path).records) == 2


def test_a_new_run_replaces_the_results_of_the_one_before(tmp_path: Path) -> None:
    results_file(tmp_path / "results.jsonl", header("x"), heard("x"))
    file = ResultsFile(tmp_path)
    file.open()
    file.abandon()
    assert read_results(file.path).records == ()


def test_the_final_file_has_each_case_once_in_the_order_given(tmp_path: Path) -> None:
    file = ResultsFile(tmp_path)
    file.open()
    rerun = heard("y", outcome="failed", message="first attempt")
    for record in (rerun, heard("x"), heard("y")):
        file.write(record)
    file.close(header("x", "y"), [heard("x"), rerun, heard("y")])
    found = read_results(file.path)
    assert found.records == (heard("x"), heard("y"))
    assert found.header == header("x", "y")
    assert [path.name for path in tmp_path.iterdir()] == ["results.jsonl"]


def test_nothing_is_written_before_the_run_and_after_its_end(tmp_path: Path) -> None:
    file = ResultsFile(tmp_path)
    file.write(heard("x"))
    file.abandon()
    assert list(tmp_path.iterdir()) == []


def test_in_the_file_of_a_run_that_never_ended_the_later_of_two_lines_counts(tmp_path: Path) -> None:
    file = ResultsFile(tmp_path)
    file.open()
    for outcome in ("failed", "passed"):
        file.write(heard("x", outcome=outcome))
    file.abandon()
    (record,) = read_results(file.path).records
    assert record.outcome == "passed"


def test_a_killed_process_leaves_every_line_that_it_wrote(tmp_path: Path) -> None:
    writes_for_ever = """if True:
        import itertools, pathlib, sys
        from pytest_stt.records import Record, ResultsFile
        file = ResultsFile(pathlib.Path(sys.argv[1]))
        file.open()
        for number in itertools.count():
            case = f"c{number}"
            file.write(Record(id=f"a::{case}", suite="a", case=case, outcome="passed", hypothesis="é" * 5000))
            if number == 20:
                print("going", flush=True)
    """
    command = [sys.executable, "-c", writes_for_ever, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "going\n"
        process.send_signal(signal.SIGKILL)
    found = read_results(tmp_path / "results.jsonl")
    assert len(found.records) > 20
    assert [record.case for record in found.records] == [f"c{n}" for n in range(len(found.records))]


@pytest.mark.parametrize("cut", [1, 2, 30, -30, -2])
def test_a_last_line_that_was_cut_is_left_out(tmp_path: Path, cut: int) -> None:
    line = json.dumps(heard("y", text="é").to_dict(), ensure_ascii=False).encode()
    found = read_results(write_lines(tmp_path / "r", HEAD, X, line[:cut], end=b""))
    assert ids_of(found.records) == ["a.stt.yaml::x"]
    assert found.truncated


def test_a_line_cut_within_a_character_is_left_out(tmp_path: Path) -> None:
    found = read_results(write_lines(tmp_path / "r", HEAD, '{"id": "é'.encode()[:-1], end=b""))
    assert found.truncated


def test_an_editor_may_leave_out_the_last_line_feed_and_add_blank_lines_and_a_byte_order_mark(
    tmp_path: Path,
) -> None:
    path = write_lines(
        tmp_path / "r", b"\xef\xbb\xbf" + json.dumps(HEAD).encode() + b"\r", "", X, " ", Y, end=b""
    )
    found = read_results(path)
    assert len(found.records) == 2
    assert not found.truncated


@pytest.mark.parametrize("switch", [gc.enable, gc.disable])
def test_reading_leaves_the_garbage_collector_as_it_was(
    tmp_path: Path, switch: Callable[[], None], request: pytest.FixtureRequest
) -> None:
    request.addfinalizer(gc.enable)
    switch()
    before = gc.isenabled()
    read_results(write_lines(tmp_path / "r", HEAD, X))
    assert gc.isenabled() == before
    refusal(write_lines(tmp_path / "r", HEAD, X, X))
    assert gc.isenabled() == before


def test_keys_of_a_newer_minor_version_are_left_out(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "r", {**HEAD, "mood": 1}, {**X, "mood": {"glum": True}})
    assert read_results(path).records == (heard("x"),)


def test_a_file_of_an_earlier_version_is_read_without_the_newer_keys(tmp_path: Path) -> None:
    newer = {"alternatives", "words", "terms"}
    path = write_lines(tmp_path / "r", HEAD, {key: value for key, value in X.items() if key not in newer})
    assert read_results(path).records == (heard("x"),)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("hello", "expected an object of JSON, found text that is no JSON (expected value, column 1)"),
        ('{"id": "x",', "expected an object of JSON, found text that is no JSON (EOF while parsing"),
        (
            b'{"id": "\xff"}',
            "expected an object of JSON, found text that is not UTF-8 (byte 0xff in column 9)",
        ),
        ("[1]", "expected an object, found a list"),
        ("3", "expected an object, found 3"),
        ({}, 'expected the key "id", found none'),
        ({"id": "x", "suite": "a"}, 'expected the key "case", found none'),
        ({**X, "case": None}, "case: expected a valid string, found null"),
        ({**X, "latency_ms": "12"}, 'latency_ms: expected a valid number, found "12"'),
        ({**X, "latency_ms": True}, "latency_ms: expected a valid number, found true"),
        (json.dumps(X).replace("12.3", "NaN"), "latency_ms: expected a finite number, found NaN"),
        (json.dumps(X).replace("12.3", "1e999"), "latency_ms: expected a finite number, found Infinity"),
        ({**X, "tags": "smoke"}, 'tags: expected a valid array, found "smoke"'),
        ({**X, "references": [["a"]]}, "references[0]: expected a valid string, found a list"),
        ({**X, "events": [{"ms": 1, "kind": "final"}]}, 'expected the key "events[0].text", found none'),
        ({**X, "measures": {"rtf": {}}}, "measures.rtf: expected a valid number, found an object"),
        ({**X, "counts": {"words": {}, "chars": 3}}, "counts.chars: expected an object, found 3"),
        (
            {**X, "outcome": "splendid"},
            "outcome: expected 'passed', 'failed', 'error', 'skipped', 'xfailed' or",
        ),
        ({**X, "outcome": "\x1b[31m" * 20}, r"found \"\x1b[31m"),
        (HEAD, "found a second header, of another file; put files together with python -m pytest_stt merge"),
        (X, "a.stt.yaml::x is on line 2 already; delete one of the two"),
    ],
)
def test_a_wrong_line_is_refused_with_its_number_and_what_is_wrong(
    tmp_path: Path, line: str | bytes, text: str
) -> None:
    said = refusal(write_lines(tmp_path / "r", HEAD, X, line))
    assert said.startswith("r:3: ")
    assert text.replace('\\"', '"') in said
    assert "\x1b" not in said
    assert len(said) < 250


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (b"", "expected a line of JSON, the header; the file is empty"),
        (
            b"RIFF\x00\xff\xfe",
            "expected an object of JSON, found text that is not UTF-8 (byte 0xff in column 6)",
        ),
        ("\n", "expected an object of JSON, found an empty line"),
        ('{"schema": "pytest-stt/res', "expected an object of JSON, found text that is no JSON"),
        (X, f'expected the header, a line with "schema": "{SCHEMA}"; is this a results.jsonl?'),
        ({"cases": []}, "expected the header"),
        ({**HEAD, "schema": "other/1"}, f'expected the schema "{SCHEMA}", found "other/1"'),
        ({**HEAD, "schema": "pytest-stt/results/x"}, f'expected the schema "{SCHEMA}", found'),
        (
            {**HEAD, "schema": "pytest-stt/results/2", "plugin": "9.1"},
            f'the schema "pytest-stt/results/2" of pytest-stt 9.1 is newer than "{SCHEMA}"; upgrade',
        ),
        (
            {**HEAD, "schema": "pytest-stt/results/" + "9" * 5000},
            f'999999999…" of pytest-stt {HEAD["plugin"]} is newer than "{SCHEMA}"; upgrade',
        ),
        ({**HEAD, "shard": "6/5"}, 'shard: expected one of how many as in "2/5", found "6/5"'),
        ({**HEAD, "shard": "first"}, 'shard: expected one of how many as in "2/5", found "first"'),
        ({**HEAD, "shard": 2}, "shard: expected a valid string, found 2"),
        ({**HEAD, "partial": "no"}, 'partial: expected a valid boolean, found "no"'),
        ({**HEAD, "suites": {"a": {"ids": []}}}, 'expected the key "suites.a.digest", found none'),
    ],
)
def test_a_file_that_does_not_begin_with_a_header_is_refused(
    tmp_path: Path, line: str | bytes, text: str
) -> None:
    said = refusal(write_lines(tmp_path / "r", line, end=b""))
    assert said.startswith("r:1: ")
    assert text in said


def test_a_line_of_nothing_but_brackets_is_no_crash(tmp_path: Path) -> None:
    assert "r:2: " in refusal(write_lines(tmp_path / "r", HEAD, "[" * 100_000))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path / "r") == "r: there is no such file; expected the results.jsonl of a run"
    assert f"found a directory; is {tmp_path.name}/results.jsonl meant?" in refusal(tmp_path)
    (tmp_path / "f").touch()
    assert "r: the results can't be read: Not a directory" in refusal(tmp_path / "f" / "r")


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "f").touch()
    with pytest.raises(SuiteError, match=r"f/results.jsonl: the results can't be written: .*; name a dir"):
        ResultsFile(tmp_path / "f").open()
    (tmp_path / "d" / "results.jsonl").mkdir(parents=True)
    with pytest.raises(SuiteError, match="can't be written: Is a directory"):
        ResultsFile(tmp_path / "d").open()
    assert [path.name for path in (tmp_path / "d").iterdir()] == ["results.jsonl"]


class FullDisk:
    """A file on a disk that takes some bytes of the next data, and then no more."""

    def __init__(self, file, room: int) -> None:
        self._file, self._room = file, room

    def __getattr__(self, name: str):
        return getattr(self._file, name)

    def write(self, data: bytes) -> int:
        if not self._room:
            raise OSError(errno.ENOSPC, "No space left on device")
        taken, self._room = data[: self._room], 0
        return self._file.write(taken)


def test_a_full_disk_leaves_whole_lines(tmp_path: Path) -> None:
    file = ResultsFile(tmp_path)
    file.open()
    file.write(heard("x"))
    whole, file._file = file._file, FullDisk(file._file, 10)
    with pytest.raises(SuiteError, match="No space left on device"):
        file.write(heard("y"))
    file._file = whole
    file.write(heard("z"))
    file.abandon()
    assert [record.case for record in read_results(file.path).records] == ["x", "z"]


def test_two_classes_may_have_a_test_of_the_same_name(tmp_path: Path) -> None:
    records = [python_test("TestA::test_it"), python_test("TestB::test_it"), python_test("test_it")]
    write_results(tmp_path / "r", Header(partial=False), records)
    assert len(read_results(tmp_path / "r").records) == 3


def test_the_name_of_an_item_has_the_server_where_the_suite_has_servers() -> None:
    assert heard("x", server="small").item_name == "x[small]"
    assert heard("x").item_name == "x"
    assert replace(heard("x"), id="a.stt.yaml::x[default]").item_name == "x[default]"
    assert heard("x[default]").item_name == "x[default]"


def test_the_digest_depends_on_cases_servers_and_audio_and_not_on_their_order() -> None:
    entries = [("x", "default", sha("x")), ("é", "small", sha("y"))]
    digest = digest_of(entries)
    assert digest == digest_of(reversed(entries))
    text = f'[["x","default","{sha("x")}"],["\\u00e9","small","{sha("y")}"]]'
    assert digest == hashlib.sha256(text.encode()).hexdigest()
    assert len({digest, digest_of(entries[:1]), digest_of([entries[0], ("é", "big", sha("y"))])}) == 3


def test_the_digest_of_a_part_of_a_file_depends_on_which_part_it_is() -> None:
    whole = ("x", "default", sha("x"))
    parts = [(*whole, "1.500000", ""), (*whole, "1.500000", "2.000000"), (*whole, "0.000000", "2.000000")]
    assert len({digest_of([entry]) for entry in (whole, *parts)}) == 4
    text = f'[["x","default","{sha("x")}","1.500000","2.000000"]]'
    assert digest_of([parts[1]]) == hashlib.sha256(text.encode()).hexdigest()
    assert digest_of([("x", "default", None, "1.500000", "")]) is None


def test_without_the_sum_of_some_audio_there_is_no_digest() -> None:
    assert digest_of([("x", "default", sha("x")), ("y", "default", None)]) is None


def test_the_shard_of_a_run_is_in_its_header_and_a_whole_run_has_no_such_key(tmp_path: Path) -> None:
    for head in (header("x", shard="2/5"), header("x")):
        write_results(tmp_path / "r", head, [])
        assert read_results(tmp_path / "r").header == head
    assert "shard" not in header("x").to_dict()


def test_a_suite_whose_file_name_is_not_utf_8_can_be_written_and_read(tmp_path: Path) -> None:
    name = "a\udcff.stt.yaml"
    write_results(tmp_path / "r", Header(suites={name: facts("x")}), [heard("x", suite=name)])
    found = read_results(tmp_path / "r")
    assert list(found.header.suites) == [found.records[0].suite] == ["a\ufffd.stt.yaml"]


def test_a_symbolic_link_stays_and_its_target_is_written(tmp_path: Path) -> None:
    target, link = tmp_path / "kept" / "real.jsonl", tmp_path / FILE_NAME
    link.symlink_to(target)
    file = ResultsFile(tmp_path)
    file.open()
    file.write(heard("x"))
    file.close(header("x"), [heard("x")])
    assert link.is_symlink()
    assert not target.is_symlink()
    assert read_results(target).records == (heard("x"),)


def test_a_pipe_gets_the_final_form_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / FILE_NAME
    os.mkfifo(pipe)
    # Open for both, so that nobody waits for the other end.
    end = os.open(pipe, os.O_RDWR)
    try:
        file = ResultsFile(tmp_path)
        file.open()
        file.write(heard("x"))
        file.close(header("x"), [heard("x")])
        (tmp_path / "r").write_bytes(os.read(end, 1 << 16))
    finally:
        os.close(end)
    assert pipe.is_fifo()
    assert read_results(tmp_path / "r").records == (heard("x"),)


def test_a_device_is_written_into(tmp_path: Path) -> None:
    link = tmp_path / "null"
    link.symlink_to(os.devnull)
    write_results(link, header("x"), [heard("x")])
    assert link.is_symlink()
    assert not Path(os.devnull).is_file()
    link.unlink()
    link.symlink_to("/dev/full")
    with pytest.raises(SuiteError, match="the results can't be written: No space left on device"):
        write_results(link, header("x"), [heard("x")])
