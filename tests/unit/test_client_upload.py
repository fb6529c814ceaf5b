from __future__ import annotations

import io
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_multipart import parse_form

from pytest_stt.client import upload
from pytest_stt.client.upload import form_with_file, multipart

TEXT = st.text(st.characters(exclude_categories=["Cs"]))


def parsed(body: bytes, content_type: str) -> tuple[list[tuple[str, str]], list[tuple[str, str, bytes]]]:
    fields: list[tuple[str, str]] = []
    files: list[tuple[str, str, bytes]] = []

    def on_field(field: Any) -> None:
        fields.append((field.field_name.decode(), (field.value or b"").decode()))

    def on_file(file: Any) -> None:
        file.file_object.seek(0)
        files.append((file.field_name.decode(), file.file_name.decode(), file.file_object.read()))

    headers = {"Content-Type": content_type.encode(), "Content-Length": str(len(body)).encode()}
    parse_form(headers, io.BytesIO(body), on_field, on_file)
    return fields, files


def sent(fields: dict[str, Any], content: bytes, name: str = "a.wav") -> httpx.Request:
    form = form_with_file(fields, (name, io.BytesIO(content), "audio/wav"))
    data = form.pop("data")
    body = {"content": data} if isinstance(data, bytes) else {"data": data}
    return httpx.Request("POST", "http://h", **body, **form)


@given(prompt=TEXT, content=st.binary(max_size=2000))
def test_a_server_reads_what_was_given(prompt: str, content: bytes) -> None:
    request = sent({"model": "tiny", "prompt": prompt, "temperature": 0.5, "stream": True}, content)
    fields, files = parsed(request.read(), request.headers["content-type"])
    assert fields == [("model", "tiny"), ("prompt", prompt), ("temperature", "0.5"), ("stream", "true")]
    assert files == [("file", "a.wav", content)]


def test_a_list_repeats_its_field() -> None:
    request = sent({"granularities[]": ["word", "segment"]}, b"x")
    fields, _ = parsed(request.read(), request.headers["content-type"])
    assert fields == [("granularities[]", "word"), ("granularities[]", "segment")]


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ('say "hi".wav', 'filename="say %22hi%22.wav"'),
        ("a\r\nb.wav", 'filename="a%0D%0Ab.wav"'),
        ("größe 你好.wav", 'filename="größe 你好.wav"'),
        ("a\udcff.wav", 'filename="a\\udcff.wav"'),
    ],
)
def test_names_of_files_are_written_as_browsers_do(name: str, written: str) -> None:
    body = multipart({}, (name, io.BytesIO(b"x"), "audio/wav"), boundary="b")
    assert written in body.decode()
    assert body.count(b"\r\n--b") == 1


def test_a_large_file_is_read_as_it_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload, "_JOINED_BYTES", 10)
    request = sent({"model": "tiny"}, b"x" * 11)
    fields, files = parsed(request.read(), request.headers["content-type"])
    assert (fields, files) == ([("model", "tiny")], [("file", "a.wav", b"x" * 11)])


def test_both_ways_send_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {"model": "tiny", "n": 3, "flag": False, "many": ["a", "b"]}
    joined = sent(values, b"audio")
    monkeypatch.setattr(upload, "_JOINED_BYTES", 1)
    streamed = sent(values, b"audio")
    assert parsed(joined.read(), joined.headers["content-type"]) == parsed(
        streamed.read(), streamed.headers["content-type"]
    )
