from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_stt.errors import SuiteError
from pytest_stt.metrics import tokens_of
from pytest_stt.text import find_normalizer
from pytest_stt.text.languages import token_unit
from pytest_stt.text.terms import (
    Term,
    TermCounts,
    check_terms,
    count_terms,
    precision,
    recall,
    unusable_terms,
)


def count(terms, said, heard="", normalizer="basic", language=None, alternatives=True):
    found = find_normalizer(normalizer, language)
    sides = (tokens_of(found(side), token_unit(language)) for side in (said, heard))
    return count_terms(
        tuple(term if isinstance(term, Term) else Term(text=term) for term in terms),
        **dict(zip(("said", "heard"), sides, strict=True)),
        normalizer=found,
        language=language,
        alternatives=alternatives,
    )


def figures(*args, **kwargs):
    return {one.text: (one.said, one.heard, one.hits) for one in count(*args, **kwargs)}


def check(*texts, normalizer="basic", language=None, alternatives=True):
    terms = tuple(Term(text=text) for text in texts)
    check_terms(terms, normalizer=normalizer, language=language, alternatives=alternatives)


def test_a_term_is_counted_on_both_sides_after_normalisation():
    said, heard = "Take XARELTO, not Xarelto-free.", "take xarelto not errol to free"
    assert figures(["Xarelto"], said, heard) == {"Xarelto": (2, 1, 1)}
    assert figures(["xarelto"], said, heard, normalizer="none") == {"xarelto": (0, 1, 0)}


def test_a_term_is_whole_words_in_their_order():
    assert figures(["New York", "art"], "the New York party", "york new new york") == {"New York": (1, 1, 1)}


def test_more_heard_than_said_are_no_hits():
    (counts,) = count(["a b"], "a b", "a b a b a b")
    assert (counts.said, counts.heard, counts.hits, counts.misses) == (1, 3, 1, 0)


def test_occurrences_of_a_term_do_not_overlap():
    assert figures(["so so"], "so so so so so", "so so so") == {"so so": (2, 1, 1)}


def test_different_terms_are_counted_independently():
    terms = ["New York", "New York City", "York", "City"]
    assert figures(terms, "in New York City") == dict.fromkeys(terms, (1, 0, 0))


def test_one_text_of_several_kinds_is_counted_for_each():
    terms = [
        Term(text="Ada", weight=2.0),
        Term(text="Ada", kind="entity", group="names"),
        Term(text="Ada", kind="forbidden"),
    ]
    assert count(terms, "Ada", "ada") == tuple(
        TermCounts(text="Ada", kind=kind, weight=weight, group=group, said=1, heard=1, hits=1)
        for kind, weight, group in [("keyword", 2.0, ""), ("entity", 1.0, "names"), ("forbidden", 1.0, "")]
    )


def test_terms_that_are_the_same_after_normalisation_count_once():
    found = count([Term(text="red", weight=2.0), "Red", "RED!", "blue"], "red blue", "red")
    assert [(one.text, one.weight) for one in found] == [("red", 2.0), ("blue", 1.0)]
    assert recall(found) == 2 / 3
    assert len(count(["red", "Red"], "red Red", normalizer="none")) == 2
    assert [one.text for one in count(["{a / b}", "{B / A}", "a"], "a")] == ["{a / b}", "a"]


def test_entities_of_different_groups_are_different_terms():
    groups = ["names", "places", "names"]
    terms = [Term(text=text, kind="entity", group=one) for text, one in zip("VvV", groups, strict=True)]
    assert [(one.text, one.group) for one in count(terms, "v")] == [("V", "names"), ("v", "places")]


def test_terms_that_neither_side_has_are_left_out_and_the_others_keep_their_order():
    found = count(["d", "x", "b", "a", "y"], "a b c", "d b")
    assert [one.text for one in found] == ["d", "b", "a"]
    assert count(["x"], "a", "b") == ()
    assert count([], "a", "b") == ()


def test_any_form_of_a_term_is_an_occurrence():
    term = "{A380 / A three eighty}"
    assert figures([term], "the A380 and the A three eighty", "the a three eighty") == {term: (2, 1, 1)}
    assert figures(["Xarelto (20) mg"], "xarelto mg, xarelto 20 mg") == {"Xarelto (20) mg": (2, 0, 0)}


def test_the_longest_form_counts_where_several_begin():
    assert figures(["Dr {/ Ada / Ada Lovelace}"], "dr ada lovelace dr ada dr")[
        "Dr {/ Ada / Ada Lovelace}"
    ] == (3, 0, 0)
    assert figures(["ha (ha ha)"], "ha ha ha ha") == {"ha (ha ha)": (2, 0, 0)}


def test_braces_are_literal_where_alternatives_are_off():
    assert figures(["{a / b}"], "a b", "a") == {"{a / b}": (2, 1, 1)}
    assert figures(["{a / b}"], "a b", "a", alternatives=False) == {"{a / b}": (1, 0, 0)}


def test_languages_without_words_are_searched_by_characters():
    assert figures(["東京"], "東京都と東京", "東と京都", language="ja") == {"東京": (2, 0, 0)}
    assert figures(["iPhone 手机"], "我的iPhone手机", "iphone 手 机", language="zh") == {
        "iPhone 手机": (1, 1, 1)
    }


def test_a_later_list_of_terms_finds_its_own_terms_only():
    assert figures(["first term"], "first term second term") == {"first term": (1, 0, 0)}
    assert figures(["second term"], "first term second term") == {"second term": (1, 0, 0)}


