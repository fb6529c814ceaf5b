"""One suite with all that a score is made of, on every road: workers, shards, repeats, replays, merge."""

from __future__ import annotations

import json
from typing import Any

import pytest
from junitparser import JUnitXml, Properties
from scripted import Example, send, write_wav

from pytest_stt.cli import main
from pytest_stt.records import Record, read_results

SUITE = """
server: {options: {response_format: verbose_json, timestamp_granularities: [word]}}
normalize: {default: basic, ja: cjk, de: [basic, {replace: {strasse: weg}}, {drop: [äh]}]}
keywords: [door, {term: "{A380 / A three eighty}", weight: 2}]
forbidden: [subscribe]
entities: entities.yaml
assert_quality: {min_keyword_recall: 1, max_word_offset_ms: 100, max_punctuation_error_rate: 1}
cases:
- {id: one, audio: one.wav, words: [[red, 0.1, 0.2], [door, 0.3, 0.4]]}
- {id: two, audio: two.wav, reference: "the {A380 / A three eighty} (really) flies", tags: [planes]}
- {id: three, audio: three.wav, reference: 今日は良い天気, language: ja, assert_quality: {max_cer: 0.1}}
- {id: four, audio: four.wav, reference: "der Weg, äh", language: de}
- {id: five, audio: five.wav, reference: ""}
manifests: [{path: calls.json, format: nemo, language: en}]
"""
ROWS = [
    {"audio_filepath": "call.wav", "text": "red {door}", "offset": 0.1, "duration": 0.2, "accent": "irish"},
    {"audio_filepath": "call.wav", "text": "blue door", "offset": 0.3, "duration": 0.4, "accent": "welsh"},
]
PASSED = {"one", "two", "four", "call-1"}
FAILED = {"three", "five", "call-2"}


def words_of_one(handler: Any) -> None:
    words = [{"word": "Red", "start": 0.11, "end": 0.2}, {"word": "door", "start": 0.3, "end": 0.45}]
    send(handler, 200, {"text": "Red door", "words": words})


@pytest.fixture
def scored(example: Example) -> Example:
    write_wav(example.path / "call.wav", seconds=1.0)
    (example.path / "calls.json").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    (example.path / "entities.yaml").write_text("colours: [red, blue]\n")
    example.suite(SUITE, audio="one two three four five")
    return example.answer(
        one=words_of_one,
        two="the a three eighty flies",
        three="今日は 悪い天気",
        four="Der Strasse.",
        five="please subscribe",
        call="Red door",
    )


def records(example: Example, folder: str) -> dict[str, Record]:
    found = read_results(example.path / folder / "results.jsonl").records
    return {record.case: record for record in found}


def judged(record: Record) -> tuple[Any, ...]:
    """Return what must be the same on every road."""
    return (
        record.outcome,
        record.message,
        record.counts,
        record.measures,
        record.terms,
        record.references,
        record.alternatives,
        record.normalizer,
        record.language,
        record.audio,
        record.words,
        record.limits,
    )


def same(example: Example, *folders: str) -> None:
    first = {case: judged(record) for case, record in records(example, "out").items()}
    found = {case: judged(one) for folder in folders for case, one in records(example, folder).items()}
    assert found == first


def test_every_score_and_its_verdict_are_recorded(scored: Example) -> None:
    scored.run("--stt-results=out").assert_outcomes(passed=len(PASSED), failed=len(FAILED))
    found = records(scored, "out")
    assert {case for case, record in found.items() if record.outcome == "passed"} == PASSED
    assert found["one"].references == ("red door",)
    assert found["one"].measures["word_offset_p95_ms"] is not None
    assert found["one"].limits is not None
    assert found["two"].limits is not None
    assert (found["one"].limits.max_word_offset_ms, found["two"].limits.max_word_offset_ms) == (100, None)
    assert (found["two"].alternatives, found["two"].measures["keyword_recall"]) == (True, 1.0)
    assert (found["three"].normalizer, found["three"].measures["wer"]) == ("cjk@1", None)
    assert found["three"].message.startswith("CER 14.3% > 10.0% (1 of 7 characters, cjk)")
    assert found["five"].message == (
        "expected silence, heard 2 words: please subscribe (basic); forbidden: heard 'subscribe' (basic)"
    )
    assert [(term.kind, term.text, term.hits) for term in found["call-1"].terms] == [
        ("keyword", "door", 1),
        ("entity", "red", 1),
    ]
    assert found["call-1"].audio is not None
    assert (found["call-1"].audio.offset_s, found["call-1"].audio.seconds) == (0.1, 0.2)
    assert found["call-1"].meta == {"accent": "irish"}
    assert not found["call-1"].alternatives


