"""`nemo`: JSON lines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from manifest_rows import problems, rows, touch, write

NEMO = "{path: m.jsonl, format: nemo}"


@pytest.fixture(autouse=True)
def _audio(tmp_path: Path) -> None:
    touch(tmp_path, "a.wav", "b.wav")


def put(folder: Path, *lines: object) -> None:
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    write(folder, "m.jsonl", "\n".join(texts) + "\n")


def test_a_line_is_read_as_nemo_writes_it(tmp_path: Path) -> None:
    item = {"audio_filepath": "a.wav", "text": "one", "offset": 1, "duration": 2.5, "lang": "en"}
    more = {"speaker": 7, "snr": 12.5, "noisy": True, "words": ["a", "é"], "note": None, "gender": "f"}
    put(tmp_path, item | more)
    (row,) = rows(tmp_path, NEMO)
    assert (row.id, row.line, row.audio, row.reference) == ("a", 1, tmp_path / "a.wav", "one")
    assert (row.offset_s, row.duration_s, row.language, row.speaker) == (1.0, 2.5, "en", "7")
    assert row.meta == {"snr": "12.5", "noisy": "true", "words": '["a", "é"]', "gender": "f"}


def test_a_duration_without_an_offset_says_how_long_the_file_is(tmp_path: Path) -> None:
    put(tmp_path, {"audio_filepath": "a.wav", "text": "one", "duration": 2.5})
    (row,) = rows(tmp_path, NEMO)
    assert (row.duration_s, row.meta) == (None, {"duration": "2.5"})


def test_lang_goes_before_language(tmp_path: Path) -> None:
    put(
        tmp_path,
        {"audio_filepath": "a.wav", "text": "", "language": "de"},
        {"audio_filepath": "b.wav", "text": "", "language": "German", "lang": "de"},
    )
    assert [row.language for row in rows(tmp_path, NEMO)] == ["de", "de"]


def test_a_suite_may_name_other_keys(tmp_path: Path) -> None:
    put(tmp_path, {"audio": "a.wav", "transcript": "one", "utt": 17})
    columns = "{audio: audio, reference: transcript, id: utt}"
    (row,) = rows(tmp_path, f"{{path: m.jsonl, format: nemo, columns: {columns}}}")
    assert (row.id, row.reference) == ("17", "one")


def test_blank_lines_and_windows_line_breaks_do_no_harm(tmp_path: Path) -> None:
    put(tmp_path, "", '{"audio_filepath": "a.wav", "text": "one"}\r', "  ")
    assert [row.line for row in rows(tmp_path, NEMO)] == [2]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('{"audio_filepath": "a.wav", ', "this is no JSON: "),
        ("[1, 2]", "expected a JSON object in each line, found a list"),
        ('{"audio_filepath": "a.wav"}', 'there is no "text"'),
        ('{"audio_filepath": "a.wav", "txt": "x"}', 'there is no "text"; did you mean "txt"?'),
        ('{"audio_filepath": "a.wav", "text": null}', '"text": expected a text, found null'),
        ('{"audio_filepath": null, "text": "x"}', '"audio_filepath": expected a text, found null'),
        ('{"audio_filepath": "a.wav", "text": "x", "lang": {"a": 1}}', "as the language, found a mapping"),
        ('{"audio_filepath": "a.wav", "text": "x", "lang": ["de"]}', "as the language, found a list"),
        ('{"audio_filepath": "a.wav", "text": "x", "speaker": true}', 'number as the speaker, found "True"'),
        (
            '{"audio_filepath": "a.wav", "text": "x", "offset": "1_0"}',
            'seconds, found "1_0"',
        ),
        ('{"audio_filepath": "a.wav", "text": "x", "duration": "١"}', "expected a duration"),
        (
            '{"audio_filepath": "a.wav", "text": 10}',
            'expected a reference (text, "" for silence), found "10"',
        ),
        ('{"audio_filepath": ["a.wav"], "text": "x"}', "expected the path of an audio file, found a list"),
        ('{"audio_filepath": "", "text": "x"}', "expected the path of an audio file, found nothing"),
        ('{"audio_filepath": "a.wav", "text": "x", "offset": true}', "expected an offset"),
        ('{"audio_filepath": "a.wav", "text": "x", "duration": NaN}', "expected a duration"),
        ('{"audio_filepath": "a.wav", "text": "x", "duration": [1]}', "expected a duration"),
        ('{"audio_filepath": "a.wav", "text": "\\ud83d"}', "half a character"),
        ("[" * 200_000, "this can't be read as JSON"),
        ('{"n": ' + "9" * 5000 + "}", "this can't be read as JSON"),
    ],
)
def test_a_bad_line_is_named_beside_the_good_ones(tmp_path: Path, line: str, sentence: str) -> None:
    put(tmp_path, {"audio_filepath": "a.wav", "text": "one"}, line)
    (problem,) = problems(tmp_path, NEMO)
    assert problem.startswith("suites/m.jsonl:2: ")
    assert sentence in problem


@pytest.mark.parametrize("indent", [1, 4])
def test_a_list_over_several_lines_is_one_problem(tmp_path: Path, indent: int) -> None:
    put(tmp_path, "", json.dumps([{"audio_filepath": "a.wav", "text": "one"}] * 9, indent=indent))
    sentence = "this is a JSON array; expected one object per line"
    assert problems(tmp_path, NEMO) == [f"suites/m.jsonl:2: {sentence}"]


def test_escaped_text_is_text(tmp_path: Path) -> None:
    put(tmp_path, {"audio_filepath": "a.wav", "text": "東京 😀"})
    assert rows(tmp_path, NEMO)[0].reference == "東京 😀"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(content=st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_whatever_a_file_holds_it_is_read_or_refused(tmp_path: Path, content: bytes) -> None:
    for name, manifest in (("nemo", "m.jsonl"), ("csv", "m.csv"), ("tsv", "m.tsv"), ("stm", "m.stm")):
        write(tmp_path, manifest, content)
        assert all(
            line.startswith(f"suites/{manifest}")
            for line in problems(tmp_path, f"{{path: {manifest}, format: {name}}}")
        )
