"""Lists of steps, and normalisers by language."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_stt.errors import SuiteError
from pytest_stt.text.normalizers import find_normalizer, normalizer_for, normalizer_spec, read_normalizers


def composed(*steps, language=None):
    return find_normalizer(normalizer_spec(list(steps)), language)


def problems(value):
    with pytest.raises(SuiteError) as refused:
        normalizer_spec(value)
    return list(refused.value.problems)


@pytest.mark.parametrize(
    ("steps", "text", "expected"),
    [
        (["basic", {"replace": {"colour": "color"}}], "Colours, COLOUR!", "colours color"),
        (["basic", {"replace": {"Colour": "COLOR"}}], "Colour", "color"),
        (["basic", {"replace": {"Twenty-One": "21"}}], "twenty one", "21"),
        (["basic", {"replace": {"a": "b", "b": "a"}}], "a b a", "b a b"),
        (["basic", {"replace": {"going to": "gonna", "going": "go"}}], "going to go, going", "gonna go go"),
        (["basic", {"replace": {"we": "us", "we are": "we're"}}], "we are we", "we're us"),
        (["basic", {"replace": {"uh": ""}}], "uh well uh", "well"),
        (["basic", {"replace": {"don": "x"}}], "don't, Don", "don't x"),
        (["basic", {"replace": {"t": "x"}}], "don't t", "don't x"),
        (["basic", {"replace": {"5": "five"}}], "5 3.5 5,000 10:5 15", "five 3.5 5,000 10:5 15"),
        (["basic", {"replace": {"%": "percent", "&": "and"}}], "5% AT&T", "5 percent at and t"),
        ([{"replace": {"%": "percent", "&": "and"}}], "5% AT&T", "5 percent AT and T"),
        ([{"replace": {"'m": "am"}}], "I'm", "I am"),
        ([{"replace": {"well known": "famous"}}], "a well\n known man", "a famous man"),
        ([{"replace": {"Colour": "Color"}}], "Colour, colour (Colour)", "Color, colour (Color)"),
        (["basic", {"drop": ["uh", "you know"]}], "Uh, you  know you, uh-huh", "you huh"),
        (["basic", {"drop": "uh"}], "uh yes", "yes"),
        (["basic", {"drop": ["a", "ab"]}], "ab a abc", "abc"),
        (["basic", {"drop": ["क"]}], "कि क", "कि"),
        (["cjk", {"drop": ["えーと", "あの"]}], "えーと、あの、今日は", "今日は"),
        (["cjk", {"replace": {"電腦": "计算机"}}], "我的電腦很好", "我的计算机很好"),
        (["cjk", {"replace": {"iPhone": "手机"}}], "我用 iPhone 的", "我用手机的"),
        (["cjk", {"replace": {"ab": "x", "ab字": "y"}}], "ab ab字 abc", "x yabc"),
        (["basic", {"drop": ["นะ"]}], "ดีนะครับ", "ดีครับ"),
        (["basic", {"regex": [[r"(\d+) ?km\b", r"\1 kilometres"]]}], "5km", "5 kilometres"),
        (["basic", {"regex": [r"(\d+) km", r"\1 kilometres"]}], "5 km", "5 kilometres"),
        (["basic", {"regex": [{"colou?r": "colour", "^the ": ""}]}], "The color", "colour"),
        (["basic", {"regex": {"colou?r": "colour"}}], "color", "colour"),
        (["basic", {"regex": [["a", "b"], ["b", "c"]]}], "a b", "c c"),
        ([{"regex": [["-", " "]]}], " A--B ", "A B"),
        (["none", {"drop": ["x"]}], " X  x ", "X"),
        (["whisper-english", {"drop": ["please"]}], "Please, won't you?", "will not you"),
        (["numbers", {"replace": {"twenty": "XX"}}], "Twenty 20", "xx xx"),
        (["basic@1", {"drop": ["uh"]}, {"replace": {"a b": "c"}}], "a uh b", "c"),
    ],
    ids=str,
)
def test_a_list_does_its_steps_in_order(steps, text, expected):
    assert composed(*steps)(text) == expected


def test_words_are_prepared_in_the_language_of_the_text():
    normalizer = composed("numbers", {"replace": {"zwanzig": "viele"}}, language="de")
    assert normalizer("20 Leute") == "viele leute"


def test_the_name_lists_the_steps_and_the_label_gives_the_same_again():
    spec = normalizer_spec(["basic", {"replace": {"b": "c", "a": "b"}}, {"drop": ["uh"]}])
    normalizer = find_normalizer(spec)
    assert normalizer.name == "basic + replace + drop"
    assert normalizer.label == spec
    assert json.loads(spec) == ["basic@1", {"replace": {"a": "b", "b": "c"}}, {"drop": ["uh"]}]
    assert find_normalizer(normalizer.label) is normalizer
    assert normalizer_spec(normalizer.label) == spec


def test_the_order_of_replacements_does_not_count_and_that_of_patterns_does():
    assert normalizer_spec([{"replace": {"a": "b", "c": "d"}}]) == normalizer_spec(
        [{"replace": {"c": "d", "a": "b"}}]
    )
    first = normalizer_spec([{"regex": {"b": "c", "a": "b"}}])
    assert find_normalizer(first)("a") == "b"
    assert find_normalizer(normalizer_spec([{"regex": {"a": "b", "b": "c"}}]))("a") == "c"
    assert find_normalizer(find_normalizer(first).label)("a") == "b"


def test_json_that_is_not_in_the_one_form_gives_the_same_normaliser():
    spec = normalizer_spec(["basic", {"drop": ["uh"]}])
    assert find_normalizer(' ["basic", {"drop": "uh"}]').label == spec


@pytest.mark.parametrize("value", ["basic", "basic@1", ["basic"], ["basic@1"]])
def test_a_single_name_is_that_name(value):
    assert normalizer_spec(value) == (value if isinstance(value, str) else value[0])


def test_a_list_of_one_name_in_json_is_that_normaliser():
    assert find_normalizer('["basic"]') is find_normalizer("basic")


def test_every_problem_is_named_with_its_step():
    said = problems(["basik", {"drp": ["uh"]}, {"replace": {"": "a", "b": ["c"]}}, ["basic"], "cjk@7"])
    assert [line.split(":")[0] for line in said] == [
        "step 1",
        "step 2",
        "step 3",
        "step 3",
        "step 4",
        "step 5",
    ]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ([], "with at least one, such as [basic, {drop: [uh, um]}], found nothing"),
        (None, "found nothing"),
        (7, "found 7"),
        ("[oops", "a list of steps such as [basic, {drop: [uh, um]}], found '[oops': expected ',' or ']'"),
        ("[" * 2000, "nested too deeply"),
        ("[basic, *basic]", "an alias (*) stands for something else"),
        ("[basic, \x07]", "characters that YAML refuses"),
        ("[basic], cjk", "a list of steps such as [basic, {drop: [uh, um]}], found '[basic], cjk'"),
        ("basic, cjk", "a list of steps such as [basic, {drop: [uh, um]}], found 'basic, cjk'"),
        (
            "{default: basic}",
            "a list of steps such as [basic, {drop: [uh, um]}], found '{default: basic}'",
        ),
        ("basik", "did you mean 'basic'?"),
        (["basik"], "step 1: no normaliser 'basik'; did you mean 'basic'?"),
        (["basic@2"], "step 1: no version '2' of the normaliser 'basic'; there is basic@1"),
        (["drop"], "step 1: the step 'drop' says nothing to drop; write {drop: [uh, um]}"),
        ([["basic"]], 'found ["basic"]; write its steps one after the other'),
        ([None], "step 1: expected a name or one of {replace: {colour: color}}"),
        ([{"drop": ["a"], "replace": {"a": "b"}}], "expected one key, found 'drop', 'replace'"),
        ([{}], "expected one key, found none"),
        ([{"drp": ["a"]}], "no step 'drp'; did you mean 'drop'? (there is replace, drop, regex)"),
        ([{"xyz\x1b": ["a"]}], "no step 'xyz\\x1b' (there is"),
        ([{"replace": ["a", "b"]}], 'replace: expected {replace: {colour: color}}, found ["a", "b"]'),
        ([{"replace": {}}], "replace: expected {replace: {colour: color}}, found nothing"),
        ([{"replace": {" ": "a"}}], "replace: an empty word (for 'a')"),
        ([{"replace": {"a": ["b"]}}], "replace: expected text for text, found 'a': [\"b\"]"),
        ([{"drop": []}], "drop: expected {drop: [uh, um]}, found nothing"),
        ([{"drop": {"a": "b"}}], "drop: expected {drop: [uh, um]}"),
        ([{"drop": ["a", ["b"]]}], 'drop: expected words, found ["b"]'),
        ([{"drop": ["a", ""]}], "drop: an empty word"),
        ([{"regex": []}], "regex: expected {regex:"),
        ([{"regex": "a"}], "regex: expected {regex:"),
        ([{"regex": ["a"]}], "regex: expected [pattern, replacement] or {pattern: replacement}"),
        ([{"regex": ["a", "b", "c"]}], "regex: expected [pattern, replacement]"),
        ([{"regex": [["a", ["b"]]]}], "regex: expected [pattern, replacement]"),
        ([{"regex": [["a", "b"], "c"]}], "regex: expected [pattern, replacement]"),
        (
            [{"regex": [["(a", "b"]]}],
            "regex: the pattern '(a' can't be used: missing ), unterminated subpattern at position 0",
        ),
        (
            [{"regex": [["a", r"\1"]]}],
            r"regex: the replacement '\1' can't be used: invalid group reference 1 at position 1",
        ),
        (
            [{"regex": [["a", r"\g<x>"]]}],
            r"regex: the replacement '\g<x>' can't be used: unknown group name 'x'",
        ),
        (["basic", {"drop": ["..."]}], "step 2: drop: nothing is left of '...' after the steps before it"),
        (
            ["basic", {"replace": {"!": "x"}}],
            "step 2: replace: nothing is left of '!' after the steps before it",
        ),
        (
            ["basic", {"replace": {"Colour": "color", "colour": "hue"}}],
            "'colour' is 'colour' after the steps before it, which is to become 'color' already",
        ),
    ],
    ids=ascii,
)
def test_what_is_wrong_is_said(value, said):
    [problem] = problems(value)
    assert said in problem


def test_the_same_word_may_be_given_twice_for_the_same():
    assert composed("basic", {"replace": {"Colour": "Color", "colour": "color"}})("COLOUR") == "color"


def test_descriptions_name_the_first_rules():
    steps = composed(
        {"replace": dict.fromkeys("abcde", "")}, {"drop": ["x\x1b"]}, {"regex": [["a+", ""]]}
    ).steps
    described = [step.description for step in steps]
    assert described[0] == "Replace whole words: a by nothing, b by nothing, c by nothing and 2 more"
    assert "x\\x1b" in described[1]
    assert "a+ by nothing" in described[2]


def test_a_pattern_that_python_warns_about_is_taken():
    assert composed({"regex": [["[[a]", "b"]]})("a[") == "bb"


words = st.lists(st.sampled_from(["a", "b", "ab", "a b", "字", "a字", "b c", "c"]), unique=True, min_size=1)


@given(words, st.lists(st.sampled_from(["a", "b", "c", "ab", "d"]), max_size=8))
def test_replacing_takes_the_longest_phrase_from_the_left(keys, text):
    table = {key: f"<{number}>" for number, key in enumerate(keys)}
    assert composed({"replace": table})(" ".join(text)) == " ".join(by_hand(text, table))


def by_hand(text, table):
    longest_first = sorted((key.split() for key in table), key=len, reverse=True)
    position, out = 0, []
    while position < len(text):
        found = next((key for key in longest_first if text[position : position + len(key)] == key), None)
        out.append(table[" ".join(found)] if found else text[position])
        position += len(found) if found else 1
    return out


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("ja", "cjk"),
        ("ja-JP", "cjk"),
        ("JA_jp", "cjk"),
        ("japanese", "cjk"),
        ("zh-Hant-TW", "traditional"),
        ("zh-TW", "simplified"),
        ("cmn", "simplified"),
        ("deu", "numbers"),
        ("de-AT", "numbers"),
        ("fr", "basic@1"),
        (None, "basic@1"),
        ("", "basic@1"),
    ],
)
def test_the_most_exact_language_tag_wins(language, expected):
    choices = {
        "default": "basic@1",
        "ja": "cjk",
        "zh_hant": "traditional",
        "ZH": "simplified",
        "German": "numbers",
    }
    assert normalizer_for(choices, language) == expected


def test_without_a_default_it_is_basic():
    assert normalizer_for({"ja": "cjk"}, "de") == "basic"
    assert normalizer_for({"ja": "cjk"}, None) == "basic"


@pytest.mark.parametrize(
    "text",
    ["[basic, {drop: [um, 5]}]", '\n ["basic", {"drop": ["um", 5]}]', "[basic,\n {drop: ['um', \"5\"]}]"],
)
def test_a_text_is_a_list_in_the_flow_style_of_yaml_or_in_json(text):
    spec = normalizer_spec(["basic", {"drop": ["um", "5"]}])
    assert normalizer_spec(text) == spec
    assert find_normalizer(text).label == spec


def test_normalisers_are_read_for_all_or_by_language():
    assert read_normalizers("basic@1") == {"default": "basic@1"}
    assert read_normalizers("[basic, {drop: um}]") == {"default": normalizer_spec(["basic", {"drop": "um"}])}
    expected = {"default": "basic", "ja": normalizer_spec(["cjk", "simplified"])}
    assert read_normalizers("{default: basic, ja: [cjk, simplified]}") == expected
    assert read_normalizers(' {"default": "basic", "ja": ["cjk", "simplified"]}') == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{}", ["expected normalisers by language such as {default: basic, ja: cjk}, found '{}'"]),
        (
            "{ja: cjk",
            ["expected normalisers by language such as {default: basic, ja: cjk}, found '{ja: cjk"],
        ),
        ("{defalt: basic, ja: cjk}", ["defalt: expected a language; did you mean 'default'?"]),
        ("{de: basik, ja: [oh, {drp: a}]}", ["de: no normaliser", "ja: step 1: no", "ja: step 2: no step"]),
        ("basik", ["no normaliser 'basik'; did you mean 'basic'?"]),
    ],
)
def test_what_is_wrong_with_normalisers_by_language_is_said_with_the_language(text, said):
    with pytest.raises(SuiteError) as refused:
        read_normalizers(text)
    assert len(refused.value.problems) == len(said)
    for problem, start in zip(refused.value.problems, said, strict=True):
        assert problem.startswith(start)
