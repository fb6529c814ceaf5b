"""`--stt-by`: the summary by the values of a field."""

from __future__ import annotations

from itertools import takewhile

import pytest
from scripted import Example

SUITE = """
cases:
- {id: one, audio: one.wav, reference: hello world, language: en, tags: [far], meta: {speaker: {sex: f}}}
- {id: two, audio: two.wav, reference: hello brave new world, language: en, tags: [far, loud],
   meta: {speaker: {sex: m}}}
- {id: three, audio: three.wav, reference: hello world, meta: {accent: [scots, welsh]}}
"""


def table(result: pytest.RunResult, field: str) -> dict[str, list[str]]:
    """Return the cells of the table of a field by the names of its groups."""
    _, found, rest = result.stdout.str().partition(f"\nby {field} ")
    if not found:
        return {}
    rows = takewhile(lambda cells: len(cells) == 8, map(str.split, rest.splitlines()[1:]))
    return {cells[0]: cells[1:] for cells in rows}


def test_each_field_has_a_table_with_counts_worst_first(example: Example) -> None:
    example.suite(SUITE).answer(two="hello new word")
    result = example.run("--stt-by", "language", "--stt-by=tag", "--stt-worst=0")
    by_language, by_tag = table(result, "language"), table(result, "tag")
    assert by_language["en"] == ["2", "6", "33.3%", "21.9%", "1/1/0", "1", "0"]
    assert by_language["(none)"] == ["1", "2", "0.0%", "0.0%", "0/0/0", "0", "0"]
    assert list(by_tag) == ["loud", "far", "(none)"]
    assert by_tag["loud"][:3] == ["1", "4", "50.0%"]
    assert "1 case is in more than one group" in result.stdout.str()


@pytest.mark.parametrize("field", ["speaker.sex", "meta.speaker.sex"])
def test_fields_of_meta_may_be_nested(example: Example, field: str) -> None:
    result = example.suite(SUITE).run("--stt-by", field, "--stt-worst=0")
    assert set(table(result, field)) == {"f", "m", "(none)"}


def test_a_run_on_workers_and_a_replay_have_the_same_table(example: Example) -> None:
    example.suite(SUITE).answer(two="hello new word")
    args = ["--stt-by=accent", "--stt-by=language", "--stt-worst=0"]
    alone = example.run(*args, "--stt-results", "out")
    shared = example.run(*args, "-n", "2")
    replayed = example.run(*args, "--stt-replay", "out/results.jsonl")
    assert set(table(alone, "accent")) == {"scots", "welsh", "(none)"}
    for field in ("accent", "language"):
        assert table(shared, field) == table(replayed, field) == table(alone, field)


def test_a_field_that_no_case_has_is_noted_with_those_that_there_are(example: Example) -> None:
    result = example.suite(SUITE).run("--stt-by", "acent")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["note: --stt-by acent: no case has this field; did you mean accent?*"])
    assert table(result, "acent") == {}


def test_without_the_option_there_are_no_slices(example: Example) -> None:
    assert "\nby " not in example.suite(SUITE).run().stdout.str()


def test_an_empty_field_is_a_usage_error(example: Example) -> None:
    result = example.suite(SUITE).run("--stt-by=")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--stt-by: expected a name*"])


def test_fields_of_the_ini_file_and_of_the_command_line_are_shown_each_once(example: Example) -> None:
    example.ini("addopts = --stt-by language --stt-by tag")
    output = example.suite(SUITE).run("--stt-by", "tag").stdout.str()
    assert output.count("\nby language ") == output.count("\nby tag ") == 1


def test_the_field_is_no_path(example: Example) -> None:
    (example.path / "language").mkdir()
    folder = example.path / "suites"
    folder.mkdir()
    (folder / "conftest.py").write_text("def pytest_addoption(parser): parser.addoption('--theirs')")
    (folder / "test_it.py").write_text("def test_it(): pass")
    example.ini("testpaths = suites").run("--stt-by", "language", "--theirs=1").assert_outcomes(passed=1)


def test_another_owner_of_the_option_keeps_it(example: Example) -> None:
    example.pytester.makeconftest(
        """
        def pytest_addoption(parser):
            parser.addoption("--stt-by", action="append", default=[], help="theirs")
        """
    )
    result = example.suite(SUITE).run("--stt-by=language")
    result.stdout.fnmatch_lines(["stt: --stt-by belongs to another plugin here; the summary has no slices"])
    assert table(result, "language") == {}
