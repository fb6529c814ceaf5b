"""Take audio over WebSockets and note when each frame of it arrives.

The argument is a file to write to. Prints its port. Of each connection a line of JSON is
written when it ends: the `uid` of its first message, and `arrivals`, the monotonic clock in seconds at each
binary frame. It answers like WhisperLive: SERVER_READY, and one segment when the first audio is there.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
import sys
import time
from array import array
from pathlib import Path

_KEY = re.compile(rb"sec-websocket-key: *(\S+)", re.IGNORECASE)
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_TEXT, _BINARY, _CLOSE, _PING, _PONG = 1, 2, 8, 9, 10
_END_OF_AUDIO = b"END_OF_AUDIO"
_SEGMENT = {"start": "0.000", "end": "1.000", "text": "noise", "completed": True}


class Conversation(asyncio.Protocol):
    """One connection: the handshake, then frames."""

    transport: asyncio.Transport

    def __init__(self, report: Path) -> None:
        self._report = report
        self._received = bytearray()
        self._open = False
        self._uid = ""
        self._arrivals = array("d")

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        line = json.dumps({"uid": self._uid, "arrivals": list(self._arrivals)})
        with self._report.open("a") as file:
            file.write(line + "\n")

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self._open and b"\r\n\r\n" in self._received:
            self._shake_hands()
        while self._open and self._take_frame(time.monotonic()):
            pass

    def _shake_hands(self) -> None:
        head, _, self._received = self._received.partition(b"\r\n\r\n")
        key = _KEY.search(head)
        assert key is not None
        accept = base64.b64encode(hashlib.sha1(key[1] + _GUID).digest()).decode()
        self.transport.write(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Accept: {accept}\r\n\r\n".encode()
        )
        self._open = True

    def _take_frame(self, now: float) -> bool:
        data = self._received
        if len(data) < 2:
            return False
        length, start = data[1] & 127, 2
        if length > 125:
            start = 4 if length == 126 else 10
            length = int.from_bytes(data[2:start])
        end = start + 4 + length
        if len(data) < end:
            return False
        kind, mask, payload = data[0] & 15, bytes(data[start : start + 4]), data[start + 4 : end]
        del data[:end]
        self._heard(kind, mask, payload, now)
        return True

    def _heard(self, kind: int, mask: bytes, payload: bytearray, now: float) -> None:
        # Only short frames are unmasked: it would cost more than everything else.
        if kind == _BINARY and len(payload) != len(_END_OF_AUDIO):
            self._arrivals.append(now)
            if len(self._arrivals) == 1:
                self._send(_TEXT, json.dumps({"uid": self._uid, "segments": [_SEGMENT]}).encode())
        elif kind == _TEXT:
            self._uid = json.loads(_unmasked(mask, payload))["uid"]
            self._send(_TEXT, json.dumps({"uid": self._uid, "message": "SERVER_READY"}).encode())
        elif kind == _PING:
            self._send(_PONG, _unmasked(mask, payload))
        elif kind == _CLOSE:
            self._send(_CLOSE, _unmasked(mask, payload))
            self.transport.close()

    def _send(self, kind: int, payload: bytes) -> None:
        length = len(payload)
        size = bytes([length]) if length < 126 else b"\x7e" + length.to_bytes(2)
        self.transport.write(bytes([128 | kind]) + size + payload)


def _unmasked(mask: bytes, payload: bytearray) -> bytes:
    return bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))


async def main(report: Path) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Conversation(report), "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
