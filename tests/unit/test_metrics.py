from __future__ import annotations

import math
from functools import cache

import jiwer
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pytest_stt.metrics import AlignedWord, EditCounts, TextMetrics, tokens_of

small_words = st.lists(st.sampled_from(["a", "b", "ab", "ba", "c"]), max_size=8).map(" ".join)
unicode_words = st.lists(
    st.text(st.characters(exclude_categories=["Z", "C"]), min_size=1, max_size=4), max_size=8
).map(" ".join)

# Letters with and without blanks between their words, marks, white space of all kinds.
texts = st.text("ab 我要のーขอณ้ुक्ષ\u0301\u3000\n", max_size=8)


def edit_distance(reference, hypothesis):
    @cache
    def distance(i, j):
        if not i or not j:
            return i + j
        replaced = distance(i - 1, j - 1) + (reference[i - 1] != hypothesis[j - 1])
        return min(replaced, distance(i - 1, j) + 1, distance(i, j - 1) + 1)

    return distance(len(reference), len(hypothesis))


@given(st.one_of(small_words, unicode_words), st.one_of(small_words, unicode_words))
def test_word_counts_of_any_script_equal_those_of_jiwer(reference, hypothesis):
    assume(reference)
    ours = TextMetrics.compute(reference, hypothesis).words
    theirs = jiwer.process_words(reference, hypothesis)
    assert (ours.hits, ours.substitutions) == (theirs.hits, theirs.substitutions)
    assert (ours.insertions, ours.deletions) == (theirs.insertions, theirs.deletions)


@given(small_words, small_words)
def test_errors_are_the_smallest_number_of_edits(reference, hypothesis):
    ours = TextMetrics.compute(reference, hypothesis)
    assert ours.words.errors == edit_distance(reference.split(), hypothesis.split())
    assert ours.characters.errors == edit_distance(reference, hypothesis)


@given(small_words, small_words)
def test_the_alignment_spells_out_both_sides_and_its_kinds_add_up(reference, hypothesis):
    ours = TextMetrics.compute(reference, hypothesis)
    assert [word.reference for word in ours.alignment if word.reference] == reference.split()
    assert [word.hypothesis for word in ours.alignment if word.hypothesis] == hypothesis.split()
    kinds = [word.kind for word in ours.alignment]
    assert (kinds.count("equal"), kinds.count("substitute")) == (ours.hits, ours.substitutions)
    assert (kinds.count("delete"), kinds.count("insert")) == (ours.deletions, ours.insertions)
    assert all((word.reference == word.hypothesis) == (word.kind == "equal") for word in ours.alignment)


def test_the_alignment_pairs_what_was_said_with_what_was_heard():
    assert TextMetrics.compute("call me back", "call you back now").alignment == (
        AlignedWord(kind="equal", reference="call", hypothesis="call"),
        AlignedWord(kind="substitute", reference="me", hypothesis="you"),
        AlignedWord(kind="equal", reference="back", hypothesis="back"),
        AlignedWord(kind="insert", reference="", hypothesis="now"),
    )


def test_any_white_space_separates_words_and_counts_as_one_blank():
    folded = TextMetrics.compute("one two three", "one two tree")
    assert TextMetrics.compute("\n one\u00a0two\t\tthree\r\n", "one\u2003two  tree ") == folded
    assert folded.characters.reference_total == len("one two three")


def test_silence_that_stays_silent_is_perfect():
    silent = TextMetrics.compute("", " \n")
    assert (silent.wer, silent.cer, silent.words.errors, silent.alignment) == (0.0, 0.0, 0, ())


def test_words_heard_in_silence_are_insertions_at_an_infinite_rate():
    heard = TextMetrics.compute(" ", "thank you")
    assert (heard.insertions, heard.words.errors, heard.reference_words) == (2, 2, 0)
    assert heard.characters.insertions == len("thank you")
    assert math.isinf(heard.wer)
    assert math.isinf(heard.cer)


def test_nothing_heard_is_all_deletions():
    missed = TextMetrics.compute("one two", "")
    assert (missed.deletions, missed.wer, missed.cer) == (2, 1.0, 1.0)


def test_pooling_adds_counts_and_counts_what_was_heard_in_silence():
    pooled = sum([TextMetrics.compute("a b c d", "a b c x"), TextMetrics.compute("", "y z")])
    assert pooled.reference_words == 4
    assert pooled.words.hypothesis_total == 6
    assert pooled.wer == 3 / 4
    assert pooled.alignment == ()


def test_a_sum_of_one_is_pooled_too_and_a_sum_of_none_is_zero():
    one = TextMetrics.compute("a b", "a c")
    assert sum([one]) == one
    assert sum([one]).alignment == ()
    assert sum([], TextMetrics.zero()).wer == TextMetrics.zero().cer == 0.0


def test_metrics_do_not_add_to_numbers():
    with pytest.raises(TypeError):
        3 + TextMetrics.zero()


@given(st.lists(st.tuples(small_words, small_words), max_size=5))
def test_pooling_does_not_depend_on_the_order(pairs):
    metrics = [TextMetrics.compute(*pair) for pair in pairs]
    assert sum(metrics, TextMetrics.zero()) == sum(reversed(metrics), TextMetrics.zero())


def test_metrics_without_alignment_equal_those_with_it():
    scored = TextMetrics.compute("a b", "a")
    assert TextMetrics(words=scored.words, characters=scored.characters) == scored
    assert "alignment" not in repr(scored)


