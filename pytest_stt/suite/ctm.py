"""NIST's CTM files: one row for each word, `file channel start duration word [confidence]`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from pytest_stt.errors import SuiteError
from pytest_stt.suite.problems import found, nearest, quoted
from pytest_stt.text.printable import printable
from pytest_stt.text.times import TimedWord

if TYPE_CHECKING:
    from pathlib import Path

SECONDS = "seconds, a number of 0 or more"
_ROW = "file, channel, start, duration, word and perhaps a confidence"
# Exactly ASCII's blanks separate fields: a word may have others inside.
_FIELD = re.compile(r"[^ \t\r\v\f]+")
_SECONDS = re.compile(r"(?:[0-9]{1,9}(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,2})?")
_NUMBER = re.compile(rf"-?{_SECONDS.pattern}|<?NA>?")
_ALTERNATION = frozenset(["<alt_begin>", "<alt>", "<alt_end>"])
_MOST_NAMES = 20


@dataclass
class _Recording:
    """What a file says of one recording: its words by channel, and the problems with their lines."""

    words: dict[str, list[TimedWord]] = field(default_factory=dict)
    problems: list[tuple[int, str]] = field(default_factory=list)

    def add(self, line: int, fields: list[str]) -> None:
        try:
            word = _read_row(fields)
        except SuiteError as error:
            self.problems.append((line, str(error)))
            return
        channel = fields[1]
        if self.words and channel not in self.words:
            first = next(iter(self.words))
            self.problems.append((line, f"expected rows of one channel, {first}, found {channel}"))
        words = self.words.setdefault(channel, [])
        if words and word.start_s < words[-1].start_s:
            before = f"{words[-1].start_s:g}, that of the word before it,"
            self.problems.append((line, f"start: expected {before} or more, found {found(fields[2])}"))
        words.append(word)


def read_ctm(path: Path, *, stem: str, display: str, audio_name: str = "") -> tuple[TimedWord, ...]:
    """Return the words of one recording with their times.

    Blank lines and comments (`;;`) are left out. A file may hold several recordings: the rows count whose
    first field is the recording's, with or without ending. A file that holds one only is taken as it is.

    Args:
        path: The file, UTF-8 with or without a byte order mark.
        stem: Name of the recording.
        display: What messages call the file.
        audio_name: Name of the recording's file, with its ending.

    Raises:
        SuiteError: The file can't be read, has no rows of this recording, or some of them are wrong: times
            that are no seconds or not in order, several channels, alternatives. All problems at once, with
            their lines.
    """
    recordings = _read_file(path, display)
    names = [name for name in (stem, audio_name) if name in recordings]
    if not names and len(recordings) != 1:
        raise SuiteError(printable(f"{display}: {_none_of(stem, list(recordings))}"))
    recording = recordings[names[0]] if names else next(iter(recordings.values()))
    if recording.problems:
        raise SuiteError(*(printable(f"{display}:{line}: {text}") for line, text in recording.problems))
    (words,) = recording.words.values()
    return tuple(words)


def seconds(text: str) -> float | None:
    """Return the number that a text says, None where it is no decimal number of 0 or more."""
    return float(text) if _SECONDS.fullmatch(text) else None


def _read_file(path: Path, display: str) -> dict[str, _Recording]:
    try:
        state = path.stat()
        return _recordings(path, state.st_mtime_ns, state.st_size)
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        reason = f"is not UTF-8: byte 0x{byte:02x} at offset {error.start}"
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: no name of a file
        reason = "is not there; it is to be a CTM file, its path relative to the suite"
    except OSError as error:
        reason = f"can't be read: {error.strerror}"
    raise SuiteError(printable(f"{display} {reason}"))


@lru_cache(maxsize=4)
def _recordings(path: Path, _changed_ns: int, _size: int) -> dict[str, _Recording]:
    """Read a file once for all the cases whose words it holds."""
    recordings: dict[str, _Recording] = {}
    for number, line in enumerate(path.read_bytes().decode("utf-8-sig").split("\n"), 1):
        fields = _FIELD.findall(line)
        if fields and not fields[0].startswith(";;"):
            recordings.setdefault(fields[0], _Recording()).add(number, fields)
    return recordings


def _read_row(fields: list[str]) -> TimedWord:
    if not 5 <= len(fields) <= 6:
        raise SuiteError(f"expected {_ROW}, found {len(fields)} field{'s' if len(fields) > 1 else ''}")
    start, duration, word = fields[2:5]
    if word.lower() in _ALTERNATION:
        raise SuiteError(f"alternatives ({word}) are not read here: keep the rows of one, without this one")
    start_s, duration_s = _seconds("start", start), _seconds("duration", duration)
    if len(fields) == 6 and not _NUMBER.fullmatch(fields[5]):
        raise SuiteError(f"confidence: expected a number, found {found(fields[5])}; a word has no blanks")
    return TimedWord(word=word, start_s=start_s, end_s=round(start_s + duration_s, 6))


def _seconds(name: str, typed: str) -> float:
    number = seconds(typed)
    if number is None:
        raise SuiteError(f"{name}: expected {SECONDS}, found {found(typed)}")
    return number


def _none_of(stem: str, names: list[str]) -> str:
    if not names:
        return "expected a row for each word, found none"
    hint = nearest(stem, names) if len(names) <= _MOST_NAMES else f"; the first is of {quoted(names[0])}"
    return f"no row is of {quoted(stem)}{hint}"
