"""Which failures may pass by themselves, and when to try again."""

from __future__ import annotations

import random

import httpx

from pytest_stt.client.responses import retry_after_s
from pytest_stt.errors import (
    BusyError,
    ClosedError,
    ConnectError,
    ProtocolError,
    RejectedError,
    ServerError,
    STTError,
)

BACKOFF_S = 0.5
LONGEST_BACKOFF_S = 30.0
DAY_S = 86400.0

# The tests that run meanwhile have the random numbers of the module to themselves.
_CHANCE = random.Random()

_PASSING_STATUSES = {429, 502, 503, 504}
# RFC 6455, section 7.4.1, and the IANA registry: the connection broke, "service restart", "try again later".
_PASSING_CLOSES = {1006, 1012, 1013}


def may_pass(error: STTError) -> bool:
    """Tell whether another try makes sense. A transcription can be asked for again without harm."""
    if isinstance(error, ClosedError):
        return error.code in _PASSING_CLOSES
    return isinstance(error, ConnectError | BusyError) or status_of(error) in _PASSING_STATUSES


def is_answer(error: STTError) -> bool:
    """Tell whether the server has said something, be it an error, or half an answer."""
    if isinstance(error, ClosedError):
        return not error.unanswered
    return isinstance(error, RejectedError | BusyError | ServerError | ProtocolError)


def is_connection_failure(error: STTError) -> bool:
    """Tell whether nobody may be there: what forwards ports accepts connections for a dead server too."""
    return isinstance(error, ConnectError) or (isinstance(error, ClosedError) and error.unanswered)


def status_of(error: STTError) -> int | None:
    """Return the HTTP status of an error, if it has one."""
    return error.response.status_code if isinstance(error, httpx.HTTPStatusError) else None


def asked_wait_s(error: STTError) -> float:
    """Return how long the server has asked to wait, in seconds, 0 if it has not."""
    if isinstance(error, BusyError) and error.retry_after_s is not None:
        return error.retry_after_s
    if isinstance(error, httpx.HTTPStatusError):
        return retry_after_s(error.response) or 0.0
    return 0.0


def asked_wait(error: STTError) -> str:
    """Return how long the server has asked to wait, as the end of a sentence; empty if it has not."""
    asked_s = asked_wait_s(error)
    if asked_s > DAY_S:
        return "more than a day"
    return f"{asked_s:g} s" if asked_s else ""


def pause_s(error: STTError, tries: int) -> float:
    """Return the seconds to wait after the `tries`-th try.

    They double each time and half of them is left to chance, so that cases which failed together don't
    come back together. What the server asked for is the least.
    """
    full_s = min(LONGEST_BACKOFF_S, BACKOFF_S * 2.0 ** min(tries - 1, 30))
    return max(asked_wait_s(error), _CHANCE.uniform(full_s / 2, full_s))
