"""Figures of a run by the values of a field, and how they are drawn."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from record_samples import any_record

from pytest_stt.gates.slices import NONE, Slices, slice_by
from pytest_stt.gates.totals import totals_of
from pytest_stt.metrics import EditCounts
from pytest_stt.records import Counts, Record
from pytest_stt.render.slices import slice_lines, slice_note
from pytest_stt.text.width import display_width


def record(errors: int = 0, words: int = 10, **more: Any) -> Record:
    """Make a record of ten words with so many errors; with `words` 0 one of ten characters."""
    counts = EditCounts(hits=10 - errors, substitutions=errors)
    values = {"id": "a.stt.yaml::x", "suite": "a.stt.yaml", "case": "x", "outcome": "passed"}
    made = Counts(words=counts if words else None, chars=counts)
    return Record(**(values | {"counts": made} | more))  # type: ignore[arg-type]


def names(slices: Slices) -> list[str]:
    return [total.name for total in slices.groups]


def sizes(slices: Slices) -> dict[str, int]:
    return {total.name: total.cases for total in slices.groups}


def drawn(slices: Slices, width: int = 100) -> list[str]:
    return ["".join(span.text for span in line) for line in slice_lines(slices, width=width)]


def test_counts_of_a_group_are_added_and_rates_derived_last() -> None:
    found = slice_by("language", [record(2, language="en"), record(1, language="en"), record(language="de")])
    english, german = found.groups
    assert (english.name, english.cases, english.metrics.wer) == ("en", 2, pytest.approx(0.15))
    assert (german.name, german.metrics.wer) == ("de", 0.0)


def test_the_worst_group_comes_first_and_equal_ones_by_name() -> None:
    records = [record(1, language="b"), record(1, language="a"), record(5, language="z"), record()]
    assert names(slice_by("language", records)) == ["z", "a", "b", NONE]


def test_a_case_with_several_tags_is_in_several_groups() -> None:
    found = slice_by("tag", [record(tags=("far", "noisy")), record(tags=("far",)), record()])
    assert sizes(found) == {"far": 2, "noisy": 1, NONE: 1}
    assert found.overlapping == 1


@pytest.mark.parametrize("field", ["server", "dialect", "suite"])
def test_what_every_record_has_is_a_field(field: str) -> None:
    assert names(slice_by(field, [record(**{field: "one"}), record(1, **{field: "two"})])) == ["two", "one"]


def test_fields_of_meta_are_found_with_and_without_their_prefix_and_below_mappings() -> None:
    meta = {"accent": "scots", "language": "gd", "speaker": {"sex": "f"}, "a.b": "dotted"}
    records = [record(language="en", meta=meta)]
    fields = ["accent", "meta.accent", "meta.language", "language", "speaker.sex", "meta.speaker.sex", "a.b"]
    found = [names(slice_by(field, records)) for field in fields]
    assert found == [["scots"], ["scots"], ["gd"], ["en"], ["f"], ["f"], ["dotted"]]


@pytest.mark.parametrize(
    ("value", "groups"),
    [
        ("a  b\n", ["a b"]),
        (3, ["3"]),
        (0.5, ["0.5"]),
        (True, ["true"]),
        (["a", "b", "a"], ["a", "b"]),
        (["a", [None, "b"], {"c": "d"}], ["a", "b"]),
        (None, [NONE]),
        ("", [NONE]),
        ([], [NONE]),
        ({"a": "b"}, [NONE]),
    ],
)
def test_values_of_any_kind_make_groups(value: object, groups: list[str]) -> None:
    found = slice_by("field", [record(meta={"field": value}), record(1, meta={"field": "other"})])
    assert names(found) == ["other", *groups]


def test_skipped_records_are_in_no_group_and_errors_are_counted() -> None:
    found = slice_by(
        "language",
        [record(language="en", counts=None, outcome="error"), record(language="de", outcome="skipped")],
    )
    (english,) = found.groups
    assert (english.name, english.errors, english.heard) == ("en", 1, 0)
    assert drawn(found)[-1].split() == ["en", "1", "0", "-", "-", "0/0/0", "0", "1"]


def test_a_field_that_nobody_has_names_the_nearest() -> None:
    records = [record(tags=("t",), meta={"accent": "x", "speaker": {"sex": "f", "age": "9"}, "empty": None})]
    assert slice_by("acent", records).near[0] == "accent"
    assert slice_by("tags", records).near[0] == "tag"
    assert slice_by("speaker", records).near[:2] == ("speaker.age", "speaker.sex")
    assert slice_by("meta.speaker", records).near[:2] == ("speaker.age", "speaker.sex")
    assert "empty" not in slice_by("empty", records).near
    note = slice_note(slice_by("acent", records))
    assert note.startswith("--stt-by acent: no case has this field; did you mean accent? There is accent, ")
    assert slice_by("acent", records).groups == ()


@pytest.mark.parametrize(("asked", "meant"), [("tags", "tag"), ("LANGUAGE", "language"), ("Suites", "suite")])
def test_a_field_that_cases_may_have_is_proposed_also_where_none_has_it(asked: str, meant: str) -> None:
    for one in (record(), record(language="en", tags=("t",))):
        note = slice_note(slice_by(asked, [one]))
        assert f"no case has this field; did you mean {meant}? There is " in note
    assert slice_note(slice_by(asked, [])).endswith(f"did you mean {meant}?")


def test_a_field_is_not_proposed_in_its_own_place() -> None:
    note = slice_note(slice_by("tag", [record()]))
    assert note == "--stt-by tag: no case has this field; there is server, suite"


@pytest.mark.parametrize(
    ("tags", "group"),
    [
        (("en", "EN", "English", "eng"), "en"),
        (("ja-JP", "jpn_jp", "Japanese-JP"), "ja-JP"),
        (("zh-Hant-TW", "cmn_hant_tw"), "zh-Hant-TW"),
        (("zh-yue-HK", "yue-hk"), "yue-HK"),
        (("es-419", "spa-419"), "es-419"),
        (("de-de", "ger-DE"), "de-DE"),
        (("tlh", "TLH"), "tlh"),
    ],
)
def test_languages_are_one_group_however_they_are_spelled(tags: tuple[str, ...], group: str) -> None:
    assert sizes(slice_by("language", [record(language=tag) for tag in tags])) == {group: len(tags)}


def test_regions_of_a_language_are_groups_of_their_own() -> None:
    assert len(sizes(slice_by("language", [record(language=tag) for tag in ("ja", "ja-JP")]))) == 2


def test_a_field_of_meta_with_the_name_of_another_is_named_with_its_prefix() -> None:
    assert "meta.dialect" in slice_by("dialekt", [record(meta={"dialect": "scouse"})]).near


def test_without_any_record_no_field_is_proposed() -> None:
    assert slice_note(slice_by("accent", [])) == "--stt-by accent: no case has this field"


def test_a_field_that_is_there_needs_no_note() -> None:
    assert slice_note(slice_by("language", [record(language="en")])) == ""


def test_a_table_has_counts_and_rates_below_the_name_of_the_field() -> None:
    found = slice_by("language", [record(2, language="en"), record(language="de", outcome="failed")])
    blank, head, english, german = drawn(found)
    assert blank == ""
    assert head.split() == ["by", "language", "cases", "words", "WER", "CER", "S/D/I", "failed", "errors"]
    assert english.split() == ["en", "1", "10", "20.0%", "20.0%", "2/0/0", "0", "0"]
    assert german.split() == ["de", "1", "10", "0.0%", "0.0%", "0/0/0", "1", "0"]
    assert len(drawn(slice_by("tag", [record(language="en")]))) == 0


def test_a_group_without_words_shows_its_characters_and_no_word_error_rate() -> None:
    found = slice_by("language", [record(2, language="ja", words=0), record(1, language="en")])
    _, head, japanese, english = drawn(found)
    assert head.split()[2:6] == ["cases", "words", "chars", "WER"]
    assert japanese.split() == ["ja", "1", "-", "10", "-", "20.0%", "2/0/0", "0", "0"]
    assert english.split() == ["en", "1", "10", "10", "10.0%", "10.0%", "1/0/0", "0", "0"]


def test_groups_behind_the_twentieth_are_counted() -> None:
    lines = drawn(slice_by("suite", [record(suite=f"{number:02}.stt.yaml") for number in range(23)]))
    assert lines[-2].startswith("19.stt.yaml")
    assert lines[-1] == "… and 3 more"


def test_it_is_said_when_groups_overlap() -> None:
    twice = record(tags=("a", "b"))
    assert drawn(slice_by("tag", [twice]))[-1].startswith("1 case is in more than one group")
    assert drawn(slice_by("tag", [twice, twice]))[-1].startswith("2 cases are in more than one group")


def test_names_from_right_to_left_are_isolated_from_the_figures() -> None:
    found = Slices(field="נושא", groups=(totals_of("שלום", [record()]),))
    _, head, row = drawn(found)
    assert head.startswith("\u2068by נושא\u2069 ")
    assert row.startswith("\u2068שלום\u2069 ")
    assert display_width(head) == display_width(row)


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("ab.", max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.lists(any_record, max_size=5), st.text("ab.", max_size=4), st.data())
def test_every_record_that_was_run_is_in_a_group(
    records: list[Record], field: str, data: st.DataObject
) -> None:
    records = [
        Record(**(vars(one) | {"meta": data.draw(st.dictionaries(st.text("ab.", max_size=3), _values))}))
        for one in records
    ]
    found = slice_by(field, records)
    run = sum(one.outcome != "skipped" for one in records)
    if found.groups:
        assert run <= sum(sizes(found).values())
        assert (run == sum(total.cases for total in found.groups)) or found.overlapping
    assert bool(slice_note(found)) is not bool(found.groups)
    for line in drawn(found):
        assert "\x1b" not in line
        assert "\n" not in line
