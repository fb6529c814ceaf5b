"""What may stand in a suite file: its keys, their types and their ranges.

Every scalar arrives as the text that was typed; pydantic's lax mode parses numbers and booleans.
Every key has a default here, so that a file whose wrong values were taken out can still be checked
for the rest; what is needed (`audio`, a reference, at least one case) the loader asks for.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from pytest_stt import __version__
from pytest_stt.audio import AudioEncoding  # noqa: TC001 - pydantic evaluates annotations
from pytest_stt.suite.document import Null
from pytest_stt.suite.fields import Entry, Text, unexpected
from pytest_stt.suite.manifests.entry import DataSetEntry
from pytest_stt.suite.model import Rate
from pytest_stt.text.languages import country_hint

TRUE = frozenset(["true", "yes", "on"])
FALSE = frozenset(["false", "no", "off"])
PYTEST_MARKS = frozenset(
    ["asyncio", "filterwarnings", "parametrize", "skipif", "stt", "tryfirst", "trylast", "usefixtures"]
)
OPERATORS = frozenset(["and", "or", "not"])
RELEASE = ".".join(__version__.split(".")[:2])

MOST_REPEATS = 1000
_SECONDS = {"s": 1, "sec": 1, "second": 1, "m": 60, "min": 60, "minute": 60, "h": 3600, "hour": 3600}
_MOST_REQUESTS = 1_000_000
_LONGEST_PERIOD_S = 7 * 24 * 3600.0
_NUMBER = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?(?:e[+-]?[0-9]{1,2})?", re.IGNORECASE)
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e]*")


def _null(value: Any) -> Any:
    return None if isinstance(value, Null) else value


def _said(value: Any) -> Any:
    if isinstance(value, Null) and value == "":
        raise unexpected('text (write "" for silence)')
    return value


def _version(value: Any) -> Any:
    if value != "1":
        raise unexpected("1, the only version there is")
    return value


def _language(value: Any) -> Any:
    if isinstance(value, str) and (hint := country_hint(value)):
        raise unexpected(f"a language{hint}")
    return value


def _keyword(value: Any) -> Any:
    if isinstance(value, dict):
        return value
    if not isinstance(value, str) or isinstance(value, Null) or not value.strip():
        raise unexpected("a text, or {term: …, weight: …}")
    return {"term": value}


def _spoken_term(value: Any) -> Any:
    if not isinstance(value, str) or isinstance(value, Null) or not value.strip():
        raise unexpected("a text")
    return value


def _rate(value: Any) -> Rate | None:
    if value is None:
        return None
    number, _, unit = map(str.strip, str(value).partition("/"))
    seconds = _SECONDS.get(unit)
    requests = Fraction(number) if _NUMBER.fullmatch(number) else Fraction(0)
    if seconds and 0 < requests <= _MOST_REQUESTS and seconds <= requests * _LONGEST_PERIOD_S:
        # 2.5/s is 2 in 0.8 s rather than 5 in 2 s: never more at once than the number that was typed.
        count = max(1, int(requests))
        return Rate(count=count, period_s=float(count * seconds / requests))
    raise unexpected('a rate such as "60/min", "2/s" or "10/hour"')


def _repeat(value: Any) -> Any:
    if isinstance(value, dict):
        return value
    if not isinstance(value, str) or isinstance(value, Null):
        raise unexpected("a whole number, or {times: …, pass: …}")
    return {"times": value}


def _server(value: Any) -> Any:
    if not isinstance(value, dict):
        raise unexpected("the keys of a server, such as {url: …}")
    return value


def _header_name(value: Any) -> Any:
    if not _HEADER_NAME.fullmatch(value):
        raise unexpected("the name of an HTTP header")
    return value


def _header_value(value: Any) -> Any:
    if not isinstance(value, str) or isinstance(value, Null) or not _HEADER_VALUE.fullmatch(value):
        raise unexpected("one line of ASCII text")
    return value


def _skip(value: Any) -> Any:
    if not isinstance(value, str) or isinstance(value, Null) or value == "":
        raise unexpected("true, false or the reason as text")
    word = value.lower()
    return None if word in FALSE else "unconditional skip" if word in TRUE else value


def _xfail(value: Any) -> Any:
    if isinstance(value, dict):
        return value
    if not isinstance(value, str) or isinstance(value, Null) or value == "":
        raise unexpected("true, false, the reason as text, or {reason: …, strict: …}")
    word = value.lower()
    return None if word in FALSE else {} if word in TRUE else {"reason": value}


def _tags(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _tag(value: Any) -> Any:
    expected = _expected_of_tag(value) if isinstance(value, str) else None
    if expected:
        raise unexpected(expected)
    return value


@lru_cache(maxsize=1000)  # a big suite has few tags, each of them thousands of times
def _expected_of_tag(name: str) -> str | None:
    if name in ("skip", "xfail"):
        return f'a name, not a mark of pytest\'s own (write the key "{name}: reason" instead)'
    if name in PYTEST_MARKS or name in OPERATORS:
        return "a name, not a word of pytest's own"
    if not re.fullmatch(r"[\w.+-]+", name) or name.startswith("_") or name.isdigit():
        return 'a name of letters, digits and . + - _ that is no number and does not begin with "_"'
    return None


def check_name(name: str, what: str) -> str | None:
    """Say what is wrong with the name of a case or a server, None when it can be part of a node id.

    Args:
        name: The name.
        what: What the sentence calls it, as in `an id`.
    """
    if not name:
        return f"{what} has at least one character"
    if name != name.strip():
        return f"{what} neither begins nor ends with a blank"
    if "::" in name or "[" in name or "]" in name:
        return f'{what} has no "::", "[" or "]", which pytest reads as its own'
    return None if name.isprintable() else f"{what} has printable characters only, and no line breaks"


Spoken = Annotated[str, BeforeValidator(_said)]
SpokenTerm = Annotated[str, BeforeValidator(_spoken_term)]
Tag = Annotated[str, BeforeValidator(_tag)]
Language = Annotated[Text | None, BeforeValidator(_language), BeforeValidator(_null)]
HeaderName = Annotated[str, BeforeValidator(_header_name)]
HeaderValue = Annotated[str, BeforeValidator(_header_value)]


Amount = Annotated[float | None, Field(ge=0, allow_inf_nan=False), BeforeValidator(_null)]
Share = Annotated[float | None, Field(ge=0, le=1, allow_inf_nan=False), BeforeValidator(_null)]


class RepeatEntry(Entry):
    """`repeat`: how often a case is transcribed, and how many of these have to pass; a number is `times`."""

    times: Annotated[int | None, Field(ge=1, le=MOST_REPEATS)] = None
    needed: Annotated[int | None, Field(ge=1, alias="pass")] = None


Repeat = Annotated[RepeatEntry | None, BeforeValidator(_repeat)]


class ServerEntry(Entry):
    """`server`: where the audio goes, and how."""

    url: Text | None = None
    dialect: Text | None = None
    headers: dict[HeaderName, HeaderValue] = Field(default_factory=dict)
    options: dict[str, Any] = Field(default_factory=dict)
    timeout: Annotated[float | None, Field(gt=0, allow_inf_nan=False)] = None
    retries: Annotated[int, Field(ge=0)] = 2
    concurrency: Annotated[int, Field(ge=1)] = 4
    rate: Annotated[Rate | None, BeforeValidator(_rate), BeforeValidator(_null)] = None
    wait: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    max_response_mb: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 16.0
    repeat: Repeat = None


class StreamEntry(Entry):
    """`stream`: how audio is cut and paced."""

    chunk_ms: Annotated[int | None, Field(ge=1)] = None
    encoding: AudioEncoding | None = None
    pace: Annotated[float | None, Field(ge=0, allow_inf_nan=False)] = None


class KeywordEntry(Entry):
    """One of `keywords`; a text is its `term`."""

    term: SpokenTerm = ""
    weight: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0


Keyword = Annotated[KeywordEntry, BeforeValidator(_keyword)]


class LimitsEntry(Entry):
    """`assert_quality`: the limits of one case, or of every case; null switches one off."""

    max_wer: Amount = None
    max_cer: Amount = None
    max_errors: Annotated[int | None, Field(ge=0), BeforeValidator(_null)] = None
    max_insertions: Annotated[int | None, Field(ge=0), BeforeValidator(_null)] = None
    min_keyword_recall: Share = None
    max_punctuation_error_rate: Amount = None
    max_case_error_rate: Share = None
    max_word_offset_ms: Amount = None
    max_latency_ms: Amount = None

    def changes(self) -> dict[str, float | None]:
        """Return the limits that were written down, None for one that was switched off."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class XfailEntry(Entry):
    """`xfail` as a mapping."""

    reason: Text = ""
    strict: bool | None = None


