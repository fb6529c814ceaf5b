"""How much a server may send."""

from __future__ import annotations

import zlib
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import httpx

from pytest_stt.client.address import redact
from pytest_stt.errors import ProtocolError
from pytest_stt.text.printable import printable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

# zlib can be made to stop; of one packet of brotli or Zstandard httpx makes gigabytes at once.
ACCEPTED_CODINGS = "gzip, deflate"
_WINDOW_BITS = {"gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}
_CODINGS = {*_WINDOW_BITS, "br", "zstd"}
_STEP_BYTES = 1 << 18

# A message takes memory for more than its text: a million empty ones are no small thing.
_LEAST_BYTES = 100


@dataclass(frozen=True)
class SizeLimit:
    """Say how much may come, in megabytes of 10^6 bytes."""

    megabytes: float = 16.0

    @property
    def most_bytes(self) -> int:
        """The same in bytes."""
        return int(self.megabytes * 1e6)

    def words(self, what: str) -> str:
        """Say, after an address, that `what` was larger, as in "one response"."""
        return (
            f"sent more than {self.megabytes:g} MB as {what}, which is the most that is read "
            "(`max_response_mb`). Check that the url is the address of a speech-to-text server, or raise "
            "`max_response_mb`."
        )


def weight_bytes(message: str | bytes | bytearray) -> int:
    """Return what a message counts: its bytes on the wire, and never less than it takes to keep it."""
    whole = message.encode() if isinstance(message, str) and not message.isascii() else message
    return max(_LEAST_BYTES, len(whole))


class BoundedStream(httpx.AsyncByteStream):
    """Pass on the body of a response while it is within the limit, compressed and decompressed.

    The body of a refusal ends at the limit: its status says more than its size.
    """

    def __init__(self, response: httpx.Response, limit: SizeLimit) -> None:
        """Take an answer whose body has not come yet."""
        self._response = response
        self._stream = cast("httpx.AsyncByteStream", response.stream)
        self._limit = limit

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Give the pieces of the body as they come.

        Raises:
            ProtocolError: There is more than may come, or it is compressed in a way that nobody asked for.
        """
        try:
            size = BodySize(_coding(self._response), self._limit)
            async for piece in self._stream:
                size.add(piece)
                yield piece
        except _Unreadable as reason:
            if self._response.is_success:
                raise ProtocolError(f"{redact(str(self._response.request.url))} {reason}") from None

    async def aclose(self) -> None:
        """Close the body."""
        await self._stream.aclose()


class _Unreadable(Exception):
    """A body is not to be read; the text follows the address."""


class BodySize:
    """Count a body as it comes, also decompressed, before anybody decompresses all of a piece."""

    def __init__(self, coding: str, limit: SizeLimit) -> None:
        """Take the body's compression: gzip, deflate, or an empty text for none."""
        self._limit = limit
        self._inflater = zlib.decompressobj(_WINDOW_BITS[coding]) if coding else None
        self._may_lack_header = coding == "deflate"
        self._raw_bytes = 0
        self._bytes = 0

    def add(self, piece: bytes) -> None:
        """Count a piece, and raise `_Unreadable` if there are more bytes than may come."""
        self._raw_bytes += len(piece)
        self._check(self._raw_bytes)
        # That a body is not what it says is told by whoever reads it.
        with suppress(zlib.error):
            try:
                self._expand(piece)
            except zlib.error:
                if not self._may_lack_header:
                    raise
                self._inflater = zlib.decompressobj(-zlib.MAX_WBITS)
                self._expand(piece)
            finally:
                self._may_lack_header = False

    def _expand(self, piece: bytes) -> None:
        rest = piece
        while rest and self._inflater is not None:
            self._bytes += len(self._inflater.decompress(rest, _STEP_BYTES))
            self._check(self._bytes)
            rest = self._inflater.unconsumed_tail

    def _check(self, size_bytes: int) -> None:
        if size_bytes > self._limit.most_bytes:
            raise _Unreadable(self._limit.words("one response"))


def _coding(response: httpx.Response) -> str:
    given = response.headers.get("content-encoding", "")
    # Whatever else is called a coding, such as "utf-8", httpx leaves as it is.
    codings = [name for part in given.split(",") if (name := part.strip().lower()) in _CODINGS]
    if len(codings) > 1 or not _WINDOW_BITS.keys() >= set(codings):
        raise _Unreadable(
            f"sent a body that is compressed as '{printable(given, 60)}', which was not asked for: this side "
            f"reads {ACCEPTED_CODINGS}. Leave the header Accept-Encoding out, or correct the server's "
            "configuration."
        )
    return codings[0] if codings else ""
