"""Audio as a suite names it: decoded, mixed down, resampled and cut into chunks, a block at a time."""

from __future__ import annotations

from pytest_stt.audio.encoding import AudioEncoding
from pytest_stt.audio.sample import AudioSample

__all__ = ["AudioEncoding", "AudioSample"]
