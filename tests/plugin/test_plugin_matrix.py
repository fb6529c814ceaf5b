"""Suites that run against several servers."""

from __future__ import annotations

import pytest
from scripted import Example

SUITE = """
servers:
  small: {{url: "{url}/small"}}
  large: {{url: "{url}/large", concurrency: 2}}
cases:
- {{audio: one.wav, reference: hello world}}
- {{audio: two.wav, reference: hello world}}
"""


@pytest.fixture
def matrix(example: Example) -> Example:
    return example.suite(SUITE.format(url=example.server.url))


def test_every_case_runs_against_every_server(matrix: Example) -> None:
    result = matrix.run("-v")
    result.assert_outcomes(passed=4)
    for name in ("one[small]", "one[large]", "two[small]", "two[large]"):
        assert f"a.stt.yaml::{name} PASSED" in result.stdout.str()


def test_one_server_can_be_picked(matrix: Example) -> None:
    result = matrix.run("-v", "--stt-server", "large")
    result.assert_outcomes(passed=2)
    assert "small" not in result.stdout.str().partition("test session starts")[2]


def test_a_node_id_picks_a_case_at_a_server(matrix: Example) -> None:
    matrix.run("a.stt.yaml::one[large]").assert_outcomes(passed=1)
    assert matrix.server.asked == ["one"]


def test_the_summary_has_the_servers_side_by_side(matrix: Example) -> None:
    result = matrix.answer(two=["hello world", "goodbye"]).run("--stt-concurrency", "1")
    section = result.stdout.str().partition("speech-to-text quality")[2]
    assert "a.stt.yaml[small]" in section
    assert "a.stt.yaml[large]" in section


def test_an_unknown_server_is_an_error_of_the_file(matrix: Example) -> None:
    result = matrix.run("--stt-server", "medium")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert "small" in result.stdout.str()
    assert "large" in result.stdout.str()


def test_one_url_for_several_servers_is_a_usage_error(matrix: Example) -> None:
    result = matrix.run("--stt-url", "http://127.0.0.1:9")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "--stt-server NAME" in result.stderr.str()
    assert matrix.server.asked == []


def test_one_url_for_the_picked_server_is_fine(matrix: Example) -> None:
    url = matrix.server.url
    matrix.suite(SUITE.format(url="http://127.0.0.1:9"))
    matrix.run("--stt-url", url, "--stt-server", "small").assert_outcomes(passed=2)


def test_a_dead_server_does_not_disturb_the_other(example: Example) -> None:
    cases = "\n".join(f"- {{id: c{index}, audio: one.wav, reference: hello world}}" for index in range(6))
    dead = "{url: 'http://127.0.0.1:9', retries: 0}"
    example.suite(
        f"servers: {{dead: {dead}, live: {{url: '{example.server.url}'}}}}\ncases:\n{cases}",
        audio="one",
    ).run().assert_outcomes(passed=6, errors=6)


def test_suites_with_one_server_ignore_the_pick(example: Example) -> None:
    example.cases(one="hello world").run("--stt-server", "large").assert_outcomes(passed=1)
