from __future__ import annotations

import asyncio
import email.utils
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from pytest_stt import client
from pytest_stt.client.responses import read_quietly, retry_after_s, server_message, status_error
from pytest_stt.errors import BusyError, RejectedError, ServerError, STTError

REQUEST = httpx.Request("POST", "http://user:secret@host/v1/audio/transcriptions?key=secret")


def answer(status: int, body: Any = None, **kwargs: Any) -> httpx.Response:
    content = {"content": body} if isinstance(body, bytes) else {"json": body}
    return httpx.Response(status, request=REQUEST, **content, **kwargs)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"error": {"message": "Invalid file.", "type": "x"}}', "Invalid file."),
        (b'{"error": "no model"}', "no model"),
        (b'{"detail": "Not Found"}', "Not Found"),
        (
            b'{"detail": [{"loc": ["body", "file"], "msg": "Field required", "type": "missing"}]}',
            "body.file: Field required",
        ),
        (b'{"detail": [{"msg": "bad"}, "worse"]}', "bad; worse"),
        (b'{"object": "error", "message": "flat", "code": 400}', "flat"),
        (b'{"error": {"code": 1}, "detail": null}', '{"error": {"code": 1}, "detail": null}'),
        (b'["list"]', '["list"]'),
        (b"Invalid\n  request", "Invalid request"),
        (b"\xff\xfe", "\\xff\\xfe"),
        (b"\x1b[31mred", "\\x1b[31mred"),
        (b"[" * 100_000, "[" * 300 + "…"),
        (b"x" * 301, "x" * 300 + "…"),
        (b"", ""),
    ],
)
def test_the_servers_own_words_are_found(body: bytes, message: str) -> None:
    assert server_message(body) == message


@pytest.mark.parametrize(
    ("status", "kind", "advice"),
    [
        (302, RejectedError, "Check that the url"),
        (400, RejectedError, "format of the audio"),
        (401, RejectedError, "API key"),
        (403, RejectedError, "API key"),
        (404, RejectedError, "path of the url"),
        (405, RejectedError, "path of the url"),
        (413, RejectedError, "too large"),
        (415, RejectedError, "format of the audio"),
        (422, RejectedError, "format of the audio"),
        (426, RejectedError, "wants a WebSocket"),
        (429, BusyError, "in a suite, lower `concurrency` or set a `rate`, such"),
        (500, ServerError, "server's log"),
        (502, ServerError, "server's log"),
        (503, BusyError, "loaded its model"),
        (599, ServerError, "server's log"),
    ],
)
def test_each_status_has_its_error_and_advice(status: int, kind: type[STTError], advice: str) -> None:
    error = status_error(answer(status, {"detail": "so it is"}))
    assert isinstance(error, kind)
    assert isinstance(error, httpx.HTTPStatusError)
    assert (error.response.status_code, error.request) == (status, REQUEST)
    assert str(status) in str(error)
    assert "so it is." in str(error)
    assert advice in str(error)


@pytest.mark.parametrize("name", ["HTTPRejectedError", "HTTPBusyError", "HTTPServerError"])
def test_an_error_of_a_status_is_shown_by_the_name_it_is_imported_by(name: str) -> None:
    error = getattr(client, name)
    assert (error.__module__, error.__qualname__) == ("pytest_stt.client", name)


def test_the_address_is_named_without_its_secrets() -> None:
    text = str(status_error(answer(404, {})))
    assert "http://***@host/v1/audio/transcriptions?key=***" in text
    assert "secret" not in text


def test_a_redirect_names_where_it_points_without_secrets() -> None:
    text = str(status_error(answer(307, b"", headers={"location": "https://else/where?token=secret"})))
    assert "https://else/where?token=***" in text
    assert "secret" not in text
    assert "aren't followed" in text


def test_an_empty_body_and_an_unread_one_are_told_apart() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"never read"

    unread = httpx.Response(500, request=REQUEST, content=pieces())
    assert "with nothing in the body" in str(status_error(answer(500, b"")))
    assert "its body did not come" in str(status_error(unread))


@pytest.mark.parametrize(
    ("value", "seconds"), [("7", 7.0), ("", None), ("soon", None), ("-1", None), ("1.5", None)]
)
def test_retry_after_is_read_as_seconds(value: str, seconds: float | None) -> None:
    response = answer(429, {}, headers={"retry-after": value})
    assert retry_after_s(response) == seconds
    error = status_error(response)
    assert isinstance(error, BusyError)
    assert error.retry_after_s == seconds


def test_retry_after_is_read_as_a_date() -> None:
    later = email.utils.formatdate(time.time() + 3600, usegmt=True)
    seconds = retry_after_s(answer(503, {}, headers={"retry-after": later}))
    assert seconds is not None
    assert 3500 < seconds <= 3600
    past = answer(503, {}, headers={"retry-after": "Mon, 01 Jan 2001 00:00:00 GMT"})
    assert retry_after_s(past) == 0.0


def test_a_body_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytest_stt.client.responses._BODY_PATIENCE_S", 0.01)

    async def pieces() -> AsyncIterator[bytes]:
        await asyncio.sleep(60)
        yield b""

    async def read() -> str:
        response = httpx.Response(500, request=REQUEST, content=pieces())
        await read_quietly(response)
        return str(status_error(response))

    assert "its body did not come" in asyncio.run(read())
