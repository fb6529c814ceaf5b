from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_stt.audio import AudioEncoding


@dataclass(frozen=True, kw_only=True)
class StreamOptions:
    """Say how audio is cut and paced on its way to a server; `None` leaves it to the dialect.

    Attributes:
        chunk_ms: Length of one frame in milliseconds, from 1.
        encoding: Format of the samples in a frame.
        pace: Speed against real time: 1.0 is real time, 2.0 twice as fast, 0 as fast as the server takes it.
    """

    chunk_ms: int | None = None
    encoding: AudioEncoding | None = None
    pace: float | None = None

    def over(self, defaults: StreamOptions) -> StreamOptions:
        """Return these options with their gaps filled from `defaults`."""
        return StreamOptions(
            chunk_ms=defaults.chunk_ms if self.chunk_ms is None else self.chunk_ms,
            encoding=defaults.encoding if self.encoding is None else self.encoding,
            pace=defaults.pace if self.pace is None else self.pace,
        )
