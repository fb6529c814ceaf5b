"""Answer uploads like a speech-to-text server that takes as many milliseconds as the first argument says.

The second argument is a JSON file of what is said in which audio file. Prints its port. Speaks just enough
HTTP/1.1 to cost next to nothing: the requests come from this benchmark.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from pathlib import Path

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_FILE = re.compile(rb'filename="([^"]*)"')


class Conversation(asyncio.Protocol):
    """One connection, kept alive: one request after the other."""

    transport: asyncio.Transport

    def __init__(self, delay_s: float, texts: dict[str, str]) -> None:
        self._delay_s = delay_s
        self._texts = texts
        self._received = bytearray()
        self._needed = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self._needed:
            head, end, _ = self._received.partition(b"\r\n\r\n")
            length = _LENGTH.search(head)
            if not end:
                return
            if length is None:
                self.transport.abort()
                return
            self._needed = len(head) + len(end) + int(length[1])
        if len(self._received) >= self._needed:
            self._answer()

    def _answer(self) -> None:
        name = _FILE.search(self._received)
        text = self._texts[name[1].decode()] if name else "no file"
        body = json.dumps({"text": text}).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        asyncio.get_running_loop().call_later(self._delay_s, self.transport.write, head.encode() + body)
        self._received.clear()
        self._needed = 0


async def main(delay_ms: float, texts: dict[str, str]) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Conversation(delay_ms / 1000, texts), "127.0.0.1", 0, backlog=1024
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text())))
