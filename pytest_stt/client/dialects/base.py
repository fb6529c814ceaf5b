from __future__ import annotations

from abc import ABC
from typing import ClassVar, Literal

from pydantic import BaseModel

from pytest_stt.client.stream import StreamOptions


class Dialect(ABC):
    """Speak one wire protocol; an instance holds no state of a conversation.

    Attributes:
        name: What a suite writes as `dialect`.
        transport: `http` or `ws`: which scheme the address gets.
        default_path: Appended to an address without a path.
        Options: Model of `server.options`; unknown keys are refused.
        stream_defaults: What `stream` means where a suite leaves it open.
    """

    name: ClassVar[str]
    transport: ClassVar[Literal["http", "ws"]]
    default_path: ClassVar[str]
    Options: ClassVar[type[BaseModel]]
    stream_defaults: ClassVar[StreamOptions]