def test_a_normalizer_may_be_given_by_its_name():
    asked = {"said": ["ada"], "heard": [], "language": None, "alternatives": True}
    terms = (Term(text="ADA"),)
    by_name = count_terms(terms, normalizer="basic", **asked)
    assert by_name == count_terms(terms, normalizer=find_normalizer("basic"), **asked)
    assert by_name[0].said == 1


def test_a_term_of_which_nothing_is_left_is_refused():
    with pytest.raises(SuiteError) as refused:
        check("fine", "...", "(!) ?", "...")
    assert refused.value.problems == (
        'the keyword "...": the normaliser basic leaves nothing of it to look for; write it in words',
        'the keyword "(!) ?": the normaliser basic leaves nothing of it to look for; write it in words',
    )
    check("...", normalizer="none")
    check("{um / ...}")


def test_a_term_that_the_normaliser_deletes_is_not_advised_to_be_words():
    with pytest.raises(SuiteError) as refused:
        check("um", "{uh / um}", "fine", normalizer="whisper-english")
    said = "the normaliser whisper-english deletes it; choose another term or another normaliser"
    assert refused.value.problems == (f'the keyword "um": {said}', f'the keyword "{{uh / um}}": {said}')


def test_the_kind_of_a_term_has_a_noun():
    terms = (Term(text="?!", kind="forbidden"), Term(text="…", kind="entity", group="names"))
    with pytest.raises(SuiteError) as refused:
        check_terms(terms, normalizer="basic", language=None, alternatives=True)
    starts = [problem.partition(":")[0] for problem in refused.value.problems]
    assert starts == ['the forbidden term "?!"', 'the entity "…"']


def test_terms_that_can_not_be_used_are_told_one_by_one():
    good, empty, broken = (Term(text=text) for text in ("good", "?!", "{a / b"))
    asked = {"normalizer": "basic", "language": None, "alternatives": True}
    found = unusable_terms((empty, good, broken, empty), **asked)
    assert [term for term, _ in found] == [empty, broken, empty]
    assert found[0][1].startswith('the keyword "?!": the normaliser basic leaves nothing')
    assert "never closed" in found[1][1]
    assert unusable_terms((good,), **asked) == ()


def test_a_term_whose_forms_can_not_be_read_is_refused():
    with pytest.raises(SuiteError, match=r'the keyword "\{a / b": .*never closed'):
        check("{a / b", "b")
    with pytest.raises(SuiteError, match="it has more than 1000 forms; write fewer choices"):
        check("{a / b}" * 20_000)
    check("{a / b", alternatives=False)


def test_a_term_that_was_refused_is_refused_again():
    for _ in range(2):
        with pytest.raises(SuiteError, match="leaves nothing"):
            check("good", "!?")
    assert figures(["good", "!?"], "good !?") == {"good": (1, 0, 0)}


def test_a_message_shows_a_term_safely():
    with pytest.raises(SuiteError, match=r'the keyword "\\x1b"'):
        check("\x1b")


def test_recall_and_precision_are_weighted_and_of_keywords_only():
    counts = [
        TermCounts(text="a", weight=3.0, said=2, heard=1, hits=1),
        TermCounts(text="b", said=2, heard=5, hits=2),
        TermCounts(text="c", kind="entity", group="names", said=4, heard=1, hits=1),
        TermCounts(text="d", kind="entity", group="numbers", said=1, heard=1, hits=1),
        TermCounts(text="e", kind="forbidden", heard=7),
    ]
    assert recall(counts) == 5 / 8
    assert precision(counts) == 5 / 8
    assert recall(counts, group="names") == 0.25
    assert precision(counts, group="names") == 1
    assert recall(iter(counts), group="numbers") == 1


def test_without_occurrences_there_is_no_recall_and_no_precision():
    assert recall([]) is None
    assert recall([TermCounts(text="a", heard=2)]) is None
    assert precision([TermCounts(text="a", heard=2)]) == 0
    assert precision([TermCounts(text="a", said=2)]) is None
    assert recall([TermCounts(text="a", said=1, hits=1, heard=1)], group="names") is None


letters = st.lists(st.sampled_from("abc"), max_size=12)


@given(letters, letters, st.lists(st.sampled_from(["a", "b", "a b", "a a", "b a b", "c c a"]), unique=True))
def test_counts_equal_those_of_a_search_for_each_term(said, heard, texts):
    def occurrences(tokens, text):
        return f" {' '.join(tokens)} ".replace(" ", "  ").count(f" {text.replace(' ', '  ')} ")

    expected = {
        text: (occurrences(said, text), occurrences(heard, text))
        for text in texts
        if occurrences(said, text) or occurrences(heard, text)
    }
    assert expected == {
        text: (one_said, one_heard)
        for text, (one_said, one_heard, _) in figures(texts, " ".join(said), " ".join(heard)).items()
    }


def test_many_transcripts_do_not_look_at_each_term_again(monkeypatch):
    class Watched(tuple):
        looks = 0

        def __iter__(self):
            Watched.looks += 1
            return super().__iter__()

    terms = Watched(Term(text=f"name {number}") for number in range(5000))
    asked = {"normalizer": "basic", "language": None, "alternatives": True, "heard": ["nothing"]}
    Watched.looks = 0
    for _ in range(100):
        assert count_terms(terms, said=["nobody", "name"], **asked) == ()
    assert Watched.looks == 1
