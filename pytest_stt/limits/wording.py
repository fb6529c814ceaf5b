"""Numbers and lists in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_stt.metrics import EditCounts

_MOST_DECIMALS: Final = 15
_MOST_LISTED: Final = 3


def share(counts: EditCounts, unit: str) -> str:
    """Return `3 of 24 words`, and `4 errors in 1 word` where there are more errors than words."""
    if counts.errors > counts.reference_total:
        return f"{number(counts.errors, 'error')} in {number(counts.reference_total, unit)}"
    return f"{counts.errors} of {number(counts.reference_total, unit)}"


def number(count: int, unit: str) -> str:
    """Return `1 word` or `3 words`."""
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def times(count: int) -> str:
    """Return nothing for once, else ` twice` or ` 3 times`, to stand behind what was counted."""
    return {1: "", 2: " twice"}.get(count, f" {count} times")


def listed(names: Sequence[str]) -> str:
    """Return the first three names, and how many more there are."""
    more = len(names) - _MOST_LISTED
    return ", ".join(names[:_MOST_LISTED]) + (f" and {more} more" if more > 0 else "")


def apart(found: float, limit: float, *, decimals: int) -> tuple[str, str]:
    """Round both alike, with as many decimals as it takes to show the limit and that they differ."""
    for places in range(decimals_of(limit, decimals), _MOST_DECIMALS):
        shown = f"{found:.{places}f}", f"{limit:.{places}f}"
        if shown[0] != shown[1]:
            return shown
    return repr(found), repr(limit)


def decimals_of(value: float, least: int) -> int:
    """Return how many decimals show a value exactly, `least` when four don't."""
    return next((places for places in range(least, 5) if abs(round(value, places) - value) < 1e-9), least)
