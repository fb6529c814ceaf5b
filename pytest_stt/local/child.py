"""The server's own process.

It serves on a listening socket that it inherits, and ends when the process that started it
is gone, however that ended: a pipe that only the parent holds open then reads as closed.
"""

from __future__ import annotations

import os
import select
import socket
import sys
import threading
import time

import uvicorn

from pytest_stt.local.app import build_app
from pytest_stt.local.engine import load_recognizer
from pytest_stt.local.extra import missing_extra
from pytest_stt.local.model import find_model
from pytest_stt.local.pool import EnginePool

# A fork of the parent holds the pipe open, too; then only the parent's number tells.
ORPHAN_CHECK_S = 1.0
LEAVE_WITHIN_S = 1.5

# Nobody who stands still in a debugger is to lose the connection.
KEEP_ALIVE_S = 3600


def main(arguments: list[str]) -> int:
    """Serve until the parent is gone.

    Args:
        arguments: The file descriptors of the listening socket and of the parent's pipe.
    """
    listener = socket.socket(fileno=int(arguments[0]))
    server = Server(listener)
    watch = threading.Thread(target=server.leave_with_parent, args=(int(arguments[1]),), daemon=True)
    watch.start()
    return server.run()


class Server:
    """A uvicorn server, which exists as soon as the engine is loaded."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self._uvicorn: uvicorn.Server | None = None
        self._parent = os.getppid()

    def run(self) -> int:
        """Load the engine, then serve; return the exit status."""
        model = find_model()
        if model is None:
            print(missing_extra(), file=sys.stderr)
            return 2
        app = build_app(EnginePool(load_recognizer(model)))
        config = uvicorn.Config(
            app,
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_keep_alive=KEEP_ALIVE_S,
            ws_ping_interval=None,
        )
        self._uvicorn = uvicorn.Server(config)
        self._uvicorn.run(sockets=[self._listener])
        return 0

    def leave_with_parent(self, pipe: int) -> None:
        """Wait until the parent is gone, then end this process."""
        while os.getppid() == self._parent and not select.select([pipe], [], [], ORPHAN_CHECK_S)[0]:
            pass
        if self._uvicorn is not None:
            self._uvicorn.should_exit = self._uvicorn.force_exit = True
            time.sleep(LEAVE_WITHIN_S)
        os._exit(0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
