from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pytest_stt.errors import SuiteError
from pytest_stt.limits import (
    DEFAULT_LIMITS,
    LIMIT_NAMES,
    NO_LIMITS,
    Limits,
    check_limit,
    in_force,
    override,
    verdict,
)
from pytest_stt.metrics import EditCounts, TextMetrics


def metrics(words, characters=(0, 100)):
    def counts(errors, total):
        return EditCounts(hits=total - errors, substitutions=errors)

    return TextMetrics(words=counts(*words), characters=counts(*characters))


def judge(scored, hypothesis="", latency_ms=None, **limits):
    return verdict(scored, Limits(**limits), normalizer="basic", hypothesis=hypothesis, latency_ms=latency_ms)


def test_a_verdict_has_the_rate_the_limit_the_counts_and_the_normaliser():
    assert judge(metrics((3, 24)), max_wer=0.1) == "WER 12.5% > 10.0% (3 of 24 words, basic)"
    assert judge(metrics((0, 24), (9, 112)), max_cer=0.05) == "CER 8.0% > 5.0% (9 of 112 characters, basic)"
    assert judge(metrics((1, 1)), max_wer=0) == "WER 100.0% > 0.0% (1 of 1 word, basic)"


def test_errors_and_latency_are_judged():
    assert judge(metrics((4, 24)), max_errors=2) == "4 errors > 2 (4 of 24 words, basic)"
    assert judge(metrics((1, 24)), max_errors=0) == "1 error > 0 (1 of 24 words, basic)"
    assert judge(metrics((0, 24)), latency_ms=812.3, max_latency_ms=500) == "latency 812 ms > 500 ms"
    assert judge(metrics((2, 24)), latency_ms=500.0, max_errors=2, max_latency_ms=500) is None


def test_several_findings_are_one_line():
    said = judge(
        metrics((3, 24), (9, 112)), latency_ms=9, max_wer=0.1, max_cer=0.05, max_errors=0, max_latency_ms=8
    )
    assert [part.split()[0] for part in said.split("; ")] == ["WER", "CER", "3", "latency"]
    assert "\n" not in said


def test_a_latency_limit_without_a_latency_fails_with_the_reason():
    said = judge(metrics((0, 3)), max_latency_ms=500)
    assert said == "no latency was measured, so max_latency_ms 500 ms can't be judged"


def test_without_limits_anything_passes():
    assert judge(metrics((9, 9)), latency_ms=9e9) is None


@given(st.integers(1, 5000), st.data())
def test_a_rate_equal_to_its_limit_passes_and_one_error_more_fails(total, data):
    errors = data.draw(st.integers(0, total - 1))
    assert judge(metrics((errors, total)), max_wer=errors / total) is None
    assert judge(metrics((errors + 1, total)), max_wer=errors / total)


@pytest.mark.parametrize(
    ("errors", "total", "limit"), [(2, 10, 0.2), (3, 30, 0.1), (3, 10, 0.3), (7, 100, 0.07)]
)
def test_decimal_limits_are_met_exactly(errors, total, limit):
    assert judge(metrics((errors, total)), max_wer=limit) is None


def test_rounding_does_not_make_both_sides_look_alike():
    assert judge(metrics((1004, 10_000)), max_wer=0.1).startswith("WER 10.04% > 10.00% ")
    assert judge(metrics((10, 80)), max_wer=0.1235).startswith("WER 12.50% > 12.35% ")
    assert judge(metrics((0, 1)), latency_ms=500.25, max_latency_ms=500) == "latency 500.2 ms > 500.0 ms"
    nearly = math.nextafter(500, 501)
    assert "500.0000000000001 ms > 500.0000000000000 ms" in judge(
        metrics((0, 1)), latency_ms=nearly, max_latency_ms=500
    )
    assert judge(metrics((0, 1)), latency_ms=1e-20, max_latency_ms=0) == "latency 1e-20 ms > 0 ms"


