"""Keep what is logged for a case in our thread until the case has its turn."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PACKAGES = {"asyncio", "httpcore", "httpx", "httpx_ws", "pytest_stt", "wsproto"}
# A filter holds for the very logger it is added to, and some of these are made when they are first needed.
_LOGGERS = {"asyncio", "httpx", "pytest_stt.client"} | {
    f"httpcore.{part}" for part in ("connection", "http11", "http2", "proxy", "socks")
}

_RECORDS: ContextVar[list[logging.LogRecord] | None] = ContextVar("records of a case", default=None)


@contextmanager
def case_log() -> Iterator[list[logging.LogRecord]]:
    """Collect what is logged in the block and in tasks begun in it, while there is a `Diversion`."""
    records: list[logging.LogRecord] = []
    token = _RECORDS.set(records)
    try:
        yield records
    finally:
        _RECORDS.reset(token)


class Diversion(logging.Filter):
    """Take records of cases out of the log: pytest would show them with whatever runs just now."""

    def __init__(self) -> None:
        super().__init__()
        names = {name for name in logging.root.manager.loggerDict if name.partition(".")[0] in _PACKAGES}
        self._loggers = [logging.getLogger(name) for name in sorted(names | _LOGGERS)]
        for logger in self._loggers:
            logger.addFilter(self)

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep a record of a case, let any other one pass."""
        records = _RECORDS.get()
        if records is None:
            return True
        records.append(record)
        return False

    def remove(self) -> None:
        """Let every record pass from now on."""
        for logger in self._loggers:
            logger.removeFilter(self)
