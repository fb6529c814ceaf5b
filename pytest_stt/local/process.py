"""The server's process as the parent holds it: a lifeline, its output, its end."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import socket
    from types import TracebackType

END_WITHIN_S = 1.8
OUTPUT_KEPT = 8192
LAST_LINES = 5

# The package is appended to the path, and `-P` keeps the working directory off it: a `queue.py`
# of the user's must not stand in for the standard library's. `-W`: no warning ends the server.
BOOT = "import sys; sys.path.append(sys.argv[1]); from pytest_stt.local.child import main; main(sys.argv[2:])"
PYTHON = (sys.executable, "-P", "-W", "ignore", "-c", BOOT, str(Path(__file__).parents[2]))


class ServerProcess:
    """A running server on an inherited socket; leaving the context ends it.

    What the process and its native libraries print goes into a pipe, of which the end is kept.
    It has a session of its own: Ctrl-C in the terminal is for the test run alone.
    """

    def __init__(self, listener: socket.socket) -> None:
        parents_end, self._lifeline = os.pipe()
        try:
            self._process = subprocess.Popen(
                [*PYTHON, str(listener.fileno()), str(parents_end)],
                bufsize=0,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=(listener.fileno(), parents_end),
                start_new_session=True,
            )
        except OSError:
            os.close(self._lifeline)
            raise
        finally:
            os.close(parents_end)
        self._output = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._lifeline)
        with self._process:
            try:
                self._process.wait(END_WITHIN_S)
            except subprocess.TimeoutExpired:
                self._process.kill()

    @property
    def output_fd(self) -> int:
        """The descriptor to select on: readable when there is output, or when the process has ended."""
        return self._process.stdout.fileno() if self._process.stdout else -1

    def read_output(self) -> bool:
        """Read what it printed; False when it has ended."""
        chunk = os.read(self.output_fd, OUTPUT_KEPT)
        self._output = (self._output + chunk)[-OUTPUT_KEPT:]
        return bool(chunk)

    def why_ended(self) -> str:
        """Say how the process ended, and what it printed last."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(END_WITHIN_S)
        status = self._process.returncode
        how = f"signal {-status}" if status is not None and status < 0 else f"exit status {status}"
        lines = [
            _printable(line) for line in self._output.decode(errors="replace").splitlines() if line.strip()
        ]
        said = "\n".join(f"    {line}" for line in lines[-LAST_LINES:])
        return f"The embedded engine ended by itself with {how}" + (
            f"; its last words:\n{said}" if said else "."
        )


def _printable(line: str) -> str:
    return "".join(character if character.isprintable() else "�" for character in line.rstrip())
