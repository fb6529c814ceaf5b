"""Phrases of messages about names."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def near_miss(name: str, names: Sequence[str]) -> str:
    """Return `; did you mean 'basic'?` where one of the names is near, else nothing."""
    near = difflib.get_close_matches(name, names, n=1)
    return f"; did you mean {near[0]!r}?" if near else ""
