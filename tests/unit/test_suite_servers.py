"""`servers`: several servers in one suite, each with the keys that `server` has."""

from __future__ import annotations

from pathlib import Path

import pytest
from suite_files import load, problems, with_case

from pytest_stt.suite import Overrides, Server, Suite
from pytest_stt.suite.model import Rate, Repetition, item_name

TWO = """\
servers:
  small: {url: "http://small:1", dialect: openai, options: {model: "${MODEL:-tiny}"}}
  large: {url: "http://large:1", dialect: whisperlive, timeout: 90}
"""


def picked(folder: Path, head: str, name: str = "small", environ: dict[str, str] | None = None) -> Suite:
    return load(folder, with_case(head), overrides=Overrides(server=name), environ=environ)


def picked_problems(folder: Path, head: str, name: str = "small") -> list[str]:
    return problems(folder, with_case(head), overrides=Overrides(server=name))


def test_every_server_has_a_name_and_keys_of_its_own(tmp_path: Path) -> None:
    suite = load(tmp_path, with_case(TWO), environ={"MODEL": "base"}, timeout=7.0)
    small, large = suite.servers
    assert small == Server(
        name="small", url="http://small:1", dialect="openai", options={"model": "base"}, timeout=7.0
    )
    assert large == Server(name="large", url="http://large:1", dialect="whisperlive", timeout=90.0)
    assert suite.server_names == ("small", "large")
    assert [item_name(suite, server.name, suite.cases[0]) for server in suite.servers] == [
        "hello[small]",
        "hello[large]",
    ]


def test_all_keys_of_server_are_read_under_a_name(tmp_path: Path) -> None:
    head = """\
    servers:
      "faster whisper 1.0":
        url: ws://h:1/asr
        dialect: whisperlive
        headers: {Authorization: "Bearer ${KEY}"}
        options: {extra: {beams: "${BEAMS}", size: 5}}
        timeout: 45
        retries: 0
        concurrency: 8
        rate: 60/min
        wait: 1.5
        max_response_mb: 0.5
        repeat: {times: 3, pass: 2}
    """
    suite = load(tmp_path, with_case(head), environ={"KEY": "s3cret", "BEAMS": "2"})
    assert suite.servers == (
        Server(
            name="faster whisper 1.0",
            url="ws://h:1/asr",
            dialect="whisperlive",
            headers={"Authorization": "Bearer s3cret"},
            options={"extra": {"beams": "2", "size": 5}},
            timeout=45.0,
            retries=0,
            concurrency=8,
            rate=Rate(count=60, period_s=60),
            wait=1.5,
            max_response_mb=0.5,
            repeat=Repetition(times=3, needed=2),
        ),
    )
    assert "s3cret" not in repr(suite)


def test_one_server_has_no_name_in_the_suite(tmp_path: Path) -> None:
    suite = load(tmp_path, with_case("server: {url: local}"))
    assert (suite.server_names, suite.servers[0].name) == ((), "default")
    assert item_name(suite, suite.servers[0].name, suite.cases[0]) == "hello"


def test_servers_may_take_over_keys_from_each_other(tmp_path: Path) -> None:
    head = """\
    x-all: &all {url: "http://h:1", retries: 5}
    servers:
      a: &a {<<: *all, options: {model: x}}
      b: {<<: *a, retries: 1}
      c: *a
    """
    suite = load(tmp_path, with_case(head))
    assert [(server.name, server.retries) for server in suite.servers] == [("a", 5), ("b", 1), ("c", 5)]
    assert {server.options["model"] for server in suite.servers} == {"x"}


def test_a_server_without_keys_is_what_the_ini_file_says(tmp_path: Path) -> None:
    (server,) = load(tmp_path, with_case("servers: {a: {}}"), url="http://ini:1", timeout=3.0).servers
    assert (server.name, server.url, server.timeout) == ("a", "http://ini:1", 3.0)


