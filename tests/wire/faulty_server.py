"""A server on 127.0.0.1, in a thread of its own, that fails as a test tells it to.

It needs the standard library only. Requests are answered in the order of a script, or of the script of their
file; who has none hears "red door":

    with FaultyServer(answers(503), answers(503)) as server: ...
    with FaultyServer(of={"c2": [resets()]}) as server: ...
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
import socket
import struct
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass(frozen=True)
class Request:
    """One request, with the moment (`time.monotonic`) at which it was there as a whole."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    at: float

    @property
    def name(self) -> str:
        """The name of the uploaded file without its suffix; empty without a file."""
        found = re.search(rb'filename="([^"]*)\.[^".]*"', self.body)
        return found[1].decode() if found else ""


Answer = Callable[[Request, asyncio.StreamWriter], Awaitable[None]]


def response(status: int, body: bytes | str | dict[str, Any] = b"", **headers: str) -> bytes:
    """Return a whole response; a mapping goes as JSON, underscores in names of headers become hyphens."""
    raw = json.dumps(body).encode() if isinstance(body, dict) else body
    raw = raw.encode() if isinstance(raw, str) else raw
    kind = "application/json" if isinstance(body, dict) else "text/plain"
    lines = [f"HTTP/1.1 {status} Whatever", f"content-type: {kind}", f"content-length: {len(raw)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + raw


def hears(text: str = "red door", *, after_s: float = 0.0) -> Answer:
    """Answer with a transcript, after some seconds."""

    async def answer(request: Request, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(after_s)
        writer.write(response(200, {"text": text}))

    return answer


def answers(status: int, body: bytes | str | dict[str, Any] = b"", **headers: str) -> Answer:
    """Answer with a status; `answers(429, Retry_After="1")` has a header."""

    async def answer(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(response(status, body, **headers))

    return answer


def sends(raw: bytes) -> Answer:
    """Send these bytes, whatever they are, and close."""

    async def answer(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)
        await writer.drain()
        writer.close()

    return answer


def hangs(first: bytes = b"") -> Answer:
    """Never answer, or nothing behind the first bytes."""

    async def answer(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(first)
        await asyncio.Event().wait()

    return answer


def resets(first: bytes = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf an ans") -> Answer:
    """Reset the connection in the middle of an answer; with `first=b""` before there is any."""

    async def answer(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(first)
        await writer.drain()
        await asyncio.sleep(0.02)
        linger = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        writer.transport.abort()

    return answer


def closes() -> Answer:
    """Close the connection without an answer."""
    return sends(b"")


def drips(text: str = "red door", *, every_s: float = 1.0) -> Answer:
    """Answer with a transcript, one byte at a time."""

    async def answer(request: Request, writer: asyncio.StreamWriter) -> None:
        for byte in response(200, {"text": text}):
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(every_s)

    return answer


def opens_socket(*messages: str, then: str = "reset") -> Answer:
    """Accept a WebSocket, send texts, and then `reset`, `hang`, or close with the four digits of a code."""

    async def answer(request: Request, writer: asyncio.StreamWriter) -> None:
        key = request.headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        accept = base64.b64encode(hashlib.sha1(key.encode(), usedforsecurity=False).digest()).decode()
        head = "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
        writer.write(f"{head}sec-websocket-accept: {accept}\r\n\r\n".encode())
        for message in messages:
            writer.write(_frame(0x81, message.encode()))
        if then.isdigit():
            writer.write(_frame(0x88, struct.pack("!H", int(then))))
        if then == "reset":
            await resets(b"")(request, writer)
        await asyncio.Event().wait()

    return answer


def _frame(kind: int, payload: bytes) -> bytes:
    size = struct.pack("!B", len(payload)) if len(payload) < 126 else struct.pack("!BH", 126, len(payload))
    return bytes([kind]) + size + payload


@dataclass
class Seen:
    """What a server has seen so far.

    Attributes:
        requests: All of them, in the order of their coming.
        connections: How many were ever opened.
        open: How many are open now.
        in_flight: How many requests wait for their answer.
        most_in_flight: How many did at most.
    """

    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    open: int = 0
    in_flight: int = 0
    most_in_flight: int = 0

    @property
    def names(self) -> list[str]:
        """The names of the uploaded files, in the order of their coming."""
        return [request.name for request in self.requests if request.name]


class FaultyServer:
    """Answer each request as the next answer of a script has it.

    Args:
        script: What the first requests get, whatever they are.
        default: What all others get.
        of: The scripts of single files, by their names without suffixes.
        probes: What requests get that are no POST, and no handshake; else they are like any other.
        dies_after: After that many answers it is gone, with all its connections.
        workers: How many connections are served at a time, each until its client closes it.
    """

    def __init__(
        self,
        *script: Answer,
        default: Answer | None = None,
        of: Mapping[str, Sequence[Answer]] | None = None,
        probes: Sequence[Answer] | None = None,
        dies_after: int | None = None,
        workers: int = 1000,
    ) -> None:
        self.seen = Seen()
        self._script = list(script)
        self._default = default or hears()
        self._of = {name: list(each) for name, each in (of or {}).items()}
        self._probes = None if probes is None else list(probes)
        self._dies_after = dies_after
        self._workers = asyncio.Semaphore(workers)
        self._answered = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="faulty-server")
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port: int = self._listener.getsockname()[1]

    @property
    def url(self) -> str:
        """Its address over HTTP."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def requests(self) -> list[Request]:
        """What has come, in order."""
        return self.seen.requests

    def wait_for(self, condition: Callable[[Seen], object], *, within_s: float = 10.0) -> None:
        """Wait until something is so, as in `server.wait_for(lambda seen: seen.in_flight == 4)`."""
        deadline = time.monotonic() + within_s
        while not condition(self.seen):
            if time.monotonic() > deadline:
                raise TimeoutError(f"it never came so far: {self.seen!r:.500}")
            time.sleep(0.005)

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._started.wait(10):
            raise TimeoutError("the server did not start")
        return self

    def __exit__(self, *_exc: object) -> None:
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(10)
        self._listener.close()

    async def _serve(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._connected, sock=self._listener)
        self._started.set()
        await self._end.wait()
        server.close()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(set(self._tasks))

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None:
            return
        self._tasks.add(task)
        self.seen.connections += 1
        self.seen.open += 1
        # A cancelled task is one at the end of the test: asyncio's streams would report it.
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            async with self._workers:
                await self._converse(reader, writer)
        writer.transport.abort()
        self.seen.open -= 1
        self._tasks.discard(task)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while not writer.is_closing() and not self._end.is_set():
            request = await _read_request(reader)
            self.seen.requests.append(request)
            self.seen.in_flight += 1
            self.seen.most_in_flight = max(self.seen.most_in_flight, self.seen.in_flight)
            await self._answer(request, reader, writer)

    async def _answer(
        self, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        answering = asyncio.ensure_future(self._give(self._next(request), request, writer))
        # A client that goes away ends the answer, however long it is.
        leaving = asyncio.ensure_future(_left(reader, writer, talks="upgrade" in request.headers))
        try:
            await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (answering, leaving):
                task.cancel()
            await asyncio.wait({answering, leaving})
        if not answering.cancelled():
            answering.result()
        await writer.drain()
        self._answered += 1
        if self._answered == self._dies_after:
            self._end.set()

    async def _give(self, answer: Answer, request: Request, writer: asyncio.StreamWriter) -> None:
        # Over in the very step that sends: the client may come with the next request at once.
        try:
            await answer(request, writer)
        finally:
            self.seen.in_flight -= 1

    def _next(self, request: Request) -> Answer:
        if self._probes is not None and request.method != "POST" and "upgrade" not in request.headers:
            return self._probes.pop(0) if self._probes else answers(404)
        if own := self._of.get(request.name):
            return own.pop(0)
        return self._script.pop(0) if self._script else self._default


async def _left(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, talks: bool) -> None:
    """Wait until the client has gone; what it sends over a WebSocket is dropped."""
    while not reader.at_eof() and not writer.is_closing():
        if talks:
            await reader.read(65536)
        else:
            await asyncio.sleep(0.02)


async def _read_request(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.strip().split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Request(method, target, headers, body, time.monotonic())


@contextmanager
def refusing_port() -> Iterator[int]:
    """Hold a port that refuses every connection."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


@contextmanager
def full_port() -> Iterator[int]:
    """Hold a port that lets every connection wait (on Linux: its queue is full)."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        port = listener.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        try:
            for one in waiting:
                one.setblocking(False)
                one.connect_ex(("127.0.0.1", port))
            time.sleep(0.05)
            yield port
        finally:
            for one in waiting:
                one.close()
