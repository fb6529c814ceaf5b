"""The types of a manifest's keys, as the reader of YAML delivers them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from manifest_rows import problems as manifest_problems
from pydantic import ValidationError

from pytest_stt.suite.document import read_document
from pytest_stt.suite.manifests.entry import DataSetEntry
from pytest_stt.suite.problems import Problems


def entry(text: str) -> DataSetEntry:
    node: Any = read_document(text, Problems("s.yaml"))
    return DataSetEntry.model_validate(node)


@pytest.mark.parametrize("name", ["nemo", "tsv", "'tsv'", "common-voice"])
def test_a_format_may_be_written_with_and_without_quotes(name: str) -> None:
    assert entry(f"{{path: x, format: {name}}}").format == name.strip("'")


def test_a_condition_is_text_a_list_or_a_range() -> None:
    where = entry("where: {a: 'null', b: [x, 1], c: {min: 1}, d: {max: 2.5}, e: {min: 1, max: 1}}").where
    assert where["a"].texts == ("null",)
    assert where["b"].texts == ("x", "1")
    assert (where["c"].least, where["c"].most) == (1, None)
    assert (where["d"].least, where["d"].most) == (None, 2.5)
    assert (where["e"].least, where["e"].most) == (1, 1)


@pytest.mark.parametrize(
    "condition",
    [
        "",
        "[]",
        "[x, [y]]",
        "{}",
        "{mx: 1}",
        "{min: x}",
        "{min: }",
        "{min: nan}",
        "{min: 2, max: 1}",
        "{max: []}",
    ],
)
def test_anything_else_is_no_condition(condition: str) -> None:
    assert entry(f"where: {{a: {condition}}}").where == {"a": None}


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        ("", "such as {min: 1, max: 20}, found nothing"),
        (
            "[x, [y]]",
            "expected text, a list of texts, or a range of numbers such as {min: 1, max: 20}, found a list",
        ),
        ("{}", "found an empty mapping"),
        ("{mim: 2}", 'such as {min: 1, max: 20}, found the key "mim"; did you mean "min"?'),
        ("{from: 2}", 'found the key "from"'),
        ("{min: x}", 'expected a number as "min", found "x"'),
        ("{max: nan}", 'expected a number as "max", found "nan"'),
        ("{max: []}", 'expected a number as "max", found an empty list'),
        ("{min: 2, max: 1}", 'expected a "max" of 2 or more, as "min" is that, found "1"'),
    ],
)
def test_what_is_no_condition_is_named_with_its_key_and_line(
    tmp_path: Path, condition: str, sentence: str
) -> None:
    (tmp_path / "m.csv").write_text("audio,reference\na.wav,x\n")
    keys = f"path: m.csv\nformat: csv\nwhere:\n  id: a\n  year: {condition}\n"
    (problem,) = manifest_problems(tmp_path, keys)
    assert problem.startswith("suites/s.yaml:5: where: year: expected ")
    assert problem.endswith(sentence)


@pytest.mark.parametrize(
    "keys",
    [
        "sample: 0",
        "limit: x",
        "seed: 1.5",
        "path: ''",
        "format: wav",
        "columns: {audoi: x}",
        "paths: {a: ''}",
        "x: y",
    ],
)
def test_a_value_out_of_range_is_refused(keys: str) -> None:
    with pytest.raises(ValidationError):
        entry(keys)