@pytest.mark.parametrize(
    ("head", "problem"),
    [
        ("server: {}\nservers: {a: {}}", '2: a suite has either "server" or "servers"; keep one of them'),
        ("servers: {a: {}}\nserver: {}", '2: a suite has either "server" or "servers"; keep one of them'),
        ("servers: {}", '1: "servers" needs at least one server, such as small: {url: …}'),
        ("servers:", "1: servers: expected a mapping, found nothing"),
        ("servers: [a]", "1: servers: expected a mapping, found a list"),
        ("servers: local", '1: servers: expected a mapping, found "local"'),
        ("servers:\n  a:", "2: a: expected the keys of a server, such as {url: …}, found nothing"),
        ("servers:\n  a: [b]", "2: a: expected the keys of a server, such as {url: …}, found a list"),
        (
            "servers:\n  url: http://me:s3cret@h",
            "2: url: expected the keys of a server, such as {url: …}, found an address",
        ),
        ("servers:\n  '': {}", '2: the name of a server has at least one character, found ""'),
        ("servers:\n  'a ': {}", '2: the name of a server neither begins nor ends with a blank, found "a "'),
        (
            "servers:\n  'a[1]': {}",
            '2: the name of a server has no "::", "[" or "]", which pytest reads as its own, found "a[1]"',
        ),
        (
            "servers:\n  a::b: {}",
            '2: the name of a server has no "::", "[" or "]", which pytest reads as its own, found "a::b"',
        ),
        (
            'servers:\n  "a\\nb": {}',
            r"2: the name of a server has printable characters only, and no line breaks, "
            r'found "a\nb"',
        ),
        ("servers:\n  a: {}\n  a: {}", '3: the key "a" is given twice, first on line 2'),
        ("servers:\n  a:\n    tmeout: 1", '3: server has no key "tmeout"; did you mean "timeout"?'),
        ("servers:\n  stream:\n    tmeout: 1", '3: server has no key "tmeout"; did you mean "timeout"?'),
        (
            "servers:\n  a: {repeat: {time: 1, times: 1}}",
            '2: repeat has no key "time"; did you mean "times"?',
        ),
        ("servers:\n  auth-key:\n    timeout: 0", '3: timeout: expected a number above 0, found "0"'),
        ("servers:\n  headers:\n    timeout: x", '3: timeout: expected a number, found "x"'),
        (
            "servers:\n  a: {headers: {A: grüß}}",
            "2: A: expected one line of ASCII text, found a value that is not shown",
        ),
        (
            "servers:\n  a:\n    options: {modle: x}",
            '3: the dialect "openai" has no option "modle"; did you mean "model"?',
        ),
        (
            "servers:\n  a: {}\n  b: {max_response_mb: 0}",
            '3: max_response_mb: expected a number above 0, found "0"',
        ),
        (
            "servers: {a: {max_response_mb: .inf}}",
            '1: max_response_mb: expected a number, found ".inf"',
        ),
        (
            "servers: {a: {max_response_mb: inf}}",
            '1: max_response_mb: expected a finite number, found "inf"',
        ),
    ],
)
def test_what_is_wrong_with_servers_is_named_with_its_line(tmp_path: Path, head: str, problem: str) -> None:
    assert problems(tmp_path, with_case(head)) == [f"s.stt.yaml:{problem}"]


def test_the_problems_of_every_server_are_reported(tmp_path: Path) -> None:
    head = """\
    servers:
      one:
        url: ${ONE}
        timeout: ${SECONDS}
        options: {modle: "${M}"}
      two:
        dialect: openia
      three:
        url: localhost
        retries: -1
        rate: often
      four: here
    """
    found = problems(tmp_path, with_case(head))
    assert [line.partition("; ")[0] for line in found] == [
        "s.stt.yaml:3: url: the environment variable ONE is not set",
        "s.stt.yaml:4: the environment variable SECONDS is not set",
        "s.stt.yaml:5: the environment variable M is not set",
        found[3].partition("; ")[0],
        's.stt.yaml:9: url: expected "local" or an address such as http://127.0.0.1:8000, found "localhost"',
        's.stt.yaml:10: retries: expected a number of 0 or more, found "-1"',
        's.stt.yaml:11: rate: expected a rate such as "60/min", "2/s" or "10/hour", found "often"',
        's.stt.yaml:12: four: expected the keys of a server, such as {url: …}, found "here"',
    ]
    assert found[3].startswith("s.stt.yaml:7: dialect: ")
    assert "openai" in found[3]


def test_a_picked_server_is_the_only_one_that_is_asked(tmp_path: Path) -> None:
    suite = picked(tmp_path, TWO, "large")
    assert [server.name for server in suite.servers] == ["large"]
    assert suite.server_names == ("small", "large")


def test_a_suite_with_one_server_does_not_care_which_is_picked(tmp_path: Path) -> None:
    suite = picked(tmp_path, "server: {url: 'http://h:1'}", "any")
    assert [server.url for server in suite.servers] == ["http://h:1"]


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        (
            "smal",
            's.stt.yaml:1: --stt-server: "servers" has no "smal", only small, large; did you mean "small"?',
        ),
        ("?", 's.stt.yaml:1: --stt-server: "servers" has no "?", only small, large'),
    ],
)
def test_a_server_that_is_not_there_is_answered_with_those_that_are(
    tmp_path: Path, name: str, problem: str
) -> None:
    assert picked_problems(tmp_path, TWO.replace("${MODEL:-tiny}", "${UNSET}"), name) == [problem]


