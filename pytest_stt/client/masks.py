"""Secrets of requests, and texts without them."""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import TYPE_CHECKING, Self
from urllib.parse import quote, unquote, unquote_plus, urlsplit

from pytest_stt.client.address import MASK
from pytest_stt.errors import ClosedError, STTError, SuiteError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import httpx

# A shorter one is a part of too many words.
_LEAST_CHARACTERS = 6
_SCHEMES = {"basic", "bearer", "token"}
# The names of what is secret though it may be short. Of other names a value is taken for one from this length
# on: `X-Tenant: server` would garble every sentence.
_TELLING = re.compile(r"auth|cookie|cred|key|pass|pwd|secret|session|sign?|token", re.IGNORECASE)
_LIKE_A_SECRET = 16
# What every request says of itself and of where it goes.
_HARMLESS = {
    "accept",
    "accept-encoding",
    "accept-language",
    "cache-control",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "expect",
    "host",
    "keep-alive",
    "origin",
    "referer",
    "sec-websocket-extensions",
    "sec-websocket-protocol",
    "sec-websocket-version",
    "te",
    "transfer-encoding",
    "upgrade",
    "user-agent",
}


class Mask:
    """Cover the secrets of a request wherever a server repeats them."""

    def __init__(self, url: str = "", *headers: Mapping[str, str]) -> None:
        """Take what may hold secrets: userinfo and query of an address, values of headers."""
        values = {*_url_secrets(url)}
        for mapping in headers:
            for name, value in mapping.items():
                if name.lower() not in _HARMLESS and _is_secret(name, value):
                    values |= {value, *_credentials(value)}
        forms = {form for value in values for form in _forms(value) if len(form) >= _LEAST_CHARACTERS}
        # One may be a part of another.
        self._secrets = sorted(forms, key=lambda secret: (-len(secret), secret))

    @classmethod
    def of(cls, request: httpx.Request) -> Self:
        """Return the mask for what one request holds."""
        return cls(str(request.url), request.headers)

    def __repr__(self) -> str:
        return "Mask()"

    def over(self, text: str) -> str:
        """Return the text without the secrets, also without one that is cut off by an ellipsis."""
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        if "…" in text:
            for secret in self._secrets:
                for length in range(len(secret) - 1, _LEAST_CHARACTERS - 1, -1):
                    text = text.replace(f"{secret[:length]}…", f"{MASK}…")
        return text

    def cover(self, error: STTError) -> None:
        """Take the secrets out of everything that an error says."""
        error.args = tuple(self.over(part) if isinstance(part, str) else part for part in error.args)
        if isinstance(error, ClosedError):
            error.reason = self.over(error.reason)
        if isinstance(error, SuiteError):
            error.problems = tuple(map(self.over, error.problems))


def _url_secrets(url: str) -> Iterator[str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return
    userinfo, at, _ = parts.netloc.rpartition("@")
    if at:
        yield userinfo
        yield from userinfo.split(":", 1)
        # httpx sends them as this header.
        yield base64.b64encode(unquote(userinfo).encode()).decode()
    for pair in parts.query.split("&"):
        name, equals, value = pair.partition("=")
        if not equals:
            yield name
        elif _is_secret(name, value):
            yield value


def _is_secret(name: str, value: str) -> bool:
    has_scheme = value.partition(" ")[0].lower() in _SCHEMES
    return has_scheme or len(value) >= _LIKE_A_SECRET or _TELLING.search(name) is not None


def _credentials(value: str) -> Iterator[str]:
    scheme, _, token = value.partition(" ")
    if scheme.lower() not in _SCHEMES:
        return
    yield token.strip()
    if scheme.lower() == "basic":
        try:
            pair = base64.b64decode(token, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return
        yield pair
        yield from pair.split(":", 1)


def _forms(value: str) -> set[str]:
    """Return a secret as a server may repeat it: as it is, decoded, encoded, as Python shows it, in JSON."""
    plain = {value, unquote(value), unquote_plus(value)}
    shown = plain | {repr(form)[1:-1] for form in plain} | {form.replace("\\", "\\\\") for form in plain}
    return shown | {quote(form, safe="") for form in plain} | {json.dumps(form)[1:-1] for form in shown}
