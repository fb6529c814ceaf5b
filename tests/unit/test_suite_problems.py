from __future__ import annotations

from pathlib import Path

import pytest
from suite_files import problems, with_case, write

from pytest_stt import __version__
from pytest_stt.errors import SuiteError
from pytest_stt.suite import Defaults, Overrides, load_suite

RELEASE = ".".join(__version__.split(".")[:2])


def test_everything_wrong_is_reported_at_once_in_the_order_of_the_lines(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        """\
        version: 2
        serverr: {}
        server:
          timeout: -1
          retries: many
          rate: fast
          url: ${NOPE}
        stream: {chunk_ms: 0, pace: nan}
        assert_quality: {max_werr: 0.1, max_cer: .inf}
        cases:
          - id: hello
            audio: hello.flac
            reference:
          - id: hello
            audio: nope.flac
            refrence: hi
          - audio: b.flac
            reference: [a]
            tags: [skip, smoke]
            tags: [again]
          - just text
        """,
    )
    assert found == [
        's.stt.yaml:1: version: expected 1, the only version there is, found "2"',
        's.stt.yaml:2: a suite has no key "serverr"; did you mean "server"?',
        's.stt.yaml:4: timeout: expected a number above 0, found "-1"',
        's.stt.yaml:5: retries: expected a whole number, found "many"',
        's.stt.yaml:6: rate: expected a rate such as "60/min", "2/s" or "10/hour", found "fast"',
        "s.stt.yaml:7: url: the environment variable NOPE is not set; set it, or write ${NOPE:-default}",
        's.stt.yaml:8: chunk_ms: expected a number of 1 or more, found "0"',
        's.stt.yaml:8: pace: expected a finite number, found "nan"',
        's.stt.yaml:9: max_cer: expected a number, found ".inf"',
        's.stt.yaml:9: assert_quality has no limit "max_werr"; did you mean "max_wer"?',
        's.stt.yaml:13: reference: expected text (write "" for silence), found nothing',
        's.stt.yaml:14: the id "hello" is given twice, first on line 11',
        's.stt.yaml:14: case "hello" has no reference: write "reference" or "references", '
        "or put the text in nope.txt",
        's.stt.yaml:15: case "hello": audio file not found: nope.flac',
        's.stt.yaml:16: a case has no key "refrence"; did you mean "reference"?',
        "s.stt.yaml:18: reference: expected text, found a list",
        "s.stt.yaml:19: tags: expected a name, not a mark of pytest's own "
        '(write the key "skip: reason" instead), found "skip"',
        's.stt.yaml:20: the key "tags" is given twice, first on line 19',
        's.stt.yaml:21: cases: expected a mapping, found "just text"',
    ]


TAB = "a tab where YAML wants blanks; indent with blanks only"
EMPTY = 's.stt.yaml:1: expected a mapping with at least one case under "cases"; '


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", EMPTY + "the file is empty"),
        (b"# nothing yet\n", EMPTY + "the file is empty"),
        (b"- a\n- b\n", EMPTY + "found a list"),
        (b"just text\n", EMPTY + 'found "just text"'),
        (b"~\n", EMPTY + 'found "~"'),
        (b"version: 1\n\xff\xfe\n", "s.stt.yaml:2: the file is not UTF-8: byte 0xff"),
        (
            b"cases:\n\t- a\n",
            "s.stt.yaml:2: this is not YAML: a tab where YAML wants blanks; indent with blanks only",
        ),
        (b"version: 1\n", 's.stt.yaml:1: a suite needs at least one case under "cases" or "manifests"'),
        (
            b"\nversion: 1\ncases:\n",
            's.stt.yaml:3: a suite needs at least one case under "cases" or "manifests"',
        ),
        (b"cases: []\n", 's.stt.yaml:1: a suite needs at least one case under "cases" or "manifests"'),
        (b"cases: {a: b}\n", "s.stt.yaml:1: cases: expected a list, found a mapping"),
        (b"cases: text\n", 's.stt.yaml:1: cases: expected a list, found "text"'),
    ],
)
def test_a_file_that_is_no_suite_gets_one_line(tmp_path: Path, content: bytes, problem: str) -> None:
    assert problems(tmp_path, content) == [problem]


def test_what_is_not_built_yet_says_so(tmp_path: Path) -> None:
    assert problems(tmp_path, with_case("version: 1\ngates: {a: b}")) == [
        f's.stt.yaml:2: "gates" is not available in pytest-stt {RELEASE}'
    ]


