"""Parts of a run on several machines."""

from __future__ import annotations

import pytest
from scripted import Example


@pytest.fixture
def ten(example: Example) -> Example:
    names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]
    example.cases(**dict.fromkeys(names, "hello world"))
    return example.test(
        """
        def test_of_ours(stt_transcribe):
            stt_transcribe("a.wav", reference="hello world").assert_quality()

        def test_of_something_else():
            pass
        """
    )


def test_the_shards_are_the_whole(ten: Example) -> None:
    counts = []
    for number in (1, 2, 3):
        outcomes = ten.run("--stt-shard", f"{number}/3").parseoutcomes()
        counts.append(outcomes["passed"])
    assert sum(counts) == 11 + 3  # what is not ours is run in every shard
    assert sorted(ten.server.asked) == sorted([*"abcdefghij", "a"])


def test_the_shards_merge_into_one_run(ten: Example) -> None:
    from pytest_stt.cli import main

    for number in (1, 2, 3):
        ten.run("--stt-shard", f"{number}/3", "--stt-results", f"r{number}")
    parts = [str(ten.path / f"r{number}") for number in (1, 2, 3)]
    assert main(["merge", *parts, "-o", str(ten.path / "all.jsonl")]) == 0
    assert main(["merge", *parts[:2], "-o", str(ten.path / "some.jsonl")]) == 1


def test_the_header_names_the_shard(ten: Example) -> None:
    ten.run("--stt-shard", "2/3").stdout.fnmatch_lines(["stt: shard 2/3*"])


@pytest.mark.parametrize("value", ["0/3", "4/3", "2", "a/b", "-1/3", "1/0"])
def test_a_shard_that_is_none_is_a_usage_error(ten: Example, value: str) -> None:
    result = ten.run(f"--stt-shard={value}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "--stt-shard" in result.stderr.str()


def test_an_empty_shard_writes_its_results(example: Example) -> None:
    from pytest_stt.cli import main

    example.cases(one="hello world")
    parts = [f"r{number}" for number in (1, 2, 3)]
    for number, part in enumerate(parts, 1):
        example.run("--stt-shard", f"{number}/3", "--stt-results", part)
    paths = [str(example.path / part) for part in parts]
    assert main(["merge", *paths, "-o", str(example.path / "all.jsonl")]) == 0
    assert main(["merge", *paths[1:], "-o", str(example.path / "some.jsonl")]) == 1
