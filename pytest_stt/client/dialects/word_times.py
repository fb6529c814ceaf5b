from __future__ import annotations

import math
from typing import Any

from pytest_stt.text.times import TimedWord


def words_of(answer: dict[str, Any]) -> tuple[TimedWord, ...]:
    """Return the words that a JSON object has times of: its own `words`, else those of its `segments`."""
    own = read_words(answer.get("words"))
    segments = answer.get("segments")
    if own or not isinstance(segments, list):
        return own
    parts = (read_words(segment.get("words")) for segment in segments if isinstance(segment, dict))
    return tuple(word for part in parts for word in part)


def read_words(entries: object) -> tuple[TimedWord, ...]:
    """Read a list such as `[{"word": "red", "start": 0.1, "end": 0.4}]`, leaving out what can't be used.

    Times are seconds, as numbers or as text. A word has to have a start; it may have no end.
    """
    if not isinstance(entries, list):
        return ()
    words = (_read_word(entry) for entry in entries)
    return tuple(word for word in words if word is not None)


def finite_number(value: object) -> float | None:
    """Return a number, or what a text says as one, None for anything else, infinity and NaN."""
    if isinstance(value, bool):
        return None
    try:
        number = float(value) if isinstance(value, str | int | float) else math.nan
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _read_word(entry: object) -> TimedWord | None:
    if not isinstance(entry, dict):
        return None
    # LocalAI has `text`.
    word = entry.get("word", entry.get("text"))
    start_s, end = finite_number(entry.get("start")), entry.get("end")
    end_s = finite_number(end)
    if not isinstance(word, str) or start_s is None or start_s < 0:
        return None
    if end is not None and (end_s is None or end_s < start_s):
        return None
    return TimedWord(word=word, start_s=start_s, end_s=end_s)
