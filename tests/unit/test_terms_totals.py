"""Pooled figures of keywords, forbidden terms and entities, and how they are drawn."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_stt.gates.terms import terms_of
from pytest_stt.metrics import TextMetrics
from pytest_stt.records import Counts, Record
from pytest_stt.render.terms import term_lines, wrong_term_lines
from pytest_stt.text.terms import TermCounts


def record(*terms: TermCounts, **more: Any) -> Record:
    counts = Counts.of(TextMetrics.compute("a", "a"))
    values = {"id": "a::x", "suite": "a", "case": "x", "outcome": "passed", "counts": counts, "terms": terms}
    return Record(**(values | more))


def term(text: str, said: int, heard: int, **more: Any) -> TermCounts:
    return TermCounts(text=text, said=said, heard=heard, hits=min(said, heard), **more)


def lines_of(*records: Record) -> list[str]:
    totals = terms_of(records)
    lines = [*term_lines(totals), *wrong_term_lines(totals.wrong, width=80)]
    return ["".join(span.text for span in line) for line in lines]


def test_counts_are_added_and_shares_derived_last() -> None:
    lines = lines_of(record(term("Xarelto", 3, 3), term("A380", 1, 0)), record(term("Xarelto", 2, 2)))
    assert lines[0] == "keywords: recall 83.3% (5 of 6 said), precision 100.0% (5 of 5 heard)"


def test_each_keyword_that_came_out_wrong_has_a_row_most_misses_first() -> None:
    found = terms_of(
        [
            record(term("right", 2, 2), term("once", 1, 0), term("alarm", 0, 2), term("twice", 3, 1)),
            record(term("once", 1, 1), term("also", 1, 0)),
        ]
    )
    assert [one.name for one in found.wrong] == ["twice", "once", "also", "alarm"]
    twice, once, _, alarm = found.wrong
    assert (twice.missed, twice.false_alarms, twice.recall) == (2, 0, pytest.approx(1 / 3))
    assert (once.said, once.missed, once.recall) == (2, 1, 0.5)
    assert (alarm.false_alarms, alarm.recall, alarm.precision) == (2, None, 0.0)
    _, head, row, *_ = ("".join(s.text for s in line) for line in wrong_term_lines(found.wrong, width=80))
    assert head.split() == ["keyword", "said", "missed", "falsely", "heard", "recall", "precision"]
    assert row.split() == ["twice", "3", "2", "0", "33.3%", "100.0%"]


def test_keywords_behind_the_tenth_are_counted() -> None:
    assert lines_of(record(*(term(f"k{number}", 1, 0) for number in range(13))))[-1] == "… and 3 more"


def test_weights_that_differ_are_told() -> None:
    heavy, light = term("heavy", 1, 1, weight=3.0), term("light", 1, 0, weight=1.0)
    assert lines_of(record(heavy, light))[0] == (
        "keywords: recall 75.0% (1 of 2 said, by weight 3 of 4), "
        "precision 100.0% (1 of 1 heard, by weight 3 of 3)"
    )
    assert lines_of(record(heavy))[0].startswith("keywords: recall 100.0% (1 of 1 said), ")


def test_keywords_that_nobody_said_have_no_recall() -> None:
    assert lines_of(record(term("a", 0, 1)))[0] == "keywords: none said, precision 0.0% (0 of 1 heard)"
    assert lines_of(record(term("a", 1, 0)))[0] == "keywords: recall 0.0% (0 of 1 said), none heard"


def test_forbidden_terms_that_were_heard_are_named() -> None:
    forbidden = {"kind": "forbidden"}
    lines = lines_of(
        record(term("damn", 0, 1, **forbidden), term("hell", 0, 2, **forbidden)),
        record(term("unheard", 1, 0, **forbidden)),
    )
    assert lines == ["forbidden terms heard: hell (2 times), damn"]
    many = lines_of(record(*(term(f"t{number:02}", 0, 1, **forbidden) for number in range(12))))
    assert many[0].endswith("t09 and 2 more")


def test_each_class_of_entities_has_a_rate() -> None:
    def entity(text: str, said: int, heard: int, group: str, **more: Any) -> TermCounts:
        return term(text, said, heard, kind="entity", group=group, **more)

    lines = lines_of(
        record(
            entity("Ann", 3, 2, "names"), entity("seven", 1, 1, "numbers"), entity("Rome", 0, 1, "places")
        ),
        record(entity("Bob", 1, 1, "names")),
    )
    assert lines == ["entities: names 75.0% (3 of 4), numbers 100.0% (1 of 1), places none said"]
    weighted = lines_of(record(entity("a", 1, 1, "x", weight=3), entity("b", 1, 0, "x")))
    assert weighted == ["entities: x 75.0% (1 of 2, by weight 3 of 4)"]


def test_what_was_not_heard_has_no_part() -> None:
    assert lines_of(record(term("a", 1, 0), outcome="error"), record()) == []


def test_terms_from_right_to_left_are_isolated() -> None:
    lines = lines_of(
        record(
            term("שלום", 1, 0),
            term("ערב", 0, 1, kind="forbidden"),
            term("דן", 1, 1, kind="entity", group="שמות"),
        )
    )
    assert "forbidden terms heard: \u2068ערב\u2069" in lines
    assert "entities: \u2068שמות\u2069 100.0% (1 of 1)" in lines
    assert lines[-1].startswith("\u2068שלום\u2069 ")
