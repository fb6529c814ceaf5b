"""The embedded speech engine behind a real server on 127.0.0.1.

Importing this package needs the standard library only; the extra `local` is needed by the
server's own process.
"""

from __future__ import annotations

from pytest_stt.local.extra import missing_extra
from pytest_stt.local.server import LocalServer, wait_ready

__all__ = ["LocalServer", "missing_extra", "wait_ready"]
