from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from suite_files import load, with_case, write

from pytest_stt.audio import AudioEncoding
from pytest_stt.client.stream import StreamOptions
from pytest_stt.errors import SuiteError
from pytest_stt.limits import DEFAULT_LIMITS, LIMIT_NAMES, Limits
from pytest_stt.suite import Case, Defaults, Overrides, Server, Suite, Xfail, load_suite
from pytest_stt.suite.model import Rate, Repetition
from pytest_stt.suite.schema import LimitsEntry


def only_case(folder: Path, head: str = "", **case: str) -> Case:
    (found,) = load(folder, with_case(head, **case)).cases
    return found


def test_the_shortest_suite_gets_every_default(tmp_path: Path) -> None:
    suite = load(tmp_path, with_case())
    assert suite == Suite(
        path=tmp_path / "s.stt.yaml",
        servers=(
            Server(
                url="local", dialect="openai", timeout=30.0, retries=2, concurrency=4, rate=None, wait=0.0
            ),
        ),
        stream=StreamOptions(),
        cases=(
            Case(
                id="hello",
                line=3,
                audio=tmp_path / "hello.flac",
                references=("hello",),
                limits=DEFAULT_LIMITS,
            ),
        ),
    )


def test_every_key_is_read(tmp_path: Path) -> None:
    suite = load(
        tmp_path,
        """\
        # yaml-language-server: $schema=./stt.schema.json
        version: 1
        x-limits: &strict {max_wer: 0, max_cer: null}
        server:
          url: ${STT_URL:-http://127.0.0.1:8000}/v1
          dialect: whisperlive
          headers: {Authorization: "Bearer ${STT_API_KEY}"}
          options: {model: 1.0, use_vad: no, extra: {beams: 5, name: "5"}}
          timeout: 45
          retries: 0
          concurrency: 8
          rate: 60/min
          wait: 1.5
          max_response_mb: 2.5
          repeat: 2
        stream: {chunk_ms: 100, encoding: pcm16, pace: 2}
        normalize: none
        assert_quality: {max_wer: 0.10, max_errors: 3}
        cases:
          - id: first
            audio: hello.flac
            references: [Hello world., hello]
            language: no
            tags: [smoke, smoke, números]
            skip: ticket 7
            xfail: {reason: too fast, strict: yes}
            assert_quality: *strict
            meta: {speaker: 1984, notes: [~, yes]}
            exclusive: true
            repeat: {times: 3, pass: 2}
        repeat: {times: 5, pass: 4}
        """,
        environ={"STT_API_KEY": "s3cret"},
    )
    assert suite.servers[0] == Server(
        url="http://127.0.0.1:8000/v1",
        dialect="whisperlive",
        headers={"Authorization": "Bearer s3cret"},
        options={"model": "1.0", "use_vad": "no", "extra": {"beams": 5, "name": "5"}},
        timeout=45.0,
        retries=0,
        concurrency=8,
        rate=Rate(count=60, period_s=60),
        wait=1.5,
        max_response_mb=2.5,
        repeat=Repetition(times=2, needed=2),
    )
    assert suite.stream == StreamOptions(chunk_ms=100, encoding=AudioEncoding.PCM16, pace=2.0)
    assert (suite.repeat, suite.server_names) == (Repetition(times=5, needed=4), ())
    assert suite.cases == (
        Case(
            id="first",
            line=20,
            audio=tmp_path / "hello.flac",
            references=("Hello world.", "hello"),
            limits=Limits(max_wer=0.0, max_errors=3),
            language="no",
            tags=("smoke", "números"),
            skip="ticket 7",
            xfail=Xfail(reason="too fast", strict=True),
            meta={"speaker": "1984", "notes": [None, "yes"]},
            exclusive=True,
            repeat=Repetition(times=3, needed=2),
            normalizer="none",
        ),
    )


def test_the_representation_of_a_server_shows_no_secrets(tmp_path: Path) -> None:
    head = """\
    server: {url: "http://me:s3cret@h/?key=s3cret", headers: {A: s3cret}, options: {prompt: s3cret}}
    """
    assert "s3cret" not in repr(load(tmp_path, with_case(head)))


