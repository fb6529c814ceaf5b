"""Every way for HTTP to fail, as a sentence of ours."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx
import pytest
from strict_servers import CHUNKED, Answer, Request, chunk, http_server, response, says, sends, streams

from pytest_stt.client import STTClient
from pytest_stt.client.connections import _tls
from pytest_stt.errors import (
    BusyError,
    ClosedError,
    ConnectError,
    ProtocolError,
    RejectedError,
    ServerError,
    STTError,
    STTTimeoutError,
    SuiteError,
)

pytestmark = pytest.mark.asyncio


async def post_to(answer: Answer, *, timeout: float = 10.0, **kwargs: Any) -> Any:
    async with http_server(answer) as server:
        client = STTClient(url=f"{server.url}/listen?key=secret", timeout=timeout)
        try:
            return await client.post(**kwargs)
        finally:
            await client.aclose()


async def stream_from(answer: Answer, *, timeout: float = 10.0) -> list[bytes]:
    """Read a streamed answer; errors are seen where the body is read, not only outside of the block."""
    async with http_server(answer) as server:
        client = STTClient(url=f"{server.url}/listen?key=secret", timeout=timeout)
        try:
            async with client.stream() as reply:
                try:
                    return [piece async for piece in reply.aiter_bytes()]
                except httpx.TransportError as error:
                    raise AssertionError("an error of httpx came through") from error
        finally:
            await client.aclose()


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, RejectedError),
        (401, RejectedError),
        (404, RejectedError),
        (413, RejectedError),
        (422, RejectedError),
        (429, BusyError),
        (500, ServerError),
        (503, BusyError),
    ],
)
@pytest.mark.parametrize("way", ["post", "stream", "sse"])
async def test_a_status_is_an_error_of_ours_and_of_httpx(status: int, kind: type[STTError], way: str) -> None:
    async with http_server(says(status, {"detail": "because"})) as server:
        client = STTClient(url=f"{server.url}/listen?key=secret")
        with pytest.raises(kind) as raised:
            await (client.post() if way == "post" else entered(getattr(client, way)()))
        await client.aclose()
    error = raised.value
    assert isinstance(error, httpx.HTTPStatusError)
    assert error.response.status_code == status
    assert error.response.json() == {"detail": "because"}
    assert f"{server.url}/listen?key=*** answered {status}" in str(error)
    assert "because" in str(error)
    assert "secret" not in str(error)


async def entered(opening: AbstractAsyncContextManager[object]) -> None:
    async with opening:
        pass


async def test_a_busy_server_says_for_how_long() -> None:
    with pytest.raises(BusyError) as raised:
        await post_to(says(429, {}, retry_after="7"))
    assert raised.value.retry_after_s == 7.0


async def test_a_redirect_is_not_followed_but_told() -> None:
    with pytest.raises(RejectedError, match=r"307.*points to https://elsewhere/v1\?token=\*\*\*"):
        await post_to(says(307, b"", location="https://elsewhere/v1?token=secret"))


async def test_a_redirect_can_be_followed_on_request() -> None:
    async def answer(request: Request, writer: asyncio.StreamWriter) -> None:
        moved = response(307, b"", location="/there")
        writer.write(response(200, {}) if request.target == "/there" else moved)

    assert (await post_to(answer, follow_redirects=True)).is_success


async def test_only_the_first_characters_of_a_long_refusal_are_quoted() -> None:
    with pytest.raises(ServerError) as raised:
        await post_to(says(500, b"\x1b[2J" + b"x" * 5_000_000, "text/plain"))
    assert len(str(raised.value)) < 700
    assert "\\x1b[2Jxxx" in str(raised.value)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def test_a_server_that_is_not_there_is_told_with_its_address() -> None:
    client = STTClient(url=f"http://localhost:{free_port()}")
    for opening in (client.stream, client.ws):
        with pytest.raises(ConnectError, match=r"localhost:\d+.*refused.*Check the url: .*--stt-url"):
            async with opening():
                pass
    with pytest.raises(ConnectError, match=r"refused the connection\. Is the server running\?"):
        await client.post()
    await client.aclose()


async def test_certificates_that_are_not_there_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/no/such/file.pem")
    _tls.cache_clear()
    with pytest.raises(SuiteError, match="SSL_CERT_FILE"):
        await STTClient(url="http://127.0.0.1:1").post()


async def test_a_name_that_nobody_knows_is_told() -> None:
    client = STTClient(url="http://no-such-host.invalid:1234/v1")
    with pytest.raises(ConnectError, match=r"no-such-host\.invalid:1234.*(not known|refused|No connection)"):
        await client.post()
    await client.aclose()


async def test_tls_where_there_is_none_is_told() -> None:
    async with http_server(says(200, {})) as server:
        client = STTClient(url=server.url.replace("http", "https"))
        with pytest.raises(ConnectError, match=r"TLS handshake .* failed: .*https or http"):
            await client.post()
        with pytest.raises(ConnectError, match=r"TLS handshake .* failed"):
            async with client.ws():
                pass
        await client.aclose()


HALF_A_BODY = b'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"text": "half an'
HALF_A_CHUNK = CHUNKED % b"text/plain" + b"64\r\nhalf a chunk"
NO_LAST_CHUNK = CHUNKED % b"text/plain" + chunk(b"half")


@pytest.mark.parametrize(
    ("raw", "kind", "words"),
    [
        (b"", ClosedError, "closed the connection without an answer"),
        (HALF_A_BODY, ClosedError, "in the middle of its answer"),
        (HALF_A_CHUNK, ClosedError, "in the middle of its answer"),
        (NO_LAST_CHUNK, ClosedError, "in the middle of its answer"),
        (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", ProtocolError, "does not answer in HTTP"),
        (b"HTTP/1.1 200 OK\r\ncontent-le", ClosedError, "closed the connection without an answer"),
    ],
)
@pytest.mark.parametrize("read", [post_to, stream_from])
async def test_half_an_answer_is_an_error(raw: bytes, kind: type[STTError], words: str, read: Any) -> None:
    with pytest.raises(kind, match=words):
        await read(sends(raw))


@pytest.mark.parametrize("read", [post_to, stream_from])
async def test_a_dropped_connection_is_an_error(read: Any) -> None:
    async def drop(request: Request, writer: asyncio.StreamWriter) -> None:
        linger_not = (1).to_bytes(4, "little") + (0).to_bytes(4, "little")
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_not)
        writer.transport.abort()

    with pytest.raises(ClosedError, match=r"broke|without an answer"):
        await read(drop)


async def test_a_body_that_lies_about_its_compression_is_an_error() -> None:
    lie = says(200, b"not gzip", "text/plain", content_encoding="gzip")
    with pytest.raises(ProtocolError, match="can't be decompressed"):
        await post_to(lie)
    with pytest.raises(ProtocolError, match="can't be decompressed"):
        await stream_from(lie)


async def test_a_compressed_body_is_read() -> None:
    body = gzip.compress(json.dumps({"text": "red"}).encode())
    assert (await post_to(says(200, body, content_encoding="gzip"))).json() == {"text": "red"}


async def test_a_silent_server_is_not_waited_for_longer_than_the_timeout() -> None:
    with pytest.raises(STTTimeoutError, match=r"within 0\.1 s.*raise `timeout`"):
        await post_to(sends(b"", then="hang"), timeout=0.1)
    with pytest.raises(STTTimeoutError, match=r"within 0\.1 s"):
        await stream_from(sends(b"", then="hang"), timeout=0.1)


async def test_a_server_that_drips_does_not_escape_the_timeout() -> None:
    drip = streams([b"x"] * 1000, content_type="text/plain", pause_s=0.02)
    with pytest.raises(STTTimeoutError, match=r"whole answer within 0\.2 s"):
        await post_to(drip, timeout=0.2)


async def test_a_body_that_stops_is_not_waited_for() -> None:
    stops = sends(CHUNKED % b"text/plain" + chunk(b"red"), then="hang")
    with pytest.raises(STTTimeoutError, match=r"Nothing came .* for 0\.1 s"):
        await stream_from(stops, timeout=0.1)


async def test_a_timeout_of_the_call_replaces_the_clients() -> None:
    slow = streams([b"x"] * 10, content_type="text/plain", pause_s=0.03)
    async with http_server(slow) as server:
        client = STTClient(url=server.url, timeout=0.1)
        assert (await client.post(timeout=10)).content == b"x" * 10
        assert (await client.post(timeout=httpx.Timeout(5))).content == b"x" * 10
        with pytest.raises(STTTimeoutError, match=r"within 0\.05 s"):
            await client.post(timeout=0.05)
        await client.aclose()


async def test_a_header_that_is_not_legal_is_refused_without_showing_it() -> None:
    with pytest.raises(SuiteError, match="names and values of the headers") as raised:
        await post_to(says(200, {}), headers={"Authorization": "Bearer secret "})
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("value", ["Bearer “secret”", "Bearer secret\n", 7])
async def test_a_header_that_no_request_can_carry_is_refused_at_once(value: Any) -> None:
    with pytest.raises(SuiteError, match="header 'Authorization' has to be") as raised:
        STTClient(url="http://127.0.0.1", headers={"Authorization": value})
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("way", ["post", "stream", "sse", "ws"])
@pytest.mark.parametrize("value", ["Bearer “secret”", "Bearer secret\n"])
async def test_the_headers_of_a_call_are_checked_like_the_clients(way: str, value: str) -> None:
    client = STTClient(url="http://127.0.0.1:1")
    call = getattr(client, way)(headers={"Authorization": value})
    with pytest.raises(SuiteError, match="header 'Authorization' has to be") as raised:
        await (call if way == "post" else entered(call))
    await client.aclose()
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ([("a", "b")], "headers has to be a mapping .* of type list"),
        ({"": "x"}, "'' is no name of a header"),
        ({"a b": "x"}, "'a b' is no name of a header"),
        ({7: "x"}, "7 is no name of a header"),
    ],
)
async def test_what_are_no_headers_is_refused(headers: Any, words: str) -> None:
    with pytest.raises(SuiteError, match=words):
        STTClient(url="http://127.0.0.1", headers=headers)


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), float("inf"), "30"])
async def test_a_timeout_that_is_no_duration_is_refused(timeout: Any) -> None:
    with pytest.raises(SuiteError, match="timeout has to be a number of seconds above 0"):
        STTClient(url="http://127.0.0.1", timeout=timeout)


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), float("inf")])
async def test_a_timeout_of_a_call_that_is_no_duration_is_refused(timeout: float) -> None:
    client = STTClient(url="http://127.0.0.1:1")
    with pytest.raises(SuiteError, match="timeout has to be a number of seconds above 0"):
        await client.post(timeout=timeout)
    await client.aclose()


async def test_options_without_a_dialect_are_refused() -> None:
    with pytest.raises(SuiteError, match="options model need a dialect"):
        STTClient(url="http://127.0.0.1", options={"model": "x"})


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"url": None}, "url has to be a text .* of type NoneType"),
        ({"url": 5}, "url has to be a text"),
        ({"dialect": 5}, "dialect has to be a name"),
        ({"dialect": ["openai"]}, "dialect has to be a name"),
        ({"options": ["model"]}, "options has to be a mapping"),
        ({"stream": {"pace": 1}}, "stream has to be a StreamOptions"),
        ({"normalizer": 5}, "normalizer has to be a name"),
        ({"normalizer": "basik"}, "basik"),
        ({"timeout": None}, "timeout has to be a number"),
    ],
)
async def test_an_argument_of_the_wrong_kind_gets_a_sentence(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(SuiteError, match=words):
        STTClient(**{"url": "http://127.0.0.1", "dialect": "openai"} | wrong)


async def test_transcribing_what_is_no_sample_says_what_to_give() -> None:
    wrong: Any = "hello.wav"
    with pytest.raises(SuiteError, match=r"an AudioSample, such as AudioSample\.from_file\(path\)"):
        await STTClient(url="http://127.0.0.1:1", dialect="openai").transcribe(wrong)


async def test_transcribing_without_a_dialect_says_what_to_give(tone: Any) -> None:
    with pytest.raises(SuiteError, match="dialect='openai'"):
        await STTClient(url="http://127.0.0.1").transcribe(tone)
