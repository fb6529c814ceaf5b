"""What the end of a WebSocket means, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stt.client.responses import QUOTED_CHARACTERS
from pytest_stt.errors import ClosedError, ProtocolError, STTError
from pytest_stt.text.printable import printable

if TYPE_CHECKING:
    from pytest_stt.client.inbox import End

_LOG_ADVICE = "Look into the server's log."

# RFC 6455, section 7.4.1, and the IANA registry of close codes.
_CODES = {
    1000: ("normal end", "The server was done: it may have a limit of time, or expect other messages."),
    1001: ("going away", "The server is shutting down or was restarted."),
    1002: ("protocol error", "Check that the address is one of this protocol."),
    1003: (
        "unsupported data",
        "Check the encoding of the audio, and whether the server wants text or binary frames.",
    ),
    1005: ("no code", _LOG_ADVICE),
    1006: ("no close frame: the connection broke", "The server may have crashed: look into its log."),
    1007: ("invalid data", "Check the encoding of the audio and of the messages."),
    1008: ("policy violation", "Check the API key and the limits of the server."),
    1009: ("message too big", "Send smaller frames: lower `chunk_ms`."),
    1011: ("internal error", _LOG_ADVICE),
    1012: ("service restart", "Try again when the server is back."),
    1013: ("try again later", "The server has no room now. In a suite, lower `concurrency`."),
}


def ended_error(end: End, where: str, doing: str, last: str) -> STTError:
    """Return the error for using a connection that has ended.

    Args:
        end: Why it ended.
        where: The address without secrets.
        doing: What was tried, as in "while a text frame was awaited".
        last: A sentence about the last message.
    """
    if end.fault:
        return ProtocolError(
            f"{where} sent a frame that breaks the WebSocket protocol: {_quoted(end.fault)}. {last}"
        )
    if end.excess:
        return ProtocolError(f"{where} {end.excess}")
    if end.ours:
        text = f"The connection to {where} was already closed by this side {doing}"
        return ClosedError(f"{text}: its block was left, or aclose() of its STTClient was called.", code=1000)
    meaning, advice = _CODES.get(end.code, ("a code of the server's own", _LOG_ADVICE))
    reason = f", reason '{_quoted(end.reason)}'" if end.reason else ""
    text = f"{where} closed the connection {doing}: code {end.code} ({meaning}){reason}. {last} {advice}"
    return ClosedError(text, code=end.code, reason=printable(end.reason))


def message_words(data: str | bytes) -> str:
    """Describe a message on one printable line: a text is quoted, of bytes the number is given."""
    if isinstance(data, bytes):
        return f"a binary frame of {len(data)} bytes"
    return f"the text '{_quoted(data)}'"


def _quoted(text: str) -> str:
    return printable(text, QUOTED_CHARACTERS)
