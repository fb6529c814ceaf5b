from __future__ import annotations

from typing import Any

import pytest

from pytest_stt.audio import AudioSample
from pytest_stt.client import STTClient
from pytest_stt.client.result import STTResult, describe, hold, rate, score_by, score_unasked
from pytest_stt.errors import LimitExceeded, SuiteError
from pytest_stt.limits import Limits
from pytest_stt.text.normalizers import normalizer_spec
from pytest_stt.text.scoring import Expected
from pytest_stt.text.times import TimedWord

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


def test_keywords_are_judged_by_their_weights() -> None:
    result = STTResult("take the rat one", normalizer="basic")
    result.compute_metrics("take the red one", keywords=["red", {"term": "one", "weight": 3}])
    result.assert_quality(max_wer=None, max_cer=None, min_keyword_recall=0.75)
    with pytest.raises(LimitExceeded) as raised:
        result.assert_quality(max_wer=None, max_cer=None, min_keyword_recall=0.8)
    assert str(raised.value).splitlines()[0] == (
        "keyword recall 75.0% < 80.0% (1 of 2 heard, by weight 3 of 4, basic; missed red)"
    )


def test_a_forbidden_text_that_was_heard_fails_without_a_limit() -> None:
    result = STTResult("please subscribe", normalizer="basic").compute_metrics(
        "please", forbidden=["Subscribe"]
    )
    with pytest.raises(LimitExceeded, match="forbidden: heard 'Subscribe'"):
        result.assert_quality(max_wer=None, max_cer=None)


def test_times_of_words_are_judged_from_tuples_and_from_words() -> None:
    heard = [TimedWord(word="red", start_s=0.1, end_s=0.3), TimedWord(word="door", start_s=0.9)]
    result = STTResult("red door", words=heard)
    result.compute_metrics("red door", words=[("red", 0.1, 0.3), TimedWord(word="door", start_s=0.9)])
    result.assert_quality(max_word_offset_ms=0)
    result.compute_metrics("red door", words=[("red", 0), ["door", 0.8]])  # type: ignore[list-item]
    with pytest.raises(LimitExceeded, match="word offsets: p95 100 ms > 20 ms"):
        result.assert_quality(max_word_offset_ms=20)


def test_a_limit_on_keywords_without_keywords_says_how_to_give_them() -> None:
    result = STTResult("x").compute_metrics("x", forbidden=["y"])
    with pytest.raises(SuiteError, match=r"compute_metrics\(reference, keywords="):
        result.assert_quality(min_keyword_recall=1)
    with pytest.raises(SuiteError, match="min_keyword_recall has no keywords to judge"):
        STTResult(text_metrics=result.text_metrics).assert_quality(min_keyword_recall=1)


def test_keywords_that_were_not_said_leave_their_limit_unjudged() -> None:
    STTResult("x").compute_metrics("x", keywords=["y"]).assert_quality(min_keyword_recall=1)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"keywords": "red"}, "keywords: expected a list, found 'red'"),
        ({"keywords": {"term": "red"}}, "keywords: expected a list, found {'term': 'red'}"),
        ({"keywords": 5}, "keywords: expected a list, found 5"),
        ({"keywords": [5]}, 'keywords: expected a text or {"term": text, '),
        ({"keywords": [{"weight": 2}]}, "keywords: expected a text or "),
        (
            {"keywords": [{"term": "red", "weight": 0}]},
            "a number above 0}, found {'term': 'red', 'weight': 0}",
        ),
        ({"keywords": [{"term": "red", "weight": True}]}, "a number above 0}, found "),
        ({"keywords": [{"term": "red", "weight": float("inf")}]}, "a number above 0}, found "),
        ({"keywords": [{"term": "red", "wieght": 2}]}, "'wieght'"),
        ({"keywords": ["!!"]}, 'the keyword "!!": the normaliser basic leaves nothing of it'),
        ({"keywords": ["{red"]}, 'the keyword "{red": column 1'),
        ({"forbidden": "red"}, "forbidden: expected a list, found 'red'"),
        ({"forbidden": [5]}, "forbidden: expected a text, found 5"),
        ({"words": "red"}, "words: expected a list, found 'red'"),
        ({"words": ["red"]}, "words: expected (word, start in seconds) or (word, start, end), found 'red'"),
        ({"words": [("red",)]}, "words: expected (word, start in seconds)"),
        ({"words": [("red", "0.1")]}, "words: expected (word, start in seconds)"),
        ({"words": [("red", 0.1, -1)]}, "words: expected (word, start in seconds)"),
        ({"words": [(5, 0.1)]}, "words: expected (word, start in seconds)"),
    ],
)
def test_what_is_no_keyword_or_time_is_refused_before_anything_is_scored(
    given: dict[str, Any], problem: str
) -> None:
    result = STTResult("red", normalizer="basic")
    with pytest.raises(SuiteError) as raised:
        result.compute_metrics("red", **given)
    assert problem in str(raised.value)
    assert result.score is None


