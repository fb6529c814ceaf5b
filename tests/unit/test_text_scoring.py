from __future__ import annotations

import math

import pytest

from pytest_stt.errors import SuiteError
from pytest_stt.text.normalizers import find_normalizer, normalizer_spec
from pytest_stt.text.scoring import Expected, measure
from pytest_stt.text.terms import Term
from pytest_stt.text.times import TimedWord


def expected(*references, **options):
    return Expected(references=references, **options)


def test_both_sides_are_normalised_alike_and_the_raw_reference_is_kept():
    scored = measure("hello world", expected("Hello, World!", normalizer="basic"))
    assert scored.metrics.wer == 0.0
    assert scored.reference == scored.said == "Hello, World!"
    assert scored.normalized_reference == scored.normalized_hypothesis == "hello world"


def test_without_normalisation_case_counts():
    assert measure("hello", expected("Hello")).metrics.wer == 1.0


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
    assert measure(hypothesis, expected(*references)).reference == best


def test_the_best_path_of_any_reference_counts():
    references = ["{going / about} to leave", "(I am) {going to / gonna} go"]
    scored = measure("gonna go", expected(*references, alternatives=True))
    assert scored.metrics.wer == 0.0
    assert scored.reference == references[1]
    assert scored.said == "gonna go"


@pytest.mark.parametrize("normalizer", ["basic", "whisper-english"])
def test_a_short_form_in_braces_is_part_of_the_word_before_it(normalizer):
    reference = "I {am / 'm} {going to / gonna} (really) try"
    scored = measure("I'm gonna try", expected(reference, normalizer=normalizer, alternatives=True))
    assert scored.metrics.tokens.errors == 0
    assert scored.reference == reference


def test_every_way_is_normalised_as_a_whole():
    reference = "twenty {dollars / bucks}"
    scored = measure("$20", expected(reference, normalizer="whisper-english", alternatives=True))
    assert scored.normalized_reference == "$20"
    assert scored.said == "twenty dollars"


def test_braces_are_text_where_there_are_no_alternatives():
    assert measure("{a / b} (c)", expected("{a / b} (c)")).metrics.wer == 0.0


def test_where_there_are_alternatives_a_backslash_makes_a_brace_text():
    scored = measure("{a} b", expected(r"\{a\} b", alternatives=True))
    assert scored.metrics.wer == 0.0
    assert scored.said == "{a} b"


def test_wrong_braces_are_refused():
    with pytest.raises(SuiteError, match="never closed"):
        measure("a", expected("{a", alternatives=True))


def test_words_heard_where_silence_was_expected_score_infinite():
    assert math.isinf(measure("thank you", expected("", normalizer="basic")).metrics.wer)


def test_silence_can_be_one_of_several():
    scored = measure("", expected("(thank you)", alternatives=True))
    assert scored.metrics.wer == 0.0
    assert scored.said == ""


def test_a_score_needs_a_reference():
    with pytest.raises(SuiteError, match="at least one reference"):
        measure("hello", expected())


def test_a_language_without_words_is_scored_in_characters():
    scored = measure("我要一张票", expected("我想要两张票", "我要两张票", language="zh-CN"))
    assert scored.metrics.words is None
    assert scored.metrics.characters.errors == 1
    assert scored.reference == "我要两张票"


def test_a_path_in_a_language_without_words_is_chosen_by_characters():
    reference = "{我想要 / 我要} 两张 {票 / 车票}"
    scored = measure("我想要一张车票", expected(reference, language="zh", alternatives=True))
    assert scored.metrics.characters.errors == 1
    assert scored.said == "我想要 两张 车票"


def test_terms_are_counted_in_the_best_path():
    keyword = Term(text="Airbus {A380 / A three eighty}")
    reference = "the {Airbus (A380) / plane} landed"
    (counts,) = measure(
        "the airbus a380 landed",
        expected(reference, normalizer="basic", alternatives=True, terms=(keyword,)),
    ).terms
    assert (counts.said, counts.heard, counts.hits) == (1, 1, 1)
    scored = measure("the plane landed", expected(reference, alternatives=True, terms=(keyword,)))
    assert sum(term.said for term in scored.terms) == 0


