"""Pooled figures of many records."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_stt.gates.rates import rate, rates_of
from pytest_stt.gates.totals import totals_by_suite, totals_of
from pytest_stt.limits import Limits
from pytest_stt.metrics import TextMetrics, percentile
from pytest_stt.records import Counts, Outcome, Record, Repeat, Try


def record(
    said: str = "one two", heard: str | None = "one two", *, suite: str = "a.stt.yaml", **more: object
) -> Record:
    outcome: Outcome = "error" if heard is None else "passed"
    counts = None if heard is None else Counts.of(TextMetrics.compute(said, heard))
    values = {"outcome": outcome, "latency_ms": None if heard is None else 10.0, **more}
    return Record(id=f"{suite}::x", suite=suite, case="x", counts=counts, **values)  # type: ignore[arg-type]


@given(
    st.lists(st.floats(0, 1e6), min_size=1, max_size=50),
    st.integers(1, 99),
)
def test_percentiles_are_those_of_numpy(values: Sequence[float], percent: int) -> None:
    found = percentile(values, percent)
    assert found is not None
    assert math.isclose(found, float(np.percentile(values, percent)), rel_tol=1e-9, abs_tol=1e-6)


def test_nothing_has_no_percentile() -> None:
    assert percentile([], 50) is None


def test_rates_are_pooled_and_never_averaged() -> None:
    total = totals_of("", [record("one", "two"), record("one two three four five six seven", "one")])
    assert total.metrics.wer == pytest.approx(7 / 8)


def test_errors_stay_out_of_the_rates_and_skipped_cases_out_of_everything() -> None:
    total = totals_of(
        "", [record(), record(heard=None), record(heard=None, outcome="skipped"), record(outcome="failed")]
    )
    assert (total.cases, total.errors, total.failed) == (3, 1, 1)
    assert total.metrics.reference_words == 4
    assert total.median_ms == 10


def test_words_in_silence_are_pooled() -> None:
    assert totals_of("", [record("", "thank you"), record("one two", "one two")]).metrics.wer == 1.0


def chinese(said: str = "你好", heard: str = "你们") -> Record:
    metrics = TextMetrics.compute(said, heard, unit="character")
    return replace(record(), counts=Counts.of(metrics), language="zh")


def test_cases_without_words_are_pooled_by_character_and_leave_words_to_the_others() -> None:
    total = totals_of("", [record("one two", "one"), chinese(), chinese("", "")])
    assert total.metrics.wer == 0.5
    assert total.metrics.characters.errors == len(" two") + 1


def test_without_any_words_there_is_no_word_error_rate() -> None:
    metrics = totals_of("", [chinese(), chinese("再见", "再见")]).metrics
    assert metrics.words is None
    assert metrics.cer == 0.25
    assert metrics == sum([chinese().metrics, chinese("再见", "再见").metrics])


def test_nothing_at_all_has_no_errors() -> None:
    assert totals_of("", []).metrics == TextMetrics.zero()


def test_rates_are_written_in_per_cent_and_left_out_where_there_are_no_words() -> None:
    assert rates_of(TextMetrics.compute("one two", "one")) == "WER 50.0% CER 57.1%"
    assert rates_of(TextMetrics.compute("", "one")) == "WER inf CER inf"
    assert rates_of(TextMetrics.compute("你好", "你们", unit="character")) == "CER 50.0%"
    assert rate(math.nan) == "-"


def test_a_suite_with_several_servers_has_a_row_for_each_one_below_the_other() -> None:
    records = [record(server="a"), record(suite="b.stt.yaml"), record(server="b"), record(server="a")]
    totals = totals_by_suite(records)
    assert [total.name for total in totals] == ["a.stt.yaml[a]", "a.stt.yaml[b]", "b.stt.yaml"]
    assert [total.cases for total in totals] == [2, 1, 1]
    assert [total.suite for total in totals] == ["a.stt.yaml", "a.stt.yaml", "b.stt.yaml"]


def test_the_one_server_that_was_asked_of_several_is_named() -> None:
    picked = replace(record(server="small"), id="a.stt.yaml::x[small]")
    assert [total.name for total in totals_by_suite([picked])] == ["a.stt.yaml[small]"]


def test_cases_that_were_tried_again_or_transcribed_several_times_are_counted() -> None:
    total = totals_of(
        "",
        [
            record(tries=(Try(error="busy"), Try())),
            record(tries=(Try(),)),
            record(tries=(Try(), Try()), repeats=(Repeat(), Repeat())),
            record(tries=(Try(), Try(error="busy"), Try()), repeats=(Repeat(), Repeat(outcome="failed"))),
            record(heard=None, outcome="skipped", repeats=(Repeat(outcome="failed"),)),
        ],
    )
    assert (total.retried, total.repeated, total.unsteady) == (2, 2, 1)


def test_a_latency_that_is_no_number_is_left_out() -> None:
    assert totals_of("", [record(latency_ms=math.nan), record(latency_ms=30.0)]).latencies_ms == (30.0,)


def test_the_most_common_limits_come_first() -> None:
    own, common = Limits(max_wer=0.0), Limits(max_wer=0.1)
    total = totals_of("", [record(limits=own), record(limits=common), record(limits=common), record()])
    assert total.limits == (("max_wer 10.0%", 2), ("max_wer 0.0%", 1), ("no limits", 1))


def test_without_any_limits_there_are_none_to_name() -> None:
    assert totals_of("", [record(), record()]).limits == ()
