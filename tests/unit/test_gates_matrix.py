"""Servers of one suite, compared over what all of them heard."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_stt.gates.matrix import Comparison, compare_servers
from pytest_stt.metrics import TextMetrics
from pytest_stt.records import Counts, Record

SAID = "a b c d"


def record(case: str, heard: str | None, *, server: str, suite: str = "s.stt.yaml", **more: object) -> Record:
    counts = None if heard is None else Counts.of(TextMetrics.compute(SAID, heard))
    values = {"outcome": "error" if heard is None else "passed", **more}
    return Record(
        id=f"{suite}::{case}[{server}]",
        suite=suite,
        case=case,
        server=server,
        counts=counts,
        **values,  # type: ignore[arg-type]
    )


def compared(*records: Record) -> Comparison:
    (found,) = compare_servers(records)
    return found


def test_the_server_with_the_lowest_rate_comes_first() -> None:
    found = compared(
        record("1", "a b c x", server="small"),
        record("1", SAID, server="large"),
        record("2", "a b c x", server="small"),
        record("2", "a b c y", server="large"),
    )
    assert [(name, metrics.wer) for name, metrics in found.servers] == [("large", 0.125), ("small", 0.25)]
    assert (found.cases, found.compared, found.differing) == (2, 2, 1)


def test_servers_that_are_equally_good_are_in_the_order_of_their_names() -> None:
    found = compared(record("1", SAID, server="z"), record("1", SAID, server="a"))
    assert [name for name, _ in found.servers] == ["a", "z"]
    assert found.differing == 0


def test_servers_are_ordered_by_characters_where_there_are_no_words() -> None:
    def chinese(heard: str, server: str) -> Record:
        metrics = TextMetrics.compute("你好", heard, unit="character")
        return replace(record("1", SAID, server=server), counts=Counts.of(metrics), language="zh")

    found = compared(chinese("你们", "a"), chinese("你好", "b"), chinese("他们", "c"))
    assert [(name, metrics.cer) for name, metrics in found.servers] == [("b", 0.0), ("a", 0.5), ("c", 1.0)]


def test_a_case_that_one_server_did_not_hear_counts_for_none() -> None:
    found = compared(
        record("hard", None, server="small"),
        record("hard", "x", server="large"),
        record("easy", SAID, server="small"),
        record("easy", SAID, server="large"),
    )
    assert [metrics.wer for _, metrics in found.servers] == [0.0, 0.0]
    assert (found.cases, found.compared) == (2, 1)


def test_what_an_outage_ended_has_no_part_even_where_something_was_heard() -> None:
    found = compared(
        record("1", "x", server="small", outcome="error"),
        record("1", SAID, server="large"),
        record("2", SAID, server="small"),
        record("2", SAID, server="large"),
    )
    assert (found.compared, found.differing) == (1, 0)


def test_a_server_that_heard_nothing_does_not_end_the_comparison_of_the_others() -> None:
    found = compared(
        *(record("1", heard, server=name) for name, heard in (("a", SAID), ("dead", None), ("b", "a")))
    )
    assert [name for name, _ in found.servers] == ["a", "b"]
    assert found.unheard == ("dead",)
    assert found.compared == 1


def test_without_any_transcript_there_is_nothing_to_compare() -> None:
    found = compared(record("1", None, server="a"), record("1", None, server="b"))
    assert found.servers == ()
    assert found.compared == 0


@pytest.mark.parametrize("other", [{"suite": "other.stt.yaml"}, {"outcome": "skipped"}])
def test_a_suite_that_ran_on_one_server_is_left_out(other: dict[str, str]) -> None:
    assert compare_servers([record("1", SAID, server="a"), record("1", SAID, server="b", **other)]) == []