def test_two_workers_find_the_same(scored: Example) -> None:
    alone, both = scored.run("--stt-results=out"), scored.run("--stt-results=both", "-n", "2")
    both.assert_outcomes(passed=len(PASSED), failed=len(FAILED))
    same(scored, "both")
    # The lines of the totals are the same, but for latencies.
    for word in ("door", "colours", "characters"):
        lines = [
            [line for line in run.outlines if word in line and " ms" not in line] for run in (alone, both)
        ]
        assert sorted(set(lines[0])) == sorted(set(lines[1]))


def test_a_replay_finds_the_same_and_asks_nobody(scored: Example) -> None:
    scored.run("--stt-results=out")
    scored.server.asked.clear()
    args = ("--stt-replay=out/results.jsonl", "--stt-results=again")
    scored.run(*args).assert_outcomes(passed=len(PASSED), failed=len(FAILED))
    scored.run(*args[:1], "--stt-results=both", "-n", "2")
    assert scored.server.asked == []
    same(scored, "again")
    same(scored, "both")


def test_a_replay_measures_by_the_suite_of_today(scored: Example) -> None:
    scored.run("--stt-results=out")
    today = SUITE.replace("keywords: [door,", "keywords: [gate, door,").replace("良い", "悪い")
    scored.suite(today.replace("(really) flies", "(really) flies away"))
    scored.run("--stt-replay=out/results.jsonl", "--stt-results=again")
    found = records(scored, "again")
    assert found["three"].outcome == "passed"
    assert found["two"].measures["wer"] == pytest.approx(1 / 6)


def test_a_segment_that_moved_is_other_audio(scored: Example) -> None:
    scored.run("--stt-results=out")
    moved = [{**ROWS[0], "offset": 0.2}, ROWS[1]]
    (scored.path / "calls.json").write_text("".join(json.dumps(row) + "\n" for row in moved))
    result = scored.run("--stt-replay=out/results.jsonl")
    result.assert_outcomes(passed=len(PASSED) - 1, failed=len(FAILED), errors=1)


def test_shards_deal_out_rows_and_merge_into_one_run(
    scored: Example, capsys: pytest.CaptureFixture[str]
) -> None:
    scored.run("--stt-results=out")
    for number in (1, 2, 3):
        scored.run(f"--stt-shard={number}/3", f"--stt-results=r{number}")
    same(scored, "r1", "r2", "r3")
    sizes = [len(records(scored, f"r{number}")) for number in (1, 2, 3)]
    assert sum(sizes) == len(PASSED | FAILED)
    assert min(sizes) > 0
    parts = [str(scored.path / f"r{number}") for number in (1, 2, 3)]
    gate = ["--gate", str(scored.path / "a.stt.yaml")]
    junit = ["--junitxml", str(scored.path / "all.xml")]
    assert main(["merge", *parts, "-o", str(scored.path / "all") + "/", *gate, *junit]) == 1
    said = capsys.readouterr().out
    assert "gate" not in said
    assert "incomplete" not in said
    same(scored, "all")
    xml = (scored.path / "all.xml").read_text(encoding="utf-8")
    assert "stt.keyword_recall" in xml
    assert 'name="call-2"' in xml


def test_a_gate_misses_the_rows_that_were_not_heard(
    scored: Example, capsys: pytest.CaptureFixture[str]
) -> None:
    scored.run("--stt-results=out", "-k", "one or two or four or call-1").assert_outcomes(
        passed=4, deselected=3
    )
    arguments = ["merge", str(scored.path / "out"), "-o", str(scored.path / "all.jsonl")]
    assert main([*arguments, "--gate", str(scored.path / "a.stt.yaml")]) == 1
    said = capsys.readouterr().out
    missing = {line.rpartition("::")[2].split()[0] for line in said.splitlines() if line.startswith("gate: ")}
    assert {name.rstrip(":,;\"'") for name in missing} == FAILED


