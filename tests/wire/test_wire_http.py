"""`post`, `stream` and `sse` against a server that is right."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest
from strict_servers import CHUNKED, Answer, Request, chunk, http_server, response, says, streams

from pytest_stt.client import STTClient
from pytest_stt.errors import ProtocolError, STTTimeoutError

pytestmark = pytest.mark.asyncio

SSE = [b"data: red\n\n", b"data: door\n\n"]


async def test_bytes_are_the_body_and_a_mapping_is_a_form() -> None:
    async with http_server(says(200, {"ok": True})) as server:
        client = STTClient(url=f"{server.url}/listen", headers={"Authorization": "Bearer k"})
        answer = await client.post(data=b"RIFF", headers={"Content-Type": "audio/wav"}, params={"a": "b"})
        await client.post(data={"model": "m"})
        await client.post(json={"x": 1})
        await client.aclose()
    raw, form, plain = server.requests
    assert answer.json() == {"ok": True}
    assert (raw.method, raw.target, raw.body) == ("POST", "/listen?a=b", b"RIFF")
    assert (raw.headers["content-type"], raw.headers["authorization"]) == ("audio/wav", "Bearer k")
    assert form.body == b"model=m"
    assert json.loads(plain.body) == {"x": 1}


async def test_connections_are_used_again_until_the_client_is_closed() -> None:
    async with http_server(says(200, {})) as server:
        client = STTClient(url=server.url)
        for _ in range(5):
            await client.post()
        async with client.stream() as answer:
            await answer.aread()
        assert server.connections == 1
        await client.aclose()


async def test_a_refusal_leaves_its_connection_usable() -> None:
    async with http_server(says(404, {"detail": "no"})) as server:
        client = STTClient(url=server.url)
        for _ in range(3):
            with pytest.raises(httpx.HTTPStatusError):
                async with client.stream():
                    pass
        assert server.connections == 1
        await client.aclose()


async def test_two_hundred_requests_are_under_way_at_once() -> None:
    everybody = asyncio.Event()
    waiting = 0

    async def answer(request: Request, writer: asyncio.StreamWriter) -> None:
        nonlocal waiting
        waiting += 1
        if waiting == 200:
            everybody.set()
        await everybody.wait()
        writer.write(response(200, {}))

    async with http_server(answer) as server:
        client = STTClient(url=server.url)
        answers = await asyncio.gather(*(client.post() for _ in range(200)))
        await client.aclose()
    assert {answer.status_code for answer in answers} == {200}


async def test_a_body_is_read_while_it_comes() -> None:
    async with http_server(streams([b"red ", b"door"], content_type="text/plain", pause_s=0.02)) as server:
        client = STTClient(url=server.url)
        async with client.stream(data=b"x") as answer:
            pieces = [piece async for piece in answer.aiter_bytes()]
        await client.aclose()
    assert pieces == [b"red ", b"door"]


async def test_events_are_read_while_they_come() -> None:
    headers = {"X-Mine": "1"}
    async with http_server(streams(SSE)) as server:
        client = STTClient(url=server.url)
        async with client.sse(data=b"x", headers=headers) as source:
            events = [event.data async for event in source.aiter_sse()]
        await client.aclose()
    sent = server.requests[0].headers
    assert events == ["red", "door"]
    assert (sent["accept"], sent["x-mine"]) == ("text/event-stream", "1")
    assert headers == {"X-Mine": "1"}


@pytest.mark.parametrize("way", ["sse", "stream"])
async def test_what_only_keeps_a_stream_alive_is_not_waited_for(way: str) -> None:
    """An event has the client's timeout, however many comments come; so has a piece of a body."""
    drips = {"sse": drip(chunk(b": ping\n\n")), "stream": drip(b"0")}
    async with http_server(drips[way]) as server:
        client = STTClient(url=server.url, timeout=0.3)
        with pytest.raises(STTTimeoutError, match=r"(No event|Nothing) came from http.* for 0\.3 s"):
            await read(client, way)
        await client.aclose()


def drip(piece: bytes) -> Answer:
    async def answer(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(CHUNKED % b"text/event-stream")
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.05)

    return answer


async def read(client: STTClient, way: str) -> None:
    if way == "stream":
        async with client.stream() as answer:
            await answer.aread()
    async with client.sse() as source:
        await anext(source.aiter_sse())


async def test_a_pause_of_the_readers_own_is_no_time_of_the_servers() -> None:
    async with http_server(streams(SSE)) as server:
        client = STTClient(url=server.url, timeout=0.2)
        events = []
        async with client.sse() as source:
            async for event in source.aiter_sse():
                events.append(event.data)
                await asyncio.sleep(0.3)
        await client.aclose()
    assert events == ["red", "door"]


async def test_another_type_is_reported_at_the_first_event() -> None:
    async with http_server(says(200, {"text": "red"})) as server:
        client = STTClient(url=server.url)
        async with client.sse() as source:
            with pytest.raises(ProtocolError, match=r"text/event-stream.*application/json.*red"):
                await anext(source.aiter_sse())
        await client.aclose()


async def test_an_answer_without_a_type_is_no_event_stream() -> None:
    async with http_server(says(200, b"", "")) as server:
        client = STTClient(url=server.url)
        async with client.sse() as source:
            with pytest.raises(ProtocolError, match="no content type, with nothing in the body"):
                await anext(source.aiter_sse())
        await client.aclose()


async def test_five_megabytes_are_read() -> None:
    big = "x" * 5_000_000
    async with (
        http_server(says(200, {"text": big})) as plain,
        http_server(streams([f"data: {big}\n\n".encode()])) as events,
    ):
        client, source_client = STTClient(url=plain.url), STTClient(url=events.url)
        assert (await client.post()).json()["text"] == big
        async with source_client.sse() as source:
            assert [len(event.data) async for event in source.aiter_sse()] == [len(big)]
        await client.aclose()
        await source_client.aclose()


async def test_a_socket_address_can_be_posted_to() -> None:
    async with http_server(says(200, {})) as server:
        client = STTClient(url=server.url.replace("http", "ws"))
        assert (await client.post()).is_success
        await client.aclose()


async def test_a_transport_of_ones_own_is_used() -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json={"text": str(request.url)}))
    client = STTClient(url="http://nowhere.invalid/x", transport=transport)
    assert (await client.post()).json() == {"text": "http://nowhere.invalid/x"}
    await client.aclose()


async def test_proxies_are_for_other_machines_only(monkeypatch: pytest.MonkeyPatch) -> None:
    async with (
        http_server(says(200, {"who": "proxy"})) as proxy,
        http_server(says(200, {"who": "server"})) as server,
    ):
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        here, elsewhere = STTClient(url=server.url), STTClient(url="http://stt.invalid/listen")
        assert (await here.post()).json() == {"who": "server"}
        assert (await elsewhere.post()).json() == {"who": "proxy"}
        await here.aclose()
        await elsewhere.aclose()
