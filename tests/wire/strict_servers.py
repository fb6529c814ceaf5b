"""Servers on 127.0.0.1 that are strict about the protocol and misbehave only as a test tells them to."""

from __future__ import annotations

import asyncio
import email
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed


@dataclass
class Request:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def parts(self) -> dict[str, Any]:
        """The multipart body: fields as text, lists for repeated ones, the file as (name, type, bytes)."""
        head = f"content-type: {self.headers['content-type']}\r\n\r\n".encode()
        found: dict[str, Any] = {}
        message: Any = email.message_from_bytes(head + self.body)
        for part in message.get_payload():
            name = part.get_param("name", header="content-disposition")
            content = part.get_payload(decode=True)
            if (filename := part.get_filename()) is not None:
                found[name] = (filename, part.get_content_type(), content)
            elif name in found:
                found[name] = [*found[name], content.decode()]
            else:
                found[name] = [content.decode()] if name.endswith("[]") else content.decode()
        return found


class NoHTTP(Exception):
    """The client speaks something else, such as TLS."""


Answer = Callable[[Request, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class HTTPServer:
    """What a scripted HTTP server has seen."""

    url: str = ""
    connections: int = 0
    requests: list[Request] = field(default_factory=list)


@asynccontextmanager
async def http_server(answer: Answer) -> AsyncIterator[HTTPServer]:
    """Serve HTTP/1.1 with kept connections; `answer` writes each response as raw bytes."""
    seen = HTTPServer()
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.connections += 1
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                while not writer.is_closing():
                    request = await _read_request(reader)
                    seen.requests.append(request)
                    await answer(request, writer)
                    await writer.drain()
        except NoHTTP:
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            await writer.drain()
            writer.close()
            await writer.wait_closed()
        except asyncio.CancelledError:
            # The end of the test; asyncio's streams would report it.
            pass
        finally:
            writer.transport.abort()
            tasks.discard(task)

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    seen.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield seen
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(set(tasks))


async def _read_request(reader: asyncio.StreamReader) -> Request:
    start = await reader.readexactly(1)
    if not start.isalpha():
        raise NoHTTP
    head = (start + await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.strip().split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if headers.get("transfer-encoding") == "chunked":
        body = await _read_chunks(reader)
    else:
        body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Request(method, target, headers, body)


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    pieces = []
    while size := int(await reader.readline(), 16):
        pieces.append(await reader.readexactly(size))
        await reader.readline()
    await reader.readline()
    return b"".join(pieces)


def response(
    status: int, body: bytes | str | Any, content_type: str = "application/json", **headers: str
) -> bytes:
    """Return a whole response; what is neither bytes nor text goes as JSON."""
    if not isinstance(body, bytes):
        body = (body if isinstance(body, str) else json.dumps(body)).encode()
    lines = [f"HTTP/1.1 {status} Whatever", f"content-length: {len(body)}"]
    lines += [f"content-type: {content_type}"] if content_type else []
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def says(*args: Any, **kwargs: Any) -> Answer:
    """Answer every request with the same response."""

    async def answer(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(response(*args, **kwargs))

    return answer


def sends(raw: bytes, *, then: str = "close") -> Answer:
    """Answer with raw bytes, then `close`, `abort` or `hang`."""

    async def answer(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)
        await writer.drain()
        if then == "hang":
            await asyncio.sleep(60)
        elif then == "abort":
            writer.transport.abort()
        writer.close()

    return answer


CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-type: %s\r\n\r\n"


def chunk(piece: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(piece), piece)


def streams(
    pieces: Iterable[bytes],
    *,
    content_type: str = "text/event-stream",
    pause_s: float = 0.0,
    end: bool = True,
) -> Answer:
    """Answer with a chunked body, a piece at a time."""

    async def answer(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(CHUNKED % content_type.encode())
        for piece in pieces:
            writer.write(chunk(piece))
            await writer.drain()
            await asyncio.sleep(pause_s)
        writer.write(b"0\r\n\r\n" if end else b"")
        if not end:
            await writer.drain()
            writer.close()

    return answer


def strict_openai(answer: Answer, *, key: str | None = None) -> Answer:
    """Refuse what OpenAI's transcription endpoint refuses, else give `answer`."""

    async def checked(request: Request, writer: asyncio.StreamWriter) -> None:
        refusal = _openai_refusal(request, key)
        if refusal is None:
            await answer(request, writer)
        else:
            status, message = refusal
            error = {"message": message, "type": "invalid_request_error", "param": None, "code": None}
            writer.write(response(status, {"error": error}))

    return checked


def _openai_refusal(request: Request, key: str | None) -> tuple[int, str] | None:
    if key is not None and request.headers.get("authorization") != f"Bearer {key}":
        return 401, "Incorrect API key provided."
    if (request.method, request.target) != ("POST", "/v1/audio/transcriptions"):
        return 404, f"Invalid URL ({request.method} {request.target})"
    parts = request.parts
    if "file" not in parts or not parts.get("model"):
        return 400, "you must provide a file and a model parameter"
    name, content_type, content = parts["file"]
    if "." not in name or not content_type.startswith("audio/") or not content:
        return 400, "Unrecognized file format."
    return None


Talk = Callable[[ServerConnection], Awaitable[None]]


@asynccontextmanager
async def socket_server(talk: Talk, **kwargs: Any) -> AsyncIterator[str]:
    """Serve WebSockets: `talk` has each conversation."""

    async def guarded(connection: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            await talk(connection)

    async with serve(guarded, "127.0.0.1", 0, **kwargs) as server:
        yield f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}/listen"


class ProtocolBroken(Exception):
    """The client did what the protocol forbids."""


@dataclass
class StrictWhisperLive:
    """A WhisperLive server that notes what is against the protocol, and then closes without a word.

    It answers the handshake with `ready`, each frame of audio with `on_frame`, and sends `late` by itself.
    """

    ready: Sequence[dict[str, Any] | str] = ({"message": "SERVER_READY", "backend": "fake"},)
    on_frame: Callable[[int], Iterable[dict[str, Any]]] = lambda _number: ()
    late: Sequence[tuple[float, dict[str, Any]]] = ()
    handshake: dict[str, Any] = field(default_factory=dict)
    audio: bytearray = field(default_factory=bytearray)
    frames: int = 0
    violations: list[str] = field(default_factory=list)
    ended: bool = False

    async def talk(self, connection: ServerConnection) -> None:
        try:
            await self._converse(connection)
        except ProtocolBroken as broken:
            self.violations.append(str(broken))

    async def _converse(self, connection: ServerConnection) -> None:
        first = await connection.recv()
        if not isinstance(first, str):
            raise ProtocolBroken("audio before the handshake")
        self.handshake = json.loads(first)
        if missing := {"uid", "language", "task", "model"} - self.handshake.keys():
            raise ProtocolBroken(f"the handshake lacks {missing}")
        with suppress(TimeoutError):
            async with asyncio.timeout(0.05):
                early = await connection.recv()
                raise ProtocolBroken(f"{early!r:.40} before SERVER_READY")
        for message in self.ready:
            await connection.send(json.dumps(message) if isinstance(message, dict) else message)
        talker = asyncio.create_task(self._talk_late(connection))
        try:
            await self._listen(connection)
        finally:
            talker.cancel()
            await asyncio.wait({talker})

    async def _listen(self, connection: ServerConnection) -> None:
        async for message in connection:
            if isinstance(message, str):
                raise ProtocolBroken(f"the text {message!r} where audio is due")
            if message == b"END_OF_AUDIO":
                # Whatever is not transcribed yet is dropped, and the connection with it.
                self.ended = True
                return
            if len(message) % 4:
                raise ProtocolBroken(f"a frame of {len(message)} bytes is no float32")
            self.audio += message
            self.frames += 1
            for answer in self.on_frame(self.frames):
                await connection.send(json.dumps({"uid": self.handshake["uid"], **answer}))

    async def _talk_late(self, connection: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            for pause_s, message in self.late:
                await asyncio.sleep(pause_s)
                await connection.send(json.dumps(message))


def segment(start: float, end: float, text: str, *, completed: bool = True) -> dict[str, Any]:
    return {"start": f"{start:.3f}", "end": f"{end:.3f}", "text": text, "completed": completed}
