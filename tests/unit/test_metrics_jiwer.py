"""jiwer is the oracle where blanks are single, as it counts every blank: counts, rates, alignment."""

from __future__ import annotations

import random
from collections.abc import Iterator

import jiwer
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_stt.metrics import AlignedWord, EditCounts, TextMetrics, align_tokens

# Of few letters, so that words share them and several alignments are as short.
words = st.text("abc'", min_size=1, max_size=3)
ascii_words = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=4)
sentences = st.one_of(st.lists(words, max_size=9), st.lists(ascii_words, max_size=9)).map(" ".join)
spoken = sentences.filter(bool)

# The situations that jiwer's pages, docstrings and tests, and the paper on MER and WIL, go through.
SITUATIONS = {
    "one word of two is another": ("good morning", "good evening"),
    "a word is missing": ("i read this good book", "i read this book"),
    "two words in the middle are missing": ("that was my mistake", "that mistake"),
    "nothing was heard": ("that was my mistake", ""),
    "all was heard": ("that was my mistake", "that was my mistake"),
    "a word comes before and another is missing": ("tall man here", "shown tell man"),
    "all kinds of errors": (
        "rather a lot of taller people",
        "rather lot of the very tallest people again",
    ),
    "letters are wrong and missing": ("we can tell", "we kan dell"),
    "the last letter is missing": ("we hope", "we hop"),
    "blanks on both ends": ("  a b c ", " a b x  "),
    "upper case is another letter": ("We Can Tell", "we can tell"),
    "punctuation belongs to its word": ("well, here we are!", "well here we are?"),
    "far more is heard than said": (
        "this was a rather short one",
        "this was a somewhat longer and quite wrong new one of them",
    ),
    "words are joined from pieces": (
        "she saw cats or dogs what did she see african or european birds",
        "she saw dogs what she see or birds",
    ),
    "the same word": ("P", "P"),
    "a word is repeated and others follow": ("P", "P P Q Q"),
    "a word between two equal ones": ("P Q P", "P R"),
    "another word": ("P", "Q"),
    "two other words": ("P", "Q R"),
    "a whole sentence shifted": ("b c d e f a", "a b c d e f"),
}


def counts_of(found: jiwer.WordOutput | jiwer.CharacterOutput) -> EditCounts:
    return EditCounts(
        hits=found.hits,
        substitutions=found.substitutions,
        deletions=found.deletions,
        insertions=found.insertions,
    )


def pairs_of(found: jiwer.WordOutput) -> Iterator[AlignedWord]:
    (said,), (heard,) = found.references, found.hypotheses
    for chunk in found.alignments[0]:
        left = said[chunk.ref_start_idx : chunk.ref_end_idx]
        right = heard[chunk.hyp_start_idx : chunk.hyp_end_idx]
        for index in range(max(len(left), len(right))):
            yield AlignedWord(
                kind=chunk.type,
                reference=left[index] if left else "",
                hypothesis=right[index] if right else "",
            )


def assert_equal_to_jiwer(reference: str, hypothesis: str) -> None:
    ours = TextMetrics.compute(reference, hypothesis)
    by_word = jiwer.process_words(reference, hypothesis)
    by_character = jiwer.process_characters(reference, hypothesis)
    assert ours.words == counts_of(by_word)
    assert ours.characters == counts_of(by_character)
    assert ours.alignment == tuple(pairs_of(by_word))
    assert (ours.wer, ours.mer, ours.wil) == (by_word.wer, by_word.mer, by_word.wil)
    assert ours.cer == by_character.cer


@given(spoken, sentences)
def test_numbers_and_alignment_are_those_of_jiwer(reference: str, hypothesis: str) -> None:
    assert_equal_to_jiwer(reference, hypothesis)


@pytest.mark.parametrize("name", SITUATIONS)
def test_the_situations_of_its_documentation_come_out_alike(name: str) -> None:
    assert_equal_to_jiwer(*SITUATIONS[name])


def test_several_sentences_come_out_alike_as_a_corpus() -> None:
    said, heard = zip(*SITUATIONS.values(), strict=True)
    pooled = sum((TextMetrics.compute(*pair) for pair in SITUATIONS.values()), TextMetrics.zero())
    by_word = jiwer.process_words(list(said), list(heard))
    assert (pooled.wer, pooled.mer, pooled.wil) == (by_word.wer, by_word.mer, by_word.wil)
    assert pooled.cer == jiwer.process_characters(list(said), list(heard)).cer


def test_twenty_thousand_random_pairs_come_out_alike() -> None:
    chance = random.Random(20_000)
    vocabulary = ["".join(chance.choices("abcdefgh", k=chance.randint(1, 7))) for _ in range(50)]
    for _ in range(20_000):
        said = chance.choices(vocabulary, k=chance.randint(1, 30))
        heard = (
            misheard(said, vocabulary, chance)
            if chance.random() < 0.7
            else chance.choices(vocabulary, k=chance.randint(0, 30))
        )
        assert_equal_to_jiwer(" ".join(said), " ".join(heard))


def misheard(said: list[str], vocabulary: list[str], chance: random.Random) -> list[str]:
    heard: list[str] = []
    for word in said:
        kind = chance.random()
        if kind > 0.1:
            heard.append(word)
        if kind < 0.05 or kind > 0.95:
            heard.append(chance.choice(vocabulary))
    return heard


@given(sentences)
def test_words_heard_in_silence_are_insertions_as_in_jiwer(hypothesis: str) -> None:
    ours = TextMetrics.compute("", hypothesis)
    by_word = jiwer.process_words("", hypothesis)
    assert ours.words == counts_of(by_word)
    assert (ours.mer, ours.wil) == (by_word.mer, by_word.wil)


@given(st.lists(words, max_size=9), st.lists(words, max_size=9))
def test_tokens_are_aligned_as_words_are(said: list[str], heard: list[str]) -> None:
    assert align_tokens(said, heard) == TextMetrics.compute(" ".join(said), " ".join(heard)).alignment
