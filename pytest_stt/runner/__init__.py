"""How transcripts are obtained while pytest runs its items.

The names are imported at their first use: a suite is collected long before anything is sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stt.lazy import lazily

if TYPE_CHECKING:
    from pytest_stt.runner.background import BackgroundLoop
    from pytest_stt.runner.live import LiveTranscriber
    from pytest_stt.runner.share import Share

__all__ = ["BackgroundLoop", "LiveTranscriber", "Share"]

__getattr__ = lazily(
    __name__,
    {
        "BackgroundLoop": "runner.background",
        "LiveTranscriber": "runner.live",
        "Share": "runner.share",
    },
)
