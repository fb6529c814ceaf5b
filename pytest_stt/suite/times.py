"""`words` of a case: when each word was said, as a list in the suite or as a CTM file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_stt.errors import SuiteError
from pytest_stt.metrics import tokens_of
from pytest_stt.suite.ctm import SECONDS, read_ctm, seconds
from pytest_stt.suite.document import Null, YamlList, YamlMapping
from pytest_stt.suite.problems import found, nearest
from pytest_stt.text.languages import token_unit
from pytest_stt.text.normalizers import find_normalizer
from pytest_stt.text.times import TimedWord

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path, PurePath

    from pytest_stt.suite.problems import Problems

_KEYS = ("word", "start", "end")
_ENTRY = "{word: hello, start: 0.31, end: 0.72}"
_WORDS = f"a list of words such as {_ENTRY}, or the path of a CTM file"


def read_words(
    value: Any, *, line: int, name: str, folder: Path, audio: PurePath, problems: Problems
) -> tuple[TimedWord, ...]:
    """Return the words of a case with their times; with a problem added they are not fit for use.

    Args:
        value: What stands under `words`, as the document has it: a list, or the path of a CTM file.
        line: The line it begins on.
        name: What messages call the case.
        folder: Where a relative path begins.
        audio: The audio of the case; from a CTM file of several recordings its rows are taken.
        problems: Gets every problem.
    """
    if isinstance(value, list) and value:
        return timed_words(value, line=line, name=name, problems=problems)
    if not isinstance(value, str) or isinstance(value, Null) or not value:
        problems.add(line, f"{name}: words: expected {_WORDS}, found {found(value)}")
        return ()
    try:
        return read_ctm(folder / value, stem=audio.stem, audio_name=audio.name, display=value)
    except SuiteError as error:
        problems.add_all(line, error, f"{name}: words")
        return ()


def timed_words(entries: list[Any], *, line: int, name: str, problems: Problems) -> tuple[TimedWord, ...]:
    """Return the words of a list such as `[{word: hello, start: 0.31, end: 0.72}, [world, 0.8]]`.

    The end may be left out. Times are seconds of the audio that is sent; no word ends before it starts, and
    none starts before the one above it.

    Args:
        entries: The list as the document has it, every scalar as the text that was typed.
        line: The line it begins on.
        name: What messages call the case.
        problems: Gets every problem, with the line of its word.
    """
    lines = entries.lines if isinstance(entries, YamlList) else [line] * len(entries)
    words: list[TimedWord] = []
    for number, (entry, its_line) in enumerate(zip(entries, lines, strict=True), 1):
        place = _Place(f"{name}: words: word {number}", its_line, problems)
        word = place.read(entry)
        if word is not None and words and word.start_s < words[-1].start_s:
            before = f"{words[-1].start_s:g}, that of the word before it,"
            place.refuse("start", f"expected {before} or more, found {word.start_s:g}")
        words += [word] if word else []
    return tuple(words)


def check_words(
    words: Sequence[TimedWord],
    references: Sequence[str],
    node: YamlMapping,
    *,
    name: str,
    normalizer: str,
    language: str | None,
    problems: Problems,
) -> None:
    """Refuse times of words of which the references have none.

    Args:
        words: The words with their times, at least one.
        references: The references of the same case.
        node: The case with its lines.
        name: What messages call the case.
        normalizer: What both go through.
        language: The language of the case, None when it is not known.
        problems: Gets the problem.
    """
    try:
        normalize = find_normalizer(normalizer, language)
    except SuiteError:
        return  # reported already
    unit = token_unit(language)
    timed, *said = (set(tokens_of(normalize(text), unit)) for text in (joined(words), *references))
    if timed.isdisjoint(set().union(*said)):
        problems.add(node.value_line("words"), f"{name}: words: none of them is in the reference")


def joined(words: Iterable[TimedWord]) -> str:
    """Return the words joined by blanks: the reference of a case that gives no other."""
    return " ".join(word.word for word in words)


class _Place:
    """Read one word of a list, and say where it stands when it is wrong."""

    def __init__(self, name: str, line: int, problems: Problems) -> None:
        self._name = name
        self._line = line
        self._lines: dict[str, int] = {}
        self._problems = problems

    def refuse(self, key: str, text: str) -> None:
        self._problems.add(self._lines.get(key, self._line), f"{self._name}: {key}: {text}")

    def read(self, entry: Any) -> TimedWord | None:
        values = self._values(entry)
        if values is None:
            return None
        word, start_s = self._word(values), self._seconds(values, "start")
        end_s = self._seconds(values, "end") if "end" in values else None
        if word is None or start_s is None or ("end" in values and end_s is None):
            return None
        if end_s is not None and end_s < start_s:
            self.refuse("end", f"expected {start_s:g}, its start, or more, found {end_s:g}")
            return None
        return TimedWord(word=word, start_s=start_s, end_s=end_s)

    def _values(self, entry: Any) -> dict[str, Any] | None:
        if isinstance(entry, list) and 2 <= len(entry) <= 3:
            return dict(zip(_KEYS, entry, strict=False))
        if not isinstance(entry, dict) or not entry:
            text = f"expected {_ENTRY} or [hello, 0.31, 0.72], found {found(entry)}"
            self._problems.add(self._line, f"{self._name}: {text}")
            return None
        if isinstance(entry, YamlMapping):
            self._lines = {key: entry.value_line(key) for key in entry}
        for key in entry.keys() - set(_KEYS):
            line = self._lines.get(key, self._line)
            self._problems.add(line, f'{self._name} has no key "{key}"{nearest(key, _KEYS)}')
        return entry

    def _word(self, values: dict[str, Any]) -> str | None:
        word = values.get("word")
        if isinstance(word, str) and word.strip():
            return word
        self.refuse("word", f"expected text, found {_shown(word)}")
        return None

    def _seconds(self, values: dict[str, Any], key: str) -> float | None:
        typed = values.get(key)
        number = seconds(typed) if isinstance(typed, str) else None
        if number is None:
            self.refuse(key, f"expected {SECONDS}, found {_shown(typed)}")
        return number


def _shown(value: Any) -> str:
    return "nothing" if value is None else found(value)
