"""pytest-stt: regression tests for speech-to-text servers.

The names below are the public API. They are imported on first use (PEP 562), because this
package is imported with its `pytest11` entry point in every pytest run of an environment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stt.lazy import lazily

if TYPE_CHECKING:
    from pytest_stt.audio import AudioEncoding, AudioSample
    from pytest_stt.client import STTClient, STTResult, STTSession
    from pytest_stt.errors import (
        AudioError,
        BusyError,
        ClosedError,
        ConnectError,
        LimitExceeded,
        ProtocolError,
        RejectedError,
        ServerError,
        STTError,
        STTTimeoutError,
        SuiteError,
    )
    from pytest_stt.metrics import TextMetrics

__version__ = "0.1.0"

__all__ = [
    "AudioEncoding",
    "AudioError",
    "AudioSample",
    "BusyError",
    "ClosedError",
    "ConnectError",
    "LimitExceeded",
    "ProtocolError",
    "RejectedError",
    "STTClient",
    "STTError",
    "STTResult",
    "STTSession",
    "STTTimeoutError",
    "ServerError",
    "SuiteError",
    "TextMetrics",
]

_HOMES = dict.fromkeys(__all__, "errors") | {
    "AudioEncoding": "audio.encoding",
    "AudioSample": "audio.sample",
    "STTClient": "client.client",
    "STTResult": "client.result",
    "STTSession": "client.session",
    "TextMetrics": "metrics",
}

__getattr__ = lazily(__name__, _HOMES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
