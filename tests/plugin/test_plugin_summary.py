"""The section "speech-to-text quality" and the verbose words."""

from __future__ import annotations

import pytest
from scripted import Example

SECTION = "speech-to-text quality"


def row(result: pytest.RunResult, name: str) -> list[str]:
    """Return the cells of a table row."""
    section = result.stdout.str().partition(SECTION)[2]
    return next(line.split() for line in section.splitlines() if line.startswith(f"{name} "))


def test_a_row_for_each_suite_and_a_pooled_total(example: Example) -> None:
    example.cases(one="hello world", two="hello brave new world").answer(two="hello new word")
    example.cases("b.stt.yaml", three="red door", four="x").answer(three="red door", four=500)
    result = example.run()
    assert row(result, "suite")[:5] == ["suite", "cases", "words", "WER", "CER"]
    assert row(result, "a.stt.yaml")[:4] == ["a.stt.yaml", "2", "6", "33.3%"]
    assert row(result, "a.stt.yaml")[5:8] == ["1/1/0", "1", "0"]
    assert row(result, "b.stt.yaml")[:8] == ["b.stt.yaml", "2", "2", "0.0%", "0.0%", "0/0/0", "0", "1"]
    assert row(result, "all")[:4] == ["all", "4", "8", "25.0%"]
    assert row(result, "all")[5:8] == ["1/1/0", "1", "1"]
    assert all(float(cell) > 0 for cell in row(result, "all")[8:])


def test_one_suite_needs_no_total(example: Example) -> None:
    result = example.cases(one="hello world").run()
    assert "\nall " not in result.stdout.str()


def test_the_limits_in_force_are_named(example: Example) -> None:
    example.suite(
        """
assert_quality: {max_wer: 0.5}
cases:
- {id: one, audio: one.wav, reference: hello world}
- {id: two, audio: two.wav, reference: hello world}
- {id: three, audio: three.wav, reference: hello world, assert_quality: {max_wer: 0, max_cer: null}}
"""
    )
    output = example.run().stdout.str()
    assert "limits: max_wer 50.0%, max_cer 15.0% in 2 of 3 cases\n  max_wer 0.0% in 1\n" in output


def test_the_worst_transcripts_are_aligned_worst_first(example: Example) -> None:
    example.cases(one="hello world", two="hello brave new world", three="hello brave new world")
    example.answer(two="hello new world", three="goodbye").ini("addopts = --stt-worst 2")
    section = example.run().stdout.str().partition(SECTION)[2]
    assert section.index("a.stt.yaml::three") < section.index("a.stt.yaml::two")
    assert "a.stt.yaml::one" not in section
    assert "REF: " in section
    assert "HYP: " in section


def test_no_worst_transcripts_when_none_are_wanted(example: Example) -> None:
    example.cases(two="hello brave new world")
    section = example.run("--stt-worst", "0").stdout.str().partition(SECTION)[2]
    assert "REF: " not in section.partition("short test summary")[0]


@pytest.mark.parametrize(("color", "coloured"), [("yes", True), ("no", False)])
def test_colours_only_where_pytest_has_them(example: Example, color: str, coloured: bool) -> None:
    example.cases(two="hello brave new world").answer(two="hello new word")
    section = example.run(f"--color={color}").stdout.str().partition(SECTION)[2]
    assert ("\x1b[" in section) is coloured


def test_verbose_words_carry_the_rates(example: Example) -> None:
    example.cases(one="hello world", two="hello brave new world", three="x").answer(
        two="hello new word", three=500
    )
    result = example.run("-v")
    result.stdout.fnmatch_lines(
        [
            "a.stt.yaml::one PASSED WER 0.0% CER 0.0% *",
            "a.stt.yaml::two FAILED WER 50.0% CER 33.3% *",
            "a.stt.yaml::three ERROR *",
        ]
    )


def test_words_heard_in_silence_are_insertions_of_the_pool(example: Example) -> None:
    example.cases(one="", two="hello world").answer(one="thank you")
    result = example.run("-v")
    result.stdout.fnmatch_lines(["a.stt.yaml::one FAILED WER inf CER inf *"])
    result.stdout.fnmatch_lines(["*expected silence, heard 2 words: thank you*"])
    assert row(result, "a.stt.yaml")[2:4] == ["2", "100.0%"]


def test_a_quiet_run_shows_less(example: Example) -> None:
    example.cases(two="hello brave new world")
    assert SECTION in example.run("-q").stdout.str()
    assert SECTION not in example.run("-qq").stdout.str()


def test_a_long_suite_name_keeps_its_end(example: Example, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "90")
    name = "a_long_name_of_a_suite_that_has_no_place_on_a_narrow_terminal.stt.yaml"
    result = example.cases(name, one="hello world").run()
    line = next(line for line in result.stdout.lines if line.startswith("…"))
    assert line.split()[0].endswith("terminal.stt.yaml")
    assert len(line) <= 90


def test_references_of_which_the_best_counts(example: Example) -> None:
    example.suite("cases: [{id: one, audio: one.wav, references: [good bye, hello world]}]")
    example.run().assert_outcomes(passed=1)


def test_the_normaliser_none_scores_what_was_written(example: Example) -> None:
    example.suite("normalize: none\ncases: [{id: one, audio: one.wav, reference: Hello World.}]")
    result = example.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*WER 100.0% > 20.0% (2 of 2 words, none)*"])


def test_suites_outside_the_rootdir_are_kept_apart(example: Example) -> None:
    for name in ("q1", "q2", "root"):
        (example.path / name).mkdir()
    for name in ("q1", "q2"):
        example.cases(f"{name}/x.stt.yaml", one="hello world", two="hello word")
        for stem in ("one", "two"):
            (example.path / f"{stem}.wav").rename(example.path / name / f"{stem}.wav")
    ini = example.path / "tox.ini"
    ini.rename(example.path / "root" / "pytest.ini")
    root = example.path / "root"
    result = example.run(f"--rootdir={root}", "-c", str(root / "pytest.ini"), "q1", "q2")
    result.assert_outcomes(passed=2, failed=2)
    assert row(result, "../q1/x.stt.yaml")[1:3] == ["2", "4"]
    assert row(result, "../q2/x.stt.yaml")[1:3] == ["2", "4"]
    result.stdout.fnmatch_lines(["../q1/x.stt.yaml::two  WER*", "../q2/x.stt.yaml::two  WER*"])


def test_a_run_that_sent_nothing_has_no_table(example: Example) -> None:
    example.suite("cases: [{id: one, audio: one.wav, reference: x, skip: true}]")
    assert SECTION not in example.run().stdout.str()
    assert SECTION not in example.cases(two="x").run("--setup-plan").stdout.str()


def test_tb_line_is_one_line(example: Example) -> None:
    result = example.cases(two="hello brave new world").run("--tb=line", "--stt-worst=0")
    # pytest 8 cuts the line at 50 characters, behind a place that it does not know.
    whole = pytest.version_tuple >= (9, 0)
    line = "a.stt.yaml:2: WER 50.0% > 20.0% (2 of 4 words, basic)*"
    result.stdout.fnmatch_lines([line if whole else "*a.stt.yaml:2: WER 50.0% > 20.0% (2 of 4*"])
    assert "REF:" not in result.stdout.str()


def test_an_error_says_which_case_it_is(example: Example) -> None:
    result = example.cases(one="hello world").answer(one=500).run()
    result.stdout.fnmatch_lines(["*scripted 500*", "a.stt.yaml:2"])