@pytest.mark.parametrize(
    ("head", "problem"),
    [
        ("url: http://h", 'a suite has no key "url"; write it under "server"'),
        ("max_wer: 0", 'a suite has no key "max_wer"; write it under "assert_quality"'),
        ("casess: []", 'a suite has no key "casess"; did you mean "cases"?'),
        (
            "x: 1",
            'a suite has no key "x"; it has version, server, servers, stream, language, normalize, '
            "alternatives, keywords, forbidden, entities, assert_quality, repeat, cases, manifests",
        ),
        ("version: one", 'version: expected 1, the only version there is, found "one"'),
        ("server: here", 'server: expected a mapping, found "here"'),
        ("server:", "server: expected a mapping, found nothing"),
        ("server: http://me:s3cret@h", "server: expected a mapping, found an address"),
        ("server: {max_response_mb: 0}", 'max_response_mb: expected a number above 0, found "0"'),
        ("server: {max_response_mb: nan}", 'max_response_mb: expected a finite number, found "nan"'),
        ("server: {timeout: 0}", 'timeout: expected a number above 0, found "0"'),
        ("server: {timeout: }", "timeout: expected a number, found nothing"),
        ("server: {timeout: inf}", 'timeout: expected a finite number, found "inf"'),
        ("server: {concurrency: 0}", 'concurrency: expected a number of 1 or more, found "0"'),
        ("server: {retries: 1.5}", 'retries: expected a whole number, found "1.5"'),
        ("server: {retries: -1}", 'retries: expected a number of 0 or more, found "-1"'),
        ("server: {wait: -1}", 'wait: expected a number of 0 or more, found "-1"'),
        ("server: {rate: [1]}", 'rate: expected a rate such as "60/min", "2/s" or "10/hour", found a list'),
        ("server: {url: ''}", "url: expected text, found nothing"),
        (
            "server: {headers: 'Authorization: s3cret'}",
            "headers: expected a mapping, found a value that is not shown",
        ),
        ("server: {headers: {a b: c}}", 'headers: expected the name of an HTTP header, found "a b"'),
        (
            'server: {headers: {"Authorization: Bearer s3cret": ""}}',
            'headers: expected the name of an HTTP header, found "Authorization:…"',
        ),
        ("server: {headers: {A: }}", "A: expected one line of ASCII text, found nothing"),
        (
            "server: {headers: {A: grüß}}",
            "A: expected one line of ASCII text, found a value that is not shown",
        ),
        ("server: {headers: {A: [b]}}", "A: expected one line of ASCII text, found a list"),
        ("server: {options: [a]}", "options: expected a mapping, found a list"),
        ("server: {option: {}}", 'server has no key "option"; did you mean "options"?'),
        ("stream: {chunk: 1}", 'stream has no key "chunk"; did you mean "chunk_ms"?'),
        ("stream: {pace: -1}", 'pace: expected a number of 0 or more, found "-1"'),
        (
            "stream: {encoding: pcm}",
            'encoding: expected one of float32, pcm16, pcm16_base64, found "pcm"; did you mean "pcm16"?',
        ),
        (
            "stream: {encoding: []}",
            "encoding: expected one of float32, pcm16, pcm16_base64, found an empty list",
        ),
        ("normalize:", "normalize: expected a name or a list of steps, found nothing"),
        (
            "normalize: {}",
            "normalize: expected a name, a list of steps, or {default: …, ja: …}, found an empty mapping",
        ),
        ("normalize: {ja: {a: b}}", "normalize: ja: expected a name or a list of steps, found a mapping"),
        ("assert_quality: {max_wer: -0.1}", 'max_wer: expected a number of 0 or more, found "-0.1"'),
        ("assert_quality: {max_wer: nan}", 'max_wer: expected a finite number, found "nan"'),
        ("assert_quality: {max_errors: 0.5}", 'max_errors: expected a whole number, found "0.5"'),
        ("assert_quality: {max_wer: 90%}", 'max_wer: expected a number, found "90%"; 90% is 0.9'),
        (
            "assert_quality: {min_keyword_recall: 90}",
            'min_keyword_recall: expected a number of 1 or less, found "90"; 90% is 0.9',
        ),
        ("assert_quality: {max_wer: low}", 'max_wer: expected a number, found "low"'),
        ("assert_quality: 5", 'assert_quality: expected a mapping, found "5"'),
    ],
)
def test_a_wrong_value_of_the_suite_is_named(tmp_path: Path, head: str, problem: str) -> None:
    assert problems(tmp_path, with_case(head)) == [f"s.stt.yaml:1: {problem}"]


@pytest.mark.parametrize(
    "rate",
    [
        "60",
        "60/",
        "/min",
        "0/s",
        "0.0/s",
        "-1/s",
        "+1/s",
        "nan/s",
        "inf/s",
        "1/0s",
        "1/2s",
        "1/2/s",
        "1 per s",
        "60/day",
        "1_000/s",
        "0x10/s",
        "٣/s",
        "1.2.3/s",
        ".5/s",
        "1e999999999/s",
        "1e-999999999/s",
        "9999999999/s",
        "1000001/s",
        "2e6/hour",
        "0.0000001/s",
        "0.001/hour",
        "9" * 5000 + "/s",
    ],
)
def test_what_is_no_rate_is_refused(tmp_path: Path, rate: str) -> None:
    (found,) = problems(tmp_path, with_case(f"server: {{rate: {rate}}}"))
    assert found.startswith(
        's.stt.yaml:1: rate: expected a rate such as "60/min", "2/s" or "10/hour", found '
    )
    assert rate[:60] in found


