from __future__ import annotations

import math

from pytest_stt.errors import SuiteError


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
