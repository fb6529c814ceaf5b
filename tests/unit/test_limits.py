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
    without_words,
)
from pytest_stt.metrics import EditCounts, TextMetrics
from pytest_stt.text.form import FormCounts
from pytest_stt.text.scoring import Score
from pytest_stt.text.terms import TermCounts
from pytest_stt.text.times import WordOffsets

SHARES = {"min_keyword_recall", "max_case_error_rate"}


def counts(errors, total):
    return EditCounts(hits=total - errors, substitutions=errors)


def metrics(words, characters=(0, 100)):
    return TextMetrics(words=counts(*words), characters=counts(*characters))


def judge(scored, hypothesis="", latency_ms=None, terms=(), form=None, offsets=None, absent="", **limits):
    score = Score(metrics=scored, terms=tuple(terms), form=form, offsets=offsets, offsets_absent=absent)
    return verdict(score, Limits(**limits), normalizer="basic", hypothesis=hypothesis, latency_ms=latency_ms)


def judge_terms(*terms, **limits):
    return judge(metrics((0, 9)), terms=terms, **limits)


def term(text, said=0, heard=0, hits=None, **attributes):
    return TermCounts(
        text=text, said=said, heard=heard, hits=min(said, heard) if hits is None else hits, **attributes
    )


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


def test_insertions_in_silence_are_a_part_of_the_one_sentence_about_it():
    heard = TextMetrics.compute("", "thank you bye")
    said = "expected silence, heard 3 words: thank you bye (basic)"
    assert judge(heard, "thank you bye", max_insertions=2) == said
    assert judge(heard, "thank you bye", max_wer=0, max_cer=0, max_errors=0, max_insertions=0) == said
    assert judge(heard, "thank you bye", max_insertions=3) is None


def test_silence_in_a_language_without_words_is_counted_in_characters():
    heard = TextMetrics.compute("", "谢谢", unit="character")
    said = "expected silence, heard 2 characters: 谢谢 (basic)"
    assert judge(heard, "谢谢", max_cer=1, max_errors=0, max_insertions=0) == said
    assert judge(heard, "谢谢", max_insertions=2) is None


def test_what_was_heard_in_silence_is_quoted_safely_and_cut():
    heard = TextMetrics.compute("", "\x1b[31m")
    assert judge(heard, "\x1b[31m", max_wer=0) == "expected silence, heard 1 word: \\x1b[31m (basic)"
    long = "blah " * 1000
    assert len(judge(TextMetrics.compute("", long), long, max_wer=0)) < 200


def test_insertions_are_judged_by_themselves():
    scored = TextMetrics(words=EditCounts(hits=23, substitutions=1, insertions=2), characters=EditCounts())
    assert judge(scored, max_insertions=0) == "2 insertions > 0 (24 words said, 26 heard, basic)"
    assert judge(scored, max_insertions=1).startswith("2 insertions > 1 ")
    assert judge(scored, max_insertions=2) is None


def test_a_language_without_words_is_judged_by_characters():
    scored = TextMetrics.compute("我要买票", "我想买票了", unit="character")
    assert judge(scored, max_cer=0.25) == "CER 50.0% > 25.0% (2 of 4 characters, basic)"
    assert judge(scored, max_errors=1) == "2 errors > 1 (2 of 4 characters, basic)"
    assert judge(scored, max_insertions=0) == "1 insertion > 0 (4 characters said, 5 heard, basic)"
    assert judge(scored, max_cer=0.5, max_errors=2, max_insertions=1) is None


@pytest.mark.parametrize(("said", "heard"), [("票", "票"), ("", ""), ("", "票")])
def test_a_limit_on_wer_where_there_are_no_words_fails_with_the_reason_and_the_advice(said, heard):
    scored = TextMetrics.compute(said, heard, unit="character")
    reason = "max_wer 10.0% can't be judged: this language is not written in words; use max_cer"
    assert judge(scored, heard, max_wer=0.1) == reason
    limits = without_words(Limits(max_wer=0.1, max_cer=0.2))
    assert limits == Limits(max_cer=0.2)


