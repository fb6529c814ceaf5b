from __future__ import annotations

import socket
import ssl

import httpx
import pytest

from pytest_stt.client.address import redact
from pytest_stt.client.failures import failure
from pytest_stt.errors import (
    ClosedError,
    ConnectError,
    ConnectTimeoutError,
    ProtocolError,
    STTError,
    STTTimeoutError,
    SuiteError,
)

URL = "http://user:secret@host:8000/v1?key=secret"


def request(timeout: float | None = 7.0) -> httpx.Request:
    return httpx.Request("POST", URL, extensions={"timeout": {"connect": timeout, "read": timeout}})


def connect_error(cause: BaseException) -> httpx.ConnectError:
    error = httpx.ConnectError("All connection attempts failed")
    error.__cause__ = cause
    return error


UNTRUSTED = ssl.SSLCertVerificationError(1, "verify failed")
UNTRUSTED.verify_message = "self-signed certificate"
PLAIN = ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER]")
PLAIN.reason = "WRONG_VERSION_NUMBER"


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (connect_error(ConnectionRefusedError()), ConnectError, "refused the connection. Is the server"),
        (
            connect_error(ExceptionGroup("attempts", [OSError(), ConnectionRefusedError()])),
            ConnectError,
            "refused the connection",
        ),
        (connect_error(socket.gaierror(-2, "Name or service not known")), ConnectError, "is not known: Name"),
        (connect_error(UNTRUSTED), ConnectError, "not trusted, self-signed certificate"),
        (connect_error(PLAIN), ConnectError, "wrong version number"),
        (connect_error(OSError("no route")), ConnectError, "All connection attempts failed"),
        (httpx.ConnectError(""), ConnectError, "broke while it was made"),
        (httpx.ConnectTimeout("", request=request()), ConnectTimeoutError, "no connection .* for 7 s"),
        (httpx.ReadTimeout("", request=request()), STTTimeoutError, "Nothing came .* for 7 s"),
        (httpx.ReadTimeout("", request=request(None)), STTTimeoutError, "for too long"),
        (httpx.WriteTimeout("", request=request()), STTTimeoutError, "took nothing of the request"),
        (httpx.PoolTimeout("", request=request()), STTTimeoutError, "no free connection"),
        (httpx.ProxyError("403 Forbidden"), ConnectError, "proxy .* 403 Forbidden.*HTTP_PROXY"),
        (httpx.ReadError(""), ClosedError, "broke: it was reset while its answer came"),
        (httpx.CloseError("too late"), ClosedError, "broke: too late"),
        (
            httpx.RemoteProtocolError("Server disconnected without sending a response."),
            ClosedError,
            "without an answer",
        ),
        (
            httpx.RemoteProtocolError("peer closed connection without sending complete message body"),
            ClosedError,
            "in the middle of its answer",
        ),
        (httpx.RemoteProtocolError("illegal status line"), ProtocolError, "does not answer in HTTP"),
        (httpx.DecodingError("Error -3"), ProtocolError, "can't be decompressed"),
        (httpx.LocalProtocolError("Illegal header value b'secret'"), SuiteError, "names and values"),
        (httpx.UnsupportedProtocol("no scheme"), SuiteError, "can't be used: no scheme"),
        (httpx.InvalidURL("too long"), SuiteError, "can't be used: too long"),
    ],
)
def test_each_failure_is_told_in_a_sentence(
    error: httpx.HTTPError | httpx.InvalidURL, kind: type[STTError], words: str
) -> None:
    told = failure(error, redact(URL))
    assert type(told) is kind
    assert "***@host:8000" in str(told)
    assert "secret" not in str(told)
    with pytest.raises(kind, match=words):
        raise told


def test_a_broken_connection_has_the_code_of_one() -> None:
    told = failure(httpx.ReadError("reset"), redact(URL))
    assert isinstance(told, ClosedError)
    assert told.code == 1006
