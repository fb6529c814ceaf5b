"""A transcription server whose answers a test writes down, for tests of the plugin."""

from __future__ import annotations

import json
import re
import threading
import time
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

Answer = str | int | Callable[[BaseHTTPRequestHandler], None]


@dataclass
class ScriptedServer:
    """Answer a request by the stem of the file that it uploads.

    A string is a transcript, a number an HTTP status, a callable writes the answer itself, and a list holds
    the answers of several requests, the last of them for all further ones.

    Attributes:
        most_at_once: The largest number of requests that were being answered at the same time.
        delay_s: How long every answer takes.
    """

    url: str = ""
    delay_s: float = 0.0
    at_once: int = 0
    most_at_once: int = 0
    answers: dict[str, Answer | list[Answer]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def answering(self) -> Iterator[None]:
        with self.lock:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        time.sleep(self.delay_s)
        try:
            yield
        finally:
            with self.lock:
                self.at_once -= 1

    def answer_of(self, stem: str) -> Answer:
        with self.lock:
            answer = self.answers.get(stem, "hello world")
            if isinstance(answer, list):
                return answer.pop(0) if len(answer) > 1 else answer[0]
            return answer


def _handler(script: ScriptedServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            found = re.search(rb'filename="([^"]+)\.\w+"', body)
            stem = found.group(1).decode() if found else ""
            script.asked.append(stem)
            script.headers.append(dict(self.headers))
            with script.answering():
                answer = script.answer_of(stem)
                if callable(answer):
                    answer(self)
                elif isinstance(answer, int):
                    send(self, answer, {"error": {"message": f"scripted {answer}"}})
                else:
                    send(self, 200, {"text": answer})

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler


def send(handler: BaseHTTPRequestHandler, status: int, body: Any) -> None:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    handler.send_response(status)
    handler.send_header("content-type", "application/json")
    handler.send_header("content-length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data)


@contextmanager
def scripted_server() -> Iterator[ScriptedServer]:
    script = ScriptedServer()
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(script)) as server:
        server.daemon_threads = True
        server.request_queue_size = 100
        script.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield script
        finally:
            server.shutdown()
            thread.join()


def write_wav(path: Path, *, seconds: float = 0.2) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(bytes(2 * round(16000 * seconds)))
    return path


class Example:
    """A folder with suites and audio, run by pytest in this process."""

    def __init__(self, pytester: pytest.Pytester, server: ScriptedServer) -> None:
        self.pytester = pytester
        self.server = server
        self.ini()

    @property
    def path(self) -> Path:
        return self.pytester.path

    def ini(self, *lines: str) -> Example:
        self.pytester.makeini(
            "\n".join(
                [
                    "[pytest]",
                    "asyncio_default_fixture_loop_scope = function",
                    "filterwarnings = error",
                    f"stt_url = {self.server.url}",
                    *lines,
                ]
            )
        )
        return self

    def suite(self, text: str, *, name: str = "a.stt.yaml", audio: str = "one two three") -> Example:
        """Write a suite, and an audio file for each of the names."""
        for stem in audio.split():
            write_wav(self.path / f"{stem}.wav")
        (self.path / name).write_text(text, encoding="utf-8")
        return self

    def cases(self, name: str = "a.stt.yaml", **references: str) -> Example:
        """Write a suite with a case for each keyword, whose audio file has its name."""
        lines = [
            f"- {{id: {case}, audio: {case}.wav, reference: {json.dumps(reference)}}}"
            for case, reference in references.items()
        ]
        return self.suite("cases:\n" + "\n".join(lines), name=name, audio=" ".join(references))

    def answer(self, **answers: Any) -> Example:
        self.server.answers.update(answers)
        return self

    def test(self, source: str) -> Example:
        self.pytester.makepyfile(source)
        return self

    def run(self, *args: str) -> pytest.RunResult:
        return self.pytester.runpytest("-p", "no:randomly", *args)


@contextmanager
def socket_server(talk: Callable[[ServerConnection], None]) -> Iterator[str]:
    """Serve WebSockets with a function that has each conversation; the url comes back."""

    def guarded(connection: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            talk(connection)

    with serve(guarded, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}/listen"
        finally:
            server.shutdown()
            thread.join()
