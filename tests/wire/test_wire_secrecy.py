"""Secrets in an address stay out of the log and out of tracebacks."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from strict_servers import CHUNKED, Answer, chunk, http_server, says, sends, socket_server
from websockets.asyncio.server import ServerConnection

from pytest_stt import AudioSample, STTClient, STTError


def answer(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"text": "hello"})


@pytest.mark.asyncio
async def test_the_log_of_httpx_has_no_secret_of_ours(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    url = "http://user:word@stt.example/v1?token=hidden"
    client = STTClient(
        url=url, transport=httpx.MockTransport(answer), headers={"Authorization": "Bearer hidden"}
    )
    await client.post(data=b"", params={"key": "hidden", "token": "hidden"})
    await client.aclose()
    assert "stt.example" in caplog.text
    assert "hidden" not in caplog.text
    assert "word" not in caplog.text


@pytest.mark.asyncio
async def test_the_log_of_others_is_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        await client.get("http://other.example/?page=2")
    assert "http://other.example/?page=2" in caplog.text


Use = Callable[[STTClient], Awaitable[object]]


async def post(client: STTClient) -> None:
    await client.post(data=b"")


async def stream(client: STTClient) -> None:
    async with client.stream() as reply:
        await reply.aread()


async def sse(client: STTClient) -> None:
    async with client.sse() as source:
        [event async for event in source.aiter_sse()]


async def ws(client: STTClient) -> None:
    async with client.ws() as session:
        await session.receive_text()
        await session.send_text("still there?")
        await session.receive_text()


async def transcribe(client: STTClient) -> None:
    await client.transcribe(AudioSample.from_array([0.0] * 1600, 16000))


def client_of(url: str, **kwargs: Any) -> STTClient:
    """Return a client whose url has secrets, which no variable of a test has."""
    url = url.replace("://", "://user:SECRET@") + "?token=SECRET"
    return STTClient(url=url, timeout=0.3, headers={"X-API-Key": "SECRET"}, **kwargs)


async def failure_of(use: Use, client: STTClient) -> Exception:
    try:
        await use(client)
    except Exception as error:
        return error
    finally:
        await client.aclose()
    raise AssertionError("it did not fail")


def printed(error: BaseException | None) -> str:
    """Print an error as `--showlocals --full-trace` does, with everything that led to it."""
    parts: list[str] = []
    while error is not None:
        parts += traceback.TracebackException.from_exception(error, capture_locals=True).format(chain=False)
        for frame, _ in traceback.walk_tb(error.__traceback__):
            parts += [f"{name} = {value!r}" for name, value in frame.f_locals.items()]
        error = error.__cause__ or error.__context__
    return "\n".join(parts)


HALF_AN_EVENT_STREAM = CHUNKED % b"text/event-stream" + chunk(b"data: red\n\n") + b"64\r\nhalf"
EVENTS_THAT_STOP = CHUNKED % b"text/event-stream" + chunk(b"data: red\n\n")
FAILURES: dict[str, Answer] = {
    "500": says(500, {"detail": "no"}),
    "silence": sends(b"", then="hang"),
    "no answer": sends(b""),
    "no HTTP": sends(b"SSH-2.0\r\n\r\n"),
    "half a body": sends(HALF_AN_EVENT_STREAM),
    "a body that stops": sends(EVENTS_THAT_STOP, then="hang"),
    "no gzip": says(200, b"no gzip", "text/event-stream", content_encoding="gzip"),
}


@pytest.mark.asyncio
@pytest.mark.parametrize("use", [post, stream, sse, ws, transcribe])
@pytest.mark.parametrize("failure", FAILURES)
async def test_no_traceback_of_a_failure_has_a_secret(use: Use, failure: str) -> None:
    dialect = "openai" if use is transcribe else None
    async with http_server(FAILURES[failure]) as server:
        error = await failure_of(use, client_of(server.url, dialect=dialect))
    assert isinstance(error, STTError)
    assert "SECRET" not in printed(error)
    assert f"in {use.__name__}" in printed(error)


@pytest.mark.asyncio
@pytest.mark.parametrize("use", [post, stream, sse, ws, transcribe])
async def test_no_traceback_of_a_refused_connection_has_a_secret(use: Use) -> None:
    error = await failure_of(use, client_of("http://127.0.0.1:1", dialect="openai"))
    assert isinstance(error, STTError)
    assert "SECRET" not in printed(error)


@pytest.mark.asyncio
@pytest.mark.parametrize("use", [ws, transcribe])
async def test_no_traceback_of_a_socket_that_closes_has_a_secret(use: Use) -> None:
    async def talk(connection: ServerConnection) -> None:
        await connection.send("red")
        await connection.close(1011)

    async with socket_server(talk) as url:
        dialect = "whisperlive" if use is transcribe else None
        error = await failure_of(use, client_of(url, dialect=dialect))
    assert isinstance(error, STTError)
    assert "SECRET" not in printed(error)


@pytest.mark.parametrize(
    "wrong", [{"dialect": "opnai"}, {"timeout": 0}, {"headers": {"X-API-Key": "SECRET\n"}}, {"url": "SECRET"}]
)
def test_no_traceback_of_a_client_that_cannot_be_made_has_a_secret(wrong: dict[str, Any]) -> None:
    given = {"url": "http://user:SECRET@host/?token=SECRET"} | wrong

    def make() -> None:
        STTClient(**given)

    with pytest.raises(STTError) as raised:
        make()
    frames = [frame for frame, _ in traceback.walk_tb(raised.tb)]
    assert [frame.f_code.co_name for frame in frames][-1] == "make"


@pytest.mark.asyncio
@pytest.mark.parametrize("use", [post, stream, ws, transcribe])
async def test_somebodys_bug_is_shown_with_its_lines_and_without_secrets(use: Use) -> None:
    class Transport(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            return mistake()

    def mistake() -> httpx.Response:
        raise ZeroDivisionError

    error = await failure_of(use, client_of("http://127.0.0.1:1", dialect="openai", transport=Transport()))
    assert type(error) is ZeroDivisionError
    assert "in mistake" in printed(error)
    names = {frame.f_globals["__name__"] for frame, _ in traceback.walk_tb(error.__traceback__)}
    assert not {name for name in names if name.startswith("http")}


@pytest.mark.asyncio
async def test_an_error_of_the_tests_own_keeps_its_lines() -> None:
    def own() -> None:
        raise STTError("the test's own") from ValueError("and its cause")

    async def use(client: STTClient) -> None:
        async with client.stream():
            own()

    async with http_server(says(200, {})) as server:
        error = await failure_of(use, client_of(server.url))
    assert "in own" in printed(error)
    assert "and its cause" in printed(error)
