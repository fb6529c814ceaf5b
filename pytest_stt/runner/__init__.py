"""How transcripts are obtained while pytest runs its items."""

from __future__ import annotations

from pytest_stt.runner.background import BackgroundLoop
from pytest_stt.runner.live import LiveTranscriber
from pytest_stt.runner.share import Share

__all__ = ["BackgroundLoop", "LiveTranscriber", "Share"]
