"""Pooled figures of many records."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_stt.gates.totals import percentile, totals_by_suite, totals_of
from pytest_stt.limits import Limits
from pytest_stt.metrics import TextMetrics
from pytest_stt.records import Counts, Outcome, Record


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


def test_a_suite_with_several_servers_has_a_row_for_each() -> None:
    records = [record(server="a"), record(server="b"), record(suite="b.stt.yaml")]
    assert [total.name for total in totals_by_suite(records)] == [
        "a.stt.yaml[a]",
        "a.stt.yaml[b]",
        "b.stt.yaml",
    ]


def test_the_most_common_limits_come_first() -> None:
    own, common = Limits(max_wer=0.0), Limits(max_wer=0.1)
    total = totals_of("", [record(limits=own), record(limits=common), record(limits=common), record()])
    assert total.limits == (("max_wer 10.0%", 2), ("max_wer 0.0%", 1), ("no limits", 1))


def test_without_any_limits_there_are_none_to_name() -> None:
    assert totals_of("", [record(), record()]).limits == ()