@given(st.integers(1, 10**6), st.integers(1, 10**6), st.floats(0, 2))
def test_the_shown_rate_is_always_above_the_shown_limit(errors, total, limit):
    assume(errors <= total)
    said = judge(metrics((errors, total)), max_wer=limit)
    if said:
        found, allowed = (float(part.rstrip("%")) for part in said.split()[1:4:2])
        assert found > allowed


def test_words_heard_in_silence_get_a_sentence_of_their_own():
    heard = TextMetrics.compute("", "thank you bye")
    said = "expected silence, heard 3 words: thank you bye (basic)"
    assert judge(heard, "thank you\nbye", max_wer=0.2) == said
    assert judge(heard, "thank you bye", max_cer=5.0) == said
    assert judge(heard, "thank you bye", max_errors=2) == said
    assert judge(heard, "thank you bye", max_errors=3) is None
    assert judge(heard, "thank you bye") is None
    assert judge(heard, "x", max_wer=0, max_latency_ms=1, latency_ms=2).endswith(
        "(basic); latency 2 ms > 1 ms"
    )
    assert judge(TextMetrics.compute("", ""), max_wer=0, max_cer=0, max_errors=0) is None


def test_what_was_heard_in_silence_is_quoted_safely_and_cut():
    heard = TextMetrics.compute("", "\x1b[31m")
    assert judge(heard, "\x1b[31m", max_wer=0) == "expected silence, heard 1 word: \\x1b[31m (basic)"
    long = "blah " * 1000
    assert len(judge(TextMetrics.compute("", long), long, max_wer=0)) < 200


def test_limits_in_force_are_named_with_their_values():
    assert in_force(DEFAULT_LIMITS) == "max_wer 20.0%, max_cer 15.0%"
    assert (
        in_force(Limits(max_wer=0.0, max_errors=2, max_latency_ms=500))
        == "max_wer 0.0%, max_errors 2, max_latency_ms 500 ms"
    )
    assert in_force(Limits(max_wer=0.1235, max_cer=1 / 3)) == "max_wer 12.35%, max_cer 33.3%"
    assert in_force(NO_LIMITS) == "no limits"


def test_limits_are_replaced_key_by_key_and_switched_off_by_none():
    assert override(DEFAULT_LIMITS, {"max_wer": None, "max_errors": 3}) == Limits(max_cer=0.15, max_errors=3)
    assert override(DEFAULT_LIMITS, {}) == DEFAULT_LIMITS


@pytest.mark.parametrize(
    ("name", "value", "checked"),
    [
        ("max_wer", 1.5, 1.5),
        ("max_wer", 0, 0),
        ("max_wer", np.float32(0.5), 0.5),
        ("max_cer", Fraction(1, 4), 0.25),
        ("max_errors", np.int64(3), 3),
        ("max_latency_ms", None, None),
    ],
)
def test_a_good_value_becomes_a_plain_number(name, value, checked):
    result = check_limit(name, value)
    assert result == checked
    assert type(result) in {int, float, type(None)}


@pytest.mark.parametrize("value", [math.nan, math.inf, -0.1, True, "0.1", [], 10**400])
@pytest.mark.parametrize("name", LIMIT_NAMES)
def test_a_bad_value_is_refused_with_what_was_found(name, value):
    with pytest.raises(SuiteError, match=f"{name}: expected a .*number of 0 or more, found"):
        check_limit(name, value)


def test_only_whole_numbers_count_errors():
    with pytest.raises(SuiteError, match=r"max_errors: expected a whole number of 0 or more, found 1\.5"):
        check_limit("max_errors", 1.5)


def test_an_unknown_limit_is_refused_with_the_nearest_name():
    with pytest.raises(SuiteError, match=r"no limit 'max_were'; did you mean 'max_wer'\?"):
        check_limit("max_were", 1)
    with pytest.raises(SuiteError, match=r"no limit 'zzz' \(there is max_wer, max_cer"):
        check_limit("zzz", 1)


def test_all_bad_limits_are_reported_at_once():
    with pytest.raises(SuiteError) as refused:
        override(DEFAULT_LIMITS, {"max_wer": -1, "max_cer": 0.1, "max_eror": 2})
    assert len(refused.value.problems) == 2
