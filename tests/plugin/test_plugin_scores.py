"""What a score is made of, as a suite says it: references, languages, keywords, form, times, manifests."""

from __future__ import annotations

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

import pytest
from scripted import Example, send, write_wav

from pytest_stt.records import read_results


def verdict(result: pytest.RunResult) -> str:
    """Return everything that was printed; the tests look for sentences in it."""
    return result.stdout.str()


def words_at(*times: tuple[str, float, float]) -> Callable[[BaseHTTPRequestHandler], None]:
    """Answer as a server does that is asked for the times of words."""
    words = [{"word": word, "start": start, "end": end} for word, start, end in times]
    text = " ".join(word for word, _, _ in times)
    return lambda handler: send(handler, 200, {"text": text, "words": words})


def test_the_best_path_through_alternatives_counts(example: Example) -> None:
    example.suite(
        """
assert_quality: {max_wer: 0}
cases:
- {id: one, audio: one.wav, reference: "I {am / 'm} {going to / gonna} (really) try"}
"""
    ).answer(one="I'm gonna try")
    example.run("--stt-results=out").assert_outcomes(passed=1)
    record = read_results(example.path / "out" / "results.jsonl").records[0]
    assert record.references == ("I {am / 'm} {going to / gonna} (really) try",)
    assert record.alternatives
    assert record.counts is not None
    assert record.counts.words is not None
    assert record.counts.words.reference_total == 3


def test_collect_only_shows_how_alternatives_were_read(example: Example) -> None:
    example.suite("cases: [{id: one, audio: one.wav, reference: 'I {am / was} here'}]")
    assert "(2 ways)" in verdict(example.run("--collect-only", "-v"))
    assert "ways" not in verdict(example.run("--collect-only"))


def test_braces_are_literal_where_the_suite_says_so(example: Example) -> None:
    example.suite(
        """
alternatives: false
normalize: none
assert_quality: {max_wer: 0}
cases: [{id: one, audio: one.wav, reference: "a {b / c} (d)"}]
"""
    ).answer(one="a {b / c} (d)")
    example.run().assert_outcomes(passed=1)


def test_an_unclosed_brace_is_an_error_of_its_line(example: Example) -> None:
    example.suite("cases:\n- id: one\n  audio: one.wav\n  reference: 'I {am here'\n")
    result = example.run()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert 'a.stt.yaml:4: case "one": reference: ' in verdict(result)


def test_a_text_file_has_no_alternatives(example: Example) -> None:
    (example.path / "one.txt").write_text("red {door / gate}\n", encoding="utf-8")
    example.suite("cases: [{audio: one.wav}]").answer(one="red door")
    assert "WER 33.3% > 20.0% (1 of 3 words, basic)" in verdict(example.run())


def test_japanese_is_judged_by_its_characters(example: Example) -> None:
    example.suite(
        """
assert_quality: {max_wer: 0, max_cer: 0.1}
cases: [{id: one, audio: one.wav, reference: 今日は良い天気, language: ja}]
"""
    ).answer(one="今日は悪い天気")
    text = verdict(example.run())
    assert "CER 14.3% > 10.0% (1 of 7 characters, basic)" in text
    assert "WER 0" not in text
    assert "note: a.stt.yaml: max_wer does not count in 1 of 1 cases: ja is not written in words" in text


def test_a_word_error_rate_of_japanese_is_refused(example: Example) -> None:
    example.suite(
        """
language: ja
cases:
- {id: one, audio: one.wav, reference: 今日, assert_quality: {max_wer: 0.1}}
"""
    )
    result = example.run()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert "use max_cer" in verdict(result)