class CaseEntry(Entry):
    """One item of `cases`."""

    id: str = ""
    audio: Text = ""
    reference: Spoken | None = None
    references: Annotated[list[Spoken], Field(min_length=1)] | None = None
    words: Any = None
    keywords: tuple[Keyword, ...] = ()
    forbidden: tuple[SpokenTerm, ...] = ()
    language: Language = None
    tags: Annotated[tuple[Tag, ...], BeforeValidator(_tags)] = ()
    skip: Annotated[str | None, BeforeValidator(_skip)] = None
    xfail: Annotated[XfailEntry | None, BeforeValidator(_xfail)] = None
    assert_quality: LimitsEntry = LimitsEntry()
    meta: dict[str, Any] = Field(default_factory=dict)
    exclusive: bool | None = None
    repeat: Repeat = None


class ManifestEntry(DataSetEntry):
    """One item of `manifests`: a data set, and what holds for each of its cases."""

    language: Language = None
    tags: Annotated[tuple[Tag, ...], BeforeValidator(_tags)] = ()
    assert_quality: LimitsEntry = LimitsEntry()


class SuiteEntry(Entry):
    """A whole file."""

    version: Annotated[int, BeforeValidator(_version)] = 1
    server: ServerEntry = ServerEntry()
    servers: dict[str, Annotated[ServerEntry, BeforeValidator(_server)]] = Field(default_factory=dict)
    stream: StreamEntry = StreamEntry()
    language: Language = None
    normalize: Any = None
    alternatives: bool = True
    keywords: tuple[Keyword, ...] = ()
    forbidden: tuple[SpokenTerm, ...] = ()
    entities: Text | None = None
    assert_quality: LimitsEntry = LimitsEntry()
    repeat: Repeat = None
    cases: list[CaseEntry] = Field(default_factory=list)
    manifests: list[ManifestEntry] = Field(default_factory=list)
