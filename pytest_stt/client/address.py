from __future__ import annotations

import ipaddress
from typing import Literal
from urllib.parse import SplitResult, urlsplit, urlunsplit

from pytest_stt.errors import SuiteError
from pytest_stt.text.printable import printable

Transport = Literal["http", "ws"]

_SCHEMES = {
    "http": {"http": "http", "https": "https", "ws": "http", "wss": "https"},
    "ws": {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"},
}
MASK = "***"


class Address:
    """An address that shows itself without its secrets, in whatever traceback or log it is printed."""

    def __init__(self, url: str) -> None:
        self._url = url

    def __repr__(self) -> str:
        return redact(self._url)

    def reveal(self) -> str:
        """Return the address with its secrets, for whoever sends to it."""
        return self._url


def redact(url: str) -> str:
    """Return the url without what may be secret: userinfo, values of the query, fragment.

    Control characters are escaped, so the result can stand in a message.
    """
    try:
        parts = urlsplit(url)
        _, at, host = parts.netloc.rpartition("@")
    except ValueError:
        return "(an address that can't be parsed)"
    query = "&".join(_masked(pair) for pair in parts.query.split("&")) if parts.query else ""
    netloc = f"{MASK}@{host}" if at else host
    return printable(urlunsplit((parts.scheme, netloc, parts.path, query, "")))


def resolve_address(url: str, *, transport: Transport, default_path: str, path: str | None = None) -> str:
    """Return the address that is really used for the `url` a user gave.

    An address without a path (or with `/`), and one whose path ends in `/v1`, gets the dialect's
    default path; `path` replaces whatever path there is. The scheme is adapted to the transport:
    `http` and `ws` mean the same server, and so do `https` and `wss`.

    Args:
        url: `scheme://host[:port][/path][?query]`.
        transport: What the dialect speaks.
        default_path: Where the dialect's servers usually answer, such as `/v1/audio/transcriptions`.
        path: The option `path` of the suite, if it is set; it may carry a query.

    Raises:
        SuiteError: The url is none, or has another scheme.
    """
    parts = split_address(url)
    target, _, query = (path or _completed(parts.path, default_path)).partition("?")
    rooted = target if target.startswith("/") else f"/{target}"
    joined_query = "&".join(part for part in (parts.query, query) if part)
    return adapt_scheme(urlunsplit((parts.scheme, parts.netloc, rooted, joined_query, "")), transport)


def adapt_scheme(url: str, transport: Transport) -> str:
    """Return the url with the scheme that the transport needs: `ws` for `http`, `wss` for `https`, or back.

    Raises:
        SuiteError: The url is none, or has another scheme.
    """
    parts = split_address(url)
    return urlunsplit((_SCHEMES[transport][parts.scheme], *parts[1:]))


def replace_origin(url: str, override: str) -> str:
    """Return `url` moved to another server, as `--stt-url` does it.

    Scheme, host and port come from `override`, and so do path and query if it has a path.
    A `url` or an `override` that is a name (`local`) and no address gives `override` as it is.

    Raises:
        SuiteError: One of the two looks like an address and is none.
    """
    if "://" not in url or "://" not in override:
        return override
    old, new = split_address(url), split_address(override)
    if new.path.strip("/"):
        return override
    return urlunsplit((new.scheme, new.netloc, old.path or new.path, new.query or old.query, ""))


def split_address(url: str) -> SplitResult:
    """Return the parts of an http or ws address.

    Raises:
        SuiteError: The text is no such address; the message names what is missing.
    """
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise SuiteError(f"The url '{redact(url)}' can't be read: {_reason(error)}.") from None
    if parts.scheme not in _SCHEMES["http"]:
        raise SuiteError(
            f"The url '{redact(url)}' is no address of a server: it has to begin with "
            "http://, https://, ws:// or wss://, such as http://127.0.0.1:8000."
        )
    if not parts.hostname:
        raise SuiteError(f"The url '{redact(url)}' names no host, such as http://127.0.0.1:8000.")
    return parts


def is_loopback(url: str) -> bool:
    """Tell whether the host of the url is this machine: 127.0.0.0/8, ::1 or localhost."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _completed(path: str, default_path: str) -> str:
    trimmed = path.rstrip("/")
    if not trimmed:
        return default_path
    if trimmed == "/v1" or trimmed.endswith("/v1"):
        return trimmed + default_path.removeprefix("/v1")
    return path


def _masked(pair: str) -> str:
    name, equals, _ = pair.partition("=")
    return f"{name}={MASK}" if equals else MASK


def _reason(error: ValueError) -> str:
    # The port is quoted by urllib and no secret; everything else it quotes is not ours to show.
    return "the port has to be a number from 0 to 65535" if "ort" in str(error) else "it is malformed"
