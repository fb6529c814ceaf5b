"""Parts of a run: complete, disjoint, balanced and the same everywhere."""

from __future__ import annotations

import math
import random
import subprocess
import sys
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_stt.errors import SuiteError
from pytest_stt.runner.shards import parse_shard, shard_of

LENGTHS = st.floats(0.01, 3600)
CASES = st.dictionaries(st.text(max_size=8), st.none() | LENGTHS, max_size=40)
PARTS = st.integers(1, 9)


def shards(cases: Mapping[str, float | None], of: int) -> list[set[str]]:
    return [shard_of(cases, number=number, of=of) for number in range(1, of + 1)]


@pytest.mark.parametrize(("text", "shard"), [("2/5", (2, 5)), ("1/1", (1, 1)), (" 12/12 ", (12, 12))])
def test_a_shard_is_a_number_of_how_many(text: str, shard: tuple[int, int]) -> None:
    assert parse_shard(text) == shard


@pytest.mark.parametrize(
    "text", ["0/5", "6/5", "2", "a/b", "-1/3", "1/0", "", "2/5/7", "٢/٥", "1/" + "9" * 5000]
)
def test_what_is_no_shard_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(SuiteError, match=r"--stt-shard: .* as in 2/5, found '.*'") as caught:
        parse_shard(text)
    assert len(str(caught.value)) < 160


@given(CASES, PARTS)
def test_every_case_is_in_exactly_one_shard(cases: dict[str, float | None], of: int) -> None:
    parts = shards(cases, of)
    assert sorted(name for part in parts for name in part) == sorted(cases)


@given(CASES, PARTS, st.randoms(use_true_random=False))
def test_the_order_of_the_cases_does_not_matter(
    cases: dict[str, float | None], of: int, chance: random.Random
) -> None:
    mixed = list(cases.items())
    chance.shuffle(mixed)
    assert shards(dict(mixed), of) == shards(cases, of)


@given(st.dictionaries(st.text(max_size=8), LENGTHS, min_size=1, max_size=40), PARTS)
def test_no_shard_has_more_than_the_mean_and_the_longest_case(cases: dict[str, float], of: int) -> None:
    loads = [sum(cases[name] for name in part) for part in shards(cases, of)]
    bound = sum(cases.values()) / of + max(cases.values())
    assert max(loads) <= bound or math.isclose(max(loads), bound)


@given(CASES, PARTS)
def test_no_shard_is_empty_where_there_are_cases_enough(cases: dict[str, float | None], of: int) -> None:
    assert sum(bool(part) for part in shards(cases, of)) == min(of, len(cases))


@given(st.sets(st.text(max_size=8), max_size=40), PARTS)
def test_cases_of_unknown_length_are_shared_out_evenly(names: set[str], of: int) -> None:
    sizes = [len(part) for part in shards(dict.fromkeys(names), of)]
    assert max(sizes) - min(sizes) <= 1


def test_cases_of_unknown_length_go_where_there_are_the_fewest() -> None:
    parts = shards({"long": 9.0, "a": 2.0, "b": 2.0, "c": 2.0, "?": None, "??": None}, 2)
    assert {"long", "?", "??"} in parts


@pytest.mark.parametrize("seconds", [0.0, -1.0, math.nan, math.inf, None])
def test_a_length_that_says_nothing_counts_as_unknown(seconds: float | None) -> None:
    names = [f"case {number}" for number in range(40)]
    assert shards(dict.fromkeys(names, seconds), 3) == shards(dict.fromkeys(names), 3)


def test_there_may_be_more_shards_than_cases() -> None:
    assert sorted(map(len, shards({"a": 1.0, "b": 2.0}, 4))) == [0, 0, 1, 1]


def test_the_shards_are_the_same_in_every_process() -> None:
    code = (
        "from pytest_stt.runner.shards import shard_of\n"
        "cases = {f'case {n}': (None if n % 3 else n % 7 + 0.1) for n in range(60)}\n"
        "print(sorted(shard_of(cases, number=2, of=5)))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
