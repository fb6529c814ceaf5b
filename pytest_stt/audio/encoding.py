"""How samples travel on the wire."""

from __future__ import annotations

import base64
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pytest_stt.errors import AudioError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pytest_stt.audio.blocks import Samples


class AudioEncoding(StrEnum):
    """Name the way mono samples become bytes.

    `FLOAT32` is 4 bytes a sample, `PCM16` is 2 bytes a sample, both little-endian; `PCM16_BASE64` is the
    base64 (ASCII, RFC 4648 with padding) of PCM16, each chunk on its own.
    """

    FLOAT32 = "float32"
    PCM16 = "pcm16"
    PCM16_BASE64 = "pcm16_base64"


def checked_encoding(encoding: str) -> AudioEncoding:
    """Return an encoding by its name.

    Raises:
        AudioError: There is none of that name.
    """
    try:
        return AudioEncoding(encoding)
    except ValueError:
        known = ", ".join(AudioEncoding)
        raise AudioError(f"expected an encoding, one of {known}; found {encoding!r:.60}") from None


def encode(samples: Samples, encoding: AudioEncoding) -> bytes:
    """Turn float32 samples into the bytes of `encoding`."""
    return packed(quantised(samples, encoding), encoding)


def quantised(samples: Samples, encoding: AudioEncoding) -> NDArray[Any]:
    """Return the little-endian numbers of `encoding`, one for each sample."""
    if encoding is AudioEncoding.FLOAT32:
        return samples.astype("<f4", copy=False)
    import numpy as np  # a suite names an encoding without any samples at hand

    # In float64: a float32 can't hold x * 32767 exactly, and the nearest float32 may round to the other side.
    scaled = np.rint(samples.astype(np.float64) * 32767)
    return np.clip(scaled, -32768, 32767).astype("<i2")


def packed(numbers: NDArray[Any], encoding: AudioEncoding) -> bytes:
    """Return the bytes of quantised samples, in base64 where `encoding` says so."""
    binary = numbers.tobytes()
    return base64.b64encode(binary) if encoding is AudioEncoding.PCM16_BASE64 else binary
