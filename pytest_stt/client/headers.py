from __future__ import annotations

import re
from collections.abc import Mapping
from types import NoneType

import httpx

from pytest_stt.client.arguments import checked_type
from pytest_stt.errors import SuiteError
from pytest_stt.text.printable import printable

# RFC 9110, section 5.6.2.
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


class SecretHeaders(httpx.Headers):
    """Headers that are printed without their values."""

    def __repr__(self) -> str:
        return f"SecretHeaders({', '.join(self)})"


def checked_headers(headers: Mapping[str, str] | None) -> SecretHeaders:
    """Return headers that a request can carry; `None` for none.

    Raises:
        SuiteError: One of them can't be sent.
    """
    such_as = "a mapping such as {'Authorization': 'Bearer ...'}"
    checked_type("headers", headers, (Mapping, NoneType), such_as)
    for name, value in (headers or {}).items():
        if not (isinstance(name, str) and _TOKEN.fullmatch(name)):
            # Behind a colon there may be the value, which may be a secret.
            shown = f"{name.partition(':')[0]}:…" if isinstance(name, str) and ":" in name else name
            raise SuiteError(f"{printable(repr(shown), 60)} is no name of a header, such as 'X-API-Key'.")
        # The value may be a secret, so it is not shown. Curly quotes come in by copying from a web page.
        if not (isinstance(value, str) and value.isascii() and value.isprintable()):
            raise SuiteError(f"The header {name[:60]!r} has to be a text of printable ASCII characters.")
    return SecretHeaders(headers)
