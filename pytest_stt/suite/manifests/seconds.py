"""Offsets, durations and ends in a manifest, in seconds."""

from __future__ import annotations

import math
import re
from typing import Any

from pytest_stt.suite.manifests.faults import BadRow
from pytest_stt.suite.problems import quoted

# float() takes "1_0" too, and digits of all scripts.
_DECIMAL = re.compile(r"\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*")


def read_offset(value: Any) -> float:
    """Read where an utterance begins, in seconds; nothing is 0.

    Raises:
        BadRow: It is no number of 0 or more.
    """
    seconds = 0.0 if value is None or value == "" else _number(value)
    if seconds is None or seconds < 0:
        raise BadRow(f"expected an offset of 0 or more seconds, found {quoted(str(value))}")
    return seconds


def read_duration(value: Any) -> float | None:
    """Read how long an utterance is, in seconds; nothing is None.

    Raises:
        BadRow: It is no number above 0.
    """
    if value is None or value == "":
        return None
    seconds = _number(value)
    if seconds is None or seconds <= 0:
        raise BadRow(f"expected a duration of more than 0 seconds, found {quoted(str(value))}")
    return seconds


def read_span(offset_s: float, end: str) -> float:
    """Read how long an utterance is that begins at an offset and ends at this second.

    Raises:
        BadRow: The end is no number above the offset.
    """
    seconds = _number(end)
    if seconds is None or seconds <= offset_s:
        raise BadRow(f"expected an end after {offset_s:g} seconds, found {quoted(end)}")
    return round(seconds - offset_s, 6)


def _number(value: Any) -> float | None:
    if value is True or value is False or (isinstance(value, str) and not _DECIMAL.fullmatch(value)):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
