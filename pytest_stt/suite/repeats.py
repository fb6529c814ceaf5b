"""`repeat` of a suite, a server or a case: how often a case is transcribed, and how many have to pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stt.suite.model import Repetition
from pytest_stt.suite.problems import found

if TYPE_CHECKING:
    from pytest_stt.suite.document import YamlMapping
    from pytest_stt.suite.problems import Problems
    from pytest_stt.suite.schema import RepeatEntry


def read_repetition(
    entry: RepeatEntry | None, owner: YamlMapping, *, times: int | None, problems: Problems
) -> Repetition | None:
    """Return what a suite, a server or a case says about repetition, None where it says nothing.

    Args:
        entry: Its `repeat`, the types checked.
        owner: What holds the key `repeat`, as it was typed.
        times: What replaces `times`; the share that has to pass is kept, rounded up.
        problems: Gets a problem when `times` is not there or below `pass`.
    """
    if entry is None:
        return None
    written = owner["repeat"]
    if entry.times is None:
        if "times" not in written.lines:  # else it was reported already
            problems.add(written.line, '"times" is needed here')
        return None
    needed = entry.times if entry.needed is None else entry.needed
    if needed > entry.times:
        most, more = found(written["times"]), found(written["pass"])
        problems.add(written.value_line("pass"), f'pass: expected "times", {most}, or less, found {more}')
    if times is None:
        return Repetition(times=entry.times, needed=needed)
    return Repetition(times=times, needed=-(-times * needed // entry.times))
