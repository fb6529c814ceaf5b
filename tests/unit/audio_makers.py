"""Audio files for the tests, written by libsndfile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import soundfile

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


def speech_like(seconds: float, rate: int = 16_000, channels: int = 1) -> NDArray[np.float32]:
    """A chirp under noise, at half scale; the second channel is half as loud as the first."""
    frames = int(seconds * rate)
    time = np.arange(frames) / rate
    noise = np.random.default_rng(7).standard_normal(frames)
    mono = (0.4 * np.sin(2 * np.pi * (200 + 300 * time) * time) + 0.02 * noise).astype(np.float32)
    return mono if channels == 1 else np.stack([mono / (n + 1) for n in range(channels)], axis=1)


def write(path: Path, samples: NDArray[Any], rate: int = 16_000, **options: Any) -> Path:
    soundfile.write(path, samples, rate, **options)
    return path


def cut(path: Path, length: int) -> Path:
    """A copy of the first `length` bytes; of all but the last ones when negative."""
    copy = path.with_stem(f"{path.stem}-cut")
    copy.write_bytes(path.read_bytes()[:length])
    return copy


def with_bytes(path: Path, name: str, content: bytes) -> Path:
    copy = path.with_name(name)
    copy.write_bytes(content)
    return copy
