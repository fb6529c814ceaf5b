from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx

    from pytest_stt.audio import AudioSample
    from pytest_stt.client.result import STTResult
    from pytest_stt.client.stream import StreamOptions


class STTClient:
    """Send audio to a speech-to-text server."""

    def __init__(
        self,
        *,
        url: str,
        timeout: float = 30.0,
        dialect: str | None = None,
        options: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        stream: StreamOptions | None = None,
        normalizer: str = "none",
        on_score: Callable[[STTResult], None] | None = None,
    ) -> None:
        raise NotImplementedError

    async def transcribe(self, sample: AudioSample) -> STTResult:
        """Have the whole conversation of the dialect and return what came of it."""
        raise NotImplementedError

    async def aclose(self) -> None:
        """Close the connections."""
        raise NotImplementedError
