from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from pytest_stt.metrics import EditCounts
from pytest_stt.text.form import form_counts, form_tokens

MARKS = [".", ",", "?", "!", "…", ";", ":", '"', "¿", "。", "、", ")", "।", "؟"]


def form(said, heard, language=None):
    return form_counts(said, heard, language=language)


def marks(said, heard, language=None):
    """Return hits, substitutions, deletions and insertions of punctuation."""
    counts = form(said, heard, language).punctuation
    return counts.hits, counts.substitutions, counts.deletions, counts.insertions


def case(said, heard, language=None):
    """Return how many words are alike in case, and how many differ."""
    counts = form(said, heard, language).case
    assert (counts.deletions, counts.insertions) == (0, 0)
    return counts.hits, counts.substitutions


def test_marks_are_compared_at_their_places():
    assert marks("Hello, world. Bye!", "Hello, world. Bye!") == (3, 0, 0, 0)
    assert marks("Hello, world. Bye!", "Hello world, bye?") == (0, 2, 1, 0)
    assert marks("Hello, world.", "Hello world,.") == (1, 0, 1, 1)
    assert marks("one two", "one, two.") == (0, 0, 0, 2)
    assert marks("Really?!", "Really!") == (1, 0, 1, 0)
    assert marks("(a) [b]", "(a) b") == (2, 0, 2, 0)


def test_a_wrong_word_does_not_move_the_marks_behind_it():
    assert marks("I see, it is late.", "Icy, it was late.") == (2, 0, 0, 0)
    assert marks("Well, yes, he said.", "Well, he said.") == (2, 0, 1, 0)
    assert marks("No. Go.", "No. Please. Go.") == (2, 0, 0, 1)


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("wait...", "wait…"),
        ("wait.... what", "wait… what"),
        ("“so” «so» „so“", '"so" "so" "so"'),
        ("‘so’ ‹so›", "'so' 'so'"),
        ("yes — no – or -- so", "yes - no - or - so"),
        ("yes—no", "yes – no"),
        ("你好，世界！", "你好,世界!"),
        ("why\N{GREEK QUESTION MARK}", "why;"),
        ("so\u2033", 'so"'),
    ],
)
def test_typographic_variants_are_one_mark(said, heard):
    counts = form(said, heard).punctuation
    assert counts.hits == counts.reference_total == counts.hypothesis_total > 0


@pytest.mark.parametrize(
    "text",
    [
        "don’t l'eau rock'n'roll",
        "well-known Jean-Pierre e\u2011mail",
        "3.5 10:30 1,000.50 24/7 1'000 10-20 10–20 -5",
        "٣٫٥ ١٬٠٠٠",
        "U.S e.g p.m col·lecció",
        'צה״ל צה"ל ג׳ירפה',
        "50% R&B a@b #1 3 + 4 $5 ♪ so",
        "zero\u200bwidth so\u00adft",
        "हिन्दी ภาษาไทย",
        "",
        " \t\n\x00",
    ],
)
def test_signs_of_words_and_numbers_are_no_marks(text):
    assert marks(text, text) == (0, 0, 0, 0)


@pytest.mark.parametrize("mark", [*MARKS, "—", "'", "-", "...", "/", "*", "·"])
def test_a_mark_between_words_is_one(mark):
    assert marks(f"one {mark} two", "one two") == (0, 0, 1, 0)


def test_marks_at_the_edges_of_words_and_numbers_are_marks():
    assert marks("the dogs' tails", "the dogs tails") == (0, 0, 1, 0)
    assert marks("It costs 3.5.", "It costs 3.5") == (0, 0, 1, 0)
    assert marks("¿Qué? ¡Ya!", "Qué Ya") == (0, 0, 4, 0)
    assert marks("and/or 3:a", "and or 3 a") == (0, 0, 2, 0)


@pytest.mark.parametrize("language", [None, "zh"])
@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/a?b=c",
        "http://127.0.0.1:80/",
        "HTTPS://A.B/c_(d)-e.html#f,g",
        "git+ssh://me@x.org/~y",
    ],
)
def test_a_url_has_no_marks_inside(url, language):
    assert marks(f"See {url}, then ({url}).", f"See {url}, then ({url}).", language) == (4, 0, 0, 0)
    assert marks(f"“{url}”", "x", language) == (0, 0, 2, 0)
    assert marks(f"见{url}，好。", "见好", language) == (0, 0, 2, 0)
    assert case(f"See {url}", f"see {url}", language) == (1, 1)


def test_what_is_no_url_has_marks():
    assert marks("so: //well", "so well") == (0, 0, 3, 0)
    assert marks("a://", "a") == (0, 0, 3, 0)


