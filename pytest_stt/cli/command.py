"""What a command is, and how it fails."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

READER_GONE = 1
USAGE_ERROR = 2


@dataclass(frozen=True, kw_only=True)
class Command:
    """A command: its options, and the function that runs it and gives the exit status."""

    name: str
    help: str
    configure: Callable[[argparse.ArgumentParser], object]
    run: Callable[[argparse.Namespace], int]


def fail(message: str, status: int = USAGE_ERROR) -> int:
    """Say on stderr what is wrong, and return the exit status."""
    print(f"pytest-stt: {message}", file=sys.stderr)
    return status
