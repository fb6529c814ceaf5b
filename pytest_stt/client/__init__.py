"""The wire: one client for HTTP, server-sent events and WebSockets, and the protocols spoken over it.

The names are imported at their first use: suites need the names and options of the protocols, and none of
what speaks them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stt.lazy import lazily

if TYPE_CHECKING:
    from pytest_stt.client.client import STTClient
    from pytest_stt.client.responses import HTTPBusyError, HTTPRejectedError, HTTPServerError
    from pytest_stt.client.result import STTResult
    from pytest_stt.client.session import STTSession

__all__ = [
    "HTTPBusyError",
    "HTTPRejectedError",
    "HTTPServerError",
    "STTClient",
    "STTResult",
    "STTSession",
]

__getattr__ = lazily(
    __name__,
    {
        "HTTPBusyError": "client.responses",
        "HTTPRejectedError": "client.responses",
        "HTTPServerError": "client.responses",
        "STTClient": "client.client",
        "STTResult": "client.result",
        "STTSession": "client.session",
    },
)
