"""What callers gave, checked before it is used: a wrong type gets a sentence, too."""

from __future__ import annotations

import math
from typing import TypeVar

from pytest_stt.audio import AudioSample
from pytest_stt.errors import SuiteError

T = TypeVar("T")


def checked_type(name: str, value: T, kind: type | tuple[type, ...], such_as: str) -> T:
    """Return an argument that is of its kind.

    Raises:
        SuiteError: It is not. Its value may be a secret and is not shown.
    """
    if not isinstance(value, kind):
        raise SuiteError(f"{name} has to be {such_as}, not a value of type {type(value).__name__}.")
    return value


def checked_sample(sample: AudioSample) -> AudioSample:
    """Return an audio sample.

    Raises:
        SuiteError: It is something else.
    """
    return checked_type("sample", sample, AudioSample, "an AudioSample, such as AudioSample.from_file(path)")


def checked_audio(data: bytes | bytearray | memoryview) -> bytes:
    """Return the data of a binary frame.

    Raises:
        SuiteError: It is no bytes.
    """
    such_as = "bytes (send_text takes texts, `tobytes()` makes bytes of an array)"
    return bytes(checked_type("data", data, (bytes, bytearray, memoryview), such_as))


def checked_text(data: str) -> str:
    """Return the data of a text frame.

    Raises:
        SuiteError: It is no text, or can't be written as UTF-8.
    """
    checked_type("data", data, str, "a text (send_bytes takes bytes)")
    try:
        data.encode()
    except UnicodeEncodeError as error:
        raise SuiteError(
            f"The text can't be sent: its character {error.start}, U+{ord(data[error.start]):04X}, is half "
            "of a surrogate pair, which UTF-8 doesn't have."
        ) from None
    return data


def checked_timeout(timeout: float, *, zero: bool = False) -> float:
    """Return a timeout in seconds; nothing waits for ever, so there is no infinite one.

    Args:
        timeout: Above 0.
        zero: Whether 0 will do, too: look, and don't wait.

    Raises:
        SuiteError: It is no such number.
    """
    if (
        isinstance(timeout, int | float)
        and math.isfinite(timeout)
        and (timeout > 0 or (zero and timeout == 0))
    ):
        return timeout
    least = "of 0 or more" if zero else "above 0"
    raise SuiteError(f"timeout has to be a number of seconds {least}, not {timeout!r}.")


def checked_megabytes(name: str, value: float) -> float:
    """Return a number of megabytes.

    Raises:
        SuiteError: It is no finite number above 0.
    """
    if isinstance(value, int | float) and math.isfinite(value) and value > 0:
        return value
    raise SuiteError(f"{name} has to be a number of megabytes above 0, not {value!r}.")
