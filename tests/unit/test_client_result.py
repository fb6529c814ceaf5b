from __future__ import annotations

import pytest

from pytest_stt.audio import AudioSample
from pytest_stt.client.result import STTResult, describe, score_unasked
from pytest_stt.errors import LimitExceeded, SuiteError

REFERENCE = "the quick brown fox"


def test_the_promised_fields_come_first_and_have_defaults() -> None:
    result = STTResult("hello", None, 12.0, 3, ["hello"])
    assert result == STTResult(
        hypothesis_text="hello", latency_ms=12.0, chunks_received=3, fragments=["hello"]
    )
    assert STTResult().fragments is not STTResult().fragments


def test_metrics_are_filled_in_and_the_same_result_comes_back() -> None:
    result = STTResult("the quick brown cat")
    assert result.compute_metrics(REFERENCE) is result
    assert result.text_metrics is not None
    assert (result.text_metrics.wer, result.text_metrics.substitutions) == (0.25, 1)
    assert result.reference == REFERENCE


def test_a_bare_result_compares_the_texts_as_they_are() -> None:
    assert STTResult("Hello.").compute_metrics("hello").text_metrics.wer == 1.0  # type: ignore[union-attr]


def test_a_normaliser_is_used_when_one_is_named() -> None:
    metrics = STTResult("Hello.", normalizer="basic").compute_metrics("hello").text_metrics
    assert metrics is not None
    assert metrics.wer == 0.0


def test_an_unknown_normaliser_is_refused() -> None:
    with pytest.raises(SuiteError):
        STTResult("x", normalizer="no-such-thing").compute_metrics("x")


def test_a_good_transcript_passes_and_can_be_chained() -> None:
    result = STTResult(REFERENCE)
    assert result.compute_metrics(REFERENCE).assert_quality(max_wer=0, max_cer=0, max_errors=0) is result


def test_a_bad_one_fails_with_verdict_alignment_limits_and_timings() -> None:
    result = STTResult("the quick brown cat", latency_ms=812.4, audio_s=3.14, normalizer="basic")
    with pytest.raises(LimitExceeded) as raised:
        result.compute_metrics(REFERENCE).assert_quality(max_wer=0.1)
    verdict, blank, *rest = str(raised.value).split("\n")
    assert verdict.startswith("WER 25.0% > 10.0% (1 of 4 words, basic)")
    assert blank == ""
    text = "\n".join(rest)
    assert "fox" in text
    assert "cat" in text
    assert "max_wer 10.0%" in text
    assert "latency 812 ms, audio 3.1 s" in text


@pytest.mark.parametrize(("audio_s", "last_line"), [(3.14, "audio 3.1 s"), (0.0, "limits: ")])
def test_a_latency_that_nobody_knows_is_left_out(audio_s: float, last_line: str) -> None:
    result = STTResult("the cat", latency_ms=float("nan"), audio_s=audio_s)
    with pytest.raises(LimitExceeded) as raised:
        result.compute_metrics(REFERENCE).assert_quality()
    assert str(raised.value).splitlines()[-1].startswith(last_line)
    assert "nan" not in str(raised.value)


def test_the_default_limits_are_the_promised_ones() -> None:
    within = STTResult("a b c d x", normalizer="none").compute_metrics("a b c d e")
    within.assert_quality(max_cer=None)
    with pytest.raises(LimitExceeded):
        STTResult("a b c x x").compute_metrics("a b c d e").assert_quality(max_cer=None)
    with pytest.raises(LimitExceeded, match="CER"):
        STTResult("abxxe").compute_metrics("abcde").assert_quality(max_wer=None)


def test_none_switches_a_limit_off() -> None:
    STTResult("x").compute_metrics("a").assert_quality(max_wer=None, max_cer=None)


def test_too_many_errors_and_a_late_answer_are_past_their_limits() -> None:
    result = STTResult("x b", latency_ms=500).compute_metrics("a b")
    with pytest.raises(LimitExceeded, match="1 error > 0"):
        result.assert_quality(max_wer=None, max_cer=None, max_errors=0)
    with pytest.raises(LimitExceeded, match="latency 500 ms > 400 ms"):
        result.assert_quality(max_wer=None, max_cer=None, max_latency_ms=400)


def test_words_in_silence_are_named() -> None:
    with pytest.raises(LimitExceeded, match="expected silence, heard 2 words: thank you"):
        STTResult("thank you").compute_metrics("").assert_quality()
    STTResult("").compute_metrics("").assert_quality(max_wer=0)


def test_judging_before_scoring_says_what_to_call() -> None:
    with pytest.raises(AssertionError, match="call compute_metrics") as raised:
        STTResult("x").assert_quality()
    assert not isinstance(raised.value, LimitExceeded)


@pytest.mark.parametrize("wrong", [float("nan"), -0.1])
def test_a_limit_that_is_no_rate_is_refused(wrong: float) -> None:
    with pytest.raises(SuiteError, match="max_wer"):
        STTResult("x").compute_metrics("x").assert_quality(max_wer=wrong)


def test_scoring_and_judging_are_announced_with_the_result_itself() -> None:
    announced: list[STTResult] = []
    result = STTResult("x", _on_score=announced.append)
    result.compute_metrics("x").assert_quality()
    assert announced == [result, result]
    assert announced[0] is result


def test_scoring_unasked_announces_only_what_has_a_reference() -> None:
    announced: list[STTResult] = []
    result = STTResult("x", _on_score=announced.append)
    score_unasked(result, " ")
    assert announced == []
    assert result.text_metrics is not None
    score_unasked(result, "x")
    assert announced == [result]


def test_a_wrong_transcript_with_control_characters_is_shown_escaped() -> None:
    with pytest.raises(LimitExceeded) as raised:
        STTResult("\x1b[31mred \ud800").compute_metrics("blue door").assert_quality()
    assert "\x1b" not in str(raised.value)
    str(raised.value).encode()


def test_the_audio_is_described() -> None:
    result = STTResult()
    describe(result, AudioSample.from_array([0.0] * 8000, 16000, language="de"))
    assert (result.audio_s, result.audio_path, result.language) == (0.5, None, "de")


@pytest.mark.parametrize("normalizer", ["none", "basic"])
def test_what_is_no_text_is_refused_by_its_name(normalizer: str) -> None:
    result, wrong = STTResult("a", normalizer=normalizer), STTResult(None, normalizer=normalizer)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="reference has to be a str, not None"):
        result.compute_metrics(None)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="hypothesis_text has to be a str, not None"):
        wrong.compute_metrics("a")
    assert result.reference is None
