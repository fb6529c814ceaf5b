from __future__ import annotations

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
