from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_stt.local import LocalServer

LOCAL = "local"


class EmbeddedServer:
    """The one embedded server of a run, behind `url: local`.

    The process that owns it (the controller under xdist) listens on a port; the engine starts
    when the first connection arrives, whichever process makes it. Any thread may ask for it.

    Args:
        port: The port that the controller listens on, in an xdist worker.
        elsewhere: What xdist calls a worker that may be on another host than the controller.
    """

    def __init__(self, *, port: int | None = None, elsewhere: str | None = None) -> None:
        self.elsewhere = elsewhere
        self._port = port
        self._server: LocalServer | None = None
        self._ready_url: str | None = None
        self._lock = threading.Lock()

    def listen(self) -> int | None:
        """Listen and return the port, or None when the extra `local` is not installed."""
        from pytest_stt.local import LocalServer, missing_extra

        if self._port is None and missing_extra() is None:
            self._server = LocalServer.listen()
            self._port = self._server.port
        return self._port

    def url(self) -> str:
        """Return the address of the server, which is ready then.

        Raises:
            SuiteError: This process may not be on the host of the server.
            ConnectError: The extra is not installed, or the engine did not start.
        """
        with self._lock:
            if self._ready_url is None:
                self._ready_url = self._ready()
            return self._ready_url

    def _ready(self) -> str:
        from pytest_stt.errors import ConnectError, SuiteError
        from pytest_stt.local import missing_extra, wait_ready

        if self.elsewhere is not None:
            raise SuiteError(out_of_reach(self.elsewhere))
        port = self.listen()
        if port is None:
            raise ConnectError(f"url: local was asked for, but {missing_extra()}")
        url = f"http://127.0.0.1:{port}"
        if self._server is not None:
            self._server.wait_ready()
        else:
            wait_ready(url)
        return url

    def give_up(self) -> None:
        """End a server that is not ready yet, and with it the wait for it."""
        if self._ready_url is None:
            self.close()

    def close(self) -> None:
        """End the server if this process owns it."""
        server, self._server = self._server, None
        if server is not None:
            server.stop()


def out_of_reach(worker: str) -> str:
    """Say why a worker that xdist has started as `worker` can't use the embedded server."""
    return (
        f"url: local is the embedded server of the host that pytest was started on, and the worker {worker} "
        "may be on another one. Name a server that every worker can reach: --stt-url http://HOST:PORT"
    )
