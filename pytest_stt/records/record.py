"""One utterance's outcome as plain data: what reports draw, replays read and shards merge."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from numbers import Integral, Real
from typing import Any, ClassVar, Literal, Self

from pytest_stt.limits import NO_LIMITS, Limits
from pytest_stt.metrics import EditCounts, TextMetrics
from pytest_stt.text.scoring import Expected
from pytest_stt.text.terms import TermCounts
from pytest_stt.text.times import TimedWord

Outcome = Literal["passed", "failed", "error", "skipped", "xfailed", "xpassed"]

_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, kw_only=True)
class Event:
    """Note one thing the server said.

    Attributes:
        ms: When it arrived, in milliseconds since the request started.
        kind: partial, final, info, error or done.
        text: The transcript or message it carried.
    """

    ms: float
    kind: str
    text: str


@dataclass(frozen=True, kw_only=True)
class AudioFacts:
    """Identify the audio that was sent.

    Attributes:
        path: The file relative to rootdir with `/`, None for audio made in a test.
        sha256: Hexadecimal digest of the file, None where there is no file.
        seconds: Its length.
        offset_s: Where in the file it begins, None for its beginning.
    """

    path: str | None = None
    sha256: str | None = None
    seconds: float | None = None
    offset_s: float | None = None


@dataclass(frozen=True, kw_only=True)
class Try:
    """Note one attempt to get a transcript.

    Attributes:
        error: What went wrong, None when nothing did.
        status: The HTTP status, None when there was none.
        ms: How long it took, in milliseconds.
    """

    error: str | None = None
    status: int | None = None
    ms: float | None = None


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Hold the edits between words and between characters.

    Attributes:
        words: Edits between words, None in a language that is written without blanks between them.
        chars: Edits between characters.
    """

    words: EditCounts | None
    chars: EditCounts

    @classmethod
    def of(cls, metrics: TextMetrics) -> Self:
        """Take the counts out of metrics, leaving the alignment."""
        return cls(words=metrics.words, chars=metrics.characters)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `Record.to_dict` wrote."""
        words = None if data["words"] is None else EditCounts(**data["words"])
        return cls(words=words, chars=EditCounts(**data["chars"]))

    @property
    def metrics(self) -> TextMetrics:
        """Return the metrics that they make, without alignment."""
        return TextMetrics(words=self.words, characters=self.chars)


@dataclass(frozen=True, kw_only=True)
class Repeat:
    """Note one of several runs of the same case.

    Attributes:
        hypothesis: What was heard, None when nothing was obtained.
        counts: Its word and character edits, None when nothing was scored.
        latency_ms: Time to its last transcript message, in milliseconds.
        outcome: How this run alone would have ended.
    """

    hypothesis: str | None = None
    counts: Counts | None = None
    latency_ms: float | None = None
    outcome: Outcome = "passed"


@dataclass(frozen=True, kw_only=True)
class Record:
    """Hold the outcome of one case, with everything a report or a later comparison needs.

    Attributes:
        id: The node id.
        suite: The suite file, or the test file, relative to rootdir with `/`.
        case: The case's id without its server.
        outcome: How the case ended, in pytest's words.
        server: The server's name in the suite.
        dialect: The wire protocol it was asked in, None when nobody got so far.
        audio: What was sent.
        language: The case's language, None when it has none.
        tags: The case's tags.
        meta: The case's own fields, as its author wrote them.
        references: The accepted transcripts, as their author wrote them.
        alternatives: Whether braces and parentheses in the references are alternatives and options.
        hypothesis: What was heard, as the server wrote it; None when nothing was obtained.
        events: What the server said, in order.
        latency_ms: Time to the last transcript message, in milliseconds; None when nothing was obtained.
        words: The times of words, as the server gave them.
        measures: Rates and further measurements by name, derived from the counts; never read back.
        terms: Keywords, forbidden terms and entities with their counts.
        tries: Every attempt, in order.
        repeats: Every run, where the case was run more than once.
        counts: Word and character edits against the best reference; None when nothing was scored.
        normalizer: What both sides went through before they were compared: a name with its version, or a
            list of steps in JSON.
        limits: What was in force.
        message: The verdict or the error, one line; empty when there is nothing to say.
    """

    id: str
    suite: str
    case: str
    outcome: Outcome
    server: str = "default"
    dialect: str | None = None
    audio: AudioFacts | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()
    meta: Mapping[str, Any] = field(default_factory=dict)
    references: tuple[str, ...] = ()
    alternatives: bool = False
    hypothesis: str | None = None
    events: tuple[Event, ...] = ()
    latency_ms: float | None = None
    words: tuple[TimedWord, ...] = ()
    measures: Mapping[str, float | None] = field(default_factory=dict)
    terms: tuple[TermCounts, ...] = ()
    tries: tuple[Try, ...] = ()
    repeats: tuple[Repeat, ...] = ()
    counts: Counts | None = None
    normalizer: str = "none"
    limits: Limits = NO_LIMITS
    message: str = ""

    # For pydantic, which reads files: JSON has no infinite numbers, but readers of JSON take them.
    __pydantic_config__: ClassVar = {"allow_inf_nan": False}

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Return what tells a record from every other one of a run.

        That is suite, case and server, and for Python tests the class that the test is in, for which the
        part of the node id behind the file stands.
        """
        return self.suite, self.case, self.server, self.id.partition("::")[2]

    @property
    def item_name(self) -> str:
        """Return the name of its pytest item: the case, with the server where the suite has `servers`."""
        name = f"{self.case}[{self.server}]"
        # xdist puts the group of an item behind its id.
        is_named = self.id.endswith(f"::{name}") or f"::{name}@" in self.id
        return name if is_named else self.case

    @property
    def expected(self) -> Expected:
        """Return what its hypothesis was measured by, without the terms, times and form."""
        return Expected(
            references=self.references,
            normalizer=self.normalizer,
            language=self.language,
            alternatives=self.alternatives,
        )

    @property
    def metrics(self) -> TextMetrics | None:
        """Return the metrics that the counts make (without alignment), None when nothing was scored."""
        return None if self.counts is None else self.counts.metrics

    def to_dict(self) -> dict[str, Any]:
        """Return the record as dict, list, str, int, float, bool and None, fit for JSON and for execnet.

        Infinite numbers and NaN become None. A lone surrogate, which UTF-8 can't carry, becomes U+FFFD: one
        wrong character stays one wrong character, so that a replay counts the same errors.
        """
        plain: dict[str, Any] = _plain(self)
        plain["limits"] = {name: value for name, value in plain["limits"].items() if value is not None}
        return plain

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_dict` wrote; keys that this version does not know are left out."""
        known = _known(cls, data)
        for name, read in _READERS.items():
            if known.get(name) is not None:
                known[name] = read(known[name])
        return cls(**known)


def _read_repeat(data: Mapping[str, Any]) -> Repeat:
    known = _known(Repeat, data)
    if known.get("counts") is not None:
        known["counts"] = Counts.from_dict(known["counts"])
    return Repeat(**known)


_READERS: dict[str, Callable[[Any], Any]] = {
    "audio": lambda data: AudioFacts(**_known(AudioFacts, data)),
    "tags": tuple,
    "references": tuple,
    "events": lambda data: tuple(Event(**_known(Event, event)) for event in data),
    "words": lambda data: tuple(TimedWord(**_known(TimedWord, one)) for one in data),
    "terms": lambda data: tuple(TermCounts(**_known(TermCounts, one)) for one in data),
    "tries": lambda data: tuple(Try(**_known(Try, one)) for one in data),
    "repeats": lambda data: tuple(_read_repeat(one) for one in data),
    "counts": Counts.from_dict,
    "limits": lambda data: Limits(**_known(Limits, data)),
}


def _known(cls: type, data: Mapping[str, Any]) -> dict[str, Any]:
    names = _names(cls)
    return {name: value for name, value in data.items() if name in names}


@cache
def _names(cls: type) -> dict[str, None]:
    """Return the names of the fields in their order, quick to search."""
    return dict.fromkeys(entry.name for entry in fields(cls))


def _plain(value: Any) -> Any:
    """Turn a value into the exact built-in types: execnet refuses numpy's floats and string enums."""
    kind = type(value)
    if kind is str:
        return value if value.isascii() else plain_text(value)
    if value is None or kind is bool or kind is int:
        return value
    if kind is dict or isinstance(value, Mapping):
        return {plain_text(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if is_dataclass(kind):
        return {name: _plain(getattr(value, name)) for name in _names(kind)}
    return _plain_scalar(value)


def _plain_scalar(value: Any) -> int | float | str | None:
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return float(value) if math.isfinite(value) else None
    return plain_text(value)


def plain_text(value: object) -> str:
    """Return text as files of records have it: U+FFFD in the place of each lone surrogate."""
    return _SURROGATE.sub("\ufffd", str(value))
