"""Suites of a data set that holds its audio itself: there are no audio files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from scripted import Example, write_wav

from pytest_stt.records import read_results

os.environ["HF_HUB_OFFLINE"] = "1"
import datasets

CELL = {"bytes": datasets.Value("binary"), "path": datasets.Value("string")}
SUITE = "manifests: [{path: calls, format: huggingface, language: en, tags: [nightly]}]\n"


@pytest.fixture(autouse=True)
def no_progress_bars() -> Iterator[None]:
    datasets.disable_progress_bars()
    yield
    datasets.enable_progress_bars()


def save(folder: Path, **seconds: float) -> None:
    """Save a data set with a row for each name."""
    files = {
        name: write_wav(folder / "made.wav", seconds=long).read_bytes() for name, long in seconds.items()
    }
    (folder / "made.wav").unlink()
    rows = {
        "audio": [{"bytes": content, "path": f"{name}.wav"} for name, content in files.items()],
        "text": ["hello world"] * len(files),
    }
    features = datasets.Features({"audio": CELL, "text": datasets.Value("string")})
    table = datasets.Dataset.from_dict(rows, features=features)
    table.cast_column("audio", datasets.Audio(sampling_rate=16_000)).save_to_disk(str(folder / "calls"))


@pytest.fixture
def embedded(example: Example) -> Example:
    save(example.path, one=0.2, two=0.3, three=0.4)
    return example.suite(SUITE, audio="").answer(two="hello word")


def test_audio_of_a_data_set_is_sent_judged_recorded_and_replayed(embedded: Example) -> None:
    result = embedded.run("--stt-results=out", "-m", "nightly")
    result.assert_outcomes(passed=2, failed=1)
    assert sorted(embedded.server.asked) == ["one", "three", "two"]
    found = {record.case: record for record in read_results(embedded.path / "out" / "results.jsonl").records}
    assert [record.audio and record.audio.seconds for record in found.values()] == [0.2, 0.3, 0.4]
    assert len({record.audio and record.audio.sha256 for record in found.values()} - {None}) == 3
    embedded.server.asked.clear()
    embedded.run("--stt-replay=out/results.jsonl").assert_outcomes(passed=2, failed=1)
    assert embedded.server.asked == []


def test_audio_of_a_data_set_that_changed_is_not_replayed(embedded: Example) -> None:
    embedded.run("--stt-results=out")
    save(embedded.path, one=0.2, two=0.3, three=0.5)
    result = embedded.run("--stt-replay=out/results.jsonl")
    result.assert_outcomes(passed=1, failed=1, errors=1)
    assert "changed" in result.stdout.str()


def test_workers_and_shards_share_a_data_set(embedded: Example) -> None:
    embedded.run("-n", "2").assert_outcomes(passed=2, failed=1)
    assert sorted(embedded.server.asked) == ["one", "three", "two"]
    embedded.server.asked.clear()
    for number in (1, 2):
        embedded.run(f"--stt-shard={number}/2")
    assert sorted(embedded.server.asked) == ["one", "three", "two"]
