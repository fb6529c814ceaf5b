from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_stt.metrics import TextMetrics
    from pytest_stt.records import Event


@dataclass
class STTResult:
    """Hold what a server made of some audio, and judge it.

    Attributes:
        hypothesis_text: The transcript.
        text_metrics: Its score; `None` until `compute_metrics`.
        latency_ms: Milliseconds from the start of the request (HTTP) or the first audio frame
            (WebSocket) to the arrival of the last transcript message.
        chunks_received: Messages, or pieces of the HTTP body, that came.
        fragments: The texts that came, in their order.
        events: What the server said, with arrival times in the same clock as `latency_ms`.
        normalizer: Name of the normaliser that `compute_metrics` uses.
        reference: The reference that `text_metrics` belongs to.
        audio_s: Length of the audio in seconds, 0.0 when none is known.
        audio_path: The audio file, if there is one.
        language: Language of the audio, if it is known.
        dialect: Name of the dialect, if one was used.
    """

    hypothesis_text: str = ""
    text_metrics: TextMetrics | None = None
    latency_ms: float = 0.0
    chunks_received: int = 0
    fragments: list[str] = field(default_factory=list)
    events: list[Event] = field(default_factory=list, kw_only=True)
    normalizer: str = field(default="none", kw_only=True)
    reference: str | None = field(default=None, kw_only=True)
    audio_s: float = field(default=0.0, kw_only=True)
    audio_path: Path | None = field(default=None, kw_only=True)
    language: str | None = field(default=None, kw_only=True)
    dialect: str | None = field(default=None, kw_only=True)
    _on_score: Callable[[STTResult], None] | None = field(
        default=None, kw_only=True, repr=False, compare=False
    )

    def compute_metrics(self, reference: str) -> Self:
        """Score the transcript against `reference` and return this result."""
        raise NotImplementedError

    def assert_quality(
        self,
        *,
        max_wer: float | None = 0.2,
        max_cer: float | None = 0.15,
        max_errors: int | None = None,
        max_latency_ms: float | None = None,
    ) -> Self:
        """Raise `LimitExceeded` when the transcript is past a limit, else return this result."""
        raise NotImplementedError
