"""The page about records says what is true."""

from __future__ import annotations

import re
from pathlib import Path

from pytest_stt.metrics import TextMetrics
from pytest_stt.records import Counts, Record, digest_of, read_results, results_schema
from pytest_stt.text import find_normalizer
from pytest_stt.text.scoring import score

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
    scored = score(record.hypothesis or "", record.references, find_normalizer(record.normalizer))
    assert record.counts == Counts.of(scored.metrics)
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