def test_an_unknown_normaliser_is_named_with_the_nearest(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, with_case("normalize: basik"))
    assert found.startswith("s.stt.yaml:1: normalize: ")
    assert "'basic'" in found
    (found,) = problems(tmp_path, with_case(), normalizer="basik")
    assert found.startswith("ini option stt_normalize: ")


@pytest.mark.parametrize(
    ("case", "line", "problem"),
    [
        ({"id": ""}, 5, 'an id has at least one character, found ""'),
        ({"id": "a::b"}, 5, 'an id has no "::", "[" or "]", which pytest reads as its own, found "a::b"'),
        ({"id": "'a[1]'"}, 5, 'an id has no "::", "[" or "]", which pytest reads as its own, found "a[1]"'),
        ({"id": "' a'"}, 5, 'an id neither begins nor ends with a blank, found " a"'),
        ({"id": r'"a\nb"'}, 5, r'an id has printable characters only, and no line breaks, found "a\nb"'),
        (
            {"id": r'"a\u202eb"'},
            5,
            r'an id has printable characters only, and no line breaks, found "a\u202eb"',
        ),
        ({"id": "[a]"}, 5, "id: expected text, found a list"),
        ({"audio": ""}, 3, "audio: expected text, found nothing"),
        ({"audio": "nope/x.flac"}, 3, 'case "x": audio file not found: nope/x.flac'),
        ({"audio": "."}, 3, "audio is a directory: ."),
        ({"audio": r'"\0.flac"', "id": "x"}, 3, r'case "x": audio file not found: \x00.flac'),
        ({"audio": "{a: b}", "id": "x"}, 3, "audio: expected text, found a mapping"),
        ({"reference": "{a: b}"}, 4, "reference: expected text, found a mapping"),
        ({"references": "[b]"}, 5, 'case "hello" has both "reference" and "references"; keep one of them'),
        ({"language": "[en]"}, 5, "language: expected text, found a list"),
        ({"tags": "[a, [b]]"}, 5, "tags: expected text, found a list"),
        ({"tags": "{a: b}"}, 5, "tags: expected a list, found a mapping"),
        ({"tags": "stt"}, 5, 'tags: expected a name, not a word of pytest\'s own, found "stt"'),
        ({"tags": "[not]"}, 5, 'tags: expected a name, not a word of pytest\'s own, found "not"'),
        ({"tags": "_a"}, 5, 'does not begin with "_", found "_a"'),
        ({"tags": "[7]"}, 5, 'does not begin with "_", found "7"'),
        ({"tags": "a, b"}, 5, 'does not begin with "_", found "a, b"'),
        ({"tags": ""}, 5, 'does not begin with "_", found nothing'),
        ({"skip": ""}, 5, "skip: expected true, false or the reason as text, found nothing"),
        ({"skip": "[a]"}, 5, "skip: expected true, false or the reason as text, found a list"),
        ({"xfail": "null"}, 5, 'or {reason: …, strict: …}, found "null"'),
        ({"xfail": "[a]"}, 5, "or {reason: …, strict: …}, found a list"),
        ({"xfail": "{raison: a}"}, 5, 'xfail has no key "raison"; did you mean "reason"?'),
        ({"xfail": "{strict: maybe}"}, 5, 'strict: expected true or false, found "maybe"'),
        ({"exclusive": "maybe"}, 5, 'exclusive: expected true or false, found "maybe"'),
        ({"meta": "text"}, 5, 'meta: expected a mapping, found "text"'),
        (
            {"assert_quality": "{max_wre: 1}"},
            5,
            'assert_quality has no limit "max_wre"; did you mean "max_wer"?',
        ),
        ({"max_wer": "1"}, 5, 'a case has no key "max_wer"; write it under "assert_quality"'),
        ({"timeout": "1"}, 5, 'a case has no key "timeout"; write it under "server"'),
        (
            {"exclusive": "no", "assert_quality": "{max_latency_ms: 9}"},
            5,
            'so it cannot be "exclusive: false"',
        ),
    ],
)
def test_a_wrong_value_of_a_case_is_named(
    tmp_path: Path, case: dict[str, str], line: int, problem: str
) -> None:
    (found,) = problems(tmp_path, with_case("", **case))
    assert found.startswith(f"s.stt.yaml:{line}: ")
    assert problem in found


