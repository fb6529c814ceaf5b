"""The same run in two processes."""

from __future__ import annotations

import pytest
from scripted import Example, write_wav


@pytest.fixture
def mixed(example: Example) -> Example:
    example.cases(one="hello world", two="hello brave new world", three="x")
    example.cases("b.stt.yaml", four="hello world", five="hello world")
    example.answer(two="hello new word", three=500)
    write_wav(example.path / "six.wav")
    return example.test(
        """
        def test_it(stt_transcribe):
            stt_transcribe("six.wav", reference="hello world").assert_quality()
        """
    )


def table(result: pytest.RunResult) -> list[list[str]]:
    section = result.stdout.str().partition("speech-to-text quality")[2]
    rows = [line.split() for line in section.splitlines() if line.count("%") == 2 and "max_wer" not in line]
    return sorted(row[:8] for row in rows)


def test_totals_come_out_as_from_one_process(mixed: Example, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "150")
    alone = mixed.run()
    both = mixed.run("-n", "2")
    for result in (alone, both):
        result.assert_outcomes(passed=4, failed=1, errors=1)
    assert len(table(alone)) == 4
    assert table(alone) == table(both)


def test_nothing_is_asked_twice(mixed: Example) -> None:
    mixed.run("-n", "2")
    assert sorted(mixed.server.asked) == ["five", "four", "one", "six", "three", "two"]


def test_verbose_words_carry_the_rates(mixed: Example) -> None:
    result = mixed.run("-n", "2", "-v")
    result.stdout.fnmatch_lines_random(["*PASSED WER 0.0% CER 0.0% a.stt.yaml::one*"])


def test_options_reach_the_workers(example: Example) -> None:
    url, example.server.url = example.server.url, "http://127.0.0.1:9"
    example.ini().cases(one="hello world", two="hello world")
    example.run("-n", "2", "--stt-url", url).assert_outcomes(passed=2)
