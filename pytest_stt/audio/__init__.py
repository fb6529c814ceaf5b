"""Audio as a suite names it: decoded, mixed down, resampled and cut into chunks, a block at a time.

The names are imported at their first use: suites name an encoding long before there is audio to decode.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stt.lazy import lazily

if TYPE_CHECKING:
    from pytest_stt.audio.encoding import AudioEncoding
    from pytest_stt.audio.sample import AudioSample

__all__ = ["AudioEncoding", "AudioSample"]

__getattr__ = lazily(__name__, {"AudioEncoding": "audio.encoding", "AudioSample": "audio.sample"})