@pytest.mark.parametrize(
    ("typed", "reference"),
    [
        ("no", "no"),
        ("1984", "1984"),
        ("10:30", "10:30"),
        ("null", "null"),
        ("~", "~"),
        ('""', ""),
        ("''", ""),
        ("${HOME} and $$", "${HOME} and $$"),
        ("|\n      two\n      lines", "two\nlines\n"),
        (">-\n      folded\n      text", "folded text"),
        (r'"\x1b[31m\u202e"', "\x1b[31m\u202e"),
    ],
)
def test_a_reference_is_the_text_that_was_typed(tmp_path: Path, typed: str, reference: str) -> None:
    (found,) = only_case(tmp_path, reference=typed).references
    assert (found, type(found)) == (reference, str)


@pytest.mark.parametrize(
    ("content", "reference"),
    [
        (b"hello there\n", "hello there"),
        (b"\xef\xbb\xbfhello\r\n\r\n", "hello"),
        ("grüß dich".encode(), "grüß dich"),
        (b"two\nlines", "two\nlines"),
        (b"\n", ""),
        (b" blanks stay ", " blanks stay "),
    ],
)
def test_a_text_file_beside_the_audio_is_its_reference(
    tmp_path: Path, content: bytes, reference: str
) -> None:
    (tmp_path / "hello.txt").write_bytes(content)
    (case,) = load(tmp_path, "cases: [{audio: hello.flac}]").cases
    assert case.references == (reference,)


def test_a_written_reference_comes_before_a_text_file(tmp_path: Path) -> None:
    (tmp_path / "hello.txt").write_text("from the file")
    assert only_case(tmp_path).references == ("hello",)


def test_an_id_is_given_or_the_stem_of_the_audio_file(tmp_path: Path) -> None:
    suite = load(
        tmp_path,
        """\
        cases:
          - {audio: hello.flac, reference: a}
          - {audio: hello.flac, reference: a, id: 1984}
          - {audio: hello.flac, reference: a, id: "weird / name é 日本語"}
        """,
    )
    assert [case.id for case in suite.cases] == ["hello", "1984", "weird / name é 日本語"]
    assert [case.line for case in suite.cases] == [2, 3, 4]


def test_audio_is_looked_for_beside_the_suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "suites").mkdir()
    write(tmp_path / "suites", with_case())
    monkeypatch.chdir(tmp_path)
    suite = load_suite(
        Path("suites/s.stt.yaml"), environ={}, defaults=Defaults(url="local"), overrides=Overrides()
    )
    assert suite.cases[0].audio == Path("suites/hello.flac")
    absolute = only_case(tmp_path / "suites", audio=str(tmp_path / "suites" / "b.flac"))
    assert absolute.audio == tmp_path / "suites" / "b.flac"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [("true", "unconditional skip"), ("Yes", "unconditional skip"), ("no", None), ("ticket 7", "ticket 7")],
)
def test_skip_is_a_switch_or_a_reason(tmp_path: Path, typed: str, reason: str | None) -> None:
    assert only_case(tmp_path, skip=typed).skip == reason


@pytest.mark.parametrize(
    ("typed", "xfail"),
    [
        ("true", Xfail()),
        ("off", None),
        ("ticket 7", Xfail(reason="ticket 7")),
        ("{reason: ticket 7}", Xfail(reason="ticket 7")),
        ("{strict: false}", Xfail(strict=False)),
        ("{}", Xfail()),
    ],
)
def test_xfail_is_a_switch_a_reason_or_both(tmp_path: Path, typed: str, xfail: Xfail | None) -> None:
    assert only_case(tmp_path, xfail=typed).xfail == xfail


@pytest.mark.parametrize(
    ("suite", "case", "limits"),
    [
        ("{}", "{}", Limits(max_wer=0.2, max_cer=0.15)),
        ("{max_wer: 0.1}", "{}", Limits(max_wer=0.1, max_cer=0.15)),
        ("{max_wer: 0.1}", "{max_wer: null}", Limits(max_cer=0.15)),
        ("{max_wer: ~, max_cer: ~}", "{max_cer: 1e-1}", Limits(max_cer=0.1)),
        ("{max_wer: }", "{max_errors: 0}", Limits(max_cer=0.15, max_errors=0)),
        ("{max_latency_ms: 800}", "{max_latency_ms: null}", DEFAULT_LIMITS),
    ],
)
def test_limits_are_resolved_key_by_key(tmp_path: Path, suite: str, case: str, limits: Limits) -> None:
    assert only_case(tmp_path, f"assert_quality: {suite}", assert_quality=case).limits == limits