def test_keyword_recall_names_the_keywords_that_were_missed():
    heard, missed = term("A380", 1, 1), term("Xarelto", 1, 0)
    said = judge_terms(heard, missed, min_keyword_recall=0.9)
    assert said == "keyword recall 50.0% < 90.0% (1 of 2 heard, basic; missed Xarelto)"
    assert judge_terms(heard, missed, min_keyword_recall=0.5) is None
    assert judge_terms(heard, missed) is None


def test_at_most_three_missed_keywords_are_named_and_all_of_them_safely():
    missed = [term(text, 1) for text in ("a\x1b[0m", "b" * 99, "c", "d", "e")]
    said = judge_terms(*missed, min_keyword_recall=1)
    assert said.endswith(f"(0 of 5 heard, basic; missed a\\x1b[0m, {'b' * 40}…, c and 2 more)")


def test_weights_are_said_where_keywords_have_different_ones():
    said = judge_terms(term("a", 1, 1), term("b", 2, 1, weight=2.5), min_keyword_recall=0.9)
    assert said == "keyword recall 58.3% < 90.0% (2 of 3 heard, by weight 3.5 of 6, basic; missed b)"


def test_keywords_that_the_reference_lacks_are_not_judged():
    assert judge_terms(term("a", 0, 3), min_keyword_recall=1) is None
    assert judge_terms(min_keyword_recall=1) is None
    assert judge_terms(term("a", 1, 0, kind="entity", group="names"), min_keyword_recall=1) is None


@given(st.integers(1, 200), st.data())
def test_a_keyword_recall_equal_to_its_limit_passes_and_one_miss_more_fails(said, data):
    hits = data.draw(st.integers(1, said))
    weight = data.draw(st.sampled_from([1, 0.1, 0.3, 7]))
    limit = hits / said
    assert judge_terms(term("a", said, hits, weight=weight), min_keyword_recall=limit) is None
    assert judge_terms(term("a", said, hits - 1, weight=weight), min_keyword_recall=limit)


def test_a_forbidden_term_that_was_heard_fails_without_any_limit():
    assert judge_terms(term("xyz", 0, 2, kind="forbidden")) == "forbidden: heard 'xyz' twice (basic)"
    assert judge_terms(term("xyz", 1, 0, kind="forbidden")) is None
    several = [
        term(text, 0, count, kind="forbidden") for text, count in zip("abcd", (1, 3, 1, 1), strict=True)
    ]
    assert judge_terms(*several) == "forbidden: heard 'a', 'b' 3 times, 'c' and 1 more (basic)"


def test_right_to_left_terms_do_not_move_the_numbers_beside_them():
    assert "'\u2068שלום\u2069' twice" in judge_terms(term("שלום", 0, 2, kind="forbidden"))


def test_form_is_judged_on_its_own_counts():
    form = FormCounts(punctuation=counts(2, 8), case=counts(1, 25))
    right = metrics((0, 9))
    assert (
        judge(right, form=form, max_punctuation_error_rate=0.1)
        == "punctuation error rate 25.0% > 10.0% (2 of 8 marks)"
    )
    assert judge(right, form=form, max_case_error_rate=0) == "case error rate 4.0% > 0.0% (1 of 25 words)"
    assert judge(right, form=form, max_punctuation_error_rate=0.25, max_case_error_rate=0.04) is None


def test_marks_heard_where_the_reference_has_none_have_a_sentence_without_a_rate():
    form = FormCounts(punctuation=EditCounts(insertions=1), case=EditCounts())
    said = judge(metrics((0, 9)), form=form, max_punctuation_error_rate=0.1, max_case_error_rate=0)
    assert said == (
        "heard 1 punctuation mark where the reference has none (max_punctuation_error_rate 10.0%)"
    )
    nothing = FormCounts(punctuation=EditCounts(), case=EditCounts())
    assert judge(metrics((0, 9)), form=nothing, max_punctuation_error_rate=0) is None


def test_a_limit_on_form_that_was_not_scored_fails_with_the_reason():
    said = judge(metrics((0, 9)), max_punctuation_error_rate=0.1, max_case_error_rate=0.1)
    assert said == (
        "max_punctuation_error_rate 10.0% can't be judged: punctuation was not scored; "
        "max_case_error_rate 10.0% can't be judged: case was not scored"
    )