def test_each_language_has_its_normaliser(example: Example) -> None:
    example.suite(
        """
normalize: {default: basic, ja: cjk, de: [basic, {replace: {Strasse: Straße}}]}
assert_quality: {max_wer: 0, max_cer: 0}
cases:
- {id: one, audio: one.wav, reference: 今日は、良い天気。, language: ja-JP}
- {id: two, audio: two.wav, reference: Die Straße, language: de}
- {id: three, audio: three.wav, reference: "Hello!"}
"""
    ).answer(one="今日は 良い 天気", two="die strasse", three="hello")
    example.run("--stt-results=out").assert_outcomes(passed=3)
    records = read_results(example.path / "out" / "results.jsonl").records
    assert records[0].normalizer == "cjk@1"
    assert json.loads(records[1].normalizer)[0] == "basic@1"
    example.run("--stt-replay=out/results.jsonl").assert_outcomes(passed=3)


def test_silence_says_so_and_insertions_have_a_limit(example: Example) -> None:
    example.suite(
        """
assert_quality: {max_wer: null, max_cer: null, max_insertions: 0}
cases:
- {id: one, audio: one.wav, reference: ""}
- {id: two, audio: two.wav, reference: red door}
"""
    ).answer(one="Thank you for watching!", two="the red door")
    text = verdict(example.run())
    assert "expected silence, heard 4 words: Thank you for watching! (basic)" in text
    assert "1 insertion > 0" in text


def test_missed_keywords_and_forbidden_words_fail(example: Example) -> None:
    example.suite(
        """
keywords: [Xarelto, {term: "{A380 / A three eighty}", weight: 2}]
forbidden: [subscribe]
assert_quality: {max_wer: null, max_cer: null, min_keyword_recall: 0.9}
cases:
- {id: one, audio: one.wav, reference: take Xarelto on the A380}
- {id: two, audio: two.wav, reference: take Xarelto on the A380}
- {id: three, audio: three.wav, reference: nothing of that}
- {id: four, audio: four.wav, reference: nothing of that}
""",
        audio="one two three four",
    ).answer(
        one="take Xarelto on the a three eighty",
        two="take zar elto on the a three eighty",
        three="nothing of that",
        four="nothing of that subscribe",
    )
    result = example.run("--stt-results=out")
    result.assert_outcomes(passed=2, failed=2)
    text = verdict(result)
    assert "keyword recall 66.7% < 90.0%" in text
    assert "Xarelto" in text
    assert "forbidden" in text
    assert "recall" in text.partition("speech-to-text quality")[2]
    records = read_results(example.path / "out" / "results.jsonl").records
    assert {one.text: (one.said, one.hits) for one in records[1].terms}["Xarelto"] == (1, 0)


def test_a_keyword_recall_without_keywords_is_refused(example: Example) -> None:
    example.suite(
        """
assert_quality: {min_keyword_recall: 0.9}
cases: [{id: one, audio: one.wav, reference: red door}]
"""
    )
    assert 'a.stt.yaml:2: min_keyword_recall needs "keywords"' in verdict(example.run())


def test_form_is_judged_on_the_texts_as_written(example: Example) -> None:
    example.suite(
        """
assert_quality: {max_wer: 0, max_punctuation_error_rate: 0, max_case_error_rate: 0}
cases:
- {id: one, audio: one.wav, reference: "Hello, World."}
- {id: two, audio: two.wav, reference: "Hello, World."}
"""
    ).answer(one="Hello, World.", two="hello World.")
    result = example.run()
    result.assert_outcomes(passed=1, failed=1)
    text = verdict(result)
    assert "punctuation error rate 50.0% > 0.0% (1 of 2 marks" in text
    assert "case error rate 50.0% > 0.0% (1 of 2 words" in text


def test_word_times_are_judged_where_the_server_gives_them(example: Example) -> None:
    example.suite(
        """
server: {options: {response_format: verbose_json, timestamp_granularities: [word]}}
assert_quality: {max_word_offset_ms: 100}
cases:
- {id: one, audio: one.wav, words: [{word: red, start: 0.1, end: 0.3}, {word: door, start: 0.5, end: 0.9}]}
- {id: two, audio: two.wav, words: [{word: red, start: 0.1, end: 0.3}, {word: door, start: 0.5, end: 0.9}]}
- {id: three, audio: three.wav, words: times.ctm}
"""
    ).answer(
        one=words_at(("red", 0.12, 0.31), ("door", 0.5, 0.9)),
        two=words_at(("red", 0.1, 0.3), ("door", 1.5, 1.9)),
        three="red door",
    )
    (example.path / "times.ctm").write_text("three 1 0.1 0.2 red\nthree 1 0.5 0.4 door\n", encoding="utf-8")
    result = example.run("--stt-results=out")
    result.assert_outcomes(passed=1, failed=2)
    text = verdict(result)
    assert "> 100 ms" in text
    assert "can't be judged" in text
    example.run("--stt-replay=out/results.jsonl").assert_outcomes(passed=1, failed=2)


