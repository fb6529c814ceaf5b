from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from pytest_stt.client.dialects.base import Dialect
from pytest_stt.client.stream import StreamOptions


class WhisperLiveOptions(BaseModel):
    """Hold the options of the dialect `whisperlive`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str = "small"
    path: str | None = None


class WhisperLiveDialect(Dialect):
    """Speak WhisperLive's WebSocket: float32 frames in real time, segments back."""

    name = "whisperlive"
    transport: ClassVar[Literal["http", "ws"]] = "ws"
    default_path = "/"
    Options = WhisperLiveOptions
    stream_defaults = StreamOptions()
