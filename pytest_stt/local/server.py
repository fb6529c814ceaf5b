"""The parent's side of the embedded server: a socket now, a process when somebody connects."""

from __future__ import annotations

import selectors
import socket
import threading
from urllib.parse import urlsplit

from pytest_stt.errors import ConnectError
from pytest_stt.local.process import ServerProcess

BACKLOG = 512
SETTLE_S = 2.0


class LocalServer:
    """A listening socket whose server is started by the first connection.

    Early connections wait in the socket's backlog until the engine is loaded: a client notices
    nothing but a slow first answer. When the server fails the socket is closed, so that clients
    are refused instead of left waiting.
    """

    def __init__(self, listener: socket.socket, host: str) -> None:
        self._listener = listener
        self._host = host
        self._port: int = listener.getsockname()[1]
        # The thread ends when the other end of this pair is closed.
        self._stop_signal, self._stop_switch = socket.socketpair()
        self._stop_lock = threading.Lock()
        self._started = False
        self._failure: str | None = None
        self._thread = threading.Thread(target=self._run, name="stt-local", daemon=True)

    @classmethod
    def listen(cls, *, host: str = "127.0.0.1", port: int = 0) -> LocalServer:
        """Open the socket, on a free port unless one is given.

        Raises:
            ConnectError: The address can't be listened on.
        """
        try:
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
        except OSError as error:
            reason = error.strerror or str(error)
            raise ConnectError(
                f"The embedded engine can't listen on {host}, port {port}: {reason}. Choose another port."
            ) from error
        server = cls(listener, host)
        server._thread.start()
        return server

    @property
    def url(self) -> str:
        """The address of the server, without a path."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}"

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._port

    @property
    def started(self) -> bool:
        """Whether somebody has connected, so that the server's process was started."""
        return self._started

    @property
    def failure(self) -> str | None:
        """Why the server ended by itself, with its last lines; None when it did not."""
        return self._failure

    def wait_ready(self, timeout_s: float = 60.0) -> None:
        """Start the server, unless it is started, and wait until it answers.

        Raises:
            ConnectError: It gave no answer in time, or ended: then the text is `failure`.
        """
        try:
            wait_ready(self.url, timeout_s)
        except ConnectError as error:
            self.join(SETTLE_S)
            if self._failure:
                raise ConnectError(self._failure) from error
            raise

    def join(self, timeout_s: float | None = None) -> None:
        """Wait until the server has ended, by itself or by `stop`."""
        self._thread.join(timeout_s)

    def stop(self) -> None:
        """End the server and close the socket, within about two seconds; again does nothing."""
        with self._stop_lock:
            self._stop_switch.close()
            self._thread.join()
            self._stop_signal.close()

    def _run(self) -> None:
        with self._listener:
            if not self._wait_for(self._listener.fileno()):
                return
            try:
                self._serve()
            except OSError as error:
                self._failure = f"The embedded engine can't be started: {error}."

    def _serve(self) -> None:
        with ServerProcess(self._listener) as process:
            self._started = True
            while self._wait_for(process.output_fd):
                if not process.read_output():
                    self._failure = process.why_ended()
                    return

    def _wait_for(self, descriptor: int) -> bool:
        """Wait until a descriptor is readable; False when the server is to stop."""
        with selectors.DefaultSelector() as selector:
            selector.register(descriptor, selectors.EVENT_READ)
            selector.register(self._stop_signal, selectors.EVENT_READ)
            return all(key.fileobj is not self._stop_signal for key, _ in selector.select())


def wait_ready(url: str, timeout_s: float = 60.0) -> None:
    """Wait until the embedded server at `url` answers; asking is what starts it.

    Raises:
        ConnectError: It is gone, or gave no answer in time.
    """
    # Listening, which is done for every run of xdist, does not need it.
    from http.client import HTTPConnection, HTTPException

    address = urlsplit(url)
    connection = HTTPConnection(address.hostname or "", address.port, timeout=timeout_s)
    try:
        connection.request("GET", "/health")
        status = connection.getresponse().status
    except TimeoutError as error:
        raise ConnectError(f"The embedded engine at {url} did not answer within {timeout_s:g} s.") from error
    except (OSError, HTTPException) as error:
        raise ConnectError(
            f"The embedded engine at {url} is gone: {type(error).__name__}, {error}."
        ) from error
    finally:
        connection.close()
    if status != 200:
        raise ConnectError(f"The server at {url} answers {status} to /health: it is not the embedded engine.")
