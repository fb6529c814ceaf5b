"""What callers gave, checked before it is used: a wrong type gets a sentence, too."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from numbers import Real
from typing import Any, TypeVar

from pytest_stt.audio import AudioSample
from pytest_stt.errors import SuiteError
from pytest_stt.text.normalizers import normalizer_spec
from pytest_stt.text.printable import printable
from pytest_stt.text.terms import Term
from pytest_stt.text.times import TimedWord

T = TypeVar("T")


def checked_type(name: str, value: T, kind: type | tuple[type, ...], such_as: str) -> T:
    """Return an argument that is of its kind.

    Raises:
        SuiteError: It is not. Its value may be a secret and is not shown.
    """
    if not isinstance(value, kind):
        raise SuiteError(f"{name} has to be {such_as}, not a value of type {type(value).__name__}.")
    return value


def checked_sample(sample: AudioSample) -> AudioSample:
    """Return an audio sample.

    Raises:
        SuiteError: It is something else.
    """
    return checked_type("sample", sample, AudioSample, "an AudioSample, such as AudioSample.from_file(path)")


def checked_normalizer(name: str, value: str | list[Any]) -> str:
    """Return the spec of a normaliser, what `find_normalizer` takes.

    Args:
        name: What messages call the argument.
        value: A name (`basic`), a label (`basic@1`), or a list of steps as in a suite.

    Raises:
        SuiteError: It is something else, with every problem of a list.
    """
    checked_type(name, value, (str, list), "a name such as 'basic', or a list of steps")
    try:
        return normalizer_spec(value)
    except SuiteError as error:
        raise SuiteError(*(f"{name}: {problem}" for problem in error.problems)) from None


def checked_terms(keywords: Iterable[str | Mapping[str, Any]], forbidden: Iterable[str]) -> tuple[Term, ...]:
    """Return keywords and forbidden texts as terms.

    Args:
        keywords: Texts, or mappings such as `{"term": "A380", "weight": 2}`.
        forbidden: Texts.

    Raises:
        SuiteError: One of them is something else.
    """
    heard, unheard = _listed("keywords", keywords), _listed("forbidden", forbidden)
    return (*map(_keyword, heard), *map(_forbidden, unheard))


def checked_words(words: Iterable[Any]) -> tuple[TimedWord, ...]:
    """Return words with their times in seconds: `TimedWord`, `(word, start)` or `(word, start, end)`.

    Raises:
        SuiteError: One of them is something else.
    """
    return tuple(map(_timed, _listed("words", words)))


def _listed(name: str, entries: Iterable[T]) -> list[T]:
    # A text would be taken letter by letter.
    if isinstance(entries, str | Mapping) or not isinstance(entries, Iterable):
        raise _unexpected(name, "a list", entries)
    return list(entries)


def _keyword(entry: str | Mapping[str, Any]) -> Term:
    given: dict[str, Any] = {"term": entry} if isinstance(entry, str) else {}
    if isinstance(entry, Mapping):
        given |= entry
    text, weight = given.pop("term", None), given.pop("weight", 1.0)
    if given or not isinstance(text, str) or not _is_number(weight) or not 0 < weight < math.inf:
        raise _unexpected("keywords", 'a text or {"term": text, "weight": a number above 0}', entry)
    return Term(text=text, weight=float(weight))


def _forbidden(entry: str) -> Term:
    if not isinstance(entry, str):
        raise _unexpected("forbidden", "a text", entry)
    return Term(text=entry, kind="forbidden")


def _timed(entry: Any) -> TimedWord:
    if isinstance(entry, TimedWord):
        return entry
    if isinstance(entry, tuple | list) and 2 <= len(entry) <= 3:
        word, start_s, end_s = (*entry, None)[:3]
        if isinstance(word, str) and _is_time(start_s) and (end_s is None or _is_time(end_s)):
            return TimedWord(word=word, start_s=float(start_s), end_s=None if end_s is None else float(end_s))
    raise _unexpected("words", "(word, start in seconds) or (word, start, end)", entry)


def _is_time(value: Any) -> bool:
    return _is_number(value) and 0 <= value < math.inf


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _unexpected(name: str, expected: str, value: Any) -> SuiteError:
    return SuiteError(f"{name}: expected {expected}, found {printable(repr(value), 80)}")


def checked_audio(data: bytes | bytearray | memoryview) -> bytes:
    """Return the data of a binary frame.

    Raises:
        SuiteError: It is no bytes.
    """
    such_as = "bytes (send_text takes texts, `tobytes()` makes bytes of an array)"
    return bytes(checked_type("data", data, (bytes, bytearray, memoryview), such_as))


def checked_text(data: str) -> str:
    """Return the data of a text frame.

    Raises:
        SuiteError: It is no text, or can't be written as UTF-8.
    """
    checked_type("data", data, str, "a text (send_bytes takes bytes)")
    try:
        data.encode()
    except UnicodeEncodeError as error:
        raise SuiteError(
            f"The text can't be sent: its character {error.start}, U+{ord(data[error.start]):04X}, is half "
            "of a surrogate pair, which UTF-8 doesn't have."
        ) from None
    return data


def checked_timeout(timeout: float, *, zero: bool = False) -> float:
    """Return a timeout in seconds; nothing waits for ever, so there is no infinite one.

    Args:
        timeout: Above 0.
        zero: Whether 0 will do, too: look, and don't wait.

    Raises:
        SuiteError: It is no such number.
    """
    if (
        isinstance(timeout, int | float)
        and math.isfinite(timeout)
        and (timeout > 0 or (zero and timeout == 0))
    ):
        return timeout
    least = "of 0 or more" if zero else "above 0"
    raise SuiteError(f"timeout has to be a number of seconds {least}, not {timeout!r}.")


def checked_megabytes(name: str, value: float) -> float:
    """Return a number of megabytes.

    Raises:
        SuiteError: It is no finite number above 0.
    """
    if isinstance(value, int | float) and math.isfinite(value) and value > 0:
        return value
    raise SuiteError(f"{name} has to be a number of megabytes above 0, not {value!r}.")