def test_form_is_scored_on_the_raw_strings_and_only_when_asked_for():
    reference = "{Hello / Hi}, World!"
    scored = measure("hi, World", expected(reference, normalizer="basic", alternatives=True, form=True))
    assert scored.metrics.wer == 0.0
    assert scored.form.punctuation.errors == 1
    assert scored.form.case.errors == 1
    assert measure("hi", expected("Hi")).form is None


@pytest.mark.parametrize(
    ("heard", "references"),
    [
        ("Hello world.", ["Hello, world.", "Hello world."]),
        ("Yes doctor Smith.", ["Yes{, / } {Doctor / doctor} Smith."]),
        (
            "yes, doctor Smith!",
            ["No{, / } {Doctor / doctor} Smith!", "{Yes / yes}{, / } (sir) doctor Smith{. / !}"],
        ),
        ("yes, DOCTOR", ["Yes, doctor", "({yes / no}), {DOCTOR / Doctor}"]),
        ("I'm gonna try", ["I {am / 'm} {going to / gonna} try"]),
    ],
)
@pytest.mark.parametrize("name", ["basic", "whisper-english"])
def test_a_transcript_that_is_an_accepted_text_has_no_errors_in_form(name, heard, references):
    scored = measure(heard, expected(*references, normalizer=name, alternatives=True, form=True))
    assert scored.metrics.tokens.errors == 0
    assert scored.form.punctuation.errors == scored.form.case.errors == 0
    assert scored.said == heard
    assert scored.normalized_reference == find_normalizer(name)(heard)


def test_form_decides_between_texts_that_are_as_good_and_never_before_that():
    references = ["hello word", "Hello there, world!", "hello world"]
    scored = measure("Hello, world!", expected(*references, normalizer="basic", form=True))
    assert scored.reference == "hello world"
    # One word and one character are wrong in each.
    scored = measure("Tea.", expected("sea", "Pea.", "Lea", normalizer="basic", form=True))
    assert scored.reference == "Pea."
    assert measure("Tea.", expected("sea", "Pea.", "Lea", normalizer="basic")).reference == "sea"


def test_a_text_nearer_in_form_is_left_out_where_it_is_not_the_same_in_words():
    # There are too many ways to normalise each as a whole, and two exclamation marks make another word.
    normalizer = normalizer_spec([{"regex": [r"(!.*)!", r"\1 loud"]}, "basic"])
    text = "{Yes / Yes!} one two three four five six " * 13
    heard = "Yes one two three four five six " * 11
    loud = "Yes! one two three four five six "
    scored = measure(heard + loud * 2, expected(text, normalizer=normalizer, alternatives=True, form=True))
    assert "!" not in scored.said
    scored = measure(
        heard + loud + "Yes one two three four five six",
        expected(text, normalizer=normalizer, alternatives=True, form=True),
    )
    assert scored.said.count("!") == 1
    assert scored.form.punctuation.errors == 0


def test_times_of_words_are_compared_where_both_sides_have_some():
    said = (TimedWord(word="Hello", start_s=0.5), TimedWord(word="world", start_s=1.0))
    heard = (TimedWord(word="hello", start_s=0.6), TimedWord(word="world", start_s=1.2))
    timed = expected("Hello world", normalizer="basic", words=said)
    scored = measure("hello world", timed, heard_words=heard)
    assert scored.offsets.matched == 2
    assert scored.offsets.offsets_ms == pytest.approx((100.0, 200.0))
    assert scored.offsets_absent == ""
    scored = measure("hello world", timed)
    assert scored.offsets is None
    assert "the server gave no times of words" in scored.offsets_absent
    scored = measure("hello world", expected("Hello world"), heard_words=heard)
    assert scored.offsets is None
    assert "the case has no reference times of words" in scored.offsets_absent


def test_silence_has_terms_form_and_times_too():
    said = (TimedWord(word="a", start_s=0.0),)
    everything = expected("", terms=(Term(text="a"),), form=True, words=said)
    scored = measure("", everything, heard_words=said)
    assert scored.metrics.tokens.errors == 0
    assert scored.form.punctuation.errors == 0
    assert scored.offsets is not None
