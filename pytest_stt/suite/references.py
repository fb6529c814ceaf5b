"""What a case says: the reference in the file, several of them, or a text file beside the audio."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_stt.suite.document import YamlMapping
    from pytest_stt.suite.problems import Problems
    from pytest_stt.suite.schema import CaseEntry


def find_references(
    entry: CaseEntry, node: YamlMapping, *, name: str, audio: Path, problems: Problems
) -> tuple[str, ...]:
    """Return the references of a case.

    What the suite file says comes before a text file beside the audio. That file is UTF-8, with
    or without a byte order mark; the line breaks at its end are no part of the reference.

    Args:
        entry: The case, its types checked.
        node: The case with its lines; these know the keys that were refused, too.
        name: What messages call it.
        audio: Where its audio is.
        problems: Gets a problem when there is no reference, or one too many.
    """
    given = [key for key in ("reference", "references") if key in node.lines]
    if len(given) == 2:
        line = max(node.key_line(key) for key in given)
        problems.add(line, f'{name} has both "reference" and "references"; keep one of them')
    if given:
        return tuple(entry.references or ()) if entry.reference is None else (entry.reference,)
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
