"""Several transcriptions of one case, judged together."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_stt.client import STTResult
from pytest_stt.errors import BusyError, STTError
from pytest_stt.gates.rates import rate
from pytest_stt.gates.repeats import RepeatVerdict, judge_repeats
from pytest_stt.limits import Limits
from pytest_stt.records import Counts
from pytest_stt.runner.hearing import Attempt
from pytest_stt.text.normalizers import normalizer_spec
from pytest_stt.text.scoring import Expected
from pytest_stt.text.terms import Term

SAID = "a b c d e f g h i j"
RIGHT, ONE_WRONG, TWO_WRONG = SAID, "a b c d e f g h i x", "a b c d e f g h y x"
LIMITS = Limits(max_wer=0.1)


def heard(text: str, latency_ms: float = 10.0) -> Attempt:
    return Attempt(result=STTResult(hypothesis_text=text, latency_ms=latency_ms))


def outage(text: str = "no answer") -> Attempt:
    return Attempt(error=STTError(text))


def judged(*attempts: Attempt | str, needed: int, limits: Limits = LIMITS, said: str = SAID) -> RepeatVerdict:
    return judge_repeats(
        [heard(one) if isinstance(one, str) else one for one in attempts],
        expected=Expected(references=(said,), normalizer="basic"),
        limits=limits,
        needed=needed,
    )


def test_enough_attempts_within_the_limits_pass() -> None:
    found = judged(RIGHT, TWO_WRONG, RIGHT, ONE_WRONG, RIGHT, needed=4)
    assert found.outcome == "passed"
    assert found.sentence == "4 of 5 within limits, WER 0.0% to 20.0%"
    assert (found.passed, found.times, found.needed) == (4, 5, 4)


def test_attempts_that_are_all_alike_have_one_rate() -> None:
    assert judged(ONE_WRONG, ONE_WRONG, needed=2).sentence == "2 of 2 within limits, WER 10.0%"


def test_too_few_fail_and_the_worst_says_why() -> None:
    found = judged(RIGHT, TWO_WRONG, "a b c d e f g z y x", RIGHT, needed=4)
    assert found.outcome == "failed"
    assert found.sentence == (
        "2 of 4 within limits (4 needed), WER 0.0% to 30.0%; worst: WER 30.0% > 10.0% (3 of 10 words, basic)"
    )
    assert found.worst == 2


def test_words_in_silence_have_an_infinite_rate() -> None:
    found = judged("", "thank you", needed=2, said="")
    assert found.sentence == (
        "1 of 2 within limits (2 needed), WER 0.0% to inf; "
        "worst: expected silence, heard 2 words: thank you (basic)"
    )


def test_a_latency_past_its_limit_is_worse_than_wrong_words_within_theirs() -> None:
    found = judged(
        heard(ONE_WRONG), heard(RIGHT, 99.0), needed=2, limits=Limits(max_wer=0.1, max_latency_ms=50.0)
    )
    assert found.worst == 1
    assert found.sentence.endswith("; worst: latency 99 ms > 50 ms")


def test_a_latency_that_was_not_measured_can_not_pass_its_limit() -> None:
    found = judged(heard(RIGHT, math.nan), needed=1, limits=Limits(max_latency_ms=50.0))
    assert found.outcome == "failed"
    assert "no latency was measured" in found.sentence
    assert found.repeats[0].latency_ms is None


def test_an_outage_that_could_have_decided_is_an_error() -> None:
    found = judged(RIGHT, outage("no answer\nwithin 3 s"), TWO_WRONG, RIGHT, RIGHT, outage("dead"), needed=4)
    assert found.outcome == "error"
    assert found.sentence == "3 of 6 within limits, 2 without a transcript: no answer"


def test_an_outage_that_changes_nothing_is_only_mentioned() -> None:
    passed = judged(RIGHT, outage(), RIGHT, needed=2)
    assert passed.outcome == "passed"
    assert passed.sentence == "2 of 3 within limits, 1 without a transcript, WER 0.0%"
    failed = judged(TWO_WRONG, outage(), TWO_WRONG, needed=2)
    assert failed.outcome == "failed"
    assert failed.sentence.startswith(
        "0 of 3 within limits (2 needed), 1 without a transcript, WER 20.0%; worst"
    )


def test_nothing_heard_at_all_is_an_error_without_a_representative() -> None:
    found = judged(Attempt(error=BusyError("no room")), outage(), needed=1)
    assert found.outcome == "error"
    assert found.sentence == "0 of 2 within limits, 2 without a transcript: no room"
    assert found.representative is None
    assert found.worst is None
    assert [one.outcome for one in found.repeats] == ["error", "error"]


def test_the_representative_is_the_lower_median_by_errors_then_latency_then_order() -> None:
    assert judged(TWO_WRONG, RIGHT, ONE_WRONG, needed=1).representative == 2
    assert judged(TWO_WRONG, RIGHT, needed=1).representative == 1
    slow_first = [heard(RIGHT, 30.0), heard(RIGHT, 10.0), heard(RIGHT, 20.0)]
    assert judged(*slow_first, needed=1).representative == 2
    assert judged(RIGHT, RIGHT, RIGHT, RIGHT, needed=1).representative == 1


def test_a_latency_that_was_not_measured_ranks_last() -> None:
    assert judged(heard(RIGHT, math.nan), heard(RIGHT, 5.0), needed=1).representative == 1


def test_what_was_heard_is_scored_and_recorded_attempt_by_attempt() -> None:
    first, second = heard("A, b c d e f g h i j!"), heard(TWO_WRONG, 12.0)
    found = judged(first, outage(), second, needed=1)
    assert first.result is not None
    assert first.result.text_metrics is not None
    assert first.result.reference == SAID
    assert [one.outcome for one in found.repeats] == ["passed", "error", "failed"]
    assert found.repeats[0].counts == Counts.of(first.result.text_metrics)
    assert found.repeats[2].hypothesis == TWO_WRONG
    assert found.repeats[2].latency_ms == 12.0
    assert found.repeats[1].counts is None


@given(st.lists(st.sampled_from(["right", "wrong", "outage"]), min_size=1, max_size=7), st.data())
def test_the_outcome_is_that_of_the_counts(kinds: list[str], data: st.DataObject) -> None:
    needed = data.draw(st.integers(1, len(kinds)))
    makes = {"right": heard(RIGHT), "wrong": heard(TWO_WRONG), "outage": outage()}
    found = judged(*(makes[kind] for kind in kinds), needed=needed)
    right, lost = kinds.count("right"), kinds.count("outage")
    expected = "passed" if right >= needed else "error" if right + lost >= needed else "failed"
    assert found.outcome == expected
    assert found.passed == right
    assert len(found.repeats) == found.times == len(kinds)
    if found.representative is not None:
        assert kinds[found.representative] != "outage"


@pytest.mark.parametrize(("value", "text"), [(0.0, "0.0%"), (0.125, "12.5%"), (math.inf, "inf")])
def test_rates_in_sentences_are_per_cent(value: float, text: str) -> None:
    assert rate(value) == text


def judged_by(expected: Expected, *texts: str, needed: int = 1, limits: Limits = LIMITS) -> RepeatVerdict:
    return judge_repeats([heard(text) for text in texts], expected=expected, limits=limits, needed=needed)


def test_without_words_the_span_and_the_worst_are_those_of_characters() -> None:
    expected = Expected(references=("今日は良い天気",), normalizer="cjk", language="ja")
    texts = "今日は 良い 天気", "今日は悪い天気", "今日は悪い電気", "今日は良い天気"
    found = judged_by(expected, *texts, needed=3, limits=Limits(max_cer=0.1))
    worst = "CER 28.6% > 10.0% (2 of 7 characters, cjk)"
    assert found.sentence == f"2 of 4 within limits (3 needed), CER 0.0% to 28.6%; worst: {worst}"
    assert (found.worst, found.representative) == (2, 3)
    assert all(repeat.counts and repeat.counts.words is None for repeat in found.repeats)


def test_a_missed_keyword_and_a_forbidden_one_are_past_the_limits() -> None:
    expected = Expected(
        references=("take the {A380 / big one} now",),
        normalizer="basic",
        alternatives=True,
        terms=(Term(text="A380"), Term(text="never", kind="forbidden")),
    )
    limits = Limits(min_keyword_recall=1)
    texts = "take the a380 now", "take the now", "take the big one now", "never take the big one now"
    found = judged_by(expected, *texts, needed=4, limits=limits)
    assert [repeat.outcome for repeat in found.repeats] == ["passed", "failed", "passed", "failed"]
    assert "worst: " in found.sentence


def test_the_verdict_names_a_normaliser_that_is_made_of_steps() -> None:
    expected = Expected(references=("a b",), normalizer=normalizer_spec(["basic", {"drop": ["uh"]}]))
    found = judged_by(expected, "uh a b", "uh a c", needed=2)
    assert [repeat.outcome for repeat in found.repeats] == ["passed", "failed"]
    assert found.sentence.endswith("worst: WER 50.0% > 10.0% (1 of 2 words, basic + drop)")


def test_the_reference_that_fits_best_is_that_of_each_attempt() -> None:
    attempts = [heard("red door"), heard("blue gate")]
    expected = Expected(references=("red door", "blue {gate / window}"), alternatives=True)
    found = judge_repeats(attempts, expected=expected, limits=LIMITS, needed=2)
    assert found.outcome == "passed"
    references = [attempt.result and attempt.result.reference for attempt in attempts]
    assert references == ["red door", "blue {gate / window}"]
