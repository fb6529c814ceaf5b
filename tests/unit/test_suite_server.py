from __future__ import annotations

from pathlib import Path

import pytest
from suite_files import load, problems, with_case

from pytest_stt.suite import Overrides
from pytest_stt.suite.server import LOCAL


def url_of(
    folder: Path, url: str | None, *, override: str | None = None, environ: dict[str, str] | None = None
) -> str:
    head = "" if url is None else f"server: {{url: '{url}'}}"
    return (
        load(
            folder, with_case(head), environ=environ, overrides=Overrides(url=override), url="http://ini/asr"
        )
        .servers[0]
        .url
    )


@pytest.mark.parametrize(
    ("url", "override", "used"),
    [
        (None, None, "http://ini/asr"),
        (None, "http://cli:1", "http://cli:1"),
        (None, "local", "local"),
        ("http://file:8000/asr", None, "http://file:8000/asr"),
        ("http://file:8000/asr", "https://cli:1", "https://cli:1/asr"),
        ("http://file:8000/asr", "https://cli:1/other", "https://cli:1/other"),
        ("http://file:8000/asr", "local", "local"),
        ("local", "http://cli:1", "http://cli:1"),
        ("local", "local", "local"),
        ("wss://file/asr", None, "wss://file/asr"),
    ],
)
def test_the_command_line_moves_the_url_of_the_file(
    tmp_path: Path, url: str | None, override: str | None, used: str
) -> None:
    assert url_of(tmp_path, url, override=override) == used


@pytest.mark.parametrize(
    ("url", "used"),
    [
        ("${STT_URL}", "http://cli:1"),
        ("${STT_URL:-local}", "http://cli:1"),
        ("${STT_URL}/asr", "http://cli:1/asr"),
        ("http://${HOST}:${PORT}/asr", "http://cli:1/asr"),
        ("http://h/${TENANT:-me}/asr", "http://cli:1/me/asr"),
    ],
)
def test_a_url_that_is_replaced_needs_no_variables(tmp_path: Path, url: str, used: str) -> None:
    assert url_of(tmp_path, url, override="http://cli:1") == used


def test_a_variable_in_the_path_is_needed_wherever_the_server_is(tmp_path: Path) -> None:
    url = "http://${HOST}/${TENANT}/asr"
    environ = {"TENANT": "me"}
    assert url_of(tmp_path, url, override="http://cli:1", environ=environ) == "http://cli:1/me/asr"
    assert url_of(tmp_path, url, override="http://cli:1/all") == "http://cli:1/all"
    (_, problem) = problems(
        tmp_path, with_case(f"server: {{url: '{url}'}}"), overrides=Overrides(url="http://cli:1")
    )
    assert problem == (
        "s.stt.yaml:1: the environment variable TENANT is not set; set it, or write ${TENANT:-default}"
    )


def test_the_url_of_the_ini_file_may_have_variables(tmp_path: Path) -> None:
    assert load(tmp_path, with_case(), environ={"STT_URL": "http://env:1"}).servers[0].url == "http://env:1"
    assert load(tmp_path, with_case()).servers[0].url == LOCAL


def test_a_stray_variable_does_not_change_a_suite_that_names_its_server(tmp_path: Path) -> None:
    assert url_of(tmp_path, "http://file:1", environ={"STT_URL": "http://stray:1"}) == "http://file:1"


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        (
            "localhost:8000",
            'expected "local" or an address such as http://127.0.0.1:8000, found "localhost:8000"',
        ),
        (
            "me:s3cret@host/p?key=s3cret",
            'expected "local" or an address such as http://127.0.0.1:8000, found "host/p"',
        ),
        ("ftp://me:s3cret@h/", "http://, https://, ws:// or wss://"),
        ("http://", "names no host"),
        ("http://h:99999/?key=s3cret", "the port has to be a number from 0 to 65535"),
        ("http://[h/?key=s3cret", "can't be"),
        ("http://h/a b", "expected an address without blanks and control characters, found http://h/a b"),
    ],
)
def test_a_url_that_is_none_is_named_without_its_secrets(tmp_path: Path, url: str, problem: str) -> None:
    (found,) = problems(tmp_path, with_case(f"server:\n  url: '{url}'"))
    assert found.startswith("s.stt.yaml:2: url: ")
    assert problem in found
    assert "s3cret" not in found
    (found,) = problems(tmp_path, with_case(), overrides=Overrides(url=url))
    assert found.startswith("--stt-url: ")
    (found,) = problems(tmp_path, with_case(), url=url)
    assert found.startswith("ini option stt_url: ")


def test_a_url_that_cannot_be_moved_is_named_with_its_line(tmp_path: Path) -> None:
    (found,) = problems(
        tmp_path, with_case("server: {url: 'ftp://h'}"), overrides=Overrides(url="http://cli:1")
    )
    assert found.startswith("s.stt.yaml:1: ")
    assert "ftp://h" in found


def test_an_unset_variable_of_the_ini_file_is_named(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, with_case(), url="${NOPE}")
    assert found.startswith("ini option stt_url: the environment variable NOPE is not set")