@pytest.mark.parametrize(("mark", "other"), [("。", "."), ("、", ","), ("؟", "?"), ("،", ","), ("।", ".")])
def test_a_mark_of_another_script_is_another_mark(mark, other):
    assert marks(f"so{mark}", f"so{other}") == (0, 1, 0, 0)


@pytest.mark.parametrize(("mark", "other"), [*zip("，！？：；．｡（", ",!?:;.。(", strict=True)])
def test_full_width_and_half_width_marks_are_alike(mark, other):
    assert marks(f"so {mark}", f"so {other}") == (1, 0, 0, 0)


def test_tokens_of_form_are_the_words_and_marks_in_order():
    assert form_tokens("«Well-known», 3.5 – yes...", "word") == [
        '"',
        "Well",
        "known",
        '"',
        ",",
        "3.5",
        "-",
        "yes",
        "…",
    ]
    assert form_tokens("", "word") == []


def test_a_hyphenated_word_is_two_words_that_may_be_written_apart():
    assert form("a well-known fact.", "a well known fact.") == form(
        "a well known fact.", "a well-known fact."
    )
    assert marks("a well-known fact.", "a well known fact.") == (1, 0, 0, 0)


def test_the_rate_is_per_mark_of_the_reference():
    assert form("One, two, three. Four!", "One two, three? Four!").punctuation.rate == 0.5
    assert form("one", "one").punctuation.rate == 0
    assert form("one", "one.").punctuation.rate == float("inf")
    assert form("", "...").punctuation == EditCounts(insertions=1)


def test_languages_without_words_have_marks_between_characters():
    assert marks("你好，世界。再见。", "你好世界。再见！", "zh") == (1, 1, 1, 0)
    assert marks("元気ですか?はい、OK.です", "元気ですか?はい,OKです", "ja-JP") == (1, 1, 1, 0)
    assert case("我用iPhone打", "我用iphone打", "zh") == (0, 1)


def test_case_counts_the_words_that_are_otherwise_right():
    assert case("Paris is in France.", "paris is in france.") == (2, 2)
    assert case("NASA flew", "Nasa flies") == (0, 1)
    assert case("24 m² हिन्दी", "24 m² हिन्दी") == (1, 0)
    assert case("O’Neill’s", "o'neill's") == (0, 1)
    assert case("U.S. law", "US Law") == (1, 1)


def test_words_spelled_in_two_ways_do_not_differ_in_case():
    assert case("Straße", "Strasse") == (1, 0)
    assert case("Straße", "STRASSE") == (0, 1)
    assert case("E\u0301t\u00e9", "\u00c9te\u0301") == (1, 0)


def test_case_without_any_right_word_has_no_errors():
    assert form("one", "two").case.rate == 0
    assert form("", "").case == EditCounts()


words = st.text(st.sampled_from("abcxyzäéñБд"), min_size=1, max_size=6)
gaps = st.lists(st.sampled_from(MARKS), max_size=3)


@st.composite
def texts(draw):
    """Return words and, for each and the end, marks that stand apart from each other."""
    spoken = draw(st.lists(words, min_size=1, max_size=8))
    return spoken, [draw(gaps) for _ in range(len(spoken) + 1)]


def written(spoken, places):
    following = [" ".join([word, *marks]) for word, marks in zip(spoken, places[1:], strict=True)]
    return " ".join([*places[0], *following])


@given(st.text(max_size=60), st.sampled_from([None, "zh", "de"]))
def test_identical_texts_have_no_errors(text, language):
    counts = form(text, text, language)
    assert counts.punctuation.errors == counts.case.errors == 0


@given(texts())
def test_removing_all_marks_gives_deletions_only(text):
    spoken, places = text
    total = sum(map(len, places))
    assert marks(written(spoken, places), " ".join(spoken)) == (0, 0, total, 0)
    assert marks(" ".join(spoken), written(spoken, places)) == (0, 0, 0, total)


@given(texts(), st.data())
def test_errors_in_marks_equal_the_edit_distances_of_the_places(text, data):
    spoken, places = text
    others = [data.draw(gaps) for _ in places]
    counts = form(written(spoken, places), written(spoken, others)).punctuation
    assert counts.errors == sum(map(Levenshtein.distance, places, others))
    assert counts.reference_total == sum(map(len, places))
    assert counts.hypothesis_total == sum(map(len, others))


@given(texts())
def test_swapping_case_differs_in_every_word(text):
    spoken, places = text
    said = written(spoken, places)
    assert case(said, said.swapcase()) == (0, len(spoken))


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_two_texts_can_be_compared(said, heard):
    counts = form(said, heard)
    assert counts.punctuation.reference_total == form(said, said).punctuation.hits
    assert counts.punctuation.hypothesis_total == form(heard, heard).punctuation.hits
    assert counts.case.reference_total <= len(re.findall(r"\S", said))
