"""When words were said: matched words and the distances of their times."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_stt.text.normalizers import find_normalizer
from pytest_stt.text.times import TimedWord, WordOffsets, word_offsets

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
