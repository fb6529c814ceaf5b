"""Keep secrets of our addresses out of httpx's log, and out of tracebacks."""

from __future__ import annotations

import logging
import weakref
from typing import TYPE_CHECKING

import httpx

from pytest_stt.client.address import redact
from pytest_stt.errors import STTError

if TYPE_CHECKING:
    from types import TracebackType

# By identity: the log record of a request holds the very object that the request has.
_OURS: weakref.WeakValueDictionary[int, httpx.URL] = weakref.WeakValueDictionary()

# The libraries that an address is handed to: pytest prints the arguments and variables of their functions.
_LIBRARIES = {"anyio", "h11", "httpcore", "httpx", "httpx_sse", "httpx_ws"}


class HiddenFrames:
    """Let errors out of a block without the frames beneath it in which an address can be read.

    An error of ours says everything in its text: its traceback begins with the caller. Any other one
    is somebody's bug: its traceback lacks only the functions of libraries that know the address.
    """

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, STTError):
            error.__traceback__ = None
            if error.__suppress_context__:
                error.__context__ = None
            return
        seen: set[int] = set()
        while error is not None and id(error) not in seen:
            seen.add(id(error))
            error.__traceback__ = _outside_libraries(error.__traceback__)
            error = error.__cause__ or error.__context__


def _outside_libraries(trace: TracebackType | None) -> TracebackType | None:
    if trace is None:
        return None
    rest = _outside_libraries(trace.tb_next)
    if trace.tb_frame.f_globals.get("__name__", "").partition(".")[0] in _LIBRARIES:
        return rest
    trace.tb_next = rest
    return trace


async def remember_address(request: httpx.Request) -> None:
    """Note that a request is ours; an event hook of httpx clients."""
    _OURS[id(request.url)] = request.url


class AddressFilter(logging.Filter):
    """Redact the addresses of our requests, which httpx logs at INFO, query and all."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass."""
        if isinstance(record.args, tuple):
            record.args = tuple(_redacted(value) for value in record.args)
        return True


def _redacted(value: object) -> object:
    if isinstance(value, httpx.URL) and _OURS.get(id(value)) is value:
        return redact(str(value))
    return value


# Once for the process: importing a module twice does not run it twice.
logging.getLogger("httpx").addFilter(AddressFilter())
