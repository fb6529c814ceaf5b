"""The key `normalize`: which normaliser each case has, and what is said of a wrong one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from suite_files import load, problems, with_case

from pytest_stt.suite import Suite


def specs(suite: Suite) -> list[str]:
    return [case.normalizer for case in suite.cases]


THREE = """
cases:
  - {audio: hello.flac, reference: x}
  - {audio: b.flac, reference: x, language: ja-JP}
  - {audio: c.flac, reference: x, language: German}
"""


def test_the_ini_value_counts_where_the_file_is_silent(tmp_path: Path) -> None:
    assert specs(load(tmp_path, THREE, normalizer="none")) == ["none"] * 3
    assert specs(load(tmp_path, f"normalize: cjk@1{THREE}", normalizer="none")) == ["cjk@1"] * 3


def test_each_language_has_its_own_and_the_others_the_default(tmp_path: Path) -> None:
    head = "normalize: {default: numbers, ja: cjk, de: [basic, {drop: äh}]}"
    one, two, three = specs(load(tmp_path, head + THREE))
    assert (one, two) == ("numbers", "cjk")
    assert json.loads(three) == ["basic@1", {"drop": ["äh"]}]


def test_without_a_default_the_ini_value_is_that_of_other_languages(tmp_path: Path) -> None:
    assert specs(load(tmp_path, f"normalize: {{ja: cjk}}{THREE}", normalizer="none")) == [
        "none",
        "cjk",
        "none",
    ]


def test_the_language_of_the_suite_chooses_too(tmp_path: Path) -> None:
    text = "language: ja\nnormalize: {ja: cjk, de: numbers}\n" + THREE
    assert specs(load(tmp_path, text)) == ["cjk", "cjk", "numbers"]


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("basik", "normalize: no normaliser 'basik'; did you mean 'basic'? (there is basic, "),
        ("basic@9", "normalize: no version '9' of the normaliser 'basic'; there is basic@1"),
        ("~", 'normalize: expected a name or a list of steps, found "~"'),
        ("[]", "normalize: expected the name of a normaliser or a list of steps with at least one"),
        ("[basic, {dropp: uh}]", "normalize: step 2: no step 'dropp'; did you mean 'drop'?"),
        ("[basic, drop]", "normalize: step 2: the step 'drop' says nothing to drop; write {drop: [uh, um]}"),
        ("[basic, {drop: '!'}]", "normalize: step 2: drop: "),
        ("[{regex: ['(', x]}]", "normalize: step 1: regex: "),
        ("{ja: [cjk, {replace: {}}]}", "normalize: ja: step 2: replace: expected {replace: "),
        ("{ja: 你好}", "normalize: ja: no normaliser '你好' (there is "),
        ("{default: ~}", 'normalize: default: expected a name or a list of steps, found "~"'),
        ("{defualt: cjk}", "normalize: expected a language, found \"defualt\"; did you mean 'default'?"),
    ],
)
def test_a_wrong_normaliser_is_named_once_with_its_line(tmp_path: Path, value: str, problem: str) -> None:
    (found,) = problems(tmp_path, "version: 1\n" + with_case(f"normalize: {value}"))
    assert found.startswith(f"s.stt.yaml:2: {problem}")


def test_every_wrong_language_has_its_line(tmp_path: Path) -> None:
    head = "normalize:\n  default: basik\n  ja: [one, two]\n"
    assert [found.partition(": no normaliser")[0] for found in problems(tmp_path, with_case(head))] == [
        "s.stt.yaml:2: normalize: default",
        "s.stt.yaml:3: normalize: ja: step 1",
        "s.stt.yaml:3: normalize: ja: step 2",
    ]


def test_a_wrong_ini_value_is_not_put_down_to_the_file(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, with_case(), normalizer="basik")
    assert found.startswith("ini option stt_normalize: no normaliser 'basik'; did you mean 'basic'?")


NO_JAPANESE = (
    "the normaliser 'numbers' does not know the numbers of the language 'ja-JP', only those of de, en, es, "
    "fr, it, nl, pt; choose another for it, as in normalize: {default: …, ja-JP: …}"
)


@pytest.mark.parametrize(
    ("head", "place"),
    [
        ("normalize: numbers", "s.stt.yaml:1: normalize"),
        ("normalize: {de: basic, default: numbers}", "s.stt.yaml:1: normalize: default"),
        ("normalize:\n  default: basic\n  ja: numbers@1", "s.stt.yaml:3: normalize: ja"),
        ("normalize:\n  [basic, numbers]", "s.stt.yaml:2: normalize"),
    ],
)
def test_a_language_that_a_normaliser_does_not_know_is_named_where_it_was_chosen(
    tmp_path: Path, head: str, place: str
) -> None:
    assert problems(tmp_path, head + THREE) == [f"{place}, for the language ja-JP: {NO_JAPANESE}"]


def test_a_language_that_the_ini_value_does_not_know_is_put_down_to_the_ini_value(tmp_path: Path) -> None:
    found = problems(tmp_path, THREE, normalizer="numbers")
    assert found == [f"ini option stt_normalize, for the language ja-JP: {NO_JAPANESE}"]
