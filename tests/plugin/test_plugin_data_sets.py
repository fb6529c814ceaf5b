"""What a results file says about the cases of data sets, also of those that were not run."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from scripted import Example, write_wav

from pytest_stt.records import read_results
from pytest_stt.suite.manifests import saved_table

os.environ["HF_HUB_OFFLINE"] = "1"
import datasets  # not in a test: pytester forgets what was imported there


def digest(folder: Path) -> str | None:
    (facts,) = read_results(folder / "results.jsonl").header.suites.values()
    return facts.digest


@pytest.fixture
def table(example: Example) -> Example:
    """A suite of a data set with the audio of four rows inside."""
    content = write_wav(example.path / "a.wav", seconds=0.5).read_bytes()
    columns: dict[str, list[Any]] = {
        "id": list("abcd"),
        "audio": [{"bytes": content + bytes(row), "path": f"{row}.wav"} for row in range(4)],
        "text": ["hello world"] * 4,
        "duration": [0.5, 0.5, 60.0, 0.5],
    }
    kinds = {"bytes": datasets.Value("binary"), "path": datasets.Value("string")}
    features = {"id": datasets.Value("string"), "audio": kinds, "text": datasets.Value("string")}
    made = datasets.Dataset.from_dict(
        columns, features=datasets.Features({**features, "duration": datasets.Value("float32")})
    )
    datasets.disable_progress_bars()
    made.save_to_disk(str(example.path / "set"))
    datasets.enable_progress_bars()
    saved_table.open_table.cache_clear()
    return example.suite("manifests: [{path: set, format: huggingface}]")


def test_a_selection_of_audio_in_a_table_has_the_digest_of_the_whole(table: Example) -> None:
    table.run("--stt-results=whole").assert_outcomes(passed=4)
    table.run("--stt-results=part", "-k", "b")
    assert digest(table.path / "part") == digest(table.path / "whole") is not None
    table.run("--stt-results=spread", "-k", "b", "-n1")
    assert digest(table.path / "spread") == digest(table.path / "whole")


def test_audio_in_a_table_is_dealt_out_by_the_length_that_the_table_gives(table: Example) -> None:
    sizes = []
    for number in (1, 2):
        table.run("--stt-shard", f"{number}/2", f"--stt-results=r{number}")
        sizes.append(len(read_results(table.path / f"r{number}" / "results.jsonl").records))
    assert sorted(sizes) == [1, 3]


def test_a_table_that_is_gone_at_the_end_leaves_no_digest(table: Example) -> None:
    table.test(
        """
        import shutil

        from pytest_stt.suite.manifests import saved_table

        def test_last():
            shutil.rmtree("set")
            saved_table.open_table.cache_clear()
        """
    )
    table.run("--stt-results=out", "-k", "last or b")
    assert digest(table.path / "out") is None


def test_other_segments_of_the_same_file_are_other_cases(example: Example) -> None:
    write_wav(example.path / "a.wav", seconds=0.5)
    found = []
    for part in ({"offset": 0.1}, {"offset": 0.1, "duration": 0.2}, {"offset": 0.2, "duration": 0.2}):
        row = {"audio_filepath": "a.wav", "text": "hello world", **part}
        (example.path / "m.json").write_text(json.dumps(row), encoding="utf-8")
        example.suite("manifests: [{path: m.json, format: nemo}]")
        example.run("--stt-results=out").assert_outcomes(passed=1)
        found.append(digest(example.path / "out"))
    assert len(set(found)) == 3
