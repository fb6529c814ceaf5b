from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pytest_stt.errors import SuiteError
from pytest_stt.suite import document
from pytest_stt.suite.document import Null, YamlList, YamlMapping, plain, read_document, resolved
from pytest_stt.suite.problems import Problems


def read(text: str) -> Any:
    problems = Problems("s.stt.yaml")
    root = read_document(text, problems)
    assert not problems
    return root


def problems_of(text: str) -> list[str]:
    problems = Problems("s.stt.yaml")
    read_document(text, problems)
    with pytest.raises(SuiteError) as caught:
        problems.report()
    return list(caught.value.problems)


@pytest.fixture(params=["CBaseLoader", "BaseLoader"])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once with libyaml, once with the parser that is written in Python."""
    monkeypatch.setattr(document, "_LOADER", getattr(yaml, request.param))


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=12)
trees = st.recursive(
    texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


@given(tree=st.dictionaries(texts, trees, min_size=1, max_size=4), style=st.sampled_from(['"', "'", None]))
def test_the_builder_reads_what_the_base_loader_of_yaml_reads(tree: Any, style: str | None) -> None:
    text = yaml.safe_dump(tree, default_style=style, allow_unicode=True)
    assert read(text) == yaml.load(text, Loader=yaml.BaseLoader)


@given(numbers=st.recursive(st.integers() | st.booleans() | st.floats() | st.none(), st.lists, max_leaves=9))
def test_numbers_and_booleans_stay_the_text_that_was_dumped(numbers: Any) -> None:
    text = yaml.safe_dump({"a": numbers})
    assert read(text) == yaml.load(text, Loader=yaml.BaseLoader)


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize("text", ["no", "10:30", "1984", "1e3", "0x1F", "2024-01-01", "true", "=", "-.inf"])
def test_a_scalar_is_the_text_that_was_typed(text: str) -> None:
    assert read(f"a: {text}") == {"a": text}


@pytest.mark.usefixtures("parser")
def test_nothing_is_told_from_an_empty_text() -> None:
    root = read("nothing:\ntilde: ~\nword: null\nempty: ''\nquoted: 'null'\ntagged: !!str null\n")
    assert [key for key, value in root.items() if isinstance(value, Null)] == ["nothing", "tilde", "word"]
    assert plain(root) == {
        "nothing": None,
        "tilde": None,
        "word": None,
        "empty": "",
        "quoted": "null",
        "tagged": "null",
    }


@pytest.mark.usefixtures("parser")
def test_mappings_and_lists_know_their_lines() -> None:
    root = read("a: 1\nb:\n  - x\n  -\n    c: |\n      text\n    d:\n      e\nf: {g: 1,\n  h: 2}\n")
    assert (root.line, root.lines) == (1, {"a": 1, "b": 2, "f": 9})
    assert isinstance(root["b"], YamlList)
    assert root["b"].lines == [3, 5]
    case = root["b"][1]
    assert (case.line, case.lines, case.value_line("c"), case.value_line("d")) == (5, {"c": 5, "d": 7}, 5, 8)
    assert root["f"].lines == {"g": 9, "h": 10}
    assert root["f"].key_line("not there") == 9


@pytest.mark.usefixtures("parser")
def test_a_key_given_twice_is_named_with_both_lines() -> None:
    assert problems_of("a: 1\nb: 2\na: 3\nb: 4\n") == [
        's.stt.yaml:3: the key "a" is given twice, first on line 1',
        's.stt.yaml:4: the key "b" is given twice, first on line 2',
    ]


@pytest.mark.usefixtures("parser")
def test_aliases_stand_for_what_they_name() -> None:
    root = read("base: &b {x: 1}\n&k key: &t text\nmany: [*b, *t, *k]\n")
    assert root["many"] == [{"x": "1"}, "text", "key"]


@pytest.mark.usefixtures("parser")
def test_a_merge_takes_over_keys_that_are_not_there() -> None:
    root = read("one: &one {a: 1, b: 1}\ntwo: &two {b: 2, c: 2}\nall:\n  <<: [*one, *two]\n  a: 0\n")
    assert root["all"] == {"a": "0", "b": "1", "c": "2"}
    assert root["all"].lines == {"a": 5, "b": 1, "c": 2}
    assert read("one: &one {a: 1}\nall: {a: 0, <<: *one, b: 2}\n")["all"] == {"a": "0", "b": "2"}


@pytest.mark.usefixtures("parser")
def test_a_quoted_merge_key_is_a_key() -> None:
    assert read('"<<": {a: 1}\n') == {"<<": {"a": "1"}}


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("<<: text\n", '1: "<<" takes over the keys of a mapping, such as *name; found "text"'),
        ("a: *b\n", '1: "*b" names nothing: there is no "&b" above it'),
        ("a: &a\n  b: *a\n", '2: "*a" stands inside "&a"; a value cannot contain itself'),
        ("a: 1\n---\nb: 2\n", '2: a second YAML document begins here ("---"); a suite file holds one'),
        ("[a]: 1\n", "1: a key is text; found a list, a mapping or an alias"),
        (
            "a: !!python/name:os.system x\n",
            '1: the YAML tag "!!python/name:os.system" means nothing here; leave it out',
        ),
        ("a:\n  !x {b: 1}\n", '2: the YAML tag "!x" means nothing here; leave it out'),
        ("a: " + "[" * 70 + "]" * 70, "1: values nested more than 64 levels deep"),
    ],
)
def test_what_a_suite_has_no_use_for_is_named_with_its_line(text: str, problem: str) -> None:
    assert problems_of(text) == [f"s.stt.yaml:{problem}"]


def test_aliases_that_multiply_are_stopped() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    assert problems_of("\n".join(lines)) == [
        "s.stt.yaml:6: the aliases of this file stand for more than 1000000 values"
    ]


def test_aliases_that_nest_are_stopped() -> None:
    lines = ["a0: &a0 [x]", *(f"a{i}: &a{i} [*a{i - 1}]" for i in range(1, 5000))]
    assert problems_of("\n".join(lines)) == ["s.stt.yaml:64: values nested more than 64 levels deep"]


def test_thousands_of_cases_may_share_their_limits() -> None:
    root = read("l: &l {max_wer: 0.1}\ncases:\n" + "- {assert_quality: *l}\n" * 3000)
    assert len(root["cases"]) == 3000


@pytest.mark.parametrize("text", ["", "\n\n", "# a comment\n", "---\n", "---\n...\n"])
def test_a_file_without_content_is_an_empty_text(text: str) -> None:
    assert read(text) == ""


@pytest.mark.usefixtures("parser")
def test_values_without_a_type_are_read_as_json_reads_them() -> None:
    root = read(
        "a: [1, -2.5, 1e3, true, FALSE, null, ~, text]\nb: ['1', \"true\", 007, 1_0, yes, 1.2.3, '']\n"
    )
    assert resolved(root) == {
        "a": [1, -2.5, 1000.0, True, False, None, None, "text"],
        "b": ["1", "true", "007", "1_0", "yes", "1.2.3", ""],
    }
    assert resolved(read(f"[{'9' * 5000}, 1e999]")) == ["9" * 5000, "1e999"]


def test_a_copy_without_keys_still_knows_their_lines() -> None:
    root = read("a: 1\nb: 2\n")
    copy = root.without("a")
    assert isinstance(copy, YamlMapping)
    assert (copy, copy.lines, root) == ({"b": "2"}, {"a": 1, "b": 2}, {"a": "1", "b": "2"})
