"""What is drawn from records."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_stt.gates.totals import Totals, totals_of
from pytest_stt.metrics import TextMetrics
from pytest_stt.records import AudioFacts, Counts, Record, Repeat, Try
from pytest_stt.render.junit import properties_of
from pytest_stt.render.lines import Line
from pytest_stt.render.table import rate, table_lines
from pytest_stt.render.worst import worst_lines
from pytest_stt.text.terms import TermCounts
from pytest_stt.text.width import display_width


def text_of(line: Line) -> str:
    return "".join(span.text for span in line)


def record(said: str, heard: str, case: str = "x", **more: object) -> Record:
    return Record(
        id=f"a.stt.yaml::{case}",
        suite="a.stt.yaml",
        case=case,
        outcome="passed",
        references=(said,),
        hypothesis=heard,
        counts=Counts.of(TextMetrics.compute(said, heard)),
        **more,  # type: ignore[arg-type]
    )


def totals(name: str) -> Totals:
    return totals_of(name, [record("one two", "one too", latency_ms=1234.5)])


@given(
    st.lists(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=60), min_size=1, max_size=5)
)
def test_rows_have_one_width_and_fit(names: list[str]) -> None:
    lines = table_lines([totals(name) for name in names], totals("all"), width=90)
    widths = {display_width(text_of(line)) for line in lines}
    assert len(widths) == 1
    assert widths.pop() <= 90


def test_a_narrow_terminal_moves_the_columns_closer_before_it_cuts_names() -> None:
    name = "quickstart.stt.yaml"
    lines = table_lines([totals(name)], None, width=78)
    assert text_of(lines[1]).startswith(name)


@pytest.mark.parametrize(("value", "text"), [(0.0, "0.0%"), (0.125, "12.5%"), (float("inf"), "inf")])
def test_rates_are_written_in_per_cent(value: float, text: str) -> None:
    assert rate(value) == text


def test_the_worst_comes_first_and_the_rest_is_counted() -> None:
    records = [
        record("one two three four", "one two three for", "a"),
        record("one two", "three four", "b"),
        record("one", "one", "c"),
        record("one two three", "one two tree", "d"),
    ]
    lines = [text_of(line) for line in worst_lines(records, width=80, count=2)]
    assert lines[1].startswith("a.stt.yaml::b")
    assert any(line.startswith("a.stt.yaml::d") for line in lines)
    assert lines[-1] == "… and 1 more with errors"


def japanese(said: str, heard: str, case: str = "ja", **more: object) -> Record:
    counts = Counts.of(TextMetrics.compute(said, heard, unit="character"))
    return replace(record(said, heard, case, **more), counts=counts, language="ja")


def test_a_language_without_words_is_ranked_and_shown_by_its_characters() -> None:
    records = [
        record("one two three four", "one two three for", "a"),
        japanese("今日は", "今は", "b"),
        japanese("今日は", "今日は", "c"),
    ]
    lines = [text_of(line) for line in worst_lines(records, width=80, count=2)]
    assert lines[1:5] == [
        "a.stt.yaml::b  CER 33.3%, 1 of 3 characters",
        "REF: 今 日 は",
        "HYP: 今 ** は",
        "        D",
    ]
    assert lines[5] == "a.stt.yaml::a  WER 25.0%, 1 of 4 words"


def test_a_record_with_a_normaliser_of_another_version_has_its_figures_without_an_alignment() -> None:
    lines = worst_lines([record("one two", "one too", normalizer="basic@99")], width=80, count=1)
    assert [text_of(line) for line in lines] == ["", "a.stt.yaml::x  WER 50.0%, 1 of 2 words"]


def test_the_chosen_way_of_a_reference_is_what_is_aligned() -> None:
    heard = "gonna try"
    counts = Counts.of(TextMetrics.compute("gonna go", heard))
    one = replace(record("{going to / gonna} go", heard, alternatives=True), counts=counts)
    assert [text_of(line) for line in worst_lines([one], width=80, count=1)][2:4] == [
        "REF: gonna go",
        "HYP: gonna try",
    ]


def test_a_name_from_right_to_left_does_not_move_the_figures_behind_it() -> None:
    (_, title, *_) = worst_lines([record("one", "two", "שלום")], width=80, count=1)
    assert text_of(title) == "\u2068a.stt.yaml::שלום\u2069  WER 100.0%, 1 of 1 words"


def test_lines_have_no_blanks_at_their_end() -> None:
    lines = worst_lines([record("one two three", "one too", "a")], width=80, count=1)
    assert all(text_of(line) == text_of(line).rstrip() for line in lines)


def test_a_test_that_scored_twice_names_the_score() -> None:
    records = [record("one", "two", "test_it#2"), record("one", "two", "test_it")]
    names = [
        text_of(line).split()[0] for line in worst_lines(records, width=80, count=2) if "WER" in text_of(line)
    ]
    assert names == ["a.stt.yaml::test_it#2", "a.stt.yaml::test_it"]


def test_properties_of_several_records_are_pooled() -> None:
    heard = [
        record("one two", "one too", latency_ms=10.0, audio=AudioFacts(seconds=1.5)),
        record("one two", "one two", latency_ms=30.0, audio=AudioFacts(seconds=2.0), normalizer="basic@1"),
    ]
    found = dict(properties_of(heard))
    assert found["stt.wer"] == "0.2500"
    assert found["stt.latency_ms"] == "20.0"
    assert found["stt.audio_s"] == "3.500"
    assert found["stt.normalizer"] == "basic@1, none"
    assert "stt.location" not in found


def test_properties_have_the_other_rates_of_their_counts() -> None:
    found = dict(properties_of([record("one two", "one too"), record("one", "one")]))
    assert (found["stt.mer"], found["stt.wil"]) == ("0.3333", "0.5556")


def test_words_heard_in_silence_have_counts_and_no_infinite_rate() -> None:
    heard = record("", "thank you")
    found = dict(properties_of([replace(heard, repeats=(Repeat(counts=heard.counts),))]))
    assert not [name for name, value in found.items() if value == "inf" or name.endswith(("wer", "cer"))]
    assert (found["stt.words"], found["stt.insertions"], found["stt.mer"]) == ("0", "2", "1.0000")
    pooled = dict(properties_of([heard, record("one two", "one two")]))
    assert pooled["stt.wer"] == "1.0000"


def test_a_language_without_words_has_characters_in_the_place_of_words() -> None:
    found = dict(properties_of([japanese("今日は", "今は", repeats=(Repeat(),))]))
    assert "stt.wer" not in found
    assert "stt.words" not in found
    assert (found["stt.cer"], found["stt.characters"], found["stt.deletions"]) == ("0.3333", "3", "1")
    counts = Counts.of(TextMetrics.compute("今", "今", unit="character"))
    repeated = dict(properties_of([japanese("今", "今", repeats=(Repeat(counts=counts),))]))
    assert "stt.repeat.1.wer" not in repeated
    assert repeated["stt.repeat.1.cer"] == "0.0000"


def test_keywords_are_pooled_over_what_was_heard() -> None:
    terms = (TermCounts(text="a", said=2, heard=1, hits=1), TermCounts(text="b", said=1, heard=1, hits=1))
    one = record("one", "one", terms=terms)
    assert dict(properties_of([one]))["stt.keyword_recall"] == "0.6667"
    pooled = dict(properties_of([one, record("x", "x", terms=terms[1:]), replace(one, outcome="error")]))
    assert (pooled["stt.keyword_recall"], pooled["stt.keyword_precision"]) == ("0.7500", "1.0000")
    assert not [name for name in dict(properties_of([record("one", "one")])) if "keyword" in name]


def test_measures_of_a_case_are_among_its_properties_and_absent_ones_are_not() -> None:
    measures = {"punctuation_error_rate": 0.25, "case_error_rate": None, "word_offset_p95_ms": 81.26}
    one = record("one", "one", measures=measures)
    found = dict(properties_of([one]))
    assert (found["stt.punctuation_error_rate"], found["stt.word_offset_p95_ms"]) == ("0.2500", "81.3")
    assert "stt.case_error_rate" not in found
    for others in ([replace(one, outcome="error")], [one, one]):
        assert "stt.punctuation_error_rate" not in dict(properties_of(others))


def test_properties_without_a_latency_leave_it_out() -> None:
    assert "stt.latency_ms" not in dict(properties_of([record("one", "one")]))


def test_a_case_of_a_suite_with_servers_names_its_server() -> None:
    at_server = record("one", "one", "a", server="small")
    assert "stt.server" not in dict(properties_of([at_server]))
    named = replace(at_server, id="a.stt.yaml::a[small]")
    assert dict(properties_of([named]))["stt.server"] == "small"


def test_a_parameter_in_the_name_of_a_test_is_no_server() -> None:
    assert "stt.server" not in dict(properties_of([record("one", "one", "test_it[default]")]))


def test_a_case_that_was_tried_again_says_how_often() -> None:
    tries = (Try(error="busy"), Try(error="busy"), Try())
    assert dict(properties_of([record("one", "one", tries=tries)]))["stt.tries"] == "3"
    assert "stt.tries" not in dict(properties_of([record("one", "one", tries=tries[2:])]))


def test_each_repeat_has_its_numbers() -> None:
    right, wrong = (Counts.of(TextMetrics.compute("one two", heard)) for heard in ("one two", "one too"))
    repeats = (
        Repeat(hypothesis="one two", counts=right, latency_ms=12.34),
        Repeat(hypothesis="one too", counts=wrong, outcome="failed"),
        Repeat(outcome="error"),
    )
    found = properties_of([record("one two", "one two", repeats=repeats)])
    assert [pair for pair in found if pair[0].startswith("stt.repeat")] == [
        ("stt.repeats", "1 of 3"),
        ("stt.repeat.1.wer", "0.0000"),
        ("stt.repeat.1.cer", "0.0000"),
        ("stt.repeat.1.latency_ms", "12.3"),
        ("stt.repeat.1.outcome", "passed"),
        ("stt.repeat.2.wer", "0.5000"),
        ("stt.repeat.2.cer", "0.1429"),
        ("stt.repeat.2.outcome", "failed"),
        ("stt.repeat.3.outcome", "error"),
    ]
    assert dict(found)["stt.words"] == "2"


def test_repeats_of_several_records_are_left_to_their_own_cases() -> None:
    records = [record("one", "one", case, repeats=(Repeat(), Repeat())) for case in "ab"]
    assert not [name for name, _ in properties_of(records) if "repeat" in name]


def test_a_suite_without_words_shows_its_characters_and_no_word_error_rate() -> None:
    only = totals_of("ja", [japanese("今日は", "今は")])
    lines = [text_of(line).split() for line in table_lines([only, totals("en")], None, width=100)]
    assert lines[0][:6] == ["suite", "cases", "words", "chars", "WER", "CER"]
    assert lines[1][:7] == ["ja", "1", "-", "3", "-", "33.3%", "0/1/0"]
    assert lines[2][:7] == ["en", "1", "2", "7", "50.0%", "14.3%", "1/0/0"]
    assert "chars" not in text_of(table_lines([totals("en")], None, width=100)[0])


def test_control_characters_in_a_name_do_not_reach_the_table() -> None:
    lines = table_lines([totals("a\x1b[2J.stt.yaml")], None, width=100)
    assert text_of(lines[1]).startswith("a\\x1b[2J.stt.yaml ")