def test_unset_variables_are_named_with_their_lines_wherever_they_are(tmp_path: Path) -> None:
    head = """\
    server:
      url: ${ONE}
      timeout: ${TWO}
      headers:
        A: x
        B: Bearer ${THREE}
      options:
        model: ${FOUR}
        timestamp_granularities:
          - word
          - ${FIVE}
    """
    found = problems(tmp_path, with_case(head))
    assert [line.partition(" is not set")[0] for line in found] == [
        "s.stt.yaml:2: url: the environment variable ONE",
        "s.stt.yaml:3: the environment variable TWO",
        "s.stt.yaml:6: the environment variable THREE",
        "s.stt.yaml:8: the environment variable FOUR",
        "s.stt.yaml:11: the environment variable FIVE",
    ]


def test_numbers_may_come_from_variables(tmp_path: Path) -> None:
    head = """\
    server:
      timeout: ${T:-12}
      retries: ${R}
      dialect: ${D}
      options: {model: "${M}", extra: {beams: "${B}"}}
    """
    environ = {"R": "1", "D": "whisperlive", "M": "tiny", "B": "5"}
    server = load(tmp_path, with_case(head), environ=environ).servers[0]
    assert (server.timeout, server.retries, server.dialect) == (12.0, 1, "whisperlive")
    assert server.options == {"model": "tiny", "extra": {"beams": "5"}}


def test_a_plain_variable_in_an_option_without_a_type_is_a_number(tmp_path: Path) -> None:
    head = """\
    server:
      dialect: whisperlive
      options:
        extra:
          beams: ${B}
          name: "${B}"
    """
    extra = load(tmp_path, with_case(head), environ={"B": "5"}).servers[0].options["extra"]
    assert extra == {"beams": 5, "name": "5"}


def test_messages_quote_the_variable_and_not_its_value(tmp_path: Path) -> None:
    head = """\
    server:
      timeout: ${T}
      options: {temperature: "${T}"}
      headers: {A: "${H}"}
    """
    found = problems(tmp_path, with_case(head), environ={"T": "s3cret", "H": "s3cret\n"})
    assert found == [
        's.stt.yaml:2: timeout: expected a number, found "${T}"',
        's.stt.yaml:3: temperature: expected a number, found "${T}"',
        "s.stt.yaml:4: A: expected one line of ASCII text, found a value that is not shown",
    ]


@pytest.mark.parametrize(
    ("head", "dialect", "options", "notes"),
    [
        ("", "whisperlive", {}, ()),
        ("server: {dialect: whisperlive, options: {model: tiny}}", "whisperlive", {"model": "tiny"}, ()),
        (
            "server: {dialect: openai, options: {stream: true, prompt: x}}",
            "whisperlive",
            {},
            ("--stt-dialect whisperlive: server.options of s.stt.yaml are not used: stream, prompt",),
        ),
        (
            "server: {options: {nonsense: '${UNSET}'}}",
            "whisperlive",
            {},
            ("--stt-dialect whisperlive: server.options of s.stt.yaml are not used: nonsense",),
        ),
        ("server: {dialect: '${UNSET}'}", "whisperlive", {}, ()),
    ],
)
def test_another_dialect_drops_the_options_of_the_file_and_says_so(
    tmp_path: Path, head: str, dialect: str, options: dict[str, str], notes: tuple[str, ...]
) -> None:
    suite = load(tmp_path, with_case(head), overrides=Overrides(dialect="whisperlive"))
    assert (suite.servers[0].dialect, suite.servers[0].options, suite.notes) == (dialect, options, notes)


def test_an_unknown_dialect_is_named_with_the_nearest(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, with_case("server:\n  dialect: openia\n  options: {any: thing}"))
    assert found.startswith("s.stt.yaml:2: dialect: ")
    assert "openai" in found
    (found,) = problems(tmp_path, with_case(), overrides=Overrides(dialect="openia"))
    assert found.startswith("--stt-dialect: ")
    (found,) = problems(tmp_path, with_case(), dialect="openia")
    assert found.startswith("ini option stt_dialect: ")


def test_options_are_checked_by_the_dialect(tmp_path: Path) -> None:
    head = """\
    server:
      dialect: openai
      options:
        modle: whisper-1
        temperature: hot
        timestamp_granularities:
          - word
          - letter
        response_format: yaml
        language: [en]
        model: null
    """
    assert problems(tmp_path, with_case(head)) == [
        's.stt.yaml:4: the dialect "openai" has no option "modle"; did you mean "model"?',
        's.stt.yaml:5: temperature: expected a number, found "hot"',
        's.stt.yaml:8: timestamp_granularities: expected one of word, segment, found "letter"',
        's.stt.yaml:9: response_format: expected one of json, text, verbose_json, found "yaml"',
        "s.stt.yaml:10: language: expected text, found a list",
    ]


def test_a_dialect_may_refuse_what_does_not_go_together(tmp_path: Path) -> None:
    head = "server: {dialect: whisperlive}\nstream: {encoding: pcm16_base64}"
    (found,) = problems(tmp_path, with_case(head))
    assert found.startswith("s.stt.yaml:1: ")
    assert "float32 or pcm16" in found
