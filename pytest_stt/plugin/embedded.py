from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_stt.local import LocalServer

LOCAL = "local"


class EmbeddedServer:
    """The one embedded server of a run, behind `url: local`.

    The process that owns it (the controller under xdist) listens on a port; the engine starts
    when the first connection arrives, whichever process makes it.

    Args:
        port: The port that the controller listens on, in an xdist worker.
    """

    def __init__(self, *, port: int | None = None) -> None:
        self._port = port
        self._server: LocalServer | None = None
        self._ready_url: str | None = None

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
            ConnectError: The extra is not installed, or the engine did not start.
        """
        if self._ready_url is None:
            from pytest_stt.errors import ConnectError
            from pytest_stt.local import missing_extra, wait_ready

            port = self.listen()
            if port is None:
                raise ConnectError(f"url: local was asked for, but {missing_extra()}")
            url = f"http://127.0.0.1:{port}"
            if self._server is not None:
                self._server.wait_ready()
            else:
                wait_ready(url)
            self._ready_url = url
        return self._ready_url

    def close(self) -> None:
        """End the server if this process owns it."""
        server, self._server = self._server, None
        if server is not None:
            server.stop()
