"""What of a traceback a user wants to see when there is an error of ours in it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_stt.errors import STTError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    import pytest

PACKAGE = Path(__file__).parent.parent
STANDARD_LIBRARY = Path(os.__file__).parent


def hide_our_frames(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Cut the tracebacks of errors of ours behind the last line of the user's.

    The message of an `STTError` is complete; what a user wants to see beside it is the line of the test.
    Errors that an `STTError` led to are left alone, apart from the `STTError` itself.
    """
    error = call.excinfo.value if call.excinfo else None
    if call.excinfo is None or error is None or item.config.getoption("fulltrace", False):
        return
    if call.when == "setup" and isinstance(error, STTError) and not users_frames(item, error):
        # A sentence takes its place, and to format it first would take a tenth of a second for each case.
        call.excinfo.traceback = type(call.excinfo.traceback)([])
    for one in _chain(error, set()):
        if isinstance(one, STTError):
            frames = users_frames(item, one)
            if frames:
                # Filtering pytest's own view is not enough: it builds the view anew from these objects.
                frames[-1].tb_next = None
            one.__cause__ = None
            one.__suppress_context__ = True


def _chain(error: BaseException, seen: set[int]) -> Iterator[BaseException]:
    """Yield an exception, what it came from, and the members of groups."""
    if id(error) in seen:
        return
    seen.add(id(error))
    yield error
    members = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    for other in (error.__cause__, error.__context__, *members):
        if other is not None:
            yield from _chain(other, seen)


def users_frames(item: pytest.Item, error: BaseException) -> list[TracebackType]:
    """Return the lines of the traceback that are the user's: neither ours nor a library's."""
    frames = []
    frame = error.__traceback__
    while frame is not None:
        if _is_users(Path(frame.tb_frame.f_code.co_filename), item):
            frames.append(frame)
        frame = frame.tb_next
    return frames


def _is_users(path: Path, item: pytest.Item) -> bool:
    if path == item.path:
        return True
    # `<frozen runpy>` and the like are no files.
    if not path.is_absolute() or "site-packages" in path.parts:
        return False
    return PACKAGE not in path.parents and STANDARD_LIBRARY not in path.parents
