"""Suites that pages of the documentation show: written to disk, loaded, and their problems listed."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

import pytest
import yaml

from pytest_stt.errors import SuiteError
from pytest_stt.suite import Defaults, Overrides, Suite, load_suite

AUDIO = "speech.flac"


def write_suite(folder: Path, text: str, *, leaving_out: Collection[str] = ()) -> Path:
    """Write the suite of an example, its values as they were typed, with its files and an audio file.

    Args:
        folder: Where.
        text: YAML with the keys `suite`, `case` or `cases`, and `files`.
        leaving_out: The keys of a case that are no part of a suite.
    """
    root = _pairs(yaml.compose(text, Loader=yaml.SafeLoader))
    files = {name: node.value for name, node in _pairs(root.get("files")).items()}
    for name, content in {AUDIO: "", **files}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    suite = _pairs(root.get("suite"))
    cases = root["cases"].value if "cases" in root else [root["case"]] if "case" in root else []
    if cases:
        suite["cases"] = _sequence([_with_audio(case, leaving_out) for case in cases])
    path = folder / "s.stt.yaml"
    path.write_text(yaml.serialize(_mapping(suite), allow_unicode=True), encoding="utf-8")
    return path


def load(path: Path) -> Suite:
    """Load a suite with the defaults that it has without any options."""
    return load_suite(path, environ={}, defaults=Defaults(), overrides=Overrides(), display=path.name)


def problems_of(path: Path) -> list[str]:
    """Return what is wrong with a suite, without the lines of the suite itself."""
    with pytest.raises(SuiteError) as caught:
        load(path)
    return [re.sub(rf"^{re.escape(path.name)}:\d+: ", "", problem) for problem in caught.value.problems]


def _with_audio(case: yaml.Node, leaving_out: Collection[str]) -> yaml.Node:
    pairs = {key: value for key, value in _pairs(case).items() if key not in leaving_out}
    return _mapping({"audio": yaml.ScalarNode("tag:yaml.org,2002:str", AUDIO), **pairs})


def _pairs(node: yaml.Node | None) -> dict[str, yaml.Node]:
    return {key.value: value for key, value in node.value} if isinstance(node, yaml.MappingNode) else {}


def _mapping(pairs: dict[str, yaml.Node]) -> yaml.MappingNode:
    nodes = [(yaml.ScalarNode("tag:yaml.org,2002:str", key), value) for key, value in pairs.items()]
    return yaml.MappingNode("tag:yaml.org,2002:map", nodes)


def _sequence(nodes: list[yaml.Node]) -> yaml.SequenceNode:
    return yaml.SequenceNode("tag:yaml.org,2002:seq", nodes)
