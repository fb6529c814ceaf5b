"""Keep secrets of our requests out of errors, tracebacks, and the logs of the libraries beneath."""

from __future__ import annotations

import logging
import re
import threading
import weakref
from typing import TYPE_CHECKING

import httpx

from pytest_stt.client.address import MASK, redact
from pytest_stt.client.masks import Mask
from pytest_stt.errors import STTError

if TYPE_CHECKING:
    from types import TracebackType

# By identity: the log record of a request holds the very object that the request has.
_OURS: weakref.WeakValueDictionary[int, httpx.URL] = weakref.WeakValueDictionary()

# Of the requests in progress, in whatever thread.
_MASKS: weakref.WeakKeyDictionary[httpx.Request, Mask] = weakref.WeakKeyDictionary()
_LOCK = threading.Lock()

# As httpcore prints the headers of an answer.
_TELLING_HEADER = re.compile(
    r"""(\(b'(?:location|content-location|set-cookie)', )(?:b'(?:[^'\\]|\\.)*'|b"(?:[^"\\]|\\.)*")""",
    re.IGNORECASE,
)
# The records of a logger's children don't pass its filters.
_LOGGERS = ("httpx", *(f"httpcore.{part}" for part in ("connection", "http11", "http2", "proxy", "socks")))

# The libraries that an address is handed to: pytest prints the arguments and variables of their functions.
_LIBRARIES = {"anyio", "h11", "httpcore", "httpx", "httpx_sse", "httpx_ws"}


class HiddenFrames:
    """Let errors out of a block without secrets, and without the frames in which an address can be read.

    An error of ours says everything in its text: its traceback begins with the caller. Any other one
    is somebody's bug: its traceback lacks only the functions of libraries that know the address.
    """

    def __init__(self, mask: Mask | None = None) -> None:
        """Take what covers the secrets that a server may have repeated."""
        self._mask = mask or Mask()

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, STTError):
            self._mask.cover(error)
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


async def remember_request(request: httpx.Request) -> None:
    """Note that a request is ours, and its secrets; an event hook of httpx clients."""
    _OURS[id(request.url)] = request.url
    mask = Mask.of(request)
    with _LOCK:
        _MASKS[request] = mask


class SecretFilter(logging.Filter):
    """Cover the secrets of our requests: httpx logs addresses at INFO, httpcore whole answers at DEBUG."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass."""
        if isinstance(record.args, tuple):
            record.args = tuple(_redacted(value) for value in record.args)
        with _LOCK:
            masks = list(_MASKS.values())
        text = record.getMessage()
        covered = _TELLING_HEADER.sub(rf"\1b'{MASK}'", text) if masks else text
        for mask in masks:
            covered = mask.over(covered)
        if covered != text:
            record.msg, record.args = covered, ()
        return True


def _redacted(value: object) -> object:
    if isinstance(value, httpx.URL) and _OURS.get(id(value)) is value:
        return redact(str(value))
    return value


# Once for the process: importing a module twice does not run it twice.
for _name in _LOGGERS:
    logging.getLogger(_name).addFilter(SecretFilter())
