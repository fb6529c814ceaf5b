from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_stt.errors import SuiteError
from pytest_stt.text.alternatives import check_ways, parse_alternatives


def ways(text):
    return list(parse_alternatives(text).texts())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{a / b / c} d", ["a d", "b d", "c d"]),
        ("(really) try", ["really try", "try"]),
        ("{one thing / two} more", ["one thing more", "two more"]),
        ("{uh / } yes", ["uh yes", "yes"]),
        ("{ / uh} yes", ["yes", "uh yes"]),
        ("{uh / @} yes", ["uh yes", "yes"]),
        ("{only} one", ["only one"]),
        ("colo{u / }r", ["colour", "color"]),
        ("10{:30 / 30}", ["10:30", "1030"]),
        ("a {b {c / d} (e) / f}", ["a b c e", "a b c", "a b d e", "a b d", "a f"]),
        ("({uh / um}) yes", ["uh yes", "um yes", "yes"]),
        ("{(very) big / huge}", ["very big", "big", "huge"]),
        ("{a/b}", ["a", "b"]),
        ("{a / b} {c / d}", ["a c", "a d", "b c", "b d"]),
    ],
)
def test_every_way_is_written_out_in_written_order(text, expected):
    assert ways(text) == expected
    assert parse_alternatives(text).ways == len(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\{a\} \(b\) \/ \\", r"{a} (b) / \ "),
        (r"C:\new and/or", r"C:\new and/or"),
        (r"{km\/h / kilometres an hour}", "km/h"),
        ("(10 km/h)", "10 km/h"),
        ("(@) home", "@ home"),
        ("{a \\\\/ b}", "a \\"),
    ],
)
def test_signs_behind_a_backslash_and_slashes_outside_braces_are_literal(text, expected):
    assert ways(text)[0] == " ".join(expected.split())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I {am / 'm} here", ["I am here", "I'm here"]),
        ("I ('M) here", ["I'M here", "I here"]),
        ("they {’ve not / have not}", ["they’ve not", "they have not"]),
        ("we {{'re / 'd} / are}", ["we're", "we'd", "we are"]),
        ("she (really) {is / 's}", ["she really is", "she really's", "she is", "she's"]),
        ("{'s / is} it", ["'s it", "is it"]),
        ("get {'em / them}", ["get 'em", "get them"]),
        ("in {'t / het} huis", ["in 't huis", "in het huis"]),
        ("say {'s' / x}", ["say 's'", "say x"]),
    ],
)
def test_the_short_form_of_an_english_verb_is_written_onto_the_word_before_it(text, expected):
    assert ways(text) == expected


@pytest.mark.parametrize(
    ("text", "described"),
    [
        (
            "I {am / 'm} {going to / gonna} (really) try",
            "I <am | 'm> <going to | gonna> [really] try (8 ways)",
        ),
        ("colo{u / }r", "colo[u]r (2 ways)"),
        ("{uh / um / @} {a {b / c} / d}", "[uh | um] <a <b | c> | d> (9 ways)"),
        (r"\{a\} {b}", "{a} b"),
        ("{a / \u202eb}", r"<a | \u202eb> (2 ways)"),
        ("{a / b} " * 20, "<a | b> " * 20 + "(more than a million ways)"),
    ],
)
def test_what_was_read_is_described_in_one_line(text, described):
    assert parse_alternatives(text).describe() == described


def test_text_without_choices_is_plain():
    reading = parse_alternatives(r"  two  blanks \{kept\} ")
    assert not reading.has_choices
    assert reading.plain == "  two  blanks {kept} "
    assert parse_alternatives("{only}  one").plain == "only one"
    assert parse_alternatives("{a / b}").plain == "a"


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("I {am / 'm going", ['column 3, "{am / \'m going": "{" is never closed']),
        ("a} b", ['column 2, "} b": "}" closes nothing']),
        ("smile :)", ['column 8, ")": ")" closes nothing']),
        ("{a (b} c)", ['column 4, "(b} c)": "(" is never closed', 'column 9, ")": ")" closes nothing']),
        ("a {} b ( )", ['column 3, "{} b ( )": there is nothing in "{}"', 'column 8, "( )"']),
        ("{ / @}", ['column 1, "{ / @}": there is nothing in "{}"']),
        ("(a / b)", ['column 4, "/ b)": parentheses have no "/"']),
        ("(" * 11 + "a", ['column 11, "(a": choices are nested deeper than 10']),
    ],
)
def test_a_problem_names_its_column_and_what_to_do(text, problems):
    with pytest.raises(SuiteError) as caught:
        parse_alternatives(text)
    assert len(caught.value.problems) == len(problems)
    for found, expected in zip(caught.value.problems, problems, strict=True):
        assert found.startswith(expected)
        assert "for the character itself, or alternatives: false" in found


def test_many_problems_of_one_text_are_counted():
    with pytest.raises(SuiteError, match="and 3 more in the same text") as caught:
        parse_alternatives(":) " * 8)
    assert len(caught.value.problems) == 6


def test_ten_levels_may_be_nested():
    assert ways("(" * 10 + "a" + ")" * 10)[0] == "a"


def test_too_many_ways_close_together_are_refused():
    close = "{a / b} " * 13
    with pytest.raises(SuiteError, match=r'more than 4096 ways to read "<a | b> .* put fewer choices'):
        check_ways(parse_alternatives("so " + close))
    with pytest.raises(SuiteError, match="more than 4096 ways"):
        parse_alternatives(close).texts()


@pytest.mark.parametrize(
    ("choice", "advice"),
    [("{は / が}東京に", "4 characters between them"), ("(ก่)ข่", "4 characters"), ("{été / à} où", "4 words")],
)
def test_the_advice_about_too_many_ways_counts_what_the_text_has(choice, advice):
    with pytest.raises(SuiteError, match=f"or at least {advice}"):
        check_ways(parse_alternatives(choice * 13))


@pytest.mark.parametrize("between", ["東京に行", "ก่ข่ค่ง่", "我book一 張"])
def test_choices_with_four_characters_between_them_are_kept_apart(between):
    check_ways(parse_alternatives(f"{{a / b}}{between}" * 100))


def test_choices_with_four_words_between_them_are_kept_apart():
    check_ways(parse_alternatives("{a / b} one two three four " * 100))
    with pytest.raises(SuiteError):
        check_ways(parse_alternatives("{a / b} one two three " * 100))


@given(st.text("ab{}()/\\@ '"))
def test_any_text_is_read_or_refused(text):
    try:
        reading = parse_alternatives(text)
    except SuiteError:
        return
    assert reading.plain is not None
    assert reading.describe() or not text.strip()


@given(st.text("ab{}()/\\ '"))
def test_escaped_signs_are_the_text_itself(text):
    escaped = "".join("\\" + sign if sign in "{}()/\\" else sign for sign in text)
    assert parse_alternatives(escaped).plain == text
