"""Whatever stands in a file, the loader returns a suite or one error with lines."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from suite_files import write

from pytest_stt.errors import SuiteError
from pytest_stt.suite import Defaults, Overrides, Suite, load_suite
from pytest_stt.suite.model import repetition_of

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
  repeat: 2
  max_response_mb: 2.5
repeat: {times: 5, pass: 4}
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
    repeat: {times: 3}
  - {id: silence, audio: c.flac, reference: "", skip: not yet}
"""
KEYS = sorted({*re.findall(r"[a-z_]+", GOOD), "gates", "servers", "wait", "retries", "<<"})
SERVERS = """\
servers:
  small: &small
    url: ${STT_URL:-http://127.0.0.1:8000}/v1
    headers: {Authorization: "Bearer ${KEY:-none}"}
    options: {model: "${MODEL:-tiny}", temperature: 0, timestamp_granularities: [word]}
    repeat: {times: 5, pass: 4}
  large: {<<: *small, url: "http://${HOST:-h}:1", dialect: openai, max_response_mb: 1, rate: 2.5/s}
  live:
    dialect: whisperlive
    options: {extra: {beams: 5}}
    timeout: ${SECONDS:-3}
"""
SEVERAL = GOOD[: GOOD.index("server:")] + SERVERS + GOOD[GOOD.index("repeat: {times: 5") :]
PICKED = st.sampled_from([Overrides(), Overrides(server="large"), Overrides(server="live", repeat=3)])
quick = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


def outcome(folder: Path, content: bytes, overrides: Overrides | None = None) -> Suite | SuiteError:
    path = write(folder, content)
    overrides = overrides or Overrides()
    try:
        return load_suite(path, environ={}, defaults=Defaults(), overrides=overrides, display="s.stt.yaml")
    except SuiteError as error:
        return error


def check(found: Suite | SuiteError) -> None:
    if isinstance(found, Suite):
        assert found.cases
        assert found.servers
        for repetition in [
            repetition_of(found, server, case) for server in found.servers for case in found.cases
        ]:
            assert 1 <= repetition.needed <= repetition.times <= 1000
        return
    assert found.problems
    for problem in found.problems:
        assert re.match(r"s\.stt\.yaml:[1-9][0-9]*: .", problem), problem
        assert not re.search(r"[\x00-\x1f\x7f-\x9f]", problem), problem
        assert not re.search(r"Input should|pydantic|Traceback|<class|object at", problem), problem


@pytest.mark.parametrize("text", [GOOD, SEVERAL])
def test_the_suite_that_is_mutated_is_a_good_one(folder: Path, text: str) -> None:
    assert isinstance(outcome(folder, text.encode()), Suite)


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
    good=st.sampled_from([GOOD, SEVERAL]),
    overrides=PICKED,
    start=st.integers(0, len(SEVERAL)),
    length=st.integers(0, 20),
    text=st.text(max_size=6)
    | st.sampled_from(["\n", "\t", "- ", ": ", "&strict ", "*strict", "${", "nan", "null"]),
)
def test_a_suite_with_a_piece_replaced_is_a_suite_or_one_error(
    folder: Path, good: str, overrides: Overrides, start: int, length: int, text: str
) -> None:
    mutated = good[:start] + text + good[start + length :]
    check(outcome(folder, mutated.encode("utf-8", "surrogatepass"), overrides))


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
    max_leaves=8,
)


@st.composite
def misfits(draw: st.DrawFn) -> Any:
    """Return a good suite in which a few values are of any kind."""
    tree = yaml.safe_load(draw(st.sampled_from([GOOD, SEVERAL])))
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
@given(tree=misfits(), flow=st.booleans(), overrides=PICKED)
def test_a_suite_with_values_of_any_kind_is_a_suite_or_one_error(
    folder: Path, tree: Any, flow: bool, overrides: Overrides
) -> None:
    text = yaml.safe_dump(tree, allow_unicode=True, default_flow_style=flow, sort_keys=False)
    check(outcome(folder, text.encode("utf-8", "surrogatepass"), overrides))


@quick
@given(tree=misfits())
def test_a_named_server_has_the_problems_that_a_single_one_has(folder: Path, tree: Any) -> None:
    server = tree.pop("server", None)
    tree.pop("servers", None)
    if not isinstance(server, dict) or any(not isinstance(key, str) for key in server):
        server = {"timeout": server}
    single, named = (
        outcome(folder, yaml.safe_dump({**tree, **servers}, default_flow_style=True, width=10**9).encode())
        for servers in ({"server": server}, {"servers": {"stream": server}})
    )
    if isinstance(single, Suite) and isinstance(named, Suite):
        assert replace(named.servers[0], name="default") == single.servers[0]
    else:
        assert str(single) == str(named)