def test_form_is_judged_on_the_texts_as_written() -> None:
    result = STTResult("hello world", normalizer="basic").compute_metrics("Hello, world.")
    result.assert_quality(max_wer=0)
    with pytest.raises(LimitExceeded, match=r"punctuation error rate 100.0% > 0.0% \(2 of 2 marks\)"):
        result.assert_quality(max_punctuation_error_rate=0)
    with pytest.raises(LimitExceeded, match=r"case error rate 50.0% > 10.0% \(1 of 2 words\)"):
        result.assert_quality(max_case_error_rate=0.1)


def test_metrics_that_were_set_by_hand_are_judged_too() -> None:
    metrics = STTResult("a b").compute_metrics("a c").text_metrics
    by_hand = STTResult("a b", text_metrics=metrics, reference="a c")
    with pytest.raises(LimitExceeded, match=r"WER 50.0% > 20.0%"):
        by_hand.assert_quality()
    with pytest.raises(LimitExceeded, match="no times of words were compared"):
        by_hand.assert_quality(max_wer=None, max_cer=None, max_word_offset_ms=5)
    with pytest.raises(LimitExceeded, match="heard 1 punctuation mark"):
        STTResult("a.", text_metrics=metrics, reference="a").assert_quality(
            max_wer=None, max_cer=None, max_punctuation_error_rate=0
        )


def test_a_language_without_words_is_judged_by_its_characters() -> None:
    result = STTResult("今日は悪い天気", language="ja", normalizer="basic").compute_metrics("今日は良い天気")
    result.assert_quality(max_cer=0.15)
    with pytest.raises(LimitExceeded) as raised:
        result.assert_quality(max_cer=0.1)
    assert str(raised.value).startswith("CER 14.3% > 10.0% (1 of 7 characters, basic)")
    assert "max_wer" not in str(raised.value)
    with pytest.raises(LimitExceeded, match=r"max_wer 10.0% can't be judged: .*use max_cer"):
        result.assert_quality(max_wer=0.1)
    with pytest.raises(LimitExceeded, match=r"1 error > 0 \(1 of 7 characters, basic\)"):
        result.assert_quality(max_errors=0)


def test_a_case_is_held_against_its_limits_without_telling_anybody() -> None:
    announced: list[STTResult] = []
    result = STTResult("red gate", latency_ms=float("nan"), _on_score=announced.append)
    score = score_by(result, Expected(references=("red {door / gate}", "blue"), alternatives=True))
    hold(result, score, Limits(max_wer=0))
    assert (result.reference, score.said, result.score) == ("red {door / gate}", "red gate", score)
    with pytest.raises(LimitExceeded, match="no latency was measured, so max_latency_ms 50 ms"):
        hold(result, score, Limits(max_latency_ms=50))
    assert announced == []


def test_a_list_of_steps_normalises_both_sides() -> None:
    spec = normalizer_spec(["basic", {"drop": ["uh"]}])
    result = STTResult("uh red", normalizer=spec)
    rate(result, "Red!")
    result.assert_quality(max_wer=0)
    with pytest.raises(LimitExceeded, match=r"basic \+ drop"):
        result.compute_metrics("blue").assert_quality()


@pytest.mark.parametrize(
    ("normalizer", "problem"),
    [
        (["basic", {"dropp": ["uh"]}], "normalizer: step 2: no step 'dropp'; did you mean 'drop'?"),
        ([], "normalizer: expected the name of a normaliser or a list of steps with at least one"),
        ("basik", "normalizer: no normaliser 'basik'; did you mean 'basic'?"),
        ({"drop": ["uh"]}, "normalizer has to be a name such as 'basic', or a list of steps"),
        (None, "normalizer has to be a name such as 'basic', or a list of steps"),
    ],
)
def test_a_client_refuses_what_is_no_normaliser(normalizer: Any, problem: str) -> None:
    with pytest.raises(SuiteError) as raised:
        STTClient(url="http://127.0.0.1:9", normalizer=normalizer)
    assert problem in str(raised.value)


def test_a_client_names_every_wrong_step() -> None:
    with pytest.raises(SuiteError) as raised:
        STTClient(url="http://127.0.0.1:9", normalizer=[5, {"drop": []}])
    assert [problem.partition(":")[0] for problem in raised.value.problems] == ["normalizer"] * 2


def test_a_list_of_steps_is_a_normaliser_of_a_result() -> None:
    result = STTResult(hypothesis_text="Uh red")
    result.normalizer = ["basic", {"drop": ["uh"]}]  # type: ignore[assignment]
    assert result.compute_metrics("red").text_metrics is not None
    assert result.normalizer == '["basic@1",{"drop":["uh"]}]'


def test_a_language_that_is_no_text_is_refused_in_a_sentence() -> None:
    with pytest.raises(SuiteError, match="language has to be a tag such as 'en'"):
        STTResult(hypothesis_text="a", language=5).compute_metrics("a")  # type: ignore[arg-type]
