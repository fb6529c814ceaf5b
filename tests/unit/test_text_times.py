"""When words were said: matched words and the distances of their times."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_stt.text.normalizers import find_normalizer
from pytest_stt.text.times import TimedWord, WordOffsets, word_offsets
from pytest_stt.text.timing import pair_in_time

BASIC, NONE = find_normalizer("basic"), find_normalizer("none")


def timed(*words: tuple[str, float] | tuple[str, float, float]) -> list[TimedWord]:
    return [TimedWord(word=word, start_s=start, end_s=end[0] if end else None) for word, start, *end in words]


def spread(*offsets_ms: float) -> WordOffsets:
    return WordOffsets(offsets_ms=offsets_ms, matched=len(offsets_ms), words=len(offsets_ms))


def test_starts_and_ends_of_equal_words_are_compared() -> None:
    said = timed(("red", 0.1, 0.4), ("door", 0.5, 0.9))
    heard = timed(("red", 0.15, 0.4), ("door", 0.3, 1.0))
    assert word_offsets(said, heard, NONE) == WordOffsets(
        offsets_ms=(50.0, 0.0, 200.0, 100.0), matched=2, words=2
    )


def test_an_end_counts_where_both_sides_have_one() -> None:
    said = timed(("red", 0.1, 0.4), ("door", 0.5), ("open", 1.0))
    heard = timed(("red", 0.1), ("door", 0.6, 0.9), ("open", 1.0))
    assert word_offsets(said, heard, NONE).offsets_ms == (0.0, 100.0, 0.0)


def test_only_words_heard_right_have_offsets() -> None:
    said = timed(("the", 0.0), ("red", 0.2), ("door", 0.5), ("opens", 0.9))
    heard = timed(("uh", 0.0), ("the", 0.1), ("bread", 0.2), ("opens", 1.0))
    offsets = word_offsets(said, heard, NONE)
    assert offsets.offsets_ms == (100.0, 100.0)
    assert (offsets.matched, offsets.words) == (2, 4)


def test_words_are_compared_as_the_normaliser_has_them() -> None:
    said = timed(("Red,", 0.0), ("—", 0.3), ("door!", 0.5), ("wi-fi", 0.8))
    heard = timed((" red", 0.0), ("Door", 0.5), ("…", 0.7), ("Wi-Fi.", 0.9))
    offsets = word_offsets(said, heard, BASIC)
    assert offsets.offsets_ms == (0.0, 0.0, 100.0)
    assert (offsets.matched, offsets.words) == (3, 3)


def test_a_word_that_becomes_several_is_compared_as_one() -> None:
    joined = word_offsets(timed(("wi-fi", 0.0)), timed(("wi", 0.0), ("fi", 0.2)), BASIC)
    assert (joined.matched, joined.words) == (0, 1)


def test_blanks_around_a_word_are_no_part_of_it() -> None:
    assert word_offsets(timed(("red", 0.0)), timed((" red", 0.0)), NONE).matched == 1


def test_a_word_that_is_said_several_times_is_compared_with_the_right_one() -> None:
    said = timed(("the", 0), ("the", 1), ("cat", 2), ("the", 3), ("the", 4))
    for missing in range(5):
        heard = said[:missing] + said[missing + 1 :]
        assert word_offsets(said, heard, NONE).offsets_ms == (0.0,) * 4
        assert word_offsets(heard, said, NONE).offsets_ms == (0.0,) * 4


def test_errors_come_before_times() -> None:
    said = timed(("the", 0), ("cat", 1))
    heard = timed(("cat", 0), ("the", 0), ("cat", 9))
    assert word_offsets(said, heard, NONE).offsets_ms == (0.0, 8000.0)


def test_as_many_substitutions_do_not_hide_a_word_that_was_heard_in_its_time() -> None:
    assert word_offsets(timed(("a", 0), ("b", 1)), timed(("b", 1), ("a", 2)), NONE).offsets_ms == (0.0,)
    assert word_offsets(timed(("a", 0), ("b", 1)), timed(("b", 0), ("a", 1)), NONE).matched == 0


def test_offsets_come_in_the_order_of_the_reference() -> None:
    said = timed(("a", 0), ("b", 1), ("c", 2))
    heard = timed(("a", 0.1), ("x", 0.5), ("b", 1.2), ("c", 2.3))
    assert word_offsets(said, heard, NONE).offsets_ms == (100.0, 200.0, 300.0)


def test_starts_that_are_years_apart_do_no_harm() -> None:
    said = timed(("a", 0), ("a", 1e300), ("b", 0), ("c", 5))
    heard = timed(("a", 1e12), ("b", 1e9), ("x", 0))
    assert word_offsets(said, heard, NONE).matched == 2


@cache
def best_cost(said: tuple[tuple[str, int], ...], heard: tuple[tuple[str, int], ...]) -> tuple[int, int]:
    """Errors and the sum of distances of the best alignment, by brute force."""
    if not said or not heard:
        return len(said) + len(heard), 0
    (word, start), (other, at) = said[-1], heard[-1]
    before = best_cost(said[:-1], heard[:-1])
    ways = [(before[0] + (word != other), before[1] + abs(start - at))]
    for errors, apart in (best_cost(said[:-1], heard), best_cost(said, heard[:-1])):
        ways.append((errors + 1, apart))
    return min(ways)


TIMED = st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 9)), min_size=1, max_size=7).map(
    lambda words: sorted(words, key=lambda word: word[1])
)


@given(TIMED, TIMED)
def test_no_alignment_with_as_few_errors_is_nearer_in_time(
    said: list[tuple[str, int]], heard: list[tuple[str, int]]
) -> None:
    errors, apart = best_cost(tuple(said), tuple(heard))
    pairs = paired(said, heard)
    assert all(said[place][0] == heard[at][0] for place, at in pairs)
    assert sum(abs(said[place][1] - heard[at][1]) for place, at in pairs) <= apart
    assert pairs == sorted(pairs)
    # The stretches between the pairs have the rest of the errors, and none fewer.
    edges = [(-1, -1), *pairs, (len(said), len(heard))]
    between = sum(max(end[0] - start[0], end[1] - start[1]) - 1 for start, end in pairwise(edges))
    assert between == errors


def paired(
    said: list[tuple[str, int]], heard: list[tuple[str, int]], **options: int
) -> list[tuple[int, int]]:
    words = ([word for word, _ in side] for side in (said, heard))
    starts = ([float(start) for _, start in side] for side in (said, heard))
    return pair_in_time(*words, *starts, **options)


def test_lists_that_are_too_long_are_aligned_without_times() -> None:
    said = [("the", 0), ("x", 1), ("the", 2), ("cat", 3)]
    heard = [("the", 2), ("cat", 3)]
    assert paired(said, heard) == [(2, 0), (3, 1)]
    assert paired(said, heard, most_cells=12) == [(2, 0), (3, 1)]
    assert paired(said, heard, most_cells=11) == [(0, 0), (3, 1)]


def test_long_lists_are_paired_in_time() -> None:
    said = [("the", start) for start in range(3000)]
    heard = [word for word in said if word[1] % 3]
    assert paired(said, heard) == [(place, at) for at, (_, place) in enumerate(heard)]


@pytest.mark.parametrize(
    ("said", "heard"),
    [([], []), ([], timed(("red", 0))), (timed(("red", 0)), []), (timed(("red", 0)), timed(("door", 0)))],
)
def test_without_a_match_there_is_nothing_to_judge(said: list[TimedWord], heard: list[TimedWord]) -> None:
    offsets = word_offsets(said, heard, BASIC)
    assert (offsets.offsets_ms, offsets.matched, offsets.words) == ((), 0, len(said))
    assert offsets.median_ms is None
    assert offsets.p95_ms is None


def test_a_distance_is_not_a_little_more_than_it_is() -> None:
    assert word_offsets(timed(("a", 0.9)), timed(("a", 1.1)), NONE).offsets_ms == (200.0,)


def test_one_offset_is_its_own_median() -> None:
    assert (spread(7.5).median_ms, spread(7.5).p95_ms) == (7.5, 7.5)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=60))
def test_percentiles_are_those_of_numpy(offsets_ms: list[float]) -> None:
    offsets = spread(*offsets_ms)
    assert offsets.median_ms == pytest.approx(np.percentile(offsets_ms, 50))
    assert offsets.p95_ms == pytest.approx(np.percentile(offsets_ms, 95))


WORDS = st.lists(st.tuples(st.sampled_from("abc…"), st.integers(0, 100)), max_size=8)


@given(WORDS, WORDS)
def test_sides_can_be_exchanged_and_a_list_matches_itself(
    first: list[tuple[str, float]], second: list[tuple[str, float]]
) -> None:
    itself = word_offsets(timed(*first), timed(*first), BASIC)
    assert itself.matched == itself.words == len(itself.offsets_ms)
    assert not any(itself.offsets_ms)
    there = word_offsets(timed(*first), timed(*second), BASIC)
    assert there.matched == len(there.offsets_ms) <= there.words
    assert there.words == sum(word != "…" for word, _ in first)
