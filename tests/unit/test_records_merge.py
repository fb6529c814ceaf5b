"""Shards put together are what one run would have been."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from record_samples import SUITE, facts, header, heard, ids_of, python_test

from pytest_stt.errors import SuiteError
from pytest_stt.gates.totals import totals_by_suite
from pytest_stt.records import Header, Merged, Record, Results, merge


def results(head: Header, *records: Record, name: str = "r") -> Results:
    return Results(path=Path(name), header=head, records=records)


def joined(*files: Results, update: bool = False) -> Merged:
    return merge(files, update=update)


def refusal(*files: Results) -> list[str]:
    with pytest.raises(SuiteError) as caught:
        merge(files, update=False)
    return list(caught.value.problems)


names = [f"c{number}" for number in range(12)]


@given(st.lists(st.integers(0, 2), min_size=12, max_size=12), st.permutations(names), st.data())
def test_three_shards_in_any_order_are_one_run(shards: Sequence[int], order: list[str], data: Any) -> None:
    latency = st.floats(0.1, 1e5)
    text = st.sampled_from(["one two", "one", "", "one two three"])
    run = [heard(name, text=data.draw(text), latency_ms=data.draw(latency)) for name in names]
    tests = [python_test("test_it"), python_test("test_that", file="test_b.py")]
    files = [
        results(
            header(*names, partial=True),
            *(
                record
                for name in order
                for record in run
                if record.case == name and shards[names.index(name)] == k
            ),
            *(tests[k : k + 1]),
        )
        for k in range(3)
    ]
    merged = joined(*data.draw(st.permutations(files)))
    assert merged.records == (*run, *tests)
    assert merged.header == header(*names)
    assert totals_by_suite(merged.records) == totals_by_suite([*run, *tests])
    assert (merged.doubles, merged.missing, merged.unknown) == ((), (), ())


def test_a_case_that_no_file_has_is_missing() -> None:
    merged = joined(results(header("x", "y", "z"), heard("y")), results(header("x", "y", "z")))
    assert merged.missing == ("a.stt.yaml::x", "a.stt.yaml::z")
    assert merged.header.partial


def test_a_case_of_one_of_several_servers_can_be_missing() -> None:
    head = Header(suites={SUITE: facts("x[big]", "x[small]", digest=None)})
    assert joined(results(head, heard("x", server="big"))).missing == ("a.stt.yaml::x[small]",)
    both = joined(results(head, heard("x", server="small")), results(head, heard("x", server="big")))
    assert ids_of(both.records) == ["a.stt.yaml::x[big]", "a.stt.yaml::x[small]"]
    assert not both.missing


@pytest.mark.parametrize("update", [False, True])
def test_a_case_that_two_files_have_is_named_and_the_later_one_counts(update: bool) -> None:
    merged = joined(
        results(header("x"), heard("x", text="one"), name="old"),
        results(header("x"), heard("x"), name="new"),
        update=update,
    )
    assert merged.doubles == ("a.stt.yaml::x is in old and in new",)
    assert merged.records == (heard("x"),)


@pytest.mark.parametrize("outcome", ["passed", "failed", "error"])
def test_a_skipped_case_gives_way_to_one_that_was_run(outcome: str) -> None:
    skipped, real = heard("x", outcome="skipped"), heard("x", outcome=outcome)
    for pair in ([skipped, real], [real, skipped]):
        merged = joined(*(results(header("x"), record) for record in pair))
        assert merged.records == (real,)
        assert merged.doubles == ()
    assert not joined(results(header("x"), skipped), results(header("x"), skipped)).doubles


def test_files_with_other_cases_are_of_different_versions_of_the_suite() -> None:
    many = [f"n{number}" for number in range(5)]
    files = (results(header("x", "y"), name="one"), results(header("x", *many), name="two"))
    assert refusal(*files) == [
        "one and two come from different versions of a.stt.yaml: only the former has y; only the latter has "
        "n0, n1, n2 and 2 more; run the shards from one state of the suite, or let the later file win with "
        "--update"
    ]


def test_files_with_other_audio_are_of_different_versions_of_the_suite() -> None:
    changed = Header(suites={SUITE: facts("x", digest="0" * 64)})
    (problem,) = refusal(results(header("x"), name="one"), results(changed, name="two"))
    assert "one and two come from different versions of a.stt.yaml: the audio changed;" in problem


def test_an_unknown_digest_contradicts_no_other() -> None:
    unknown = Header(suites={SUITE: facts("x", digest=None)})
    for pair in ([header("x"), unknown], [unknown, header("x")]):
        merged = joined(*map(results, pair))
        assert merged.header.suites == {SUITE: facts("x")}


def test_with_update_the_later_version_of_a_suite_holds() -> None:
    merged = joined(
        results(header("x", "gone"), heard("x", text="one"), heard("gone")),
        results(header("x", "new"), heard("x"), heard("new")),
        update=True,
    )
    assert merged.records == (heard("x"), heard("new"))
    assert merged.header == header("x", "new")


def test_a_killed_run_is_completed_by_the_others() -> None:
    merged = joined(results(Header(), heard("y")), results(header("x", "y"), heard("x")))
    assert merged.records == (heard("x"), heard("y"))
    assert not merged.header.partial


def test_a_killed_run_with_a_case_that_the_suite_has_no_more_is_refused() -> None:
    files = (results(Header(), heard("old"), name="killed"), results(header("x"), heard("x")))
    (problem,) = refusal(*files)
    assert problem.startswith("killed has a.stt.yaml::old, which the suite of the other files has not")
    assert joined(*files, update=True).records == (heard("x"),)


def test_of_a_suite_that_only_killed_runs_tell_of_nobody_knows_what_it_held() -> None:
    merged = joined(results(Header(), heard("x"), python_test("test_it")))
    assert merged.unknown == (SUITE,)
    assert merged.missing == ()
    assert merged.header.partial
    assert merged.records == (heard("x"), python_test("test_it"))


def test_python_tests_alone_are_complete() -> None:
    assert not joined(results(Header(partial=False), python_test("test_it"))).header.partial


def test_a_killed_run_of_which_nothing_else_is_known_is_partial() -> None:
    assert joined(results(Header()), results(Header(partial=False))).header.partial


def test_with_update_all_that_a_python_test_scored_is_replaced() -> None:
    old = [python_test("test_x", case=case) for case in ("test_x", "test_x#2", "test_x#3")]
    new, other = python_test("test_x", outcome="failed"), python_test("test_y")
    merged = joined(results(Header(), *old, other, name="old"), results(Header(), new), update=True)
    assert merged.records == (new, other)
    assert merged.doubles == ("test_a.py::test_x is in old and in r",)


def test_a_python_test_that_was_skipped_later_keeps_what_it_scored() -> None:
    old = [python_test("test_x", case=case) for case in ("test_x", "test_x#2")]
    skipped = python_test("test_x", outcome="skipped")
    for files in ([old, [skipped]], [[skipped], old]):
        merged = joined(*(results(Header(), *records) for records in files), update=True)
        assert merged.records == tuple(old)
        assert not merged.doubles


def shard(text: str, *records: Record) -> Results:
    return results(header("x", "y", partial=True, shard=text), *records)


def test_all_shards_together_are_a_whole_without_a_shard() -> None:
    merged = joined(shard("1/2", heard("x")), shard("2/2", heard("y")))
    assert merged.header == header("x", "y")
    assert not merged.missing_shards


def test_shards_that_are_not_among_the_files_are_named() -> None:
    merged = joined(shard("2/4", heard("x")), shard("3/4", heard("y")), shard("1/2"))
    assert merged.missing_shards == (
        "shard 2 of 2 is missing",
        "shard 1 of 4 is missing",
        "shard 4 of 4 is missing",
    )
    assert merged.header == header("x", "y", partial=True)