@settings(max_examples=50)
@given(st.text(st.characters(), max_size=20), st.text(st.characters(), max_size=20))
def test_any_text_is_scored(reference, hypothesis):
    ours = TextMetrics.compute(reference + " \ud800\x00", hypothesis + "\x1b[31m \udfff")
    assert ours.words.errors >= 1


def test_a_flood_of_words_against_a_short_reference_is_counted():
    flood = TextMetrics.compute("one two three", "noise " * 20_000)
    assert (flood.substitutions, flood.insertions) == (3, 19_997)


def test_rates_come_from_counts():
    counts = EditCounts(hits=6, substitutions=1, deletions=1, insertions=2)
    assert (counts.errors, counts.reference_total, counts.hypothesis_total, counts.rate) == (4, 8, 9, 0.5)


@pytest.mark.parametrize(
    ("reference", "hypothesis", "name"),
    [
        (None, "a", "reference"),
        ("a", None, "hypothesis"),
        (b"a", "a", "reference"),
        ("a", ["a"], "hypothesis"),
    ],
)
def test_what_is_no_text_is_refused_by_its_name(reference, hypothesis, name):
    with pytest.raises(TypeError, match=f"{name} has to be a str, not"):
        TextMetrics.compute(reference, hypothesis)


@pytest.mark.parametrize(
    ("counts", "mer", "wil"),
    [
        (EditCounts(), 0.0, 0.0),
        (EditCounts(hits=3), 0.0, 0.0),
        (EditCounts(deletions=2), 1.0, 1.0),
        (EditCounts(insertions=2), 1.0, 1.0),
        (EditCounts(substitutions=1, insertions=1), 1.0, 1.0),
        (EditCounts(hits=1, insertions=3), 0.75, 0.75),
        (EditCounts(hits=2, substitutions=1, deletions=1), 0.5, 1 - 4 / 12),
    ],
)
def test_match_errors_and_lost_information_are_shares_of_both_sides(counts, mer, wil):
    assert counts.mer == mer
    assert counts.wil == pytest.approx(wil)


@given(small_words, small_words)
def test_match_errors_and_lost_information_stay_between_nothing_and_all(reference, hypothesis):
    ours = TextMetrics.compute(reference, hypothesis)
    assert 0.0 <= ours.mer <= 1.0
    assert 0.0 <= ours.wil <= 1.0
    assert (ours.mer == 0.0) == (ours.wil == 0.0) == (reference == hypothesis)


def test_a_code_switched_sentence_is_scored_by_mixed_tokens():
    ours = TextMetrics.compute("我 要 book 一 张 ticket", "我要 cook 一张", unit="character")
    assert ours.words is None
    assert ours.characters == EditCounts(hits=4, substitutions=1, deletions=1)
    assert ours.cer == ours.tokens.rate == 2 / 6
    assert [word.reference for word in ours.alignment] == ["我", "要", "book", "一", "张", "ticket"]


def test_without_words_the_figures_are_of_characters_and_there_is_no_wer():
    ours = TextMetrics.compute("ขอบคุณ", "ขอบใจคุณ", unit="character")
    assert math.isnan(ours.wer)
    assert (ours.unit, ours.tokens) == ("character", ours.characters)
    assert (ours.hits, ours.substitutions, ours.deletions, ours.insertions) == (5, 0, 0, 2)
    assert (ours.reference_words, ours.mer) == (5, 2 / 7)


def test_blanks_make_no_error_in_a_language_without_words():
    spaced, joined = "你 好\u3000世界", "你好世界"
    assert TextMetrics.compute(spaced, joined, unit="character").cer == 0.0


def test_the_character_error_rate_of_a_language_with_words_is_of_grapheme_clusters():
    ours = TextMetrics.compute("cafe\u0301 नमस्ते", "cafe नमस्ते")
    assert ours.characters == EditCounts(hits=7, substitutions=1)
    assert ours.words == EditCounts(hits=1, substitutions=1)


@pytest.mark.parametrize("unit", ["word", "character"])
@given(texts, texts)
def test_tokens_are_what_is_counted_and_aligned(unit, reference, hypothesis):
    ours = TextMetrics.compute(reference, hypothesis, unit=unit)
    said, heard = tokens_of(reference, unit), tokens_of(hypothesis, unit)
    assert (ours.tokens.reference_total, ours.tokens.hypothesis_total) == (len(said), len(heard))
    assert ours.tokens.errors == edit_distance(said, heard)
    assert [word.reference for word in ours.alignment if word.kind != "insert"] == said
    assert [word.hypothesis for word in ours.alignment if word.kind != "delete"] == heard


english = TextMetrics.compute("one two", "one")
chinese = TextMetrics.compute("你好", "你们", unit="character")


def test_the_words_of_a_sum_are_those_of_the_texts_that_have_words():
    both = english + chinese
    assert both == chinese + english == sum([chinese, english])
    assert both.words == english.words
    assert both.characters == english.characters + chinese.characters
    assert (both.unit, both.wer) == ("word", 0.5)


def test_a_sum_of_texts_without_words_has_none():
    both = sum([chinese, chinese])
    assert both.words is None
    assert both.cer == 0.5
    assert sum([chinese], TextMetrics.zero()) == chinese + TextMetrics.zero() == chinese


any_metrics = st.builds(
    TextMetrics.compute, small_words, small_words, unit=st.sampled_from(["word", "character"])
)


@given(any_metrics, any_metrics, any_metrics)
def test_sums_do_not_depend_on_order_or_grouping(one, two, three):
    assert one + two == two + one
    assert (one + two) + three == one + (two + three)
    assert one + TextMetrics.zero() == one
