"""The exception tree.

    STTError
    ├── ConnectError       no connection: refused, unknown host, TLS
    │                       (ConnectTimeoutError, not made in time, is also an STTTimeoutError)
    ├── RejectedError      the server will not serve this request: 4xx, refused handshake
    ├── BusyError          the server has no room now: 429, 503, a dialect's "wait"
    ├── ServerError        the server failed: 5xx, an error message, close 1011
    ├── ProtocolError      the answer is not what the protocol promises
    ├── STTTimeoutError    no answer in time (also a TimeoutError)
    ├── ClosedError        the server closed the socket before it was done
    ├── AudioError         the audio file can't be read
    └── SuiteError         the suite, an option or a fixture's use is wrong

    LimitExceeded(AssertionError)   the transcript was obtained and is past a limit

`STTError` means that there is no transcript to judge; `LimitExceeded` is the judgement.
Errors of an HTTP status also derive from `httpx.HTTPStatusError`; they are built in `client/`.
"""

from __future__ import annotations


class STTError(Exception):
    """No transcript was obtained; the text says what, where and what to do next."""


class ConnectError(STTError):
    """No connection could be made."""


class RejectedError(STTError):
    """The server refused this request and would refuse it again."""


class BusyError(STTError):
    """The server has no room now.

    Attributes:
        retry_after_s: How long the server asked to wait, in seconds, if it said so.
    """

    retry_after_s: float | None = None


class ServerError(STTError):
    """The server failed while it worked on the request."""


class ProtocolError(STTError):
    """The answer is not what the protocol promises."""


class STTTimeoutError(STTError, TimeoutError):
    """Nothing came in time."""


class ConnectTimeoutError(ConnectError, STTTimeoutError):
    """No connection was made in time: the server may not be there at all."""


class ClosedError(STTError):
    """The connection was closed before the server was done.

    Attributes:
        code: The WebSocket close code (RFC 6455, section 7.4): 1006 when the connection broke, over HTTP
            too; else what the server gave, and 1000 when it was this side that closed.
        reason: What the server gave as the reason, made printable.
        unanswered: Whether it ended before the head of an answer had come, also in the handshake of a
            WebSocket.
    """

    def __init__(self, message: str, *, code: int = 1006, reason: str = "", unanswered: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.unanswered = unanswered

    @property
    def broke(self) -> bool:
        """Whether the connection broke: neither side said that it would close."""
        return self.code == 1006


class AudioError(STTError):
    """The audio can't be read."""


class SuiteError(STTError):
    """The suite, an option or the use of a fixture is wrong.

    Attributes:
        problems: One finished line for each thing wrong, `file:line: …` where it is in a file.
    """

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class LimitExceeded(AssertionError):
    """The transcript is past a limit; the first line of the text is the verdict."""


# Tracebacks and the short summary of pytest then name the errors as they are imported.
for _error in (LimitExceeded, STTError, *STTError.__subclasses__()):
    _error.__module__ = "pytest_stt"