def test_word_offsets_are_judged_by_their_95th_percentile():
    offsets = WordOffsets(offsets_ms=(80.0, 80.0, 240.0), matched=3, words=4)
    scored = metrics((0, 4))
    said = judge(scored, offsets=offsets, max_word_offset_ms=200)
    assert said == (
        f"word offsets: p95 {offsets.p95_ms:.0f} ms > 200 ms (median 80 ms, 3 of 4 words matched)"
    )
    assert judge(scored, offsets=offsets, max_word_offset_ms=offsets.p95_ms) is None
    assert judge(scored, offsets=offsets) is None


def test_word_offsets_that_are_absent_fail_with_the_reason():
    reason = "the server gave no times of words"
    said = judge(metrics((0, 4)), absent=reason, max_word_offset_ms=200)
    assert said == f"max_word_offset_ms 200 ms can't be judged: {reason}"
    nothing = WordOffsets(offsets_ms=(), matched=0, words=4)
    said = judge(metrics((4, 4)), offsets=nothing, max_word_offset_ms=200)
    assert said == "max_word_offset_ms 200 ms can't be judged: no word was heard right"
    said = judge(metrics((0, 4)), max_word_offset_ms=200)
    assert said == "max_word_offset_ms 200 ms can't be judged: no times of words were compared"


def test_limits_in_force_are_named_with_their_values():
    assert in_force(DEFAULT_LIMITS) == "max_wer 20.0%, max_cer 15.0%"
    assert (
        in_force(Limits(max_wer=0.0, max_errors=2, max_latency_ms=500))
        == "max_wer 0.0%, max_errors 2, max_latency_ms 500 ms"
    )
    assert in_force(Limits(max_wer=0.1235, max_cer=1 / 3)) == "max_wer 12.35%, max_cer 33.3%"
    assert in_force(NO_LIMITS) == "no limits"
    rest = Limits(max_insertions=0, min_keyword_recall=0.9, max_case_error_rate=0.05, max_word_offset_ms=80)
    assert in_force(rest) == (
        "max_insertions 0, min_keyword_recall 90.0%, max_case_error_rate 5.0%, max_word_offset_ms 80 ms"
    )


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


@pytest.mark.parametrize("name", ["max_errors", "max_insertions"])
def test_only_whole_numbers_count_errors(name):
    with pytest.raises(SuiteError, match=rf"{name}: expected a whole number of 0 or more, found 1\.5"):
        check_limit(name, 1.5)


@pytest.mark.parametrize("name", sorted(SHARES))
def test_a_share_is_at_most_one(name):
    assert check_limit(name, 1) == 1
    with pytest.raises(SuiteError, match=rf"{name}: expected a number from 0 to 1, found 90; 90% is 0\.9"):
        check_limit(name, 90)
    with pytest.raises(SuiteError, match=rf"{name}: expected a number from 0 to 1, found 101$"):
        check_limit(name, 101)


@pytest.mark.parametrize("name", [name for name in LIMIT_NAMES if name not in SHARES])
def test_other_limits_may_be_above_one(name):
    assert check_limit(name, 2) == 2


def test_an_unknown_limit_is_refused_with_the_nearest_name():
    with pytest.raises(SuiteError, match=r"no limit 'max_were'; did you mean 'max_wer'\?"):
        check_limit("max_were", 1)
    with pytest.raises(SuiteError, match=r"no limit 'zzz' \(there is max_wer, max_cer"):
        check_limit("zzz", 1)


def test_all_bad_limits_are_reported_at_once():
    with pytest.raises(SuiteError) as refused:
        override(DEFAULT_LIMITS, {"max_wer": -1, "max_cer": 0.1, "max_eror": 2})
    assert len(refused.value.problems) == 2


@pytest.mark.parametrize(
    ("name", "value", "hint"),
    [
        ("max_wer", 90, "90% is 0.9"),
        ("max_cer", 15.0, "15% is 0.15"),
        ("min_keyword_recall", 90, "90% is 0.9"),
    ],
)
def test_a_percentage_is_told_as_a_fraction(name: str, value: float, hint: str) -> None:
    with pytest.raises(SuiteError, match=hint):
        check_limit(name, value)


def test_a_rate_that_is_no_fraction_of_anything_has_no_hint() -> None:
    with pytest.raises(SuiteError, match=r"found 1000$"):
        check_limit("max_wer", 1000)
