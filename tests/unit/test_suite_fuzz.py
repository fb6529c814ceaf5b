"""Whatever stands in a file, the loader returns a suite or one error with lines."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from suite_files import write

from pytest_stt.errors import SuiteError
from pytest_stt.suite import Defaults, Overrides, Suite, load_suite

GOOD = """\
version: 1
x-strict: &strict {max_wer: 0, max_cer: null}
server:
  url: ${STT_URL:-http://127.0.0.1:8000}/v1
  dialect: whisperlive
  headers: {Authorization: "Bearer ${KEY:-none}"}
  options: {model: small, use_vad: no, extra: {beams: 5}}
  timeout: 45
  rate: 60/min
stream: {chunk_ms: 100, encoding: pcm16, pace: 2}
normalize: none
assert_quality: {max_wer: 0.10, max_errors: 3}
cases:
  - id: first
    audio: hello.flac
    references: [Hello world., 'it''s']
    language: no
    tags: [smoke, long]
    xfail: {reason: too fast, strict: yes}
    assert_quality: *strict
    meta: {speaker: 1984, notes: [~, yes]}
  - <<: {audio: b.flac}
    reference: |
      two
      lines
    exclusive: true
  - {id: silence, audio: c.flac, reference: "", skip: not yet}
"""
KEYS = sorted({*re.findall(r"[a-z_]+", GOOD), "gates", "servers", "wait", "retries", "<<"})
quick = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


def outcome(folder: Path, content: bytes) -> Suite | SuiteError:
    path = write(folder, content)
    try:
        return load_suite(path, environ={}, defaults=Defaults(), overrides=Overrides(), display="s.stt.yaml")
    except SuiteError as error:
        return error


def check(found: Suite | SuiteError) -> None:
    if isinstance(found, Suite):
        assert found.cases
        return
    assert found.problems
    for problem in found.problems:
        assert re.match(r"s\.stt\.yaml:[1-9][0-9]*: .", problem), problem
        assert not re.search(r"[\x00-\x1f\x7f-\x9f]", problem), problem
        assert not re.search(r"Input should|pydantic|Traceback|<class|object at", problem), problem


def test_the_suite_that_is_mutated_is_a_good_one(folder: Path) -> None:
    assert isinstance(outcome(folder, GOOD.encode()), Suite)


@quick
@given(text=st.text() | st.text("ab:-[]{}&*<'\"|>#!%@\n\t ~"))
def test_any_text_is_a_suite_or_one_error(folder: Path, text: str) -> None:
    check(outcome(folder, text.encode("utf-8", "surrogatepass")))


@quick
@given(content=st.binary())
def test_any_bytes_are_a_suite_or_one_error(folder: Path, content: bytes) -> None:
    check(outcome(folder, content))


@settings(quick, max_examples=300)
@given(
    start=st.integers(0, len(GOOD)),
    length=st.integers(0, 20),
    text=st.text(max_size=6)
    | st.sampled_from(["\n", "\t", "- ", ": ", "&strict ", "*strict", "${", "nan", "null"]),
)
def test_a_suite_with_a_piece_replaced_is_a_suite_or_one_error(
    folder: Path, start: int, length: int, text: str
) -> None:
    mutated = GOOD[:start] + text + GOOD[start + length :]
    check(outcome(folder, mutated.encode("utf-8", "surrogatepass")))


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
    max_leaves=8,
)


@st.composite
def misfits(draw: st.DrawFn) -> Any:
    """Return a good suite in which a few values are of any kind."""
    tree = yaml.safe_load(GOOD)
    for _ in range(draw(st.integers(1, 4))):
        node = tree
        while isinstance(node, dict | list) and node:
            step = draw(st.sampled_from(list(node) if isinstance(node, dict) else range(len(node))))
            if not isinstance(node[step], dict | list) or draw(st.booleans()):
                node[step] = draw(values)
                break
            node = node[step]
    return tree


@settings(quick, max_examples=300)
@given(tree=misfits(), flow=st.booleans())
def test_a_suite_with_values_of_any_kind_is_a_suite_or_one_error(folder: Path, tree: Any, flow: bool) -> None:
    text = yaml.safe_dump(tree, allow_unicode=True, default_flow_style=flow, sort_keys=False)
    check(outcome(folder, text.encode("utf-8", "surrogatepass")))
