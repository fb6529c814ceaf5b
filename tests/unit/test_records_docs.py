"""The page about records says what is true."""

from __future__ import annotations

import re
from pathlib import Path

from pytest_stt.metrics import EditCounts, TextMetrics
from pytest_stt.records import Counts, Record, digest_of, measures_of, read_results, results_schema
from pytest_stt.text.form import FormCounts
from pytest_stt.text.scoring import Score, measure
from pytest_stt.text.terms import TermCounts
from pytest_stt.text.times import WordOffsets

PAGE = (Path(__file__).parents[2] / "docs" / "records.md").read_text(encoding="utf-8")


def example(tmp_path: Path) -> tuple[Record, str | None, tuple[str, ...]]:
    (lines,) = re.findall(r"```jsonl\n(.*?)```", PAGE, re.DOTALL)
    path = tmp_path / "results.jsonl"
    path.write_text(lines, encoding="utf-8")
    results = read_results(path)
    (record,) = results.records
    (facts,) = results.header.suites.values()
    return record, facts.digest, facts.ids


def test_the_example_can_be_read_and_counts_what_it_says(tmp_path: Path) -> None:
    record, digest, ids = example(tmp_path)
    scored = measure(record.hypothesis or "", record.expected)
    assert record.counts == Counts.of(scored.metrics)
    assert record.measures == measures_of(scored)
    assert record.metrics == TextMetrics.compute("hello world", "hello word")
    assert ids == ("hello", "bye")
    assert record.audio
    entries = [(name, "default", record.audio.sha256) for name in ids]
    assert digest == digest_of(entries)


def test_every_key_is_on_the_page() -> None:
    for name, definition in results_schema()["$defs"].items():
        if name != "Limits":
            for key in definition["properties"]:
                assert f"`{key}`" in PAGE, f"{name}.{key}"


def test_every_measure_is_on_the_page() -> None:
    section = PAGE.partition("## Measures")[2].partition("\n## ")[0]
    score = Score(
        metrics=TextMetrics.zero(),
        terms=(TermCounts(text="x"),),
        form=FormCounts(punctuation=EditCounts(), case=EditCounts()),
        offsets=WordOffsets(offsets_ms=(), matched=0, words=0),
    )
    assert set(re.findall(r"`([a-z0-9_]+)`", section)) - {"measures", "null"} == set(measures_of(score))
