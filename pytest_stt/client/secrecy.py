"""Keep secrets of our addresses out of httpx's log."""

from __future__ import annotations

import logging
import weakref

import httpx

from pytest_stt.client.address import redact

# By identity: the log record of a request holds the very object that the request has.
_OURS: weakref.WeakValueDictionary[int, httpx.URL] = weakref.WeakValueDictionary()


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
