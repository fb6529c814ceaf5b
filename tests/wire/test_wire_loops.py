"""One client, several event loops one after the other, and what is left when it is closed or is not."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from strict_servers import CHUNKED, chunk, http_server, sends

from pytest_stt.audio import AudioSample
from pytest_stt.client import STTClient
from pytest_stt.errors import ClosedError, STTError, SuiteError


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    connections = 0

    def setup(self) -> None:
        type(self).connections += 1
        super().setup()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        body = json.dumps({"text": "red"}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def threaded_server() -> Iterator[tuple[str, type[Handler]]]:
    """Serve from a thread: the event loops come and go."""
    handler = type("Counting", (Handler,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", handler
        finally:
            server.shutdown()
            thread.join()


async def post_twice(client: STTClient) -> None:
    for _ in range(2):
        assert (await client.post()).json() == {"text": "red"}


def test_each_loop_gets_connections_of_its_own_and_leaves_none(caplog: pytest.LogCaptureFixture) -> None:
    with threaded_server() as (url, handler), caplog.at_level(logging.DEBUG, "asyncio"):
        client = STTClient(url=url)
        for _ in range(3):
            asyncio.run(post_twice(client))
            gc.collect()
        assert handler.connections == 3
        asyncio.run(client.aclose())
    assert "Event loop is closed" not in caplog.text


def test_a_client_that_nobody_closes_is_closed_with_its_loop() -> None:
    async def forget(client: STTClient) -> None:
        await post_twice(client)

    with threaded_server() as (url, _):
        asyncio.run(forget(STTClient(url=url)))
        gc.collect()


def test_a_client_that_is_forgotten_while_its_loop_runs_is_closed() -> None:
    async def forget(url: str) -> None:
        await post_twice(STTClient(url=url))
        gc.collect()
        await asyncio.sleep(0.05)

    with threaded_server() as (url, _):
        asyncio.run(forget(url))


def test_two_loops_at_once_share_a_client() -> None:
    with threaded_server() as (url, _):
        client = STTClient(url=url)
        both = threading.Barrier(2)

        async def together() -> None:
            await client.post()
            await asyncio.to_thread(both.wait)
            await client.post()

        threads = [threading.Thread(target=asyncio.run, args=(together(),)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        asyncio.run(client.aclose())


def test_closing_in_one_loop_lets_the_other_loops_close_theirs() -> None:
    async def close_elsewhere(client: STTClient) -> None:
        await post_twice(client)
        await asyncio.to_thread(asyncio.run, client.aclose())
        gc.collect()
        await asyncio.sleep(0.05)

    with threaded_server() as (url, _):
        asyncio.run(close_elsewhere(STTClient(url=url)))


async def use_post(client: STTClient) -> None:
    await client.post()


async def use_stream(client: STTClient) -> None:
    async with client.stream():
        pass


async def use_sse(client: STTClient) -> None:
    async with client.sse():
        pass


async def use_ws(client: STTClient) -> None:
    async with client.ws():
        pass


@pytest.mark.parametrize("use", [use_post, use_stream, use_sse, use_ws])
def test_a_closed_client_says_so(use: Callable[[STTClient], Any]) -> None:
    async def close_and_use() -> None:
        client = STTClient(url="http://127.0.0.1:1")
        await client.aclose()
        await client.aclose()
        with pytest.raises(SuiteError, match=r"closed: after aclose\(\)"):
            await use(client)

    asyncio.run(close_and_use())


async def transcribe(client: STTClient) -> None:
    await client.transcribe(AudioSample.from_array([0.0] * 1600, 16000))


@pytest.mark.parametrize("use", [use_post, use_stream, use_sse, use_ws, transcribe])
@pytest.mark.parametrize("steps", [0, 1, 2, 3, 4, 5, 6, 8, 12, 100])
def test_a_client_that_is_closed_takes_the_blame_for_what_is_under_way(use: Any, steps: int) -> None:
    """Whatever has happened by then, the error says so, and no socket is left (that would be a warning)."""

    async def close_meanwhile(url: str) -> None:
        client = STTClient(url=url, dialect="openai")
        task = asyncio.create_task(use(client))
        for _ in range(steps):
            await asyncio.sleep(0)
        await client.aclose()
        with pytest.raises(STTError, match=r"aclose\(\)"):
            await task
        gc.collect()

    with socket.create_server(("127.0.0.1", 0)) as silent:
        asyncio.run(close_meanwhile(f"http://127.0.0.1:{silent.getsockname()[1]}"))


def test_a_client_that_is_closed_takes_the_blame_for_a_body_that_stops() -> None:
    async def close_meanwhile() -> None:
        async with http_server(sends(CHUNKED % b"text/plain" + chunk(b"red"), then="hang")) as server:
            client = STTClient(url=server.url)
            async with client.stream() as answer:
                reading = asyncio.create_task(answer.aread())
                await asyncio.sleep(0.05)
                await client.aclose()
                with pytest.raises(ClosedError, match=r"this side: aclose\(\) of its STTClient"):
                    await reading

    asyncio.run(close_meanwhile())


def test_a_transports_own_failure_is_not_blamed_on_a_closed_client() -> None:
    async def broken(request: httpx.Request) -> httpx.Response:
        raise RuntimeError("mine")

    async def use(client: STTClient) -> None:
        with pytest.raises(RuntimeError, match="mine"):
            await client.post()
        await client.aclose()

    asyncio.run(use(STTClient(url="http://127.0.0.1:1", transport=httpx.MockTransport(broken))))


def test_a_cancelled_request_leaves_nothing() -> None:
    async def cancel(url: str) -> None:
        client = STTClient(url=url)
        await client.post()
        task = asyncio.create_task(client.post())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await client.post()).is_success

    with threaded_server() as (url, _):
        asyncio.run(cancel(url))