def test_cases_may_have_the_same_limits(tmp_path: Path) -> None:
    suite = load(
        tmp_path,
        """\
        cases:
          - {audio: hello.flac, reference: a, assert_quality: {max_wer: 0.5, max_cer: null}}
          - {audio: b.flac, reference: a, assert_quality: {max_cer: null, max_wer: 0.5}}
          - {audio: c.flac, reference: a, assert_quality: {max_wer: 0.5}}
        """,
    )
    assert [case.limits for case in suite.cases] == [
        Limits(max_wer=0.5),
        Limits(max_wer=0.5),
        Limits(max_wer=0.5, max_cer=0.15),
    ]


def test_a_suite_has_a_key_for_every_limit() -> None:
    assert tuple(LimitsEntry.model_fields) == LIMIT_NAMES


@pytest.mark.parametrize(
    ("suite", "case", "exclusive"),
    [
        ("{}", {}, False),
        ("{}", {"exclusive": "yes"}, True),
        ("{}", {"assert_quality": "{max_latency_ms: 500}"}, True),
        ("{max_latency_ms: 500}", {}, True),
        ("{max_latency_ms: 500}", {"assert_quality": "{max_latency_ms: null}", "exclusive": "false"}, False),
    ],
)
def test_a_case_whose_latency_is_judged_runs_alone(
    tmp_path: Path, suite: str, case: dict[str, str], exclusive: bool
) -> None:
    assert only_case(tmp_path, f"assert_quality: {suite}", **case).exclusive is exclusive


def test_one_tag_needs_no_list(tmp_path: Path) -> None:
    assert only_case(tmp_path, tags="smoke-test.v1+x").tags == ("smoke-test.v1+x",)


@pytest.mark.parametrize("language", ["null", "~", ""])
def test_a_language_can_be_left_open(tmp_path: Path, language: str) -> None:
    assert only_case(tmp_path, language=language).language is None


def test_what_the_file_leaves_open_is_what_the_ini_file_says(tmp_path: Path) -> None:
    ini: dict[str, Any] = {
        "url": "http://ini:1",
        "dialect": "whisperlive",
        "normalizer": "none",
        "timeout": 7.0,
    }
    silent = load(tmp_path, with_case(), **ini)
    assert (silent.servers[0].url, silent.servers[0].dialect) == ("http://ini:1", "whisperlive")
    assert (silent.servers[0].timeout, silent.cases[0].normalizer) == (7.0, "none")
    head = "server: {url: local, dialect: openai, timeout: 9}\nnormalize: basic@1"
    outspoken = load(tmp_path, with_case(head), **ini)
    assert (outspoken.servers[0].url, outspoken.servers[0].dialect) == ("local", "openai")
    assert (outspoken.servers[0].timeout, outspoken.cases[0].normalizer) == (9.0, "basic@1")


@pytest.mark.parametrize(
    ("written", "rate"),
    [
        ("2/s", Rate(count=2, period_s=1)),
        ("30 / min", Rate(count=30, period_s=60)),
        ("0.5/s", Rate(count=1, period_s=2)),
        ("3600/hour", Rate(count=3600, period_s=3600)),
        ("60 / minute", Rate(count=60, period_s=60)),
        ("'2/s'", Rate(count=2, period_s=1)),
        ("1e3/min", Rate(count=1000, period_s=60)),
        ("1E+3/m", Rate(count=1000, period_s=60)),
        ("1000000/sec", Rate(count=1_000_000, period_s=1)),
        ("2.5/s", Rate(count=2, period_s=0.8)),
        ("1.0001/s", Rate(count=1, period_s=1 / 1.0001)),
        ("0.01/hour", Rate(count=1, period_s=360_000)),
        ("1e-3/s", Rate(count=1, period_s=1000)),
        ("null", None),
    ],
)
def test_a_rate_is_a_number_of_requests_in_a_time(tmp_path: Path, written: str, rate: Rate | None) -> None:
    assert load(tmp_path, with_case(f"server: {{rate: {written}}}")).servers[0].rate == rate


def test_a_byte_order_mark_is_no_part_of_a_suite(tmp_path: Path) -> None:
    assert load(tmp_path, b"\xef\xbb\xbf" + dedent(with_case("version: 1")).encode()).cases


def test_messages_name_the_path_where_no_other_name_is_given(tmp_path: Path) -> None:
    path = tmp_path / "not-there.stt.yaml"
    with pytest.raises(SuiteError) as caught:
        load_suite(path, environ={}, defaults=Defaults(), overrides=Overrides())
    assert str(caught.value) == f"{path}:1: the file can't be read: No such file or directory"
