"""Options, ini values, and other plugins that own our options."""

from __future__ import annotations

import pytest
from scripted import Example


def test_the_command_line_wins_over_suite_and_ini(example: Example) -> None:
    example.suite(
        "server: {url: 'http://127.0.0.1:9'}\ncases: [{id: one, audio: one.wav, reference: hello world}]"
    )
    example.run("--stt-url", example.server.url).assert_outcomes(passed=1)


def test_a_suite_wins_over_the_ini_file(example: Example) -> None:
    suite = "server: {url: '%s'}\ncases: [{id: one, audio: one.wav, reference: hello world}]"
    example.suite(suite % example.server.url)
    url, example.server.url = example.server.url, "http://127.0.0.1:9"
    example.ini().run().assert_outcomes(passed=1)
    assert url


def test_the_ini_value_may_name_the_environment(example: Example, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HERE", example.server.url)
    example.server.url = "${HERE}"
    example.ini().cases(one="hello world").run().assert_outcomes(passed=1)


def test_an_unset_variable_in_the_ini_file_is_named(example: Example) -> None:
    example.server.url = "${NOT_SET_ANYWHERE}"
    result = example.ini().cases(one="hello world").run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*stt_url*NOT_SET_ANYWHERE*"])


@pytest.mark.parametrize("value", ["soon", "-1", "nan", "inf", "0"])
def test_a_bad_timeout_is_refused(example: Example, value: str) -> None:
    result = example.ini(f"stt_timeout = {value}").cases(one="hello world").run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"*stt_timeout*seconds*{value}*"])


def test_another_owner_of_our_option_keeps_it(example: Example) -> None:
    example.pytester.makeconftest(
        """
        def pytest_addoption(parser):
            parser.addoption("--stt-url", default=None, help="theirs")
        """
    )
    result = example.cases(one="hello world").run("--stt-url=http://127.0.0.1:9")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["stt: --stt-url belongs to another plugin*stt_url*"])


def test_an_owner_whose_option_takes_another_type_keeps_it(example: Example) -> None:
    example.pytester.makeconftest(
        """
        def pytest_addoption(parser):
            parser.addoption("--stt-worst", action="store_true")
        """
    )
    result = example.cases(one="hello world").run("--stt-worst")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["stt: --stt-worst belongs to another plugin*"])


def test_options_are_in_the_help_with_their_ini_values(example: Example) -> None:
    result = example.run("--help")
    result.stdout.fnmatch_lines(["*--stt-url=URL*", "*--stt-dialect=NAME*", "*--stt-worst=N*"])
    result.stdout.fnmatch_lines(["*stt_url (string)*", "*stt_normalize (string)*"])


def test_an_unrelated_run_shows_nothing_of_ours(example: Example) -> None:
    result = example.test("def test_it(): pass").run()
    result.assert_outcomes(passed=1)
    assert "speech" not in result.stdout.str()
    assert "stt:" not in result.stdout.str()


def test_the_marker_is_described(example: Example) -> None:
    example.run("--markers").stdout.fnmatch_lines(["@pytest.mark.stt(*"])


def test_a_dialect_that_is_not_there_is_named(example: Example) -> None:
    result = example.cases(one="hello world").run("--stt-dialect", "opena")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*opena*openai*"])


def test_another_dialect_drops_the_options_of_suites_and_says_so_once(example: Example) -> None:
    example.suite(
        """
server: {dialect: whisperlive, options: {model: tiny}}
cases:
- {id: one, audio: one.wav, reference: hello world}
- {id: two, audio: two.wav, reference: hello world}
"""
    )
    result = example.run("--stt-dialect", "openai")
    result.assert_outcomes(passed=2)
    assert result.stdout.str().count("note: a.stt.yaml: ") == 1
    result.stdout.fnmatch_lines(["note: a.stt.yaml: *model*"])


@pytest.mark.parametrize("option", [["--stt-url", "local"], ["--stt-worst", "3"]])
def test_the_value_of_an_option_is_no_path(example: Example, option: list[str]) -> None:
    """A path on the command line would keep pytest from loading the conftests of testpaths."""
    folder = example.path / "suites"
    folder.mkdir()
    (folder / "conftest.py").write_text("def pytest_addoption(parser): parser.addoption('--theirs')")
    (folder / "test_it.py").write_text("def test_it(): pass")
    example.ini("testpaths = suites").run(*option, "--theirs=1").assert_outcomes(passed=1)