def test_a_huge_number_is_no_limit(tmp_path: Path) -> None:
    huge = "9" * 400
    assert len(problems(tmp_path, with_case(f"assert_quality: {{max_errors: {huge}}}"))) == 1
    assert len(problems(tmp_path, with_case("", assert_quality=f"{{max_errors: {huge}}}"))) == 1


@pytest.mark.parametrize(
    ("references", "problem"),
    [
        ("[]", "references: expected a list of 1 or more, found an empty list"),
        ("text", 'references: expected a list, found "text"'),
        ("[a, ]", None),
        ("[a, {b: c}]", "references: expected text, found a mapping"),
        ("\n      - a\n      -\n", 'references: expected text (write "" for silence), found nothing'),
    ],
)
def test_references_are_a_list_of_texts(tmp_path: Path, references: str, problem: str | None) -> None:
    text = f"cases:\n  - audio: hello.flac\n    references: {references}\n"
    if problem is None:
        write(tmp_path, text)
        load_suite(tmp_path / "s.stt.yaml", environ={}, defaults=Defaults(), overrides=Overrides())
    else:
        (found,) = problems(tmp_path, text)
        assert problem in found


def test_a_case_without_any_reference_is_told_the_three_ways(tmp_path: Path) -> None:
    assert problems(tmp_path, "cases:\n  - id: x\n    audio: hello.flac\n") == [
        's.stt.yaml:2: case "x" has no reference: write "reference" or "references", '
        "or put the text in hello.txt"
    ]


def test_a_text_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "hello.txt").write_bytes(b"ok \xff")
    assert problems(tmp_path, "cases: [{audio: hello.flac}]") == [
        's.stt.yaml:1: case "hello": the reference in hello.txt is not UTF-8: byte 0xff at offset 3'
    ]


def test_a_text_file_without_permission_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.suffix == ".txt":
            raise PermissionError(13, "Permission denied")
        return read(path)

    (tmp_path / "hello.txt").touch()
    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert problems(tmp_path, "cases: [{audio: hello.flac}]") == [
        's.stt.yaml:1: case "hello": the reference in hello.txt can\'t be read: Permission denied'
    ]


def test_an_empty_text_file_is_no_silence(tmp_path: Path) -> None:
    (tmp_path / "hello.txt").touch()
    assert problems(tmp_path, "cases: [{audio: hello.flac}]") == [
        's.stt.yaml:1: case "hello": hello.txt is empty; write reference: "" for silence'
    ]


def test_a_case_without_audio_is_named_once(tmp_path: Path) -> None:
    assert problems(tmp_path, "cases: [{reference: a}, {id: x}]") == [
        's.stt.yaml:1: this case has no "audio", the path of its audio file',
        's.stt.yaml:1: case "x" has no "audio", the path of its audio file',
    ]


def test_ids_from_audio_files_are_checked_too(tmp_path: Path) -> None:
    (tmp_path / "take [1].flac").touch()
    found = problems(
        tmp_path,
        """\
        cases:
          - {audio: hello.flac, reference: a}
          - {audio: hello.flac, reference: b}
          - {audio: "take [1].flac", reference: c}
        """,
    )
    assert found == [
        's.stt.yaml:3: the id "hello" (from the audio file; give the case an "id") is given twice, '
        "first on line 2",
        's.stt.yaml:4: an id has no "::", "[" or "]", which pytest reads as its own, '
        'found "take [1]" (from the audio file; give the case an "id")',
    ]


def test_a_path_that_the_system_refuses_is_named(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, with_case("", id="x", audio="a" * 300 + ".flac"))
    assert found.startswith('s.stt.yaml:3: case "x": audio file can\'t be read: aaa')


def test_a_path_that_the_system_refuses_has_no_text_beside_it(tmp_path: Path) -> None:
    audio, text = problems(tmp_path, f"cases:\n  - id: x\n    audio: {'a' * 300}.flac\n")[::-1]
    assert "audio file can't be read" in audio
    assert "the reference in aaa" in text
    audio, text = problems(tmp_path, 'cases:\n  - id: x\n    audio: "\\0.flac"\n')[::-1]
    assert r"audio file not found: \x00.flac" in audio
    assert 'case "x" has no reference' in text


def test_untrusted_text_is_shown_escaped(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, with_case(r'"\e[31mred": 1'))
    assert r'"\x1b[31mred"' in found


def test_long_text_is_cut(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, with_case("stream: {pace: " + "x" * 500 + "}"))
    assert len(found) < 200


def test_a_folder_is_no_suite(tmp_path: Path) -> None:
    with pytest.raises(SuiteError, match=r"s.stt.yaml:1: the file can't be read: Is a directory"):
        load_suite(tmp_path, environ={}, defaults=Defaults(), overrides=Overrides(), display="s.stt.yaml")