OTHERS = """\
servers:
  small: {url: "http://small:1"}
  other:
    url: ${URL}
    dialect: ${DIALECT}
    headers: {Authorization: "Bearer ${KEY}"}
    options: {anything: "${THING}"}
    timeout: ${SECONDS}
    repeat: {times: "${TIMES}", pass: 2}
  third:
    dialect: whisperlive
    options: {language: "${LANGUAGE}", extra: {words: [a, "${WORD}"]}}
"""


@pytest.mark.parametrize("environ", [{}, {"SECONDS": "soon", "DIALECT": "?", "URL": "?", "LANGUAGE": "\0"}])
def test_the_variables_of_servers_that_are_not_asked_do_not_matter(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    assert [server.name for server in picked(tmp_path, OTHERS, environ=environ).servers] == ["small"]


def test_servers_that_are_not_asked_are_checked_without_their_variables(tmp_path: Path) -> None:
    head = """\
    servers:
      small: {url: "http://small:1"}
      other:
        url: ${
        timeout: -1
        tmeout: ${SECONDS}
        options: {modle: x, model: "${MODEL}", temperature: "${"}
        repeat: {times: 2, pass: 3}
        headers: {A: "$${B}"}
      third: {url: localhost, dialect: openia}
      fourth: {dialect: whisperlive}
    stream: {encoding: pcm16_base64}
    """
    found = picked_problems(tmp_path, head)
    assert [line.partition(": ")[0] for line in found] == [
        f"s.stt.yaml:{n}" for n in (4, 5, 6, 7, 7, 8, 10, 10, 11)
    ]
    assert found[0].startswith('s.stt.yaml:4: url: "${" begins no variable')
    assert found[2] == 's.stt.yaml:6: server has no key "tmeout"; did you mean "timeout"?'
    assert found[5] == 's.stt.yaml:8: pass: expected "times", "2", or less, found "3"'
    assert "float32 or pcm16" in found[8]


def test_options_that_do_not_go_together_are_not_judged_without_their_variables(tmp_path: Path) -> None:
    head = """\
    servers:
      small: {}
      other: {dialect: whisperlive, options: {language: "${LANGUAGE}"}}
    stream: {encoding: pcm16_base64}
    """
    assert picked(tmp_path, head).servers
    (found,) = problems(tmp_path, with_case(head), environ={"LANGUAGE": "en"})
    assert found.startswith("s.stt.yaml:3: ")


def test_the_ini_file_is_not_asked_for_a_server_that_is_not_asked(tmp_path: Path) -> None:
    suite = load(
        tmp_path,
        with_case("servers: {small: {url: local}, other: {}}"),
        overrides=Overrides(server="small"),
        url="${UNSET}",
    )
    assert [server.url for server in suite.servers] == ["local"]


def test_a_picked_server_can_be_moved(tmp_path: Path) -> None:
    head = "servers: {a: {url: 'http://${HOST}/asr'}, b: {url: 'ftp:${PATH}'}}"
    (server,) = load(tmp_path, with_case(head), overrides=Overrides(server="a", url="https://cli:1")).servers
    assert server.url == "https://cli:1/asr"


def test_another_dialect_is_that_of_every_server_that_is_asked(tmp_path: Path) -> None:
    head = """\
    servers:
      a: {options: {nonsense: "${UNSET}", stream: yes}}
      b: {dialect: whisperlive, options: {task: transcribe}}
      c: {dialect: openai, options: {model: x}}
    """
    suite = load(tmp_path, with_case(head), overrides=Overrides(dialect="whisperlive"))
    assert [(server.dialect, dict(server.options)) for server in suite.servers] == [
        ("whisperlive", {}),
        ("whisperlive", {"task": "transcribe"}),
        ("whisperlive", {}),
    ]
    assert suite.notes == (
        "--stt-dialect whisperlive: servers.a.options of s.stt.yaml are not used: nonsense, stream",
        "--stt-dialect whisperlive: servers.c.options of s.stt.yaml are not used: model",
    )
    (server,) = load(tmp_path, with_case(TWO), overrides=Overrides(dialect="openai", server="small")).servers
    assert (server.dialect, server.options) == ("openai", {"model": "tiny"})


def test_the_dialect_of_the_command_line_is_not_that_of_the_others(tmp_path: Path) -> None:
    head = "servers: {small: {}, other: {dialect: openai, options: {modle: x}}}"
    overrides = Overrides(dialect="whisperlive", server="small")
    (found,) = problems(tmp_path, with_case(head), overrides=overrides)
    assert found == 's.stt.yaml:1: the dialect "openai" has no option "modle"; did you mean "model"?'


@pytest.mark.parametrize("head", ["servers: {a: {concurrency: 2}, b: {}}", "server: {concurrency: 2}", ""])
def test_the_command_line_says_how_many_are_in_flight_at_every_server(tmp_path: Path, head: str) -> None:
    suite = load(tmp_path, with_case(head), overrides=Overrides(concurrency=32))
    assert {server.concurrency for server in suite.servers} == {32}
