"""What a case says: the reference in the file, several of them, or a text file beside the audio."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from pytest_stt.errors import SuiteError
from pytest_stt.suite.document import YamlList
from pytest_stt.suite.times import joined
from pytest_stt.text.alternatives import check_ways, parse_alternatives

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_stt.suite.document import YamlMapping
    from pytest_stt.suite.problems import Problems
    from pytest_stt.suite.schema import CaseEntry
    from pytest_stt.text.times import TimedWord


def find_references(
    entry: CaseEntry,
    node: YamlMapping,
    *,
    name: str,
    audio: Path,
    words: Sequence[TimedWord],
    problems: Problems,
) -> tuple[str, ...]:
    """Return the references of a case.

    What the suite file says comes before the words whose times it has, and these before a text file beside
    the audio. That file is UTF-8, with or without a byte order mark; the line breaks at its end are no
    part of the reference.

    Args:
        entry: The case, its types checked.
        node: The case with its lines; these know the keys that were refused, too.
        name: What messages call it.
        audio: Where its audio is.
        words: The reference times of its words, if it has any.
        problems: Gets a problem when there is no reference, or one too many.
    """
    lines = node.lines
    if "reference" in lines and "references" in lines:
        line = max(lines["reference"], lines["references"])
        problems.add(line, f'{name} has both "reference" and "references"; keep one of them')
    if "reference" in lines or "references" in lines:
        return tuple(entry.references or ()) if entry.reference is None else (entry.reference,)
    if "words" in lines:
        return (joined(words),)
    if not entry.audio:
        return ()
    text = audio.parent / f"{audio.stem}.txt"
    shown = PurePath(entry.audio).parent / text.name
    try:
        content = text.read_bytes()
        if content:
            return (content.decode("utf-8-sig").rstrip("\r\n"),)
        # More often a copy that was cut short than somebody's way to write silence.
        problems.add(node.line, f'{name}: {shown} is empty; write reference: "" for silence')
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        reason = f"is not UTF-8: byte 0x{byte:02x} at offset {error.start}"
        problems.add(node.line, f"{name}: the reference in {shown} {reason}")
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: no name of a file
        ways = f'write "reference" or "references", or put the text in {shown}'
        problems.add(node.line, f"{name} has no reference: {ways}")
    except OSError as error:
        problems.add(node.line, f"{name}: the reference in {shown} can't be read: {error.strerror}")
    return ()


def has_alternatives(references: Sequence[str], node: YamlMapping, name: str, problems: Problems) -> bool:
    """Tell whether references in a suite file have alternatives, options or escaped signs.

    Args:
        references: The references of a case.
        node: The case with its lines; only what stands in it can have alternatives, not a text file.
        name: What messages call it.
        problems: Gets what is wrong with the braces.
    """
    is_written = "reference" in node or "references" in node
    if not is_written or not _has_sign("".join(references)):  # nearly all
        return False
    signed = [index for index, text in enumerate(references) if _has_sign(text)]
    for index in signed:
        try:
            check_ways(parse_alternatives(references[index]))
        except SuiteError as error:
            problems.add_all(_line(node, index), error, f"{name}: reference")
    return True


def _has_sign(text: str) -> bool:
    # Faster than a pattern or a set: a suite may have a hundred thousand references.
    return "{" in text or "(" in text or "\\" in text or "}" in text or ")" in text


def _line(node: YamlMapping, index: int) -> int:
    entries = node.get("references")
    return entries.lines[index] if isinstance(entries, YamlList) else node.value_line("reference")
