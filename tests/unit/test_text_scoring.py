from __future__ import annotations

import math

import pytest

from pytest_stt.errors import SuiteError
from pytest_stt.text import find_normalizer
from pytest_stt.text.scoring import score

basic, none = find_normalizer("basic"), find_normalizer("none")


def test_both_sides_are_normalised_alike_and_the_raw_reference_is_kept():
    scored = score("hello world", ["Hello, World!"], basic)
    assert scored.metrics.wer == 0.0
    assert scored.reference == "Hello, World!"
    assert scored.normalized_reference == scored.normalized_hypothesis == "hello world"


def test_without_normalisation_case_counts():
    assert score("hello", ["Hello"], none).metrics.wer == 1.0


@pytest.mark.parametrize(
    ("hypothesis", "references", "best"),
    [
        ("a b c", ["a x y", "a b x"], "a b x"),
        # One error each: the longer reference has the lower rate.
        ("a b c", ["a x c", "a b c d"], "a b c d"),
        # One error in three words each: fewer wrong characters win.
        ("one two tree", ["one two four", "one two three"], "one two three"),
        ("a b", ["a x", "a y"], "a x"),
        ("yes", ["", "no"], "no"),
        ("", ["no", ""], ""),
    ],
)
def test_the_reference_that_fits_best_counts(hypothesis, references, best):
    assert score(hypothesis, references, none).reference == best


def test_words_heard_where_silence_was_expected_score_infinite():
    assert math.isinf(score("thank you", [""], basic).metrics.wer)


def test_a_score_needs_a_reference():
    with pytest.raises(SuiteError, match="at least one reference"):
        score("hello", [], basic)
