"""Servers that repeat the secrets that they were sent."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from strict_servers import CHUNKED, Answer, chunk, http_server, response, says, sends, socket_server
from websockets.asyncio.server import ServerConnection

from pytest_stt.audio import AudioSample
from pytest_stt.client import STTClient
from pytest_stt.errors import ClosedError, STTError

pytestmark = pytest.mark.asyncio

URL_SECRETS = "http://somebody:PASS-WORD@HOST/?api_key=QUERY-KEY"
ALL = "HUSHHUSH PASS-WORD QUERY-KEY CALL-KEY PARAM-KEY"
Use = Callable[[STTClient], Awaitable[object]]


def client_of(url: str, dialect: str | None = None) -> STTClient:
    address = url.replace("://", "://somebody:PASS-WORD@") + "?api_key=QUERY-KEY"
    return STTClient(url=address, dialect=dialect, headers={"X-API-Key": "HUSHHUSH"}, timeout=5)


CALL: dict[str, Any] = {
    "headers": {"X-Key": "CALL-KEY"},
    "params": {"api_key": "QUERY-KEY", "key": "PARAM-KEY"},
}


async def post(client: STTClient) -> None:
    await client.post(**CALL)


async def stream(client: STTClient) -> None:
    async with client.stream(**CALL) as reply:
        await reply.aread()


async def sse(client: STTClient) -> None:
    async with client.sse(**CALL) as source:
        [event async for event in source.aiter_sse()]


async def ws(client: STTClient) -> None:
    async with client.ws(**CALL) as session:
        await session.receive_text()


async def hear(client: STTClient) -> None:
    await client.hear(AudioSample.from_array([0.0] * 1600, 16000))


async def failure_of(use: Use, url: str, dialect: str | None = None) -> STTError:
    client = client_of(url, dialect)
    with pytest.raises(STTError) as raised:
        await use(client)
    await client.aclose()
    return raised.value


def shown(error: STTError) -> str:
    return f"{error} {error!r} {getattr(error, 'reason', '')}"


def assert_covered(text: str) -> None:
    assert not [secret for secret in ALL.split() if secret in text], text
    assert "***" in text


ERROR_EVENT = CHUNKED % b"text/event-stream" + chunk(b'data: {"error": {"message": "%s"}}\n\n' % ALL.encode())
ANSWERS: dict[str, Answer] = {
    "401": says(401, {"error": {"message": f"Incorrect API key provided: {ALL}."}}),
    "500": says(500, f"{URL_SECRETS} {ALL}", "text/plain"),
    "a redirect": says(307, b"", location="/there/HUSHHUSH/QUERY-KEY/CALL-KEY"),
    "no HTTP": sends(ALL.encode() + b"\r\n\r\n"),
    "a long body": says(500, "x" * 288 + " HUSHHUSH", "text/plain"),
}


@pytest.mark.parametrize("use", [post, stream, sse, ws])
@pytest.mark.parametrize("answer", ANSWERS)
async def test_no_message_repeats_a_secret_that_a_server_repeats(use: Use, answer: str) -> None:
    async with http_server(ANSWERS[answer]) as server:
        assert_covered(shown(await failure_of(use, server.url)))


TRANSCRIPTIONS = ANSWERS | {
    "no JSON": says(200, f"<html>{URL_SECRETS} {ALL}</html>", "text/html"),
    "an error": says(200, {"error": {"message": ALL}}),
    "an error event": sends(ERROR_EVENT, then="hang"),
}


@pytest.mark.parametrize("answer", TRANSCRIPTIONS)
async def test_no_message_of_a_transcription_repeats_a_secret(answer: str) -> None:
    raw = TRANSCRIPTIONS[answer]
    async with http_server(raw) as server:
        text = shown(await failure_of(hear, server.url, "openai"))
    assert not [secret for secret in ("HUSHHUSH", "PASS-WORD", "QUERY-KEY") if secret in text]
    assert "***" in text


async def test_an_answer_that_is_no_event_stream_is_quoted_without_secrets() -> None:
    async with http_server(says(200, ALL, "text/plain")) as server:
        assert_covered(shown(await failure_of(sse, server.url)))


async def closes(connection: ServerConnection) -> None:
    await connection.close(1008, ALL)


async def test_a_close_reason_is_told_without_secrets() -> None:
    async with socket_server(closes) as url:
        error = await failure_of(ws, url)
    assert isinstance(error, ClosedError)
    assert_covered(str(error).replace("PARAM-KEY", ""))
    assert_covered(error.reason.replace("PARAM-KEY", ""))


async def test_an_error_that_a_socket_reports_is_told_without_secrets() -> None:
    async def talk(connection: ServerConnection) -> None:
        await connection.recv()
        await connection.send('{"status": "ERROR", "message": "HUSHHUSH QUERY-KEY"}')
        await connection.wait_closed()

    async with socket_server(talk) as url:
        assert_covered(shown(await failure_of(hear, url, "whisperlive")))


async def test_a_session_tells_what_it_heard_without_secrets() -> None:
    async def talk(connection: ServerConnection) -> None:
        await connection.send(b"HUSHHUSH")
        await connection.send("say HUSHHUSH")
        await connection.close(1011, "HUSHHUSH")

    async with socket_server(talk) as url:
        client = client_of(url)
        async with client.ws() as session:
            await session.receive_bytes()
            assert await session.receive_text() == "say HUSHHUSH"
            with pytest.raises(ClosedError) as raised:
                await session.receive_text()
            with pytest.raises(ClosedError) as sending:
                await session.send_text("more")
            assert session.result().hypothesis_text == "say HUSHHUSH"
        await client.aclose()
    assert_covered(shown(raised.value))
    assert_covered(shown(sending.value))


@pytest.mark.parametrize("use", [post, hear])
async def test_the_log_of_httpcore_has_no_secret(use: Use, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    async def answer(_request: object, writer: asyncio.StreamWriter) -> None:
        cookie, there = "session=it's-PRIVATE", "http://else/?api_key=OTHER-KEY"
        writer.write(response(200, {"text": "red"}, Set_Cookie=cookie, Location=there, X_Echo=ALL))

    async with http_server(answer) as server:
        client = client_of(server.url, "openai")
        await use(client)
        await client.aclose()
    records = [r.getMessage() for r in caplog.records if r.name.startswith("http")]
    head = next(text for text in records if text.startswith("receive_response_headers.complete"))
    known = ["HUSHHUSH", "PASS-WORD", "QUERY-KEY", "PRIVATE", "OTHER-KEY"]
    known += ["CALL-KEY", "PARAM-KEY"] if use is post else []
    assert not [secret for secret in known if any(secret in text for text in records)]
    assert "Set-Cookie" in head
    assert "content-length" in head


async def test_what_is_in_progress_in_no_client_of_ours_is_logged_as_it_is(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpcore.http11").debug("of somebody else: %s", "[(b'X-Key', b'HUSHHUSH')]")
    assert "HUSHHUSH" in caplog.text