def test_a_manifest_is_a_suite_of_its_rows(example: Example) -> None:
    write_wav(example.path / "a.wav", seconds=0.5)
    rows = [
        {"audio_filepath": "a.wav", "text": "red door", "duration": 0.2, "offset": 0.1, "accent": "irish"},
        {"audio_filepath": "a.wav", "text": "blue {door}", "duration": 0.2, "offset": 0.3, "accent": "welsh"},
    ]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (example.path / "calls.json").write_text(lines, encoding="utf-8")
    example.suite(
        """
manifests: [{path: calls.json, format: nemo, tags: [nightly], assert_quality: {max_wer: 0.5, max_cer: null}}]
"""
    ).answer(a="red door")
    result = example.run("-v", "-m", "nightly", "--stt-by", "accent", "--stt-results=out")
    result.assert_outcomes(passed=2)
    text = verdict(result)
    assert "a.stt.yaml::a-1" in text
    summary = text.partition("speech-to-text quality")[2]
    assert "irish" in summary
    assert "welsh" in summary
    records = read_results(example.path / "out" / "results.jsonl").records
    assert [record.audio and (record.audio.offset_s, record.audio.seconds) for record in records] == [
        (0.1, 0.2),
        (0.3, 0.2),
    ]
    assert not records[1].alternatives
    example.run("--stt-replay=out/results.jsonl").assert_outcomes(passed=2)


def test_every_bad_row_of_a_manifest_is_told_with_its_line(example: Example) -> None:
    (example.path / "calls.json").write_text('{"audio_filepath": "gone.wav", "text": "x"}\n{"oops\n')
    example.suite("manifests: [{path: calls.json, format: nemo}]")
    result = example.run()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    text = verdict(result)
    assert "calls.json:1: " in text
    assert "calls.json:2: " in text


def test_keywords_in_python(example: Example) -> None:
    example.pytester.makepyfile(
        test_py="""
        def test_one(stt_transcribe):
            heard = stt_transcribe("one.wav", reference="take the red one")
            heard.compute_metrics("take the red one", keywords=["red", {"term": "one", "weight": 3}])
            heard.assert_quality(max_wer=0.5, min_keyword_recall=0.75, max_insertions=0)
            heard.assert_quality(max_wer=0.5, min_keyword_recall=0.8)
        """
    )
    write_wav(example.path / "one.wav")
    example.answer(one="take the rat one")
    text = verdict(example.run())
    assert "keyword recall 75.0% < 80.0%" in text


def test_words_that_no_reference_has_are_refused(example: Example) -> None:
    example.suite(
        """
cases:
- {id: one, audio: one.wav, reference: red door, words: [[blue, 0.1]]}
"""
    )
    assert 'a.stt.yaml:3: case "one": words: none of them is in the reference' in verdict(example.run())


def test_a_country_is_no_language(example: Example) -> None:
    example.suite("language: jp\ncases: [{id: one, audio: one.wav, reference: 今日}]")
    text = verdict(example.run())
    assert 'a.stt.yaml:1: language: expected a language; that is a country, its language is "ja"' in text


def test_a_failure_shows_what_was_written_on_both_sides(example: Example) -> None:
    example.suite(
        """
assert_quality: {max_case_error_rate: 0}
cases: [{id: one, audio: one.wav, reference: Red (big) Door.}]
"""
    ).answer(one="red Door")
    text = verdict(example.run())
    assert "said:  Red Door." in text
    assert "heard: red Door" in text
