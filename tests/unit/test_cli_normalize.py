"""`python -m pytest_stt normalize`."""

from __future__ import annotations

import io

import pytest

from pytest_stt.cli import main
from pytest_stt.text.normalizers import find_normalizer, normalizer_names


def lines(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    assert main(["normalize", *arguments]) == 0
    return capsys.readouterr().out.split("\n")[:-1]


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["normalize", *arguments]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "Traceback" not in shown.err
    return shown.err


def test_every_step_says_what_it_does_and_the_last_line_is_the_result(capsys):
    shown = lines(capsys, "basic", "Hello, World!")
    assert shown[-1] == "hello world"
    steps = find_normalizer("basic").steps
    for line, step in zip(shown, steps, strict=False):
        assert line.startswith(step.name)
        assert step.description in line
    assert len(shown) == len(steps) + 1


def test_a_step_shows_the_text_after_it_or_that_nothing_changed(capsys):
    shown = lines(capsys, "basic", "Hello, World!")
    case = next(line for line in shown if line.startswith("case"))
    assert case.endswith("→ hello, world!")
    invisible = next(line for line in shown if line.startswith("invisible"))
    assert invisible.endswith("no change")


def test_a_normaliser_without_steps_shows_the_text_alone(capsys):
    assert lines(capsys, "none", " As It Is ") == [" As It Is "]


@pytest.mark.parametrize("position", [1, 2, 3])
def test_the_language_may_stand_anywhere(capsys, position):
    arguments = ["numbers", "zwanzig Millionen"]
    arguments[position - 1 : position - 1] = ["--language", "de-AT"]
    assert lines(capsys, *arguments)[-1] == "20000000"


def test_a_list_is_written_as_in_a_suite(capsys):
    composed = (
        '[basic, {replace: {Colour: color}}, {drop: [uh]}, {regex: ["([0-9]+) km", "\\\\1 kilometres"]}]'
    )
    assert lines(capsys, composed, "Uh, no COLOUR for 5 km")[-1] == "no color for 5 kilometres"


def test_normalisers_by_language_are_written_as_in_a_suite(capsys):
    choices = "{default: basic, ja: cjk}"
    assert lines(capsys, choices, "東京 都", "-l", "ja-JP")[-1] == "東京都"
    assert lines(capsys, choices, "東京 都")[-1] == "東京 都"


def test_quiet_prints_the_results_of_the_lines_of_standard_input(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("One, two\n\nTHREE"))
    assert lines(capsys, "basic", "-", "-q") == ["one two", "", "three"]


def test_standard_input_that_is_no_text_is_refused(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\xff\n"), encoding="utf-8"))
    assert "standard input can't be read as utf-8" in refusal(capsys, "basic", "-")


def test_the_list_names_every_normaliser(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["normalize", "--list"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert sorted(line.split("@1")[0] for line in shown.splitlines()) == normalizer_names()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_control_characters_reach_a_pipe_and_no_terminal(monkeypatch):
    terminal, pipe = Terminal(), io.StringIO()
    for stream in (terminal, pipe):
        monkeypatch.setattr("sys.stdout", stream)
        assert main(["normalize", "none", "a\x1b[31m"]) == 0
    assert terminal.getvalue() == "a\\x1b[31m\n"
    assert pipe.getvalue() == "a\x1b[31m\n"


def test_a_step_never_shows_control_characters(monkeypatch):
    pipe = io.StringIO()
    monkeypatch.setattr("sys.stdout", pipe)
    assert main(["normalize", '[{drop: ["\\e[31m"]}]', "A \u202ea"]) == 0
    step, result = pipe.getvalue().splitlines()
    assert "\\x1b[31m" in step
    assert result == "A \u202ea"


def test_what_the_encoding_lacks_is_escaped(monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr("sys.stdout", stream)
    assert main(["normalize", "-q", "basic", "É"]) == 0
    stream.seek(0)
    assert stream.read() == "\\xe9\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["basik", "x"], "did you mean 'basic'?"),
        (["[basic", "x"], "such as [basic, {drop: [uh, um]}], found '[basic': expected ',' or ']'"),
        (["[" * 2000, "x"], "it is nested too deeply"),
        (["[]", "x"], "a list of steps with at least one"),
        (["{default: basic", "x"], "normalisers by language such as {default: basic, ja: cjk}, found"),
        (["{ja: cjc}", "x"], "ja: no normaliser 'cjc'; did you mean 'cjk'?"),
        (["[basic, {drp: [uh]}]", "x"], "step 2: no step 'drp'; did you mean 'drop'?"),
        (["numbers", "x", "-l", "ja"], "the numbers of the language 'ja', only those of de, en, es"),
    ],
)
def test_what_is_wrong_is_one_sentence(capsys, arguments, said):
    shown = refusal(capsys, *arguments)
    assert said in shown
    assert shown.count("\n") == 1


def test_without_a_text_the_usage_is_shown(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["normalize", "basic"])
    assert ended.value.code == 2
    assert "TEXT" in capsys.readouterr().err
