from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from pytest_stt.client.dialects.base import Dialect
from pytest_stt.client.stream import StreamOptions


class OpenAIOptions(BaseModel):
    """Hold the options of the dialect `openai`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str = "whisper-1"
    path: str | None = None


class OpenAIDialect(Dialect):
    """Speak the OpenAI transcription API: one multipart POST, JSON or SSE back."""

    name = "openai"
    transport: ClassVar[Literal["http", "ws"]] = "http"
    default_path = "/v1/audio/transcriptions"
    Options = OpenAIOptions
    stream_defaults = StreamOptions()
