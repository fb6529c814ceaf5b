"""The normalisers `whisper-english` and `whisper-multilingual`: the rules, and the library as oracle."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whisper_normalizer.basic import BasicTextNormalizer
from whisper_normalizer.english import EnglishTextNormalizer

from pytest_stt.text.normalizers import find_normalizer

english = find_normalizer("whisper-english@1")
multilingual = find_normalizer("whisper-multilingual@1")
published_english = EnglishTextNormalizer()
published_multilingual = BasicTextNormalizer()


@pytest.fixture(scope="module", autouse=True)
def loaded_libraries():
    """Build what is built at the first use, which Hypothesis would find slow."""
    english("")
    multilingual("")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("seven", "7"),
        ("forty two", "42"),
        ("six thirty five", "635"),
        ("eighteen sixty five", "1865"),
        ("twenty thirty", "2030"),
        ("one point seven million", "1700000"),
        ("300 thousand pounds", "£300000"),
        ("$15 million", "$15000000"),
        ("three double o six", "3006"),
        ("four thousand eighty one", "4081"),
        ("two hundred and seven", "207"),
        ("the eighteen forties", "the 1840s"),
        ("forty second", "42nd"),
        ("five thousandth", "5000th"),
        ("may third nineteen ten", "may 3rd 1910"),
        ("2 71", "2 71"),
        ("six point 25", "6.25"),
        ("eleven percent", "11%"),
        ("thirty three per cent", "33%"),
        ("triple nine", "999"),
        ("minus forty", "-40"),
        ("six dollars and twenty cents", "$6.20"),
        ("5 cents", "¢5"),
        ("$0.75", "¢75"),
        ("seven and a half billion", "7500000000"),
        ("a320", "a 320"),
        ("7 th", "7th"),
        ("1 or 2", "one or 2"),
        ("1,250", "1250"),
        ("organisation", "organization"),
        ("grey colours", "gray colors"),
        ("We'll see", "we will see"),
        ("they won't", "they will not"),
        ("it's gone wrong", "it has gone wrong"),
        ("she'd been there", "she had been there"),
        ("gonna, wanna", "going to want to"),
        ("Dr. Lee met Gen. Fox", "doctor lee met general fox"),
        ("St. Paul's", "saint paul is"),
        ("[noise] hello (laughs) there", "hello there"),
        ("<unk> yes", "yes"),
        ("Café Zoë", "cafe zoe"),
        ("well, uh, mhm, fine", "well fine"),
        ("5km", "5 km"),
        ("end. Start", "end start"),
    ],
)
def test_english_follows_the_published_rules(text, expected):
    assert english(text).strip() == expected


signs = st.sampled_from("aBé1,.$%€¢£'’()[]<>-5½ßœİǅﬁ \t\n\u0301कि\u0e35٣\ud800nts")
words = st.sampled_from(
    [
        *published_english.standardize_numbers.words,
        *("won't", "he's", "been", "n't", "i'ma", "Mr", "dr.", "uh", "hmm", "colour", "and a half", "1,2,3"),
        *("$5", "€0.5", "3.5", "5.", "..", "(", ")", "[x]", "10th", "%", " 's", "'d gone", "½", "b747"),
    ]
)
texts = st.one_of(
    st.text(st.characters()),
    st.lists(signs).map("".join),
    st.lists(st.one_of(words, signs)).map(" ".join),
)


@given(texts)
def test_the_steps_of_english_come_to_what_is_published(text):
    assert english(text) == published_english(text)


@given(texts)
def test_the_steps_of_multilingual_come_to_what_is_published(text):
    assert multilingual(text) == published_multilingual(text)


@pytest.mark.parametrize(
    "text",
    ["9" * 4301, "1 " * 4400, "one " * 4299 + "decillion", "a " + "9" * 4000 + " decillion two " * 300],
    ids=["digits", "single digits", "spoken digits", "products"],
)
def test_numbers_of_thousands_of_digits_are_no_error(text):
    assert english(text).split()


def test_what_stands_beside_a_number_of_thousands_of_digits_is_normalised():
    assert english(f"Twenty one {'9' * 4301} colours").strip() == f"21 {'9' * 4301} colors"


def test_it_is_applied_once_for_a_second_time_would_change_the_text():
    once = english("3 point 1 4")
    assert once == published_english("3 point 1 4")
    assert english(once) != once


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Guten Tag, Herr Müller!", "guten tag herr müller "),
        ("(Applaus) Ça va?", " ça va "),
        ("ＡＢＣ [Musik] def", "abc def"),
    ],
)
def test_multilingual_follows_the_published_rules(text, expected):
    assert multilingual(text) == expected


def test_multilingual_tears_words_of_some_scripts_and_says_so():
    assert len(multilingual("हिन्दी").split()) > 1
    description = next(step.description for step in multilingual.steps if "marks" in step.name)
    assert "tears words apart" in description


@pytest.mark.parametrize("normalizer", [english, multilingual])
def test_every_step_is_described(normalizer):
    assert len({step.name for step in normalizer.steps}) == len(normalizer.steps)
    assert all(step.description for step in normalizer.steps)
