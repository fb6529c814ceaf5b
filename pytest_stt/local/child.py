"""The server's own process.

It serves on a listening socket that it inherits, and ends when the process that started it
is gone, however that ended: a pipe that only the parent holds open then reads as closed.
"""

from __future__ import annotations

import os
import select
import socket
import threading
import time
from typing import TYPE_CHECKING

import uvicorn

from pytest_stt.local.app import build_app
from pytest_stt.local.engine import load_recognizer
from pytest_stt.local.extra import missing_extra
from pytest_stt.local.model import find_model
from pytest_stt.local.pool import EnginePool

if TYPE_CHECKING:
    from starlette.applications import Starlette

# A fork of the parent holds the pipe open, too; then only the parent's number tells.
ORPHAN_CHECK_S = 1.0
LEAVE_WITHIN_S = 1.5

# Nobody who stands still in a debugger is to lose the connection.
KEEP_ALIVE_S = 3600


def main(arguments: list[str]) -> None:
    """Serve until the parent is gone.

    Args:
        arguments: The file descriptors of the listening socket and of the parent's pipe.
    """
    listener_fd, pipe = (int(argument) for argument in arguments)
    config = uvicorn.Config(
        load_app,
        factory=True,
        lifespan="off",
        log_config=None,
        access_log=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        ws_ping_interval=None,
    )
    server = uvicorn.Server(config)
    watch = threading.Thread(target=leave_with_parent, args=(server, pipe, os.getppid()), daemon=True)
    watch.start()
    server.run(sockets=[socket.socket(fileno=listener_fd)])


def load_app() -> Starlette:
    """Load the engine, so that whoever gets an answer gets it from an engine that is ready."""
    model = find_model()
    if model is None:
        raise SystemExit(missing_extra())
    return build_app(EnginePool(load_recognizer(model)))


def leave_with_parent(server: uvicorn.Server, pipe: int, parent: int) -> None:
    """Wait until the parent is gone, then end this process, by force if it must be."""
    while os.getppid() == parent and not select.select([pipe], [], [], ORPHAN_CHECK_S)[0]:
        pass
    server.should_exit = server.force_exit = True
    time.sleep(LEAVE_WITHIN_S)
    os._exit(0)
