"""What went wrong below HTTP, in our words."""

from __future__ import annotations

import socket
import ssl
from contextlib import suppress
from typing import TYPE_CHECKING, cast

import httpx

from pytest_stt.client.masks import Mask
from pytest_stt.errors import (
    ClosedError,
    ConnectError,
    ConnectTimeoutError,
    ProtocolError,
    STTError,
    STTTimeoutError,
    SuiteError,
)
from pytest_stt.text.printable import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PHASES = {
    httpx.WriteTimeout: ("write", "{url} took nothing of the request for {limit}."),
    httpx.ReadTimeout: ("read", "Nothing came from {url} for {limit}."),
    httpx.PoolTimeout: ("pool", "There was no free connection to {url} for {limit}."),
}

_URL_ADVICE = "Check the url: in the suite, in the code, or of --stt-url."
WAIT_ADVICE = "In a suite, `wait: 60` waits for a server that starts."
_CUT_ADVICE = "Look into the server's log: it may have crashed, or refused the request without a word."
_SENTENCES: tuple[tuple[type[httpx.HTTPError], Callable[[str], STTError], str], ...] = (
    (
        httpx.ProxyError,
        ConnectError,
        "The proxy on the way to {where} failed: {detail}. "
        "Check the environment variables HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY.",
    ),
    (httpx.DecodingError, ProtocolError, "The body that {where} sent can't be decompressed: {detail}."),
    (
        # The text of this one quotes header values, which may be secrets.
        httpx.LocalProtocolError,
        SuiteError,
        "The request to {where} is not legal HTTP: check names and values of the headers.",
    ),
)


def failure(
    error: httpx.HTTPError | httpx.InvalidURL,
    where: str,
    *,
    doing: str = "while its answer came",
    unanswered: bool = False,
) -> STTError:
    """Return our error for one that httpx raised.

    Args:
        error: What was raised.
        where: The address without secrets.
        doing: What was done, as in "while the answer was awaited".
        unanswered: Whether a connection that has ended did so before the head of an answer had come.
    """
    if isinstance(error, httpx.TimeoutException):
        return _late(error, where)
    if isinstance(error, httpx.ConnectError):
        return _unconnected(error, where)
    detail = printable(_mask_for(error).over(str(error)), 300)
    if isinstance(error, httpx.NetworkError):
        broken = f"The connection to {where} broke: {detail or f'it was reset {doing}'}. {_CUT_ADVICE}"
        return ClosedError(broken, unanswered=unanswered)
    if isinstance(error, httpx.RemoteProtocolError):
        return _remote_fault(where, detail)
    for kind, build, sentence in _SENTENCES:
        if isinstance(error, kind):
            return build(sentence.format(where=where, detail=detail))
    return SuiteError(f"The url {where} can't be used: {detail}.")


def closed_by_us(where: str) -> ClosedError:
    """Return the error of a call that `aclose` of its client has ended."""
    return ClosedError(
        f"The connection to {where} was closed by this side: aclose() of its STTClient was called while it "
        "was in use. Wait for everything that uses a client before closing it.",
        code=1000,
    )


def connect_timeout(where: str, limit: str) -> ConnectTimeoutError:
    """Return the error of a connection that was not made within `limit`, as in "30 s"."""
    return ConnectTimeoutError(
        f"There was no connection to {where} for {limit}. Look whether the host is up and reachable from "
        f"here, or raise `timeout`. {_URL_ADVICE}"
    )


def timeout_error(what: str) -> STTTimeoutError:
    """Return a timeout that begins with `what` happened and ends with what to try."""
    return STTTimeoutError(f"{what} Look whether the server is overloaded or stuck, or raise `timeout`.")


def _mask_for(error: Exception) -> Mask:
    # Some have no request, and say so by raising.
    with suppress(RuntimeError, AttributeError):
        return Mask.of(cast("httpx.HTTPError", error).request)
    return Mask()


def _late(error: httpx.TimeoutException, where: str) -> STTTimeoutError:
    if isinstance(error, httpx.ConnectTimeout):
        return connect_timeout(where, _limit(error, "connect"))
    phase, sentence = _PHASES[type(error)]
    return timeout_error(sentence.format(url=where, limit=_limit(error, phase)))


def _limit(error: httpx.TimeoutException, phase: str) -> str:
    limit_s = error.request.extensions.get("timeout", {}).get(phase)
    return "too long" if limit_s is None else f"{limit_s:g} s"


def _unconnected(error: httpx.ConnectError, where: str) -> ConnectError:
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLError):
            return ConnectError(
                f"The TLS handshake with {where} failed: {_tls_reason(cause)}. Check https or http in the "
                "url, and the certificate; SSL_CERT_FILE names a file with further authorities."
            )
        if isinstance(cause, socket.gaierror):
            return ConnectError(f"The host of {where} is not known: {cause.strerror}. {_URL_ADVICE}")
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return ConnectError(
            f"{where} refused the connection. Is the server running? {_URL_ADVICE} {WAIT_ADVICE}"
        )
    detail = printable(str(error), 300) or "the connection broke while it was made"
    return ConnectError(f"No connection to {where}: {detail}. {_URL_ADVICE}")


def _remote_fault(where: str, detail: str) -> STTError:
    if detail.startswith("Server disconnected"):
        unanswered = f"{where} closed the connection without an answer. {_CUT_ADVICE}"
        return ClosedError(unanswered, unanswered=True)
    if detail.startswith("peer closed"):
        return ClosedError(
            f"{where} closed the connection in the middle of its answer ({detail}). {_CUT_ADVICE}"
        )
    return ProtocolError(
        f"{where} does not answer in HTTP: {detail}. Check scheme, host and port of the url."
    )


def _tls_reason(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return printable(f"the certificate is not trusted, {error.verify_message}")
    return printable(error.reason or str(error), 300).replace("_", " ").lower()


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    if error is None:
        return
    yield error
    members = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    for next_error in (*members, error.__cause__ or error.__context__):
        yield from _causes(next_error)
