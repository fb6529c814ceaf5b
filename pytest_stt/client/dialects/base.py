from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Generic, Literal, Protocol, TypeVar, runtime_checkable

from pydantic import BaseModel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from contextlib import AbstractAsyncContextManager

    import httpx

    from pytest_stt.audio import AudioSample
    from pytest_stt.client.line import Line
    from pytest_stt.client.stream import StreamOptions
    from pytest_stt.client.timeline import Timeline
    from pytest_stt.errors import STTError
    from pytest_stt.text.times import TimedWord

OptionsT = TypeVar("OptionsT", bound=BaseModel)


@dataclass(frozen=True, kw_only=True)
class Said:
    """One thing that a server said; one message can say several.

    Attributes:
        kind: `ready` audio may be sent · `partial` text that may change · `final` text that stands ·
            `info` anything that is no transcript · `error` it failed · `done` there is no more to come.
        text: The transcript text of `partial` and `final`, else what was said.
        error: What to raise for an `error`.
    """

    kind: Literal["ready", "partial", "final", "info", "error", "done"]
    text: str = ""
    error: STTError | None = None


def failed(error: STTError) -> Said:
    """Return what is said by a server with which this went wrong."""
    return Said(kind="error", text=str(error), error=error)


def chosen_language(option: str | None, sample: str | None) -> str | None:
    """Return the language to send: the sample's own before the option, which is for all samples.

    Of a sample's language tag it is the first part in lower case, `en` of `en-US`: what Whisper's servers
    know. What the option says as well is sent as it is there. An option that is an empty text wins: it says
    that no language is to be sent.
    """
    if option == "" or not sample or sample == option:
        return option or None
    return sample.replace("_", "-").partition("-")[0].lower()


def raise_error(sayings: Iterable[Said]) -> None:
    """Raise the first error that a server has reported."""
    for said in sayings:
        if said.error is not None:
            raise said.error


class Decoder(Protocol):
    """Read what a server sends, without any input or output of its own.

    Nothing that a server sends makes it raise: what can't be understood is `Said` as an error.
    """

    def feed(self, message: str | bytes) -> list[Said]:
        """Take one message (text or binary) and return what it says."""
        ...

    def end(self) -> list[Said]:
        """Take the end of the answer and return what it means."""
        ...

    @property
    def transcript(self) -> str:
        """What all messages so far amount to."""
        ...


@runtime_checkable
class TimingDecoder(Decoder, Protocol):
    """Read what a server sends, where the protocol can say when words were spoken.

    A word whose times make no sense is left out; it never spoils the transcript.
    """

    @property
    def words(self) -> Sequence[TimedWord]:
        """The words of the transcript so far, as the server wrote them, in its order.

        Times are those of the audio that was sent. Empty where the server gives none.
        """
        ...


@dataclass(frozen=True, kw_only=True, repr=False)
class Call(Generic[OptionsT]):
    """One transcription. It has no text form: its options may hold secrets.

    Attributes:
        post: Sends a POST with httpx's keywords and gives the answer as it comes.
        connect: Opens a WebSocket with httpx-ws' keywords; its messages are read into the timeline.
        where: The address without secrets, for messages.
        sample: The audio.
        options: Values of the dialect's `Options`.
        stream: How to send, without gaps where the dialect has a default.
        timeout_s: Seconds for each wait: the client's timeout, or what replaces it for this call.
        timeline: What was said; the dialect fills it, the result is made of it.
    """

    post: Callable[..., AbstractAsyncContextManager[httpx.Response]]
    connect: Callable[..., AbstractAsyncContextManager[Line]]
    where: str
    sample: AudioSample
    options: OptionsT
    stream: StreamOptions
    timeout_s: float
    timeline: Timeline


class Dialect(ABC, Generic[OptionsT]):
    """Speak one wire protocol; an instance holds no state of a conversation.

    A conversation is one coroutine, `transcribe`: open, encode, pace, end, finish and close in the order of
    the protocol, with `Conversation` for the steps of WebSocket protocols. Reading and assembling are the
    decoder's.

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
    Options: type[OptionsT]
    stream_defaults: ClassVar[StreamOptions]

    @abstractmethod
    def decoder(self, options: OptionsT, where: str) -> Decoder:
        """Return a reader for one conversation; `where` stands in its error messages."""

    @abstractmethod
    async def transcribe(self, call: Call[OptionsT]) -> None:
        """Have the conversation and leave everything that was said in `call.timeline`.

        Raises:
            STTError: There is no complete transcript.
        """

    def check(self, options: OptionsT, stream: StreamOptions) -> None:
        """Raise `SuiteError` if these options don't go together; called before anything is sent."""

    def allowance_s(self, call: Call[OptionsT]) -> float:
        """Return the seconds that the conversation takes on purpose, on top of the timeout."""
        return 0.0