def test_junit_has_the_measures(scored: Example) -> None:
    scored.run("--junitxml=o.xml")
    (suite,) = JUnitXml.fromfile(str(scored.path / "o.xml"))
    cases = {case.name: {p.name: p.value for p in case.child(Properties)} for case in suite}
    one, two, three = cases["one"], cases["two"], cases["three"]
    assert one["stt.word_offset_p95_ms"] == "44.0"
    assert (one["stt.wer"], one["stt.mer"], one["stt.wil"]) == ("0.0000", "0.0000", "0.0000")
    assert (one["stt.keyword_recall"], one["stt.keyword_precision"]) == ("1.0000", "1.0000")
    assert "stt.punctuation_error_rate" in two
    assert "stt.wer" not in three
    assert (three["stt.cer"], three["stt.characters"]) == ("0.1429", "7")
    assert three["stt.normalizer"] == "cjk@1"
    assert cases["call-1"]["stt.location"] == "calls.json:1"
    total = {p.name: p.value for p in suite.child(Properties)}
    assert float(total["stt.keyword_recall"]) == 1.0
    assert "stt.wer" in total
    assert "stt.cer" in total


def test_a_failed_row_points_to_its_line_of_the_manifest(scored: Example) -> None:
    scored.run("-k", "call-2").stdout.fnmatch_lines(["calls.json:2"])
    result = scored.run("-k", "call-2", "--tb=line")
    result.stdout.fnmatch_lines(["calls.json:2: WER 50.0% > 20.0% (1 of 2 words, basic)*"])


def test_repeats_in_a_language_without_words_have_a_character_error_rate(example: Example) -> None:
    example.suite(
        """
language: ja
keywords: [天気]
repeat: {times: 3, pass: 2}
assert_quality: {max_cer: 0.1, min_keyword_recall: 1}
cases:
- {id: one, audio: one.wav, reference: 今日は良い天気}
- {id: two, audio: two.wav, reference: 今日は良い天気}
"""
    ).answer(
        one=["今日は良い天気", "今日は悪い天気", "今日は良い天気"],
        two=["今日は良い天", "今日は良い天", "今日は良い天気"],
    )
    result = example.run("--stt-results=out", "-v", "--junitxml=o.xml")
    result.assert_outcomes(passed=1, failed=1)
    text = result.stdout.str()
    assert "1 of 3 within limits (2 needed), CER 0.0% to 14.3%; worst: CER 14.3% > 10.0% (1 of 7 " in text
    assert "keyword recall 0.0% < 100.0%" in text
    found = records(example, "out")
    assert found["one"].message == "2 of 3 within limits, CER 0.0% to 14.3%"
    assert [repeat.counts and repeat.counts.words for repeat in found["one"].repeats] == [None] * 3
    assert "stt.repeat.2.cer" in (example.path / "o.xml").read_text(encoding="utf-8")
    assert "stt.repeat.2.wer" not in (example.path / "o.xml").read_text(encoding="utf-8")
    replayed = example.run("--stt-replay=out/results.jsonl", "--stt-results=again")
    replayed.assert_outcomes(passed=1, failed=1)
    same(example, "again")


def test_a_tag_of_a_manifest_that_is_somebodys_marker_is_told_once(scored: Example) -> None:
    scored.ini("markers = flaky(times): of another plugin")
    text = SUITE.replace("language: en}", "language: en, tags: [flaky]}")
    result = scored.suite(text.replace("tags: [planes]", "tags: [flaky]")).run()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    what = 'the tag "flaky" is a registered marker that takes arguments; choose another name'
    told = [line.removeprefix("E").strip() for line in result.outlines if what in line]
    assert told == [f'a.stt.yaml:10: case "two": {what}', f"a.stt.yaml: manifest calls.json: {what}"]


def test_a_python_test_in_a_language_without_words(example: Example) -> None:
    for stem in ("one", "two"):
        write_wav(example.path / f"{stem}.wav")
    example.test(
        """
        def test_default(stt_transcribe):
            heard = stt_transcribe("one.wav", language="ja", reference="今日は良い天気")
            assert heard.text_metrics.words is None
            heard.assert_quality()

        def test_strict(stt_transcribe):
            stt_transcribe("one.wav", language="ja", reference="今日は良い天気").assert_quality(max_cer=0.1)

        def test_words(stt_transcribe):
            stt_transcribe("one.wav", language="ja", reference="今日は良い天気").assert_quality(max_wer=0.1)
        """
    ).answer(one="今日は悪い天気")
    result = example.run("--stt-results=out")
    result.assert_outcomes(passed=1, failed=2)
    found = records(example, "out")
    assert found["test_default"].language == "ja"
    assert found["test_default"].measures["wer"] is None
    assert "CER 14.3% > 10.0% (1 of 7 characters, basic)" in found["test_strict"].message
    assert "use max_cer" in found["test_words"].message
