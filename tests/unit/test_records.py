from __future__ import annotations

import json
import math
from enum import StrEnum

import execnet
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pytest_stt.limits import DEFAULT_LIMITS
from pytest_stt.metrics import TextMetrics
from pytest_stt.records import AudioFacts, Counts, Event, Record, Repeat, Try
from pytest_stt.text.terms import TermCounts
from pytest_stt.text.times import TimedWord

scored = TextMetrics.compute("hello big world", "hello word")
wordless = TextMetrics.compute("你好世界", "你好世", unit="character")


def full_record(**changes):
    values = {
        "id": "suites/quick.stt.yaml::hello[eu]",
        "suite": "suites/quick.stt.yaml",
        "case": "hello",
        "outcome": "failed",
        "server": "eu",
        "dialect": "openai",
        "audio": AudioFacts(path="suites/hello.flac", sha256="00ff", seconds=1.5, offset_s=0.25),
        "language": "en",
        "tags": ("smoke",),
        "meta": {"speaker": {"age": "30"}, "rooms": ["a", "b"]},
        "references": ("Hello, {big / large} world!",),
        "alternatives": True,
        "hypothesis": "Hello word",
        "events": (
            Event(ms=12.5, kind="partial", text="Hello"),
            Event(ms=20.0, kind="final", text="Hello word"),
        ),
        "latency_ms": 20.0,
        "words": (TimedWord(word="Hello", start_s=0.1, end_s=0.5), TimedWord(word="word", start_s=0.6)),
        "measures": {"wer": 0.5, "keyword_recall": None},
        "terms": (TermCounts(text="world", weight=2.0, said=1), TermCounts(text="uh", kind="forbidden")),
        "tries": (Try(error="busy", status=429, ms=3.0), Try(ms=20.0)),
        "repeats": (
            Repeat(hypothesis="Hello word", counts=Counts.of(scored), latency_ms=20.0, outcome="failed"),
            Repeat(),
        ),
        "counts": Counts.of(scored),
        "normalizer": "basic@1",
        "limits": DEFAULT_LIMITS,
        "message": "WER 66.7% > 20.0% (2 of 3 words, basic)",
    }
    return Record(**(values | changes))


def test_a_record_survives_json_and_execnet():
    record = full_record()
    assert Record.from_dict(json.loads(json.dumps(record.to_dict(), allow_nan=False))) == record
    assert Record.from_dict(execnet.loads(execnet.dumps(record.to_dict()))) == record


def test_a_record_of_almost_nothing_survives_too():
    record = Record(id="t.py::test_it", suite="t.py", case="test_it", outcome="error")
    assert Record.from_dict(record.to_dict()) == record
    assert record.metrics is None


def test_the_keys_are_those_of_the_schema():
    data = full_record().to_dict()
    # fmt: off
    assert set(data) == {
        "id", "suite", "case", "server", "dialect", "audio", "language", "tags", "meta", "references",
        "alternatives", "hypothesis", "events", "latency_ms", "words", "measures", "terms", "tries",
        "repeats", "counts", "normalizer", "limits", "outcome", "message",
    }
    # fmt: on
    assert data["counts"]["words"] == {"hits": 1, "substitutions": 1, "deletions": 1, "insertions": 0}
    assert set(data["counts"]) == {"words", "chars"}
    assert data["limits"] == {"max_wer": 0.2, "max_cer": 0.15}


def test_metrics_are_rebuilt_from_counts():
    assert full_record().metrics == scored
    assert full_record().metrics.alignment == ()


def test_counts_in_a_language_without_words_are_of_characters_alone():
    record = full_record(counts=Counts.of(wordless), repeats=(Repeat(counts=Counts.of(wordless)),))
    data = record.to_dict()
    assert data["counts"] == {
        "words": None,
        "chars": {"hits": 3, "substitutions": 0, "deletions": 1, "insertions": 0},
    }
    read = Record.from_dict(execnet.loads(execnet.dumps(data)))
    assert read == record
    assert read.metrics == wordless
    assert read.repeats[0].counts == read.counts


def test_a_record_of_an_earlier_version_is_read_without_the_newer_keys():
    data = full_record().to_dict()
    for key in ("alternatives", "words", "terms", "measures"):
        del data[key]
    del data["audio"]["offset_s"]
    read = Record.from_dict(data)
    assert (read.alternatives, read.words, read.terms, dict(read.measures)) == (False, (), (), {})
    assert read.audio.offset_s is None
    assert read.metrics == scored


def test_what_a_record_was_measured_by_is_in_it():
    expected = full_record().expected
    assert (expected.references, expected.alternatives) == (("Hello, {big / large} world!",), True)
    assert (expected.normalizer, expected.language) == ("basic@1", "en")


def test_only_plain_values_leave():
    class Colour(StrEnum):
        RED = "red"

    data = full_record(
        latency_ms=np.float64(1.5),
        measures={"rtf": math.inf, "mos": math.nan, "n": np.int64(3), "ok": True},
        meta={1: Colour.RED, "none": None, "odd": 1j},
    ).to_dict()
    assert type(data["latency_ms"]) is float
    assert data["measures"] == {"rtf": None, "mos": None, "n": 3, "ok": True}
    assert data["meta"] == {"1": "red", "none": None, "odd": "1j"}
    assert type(data["meta"]["1"]) is str
    execnet.dumps(data)


@given(st.text(st.characters()))
def test_any_transcript_can_be_carried(text):
    data = full_record(hypothesis=text + "\ud800", meta={text: text}).to_dict()
    assert data["hypothesis"].endswith("\ufffd")
    assert len(data["hypothesis"]) == len(text) + 1
    assert execnet.loads(execnet.dumps(data)) == json.loads(json.dumps(data))


def test_keys_of_a_newer_version_are_left_out():
    data = full_record().to_dict()
    data["mood"] = "cheerful"
    data["limits"]["max_mood"] = 1
    data["audio"]["channels"] = 2
    data["repeats"][0]["mood"] = "glum"
    assert Record.from_dict(data) == full_record()
