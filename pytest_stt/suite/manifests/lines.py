"""The text of a manifest's files, line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_stt.suite.manifests.faults import Faults

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def read_text(file: Path, faults: Faults) -> str:
    """Read a UTF-8 file, with or without a byte order mark; line breaks stay as they are.

    Every line that is not UTF-8 is a fault; so that the rest can be checked, its text stays, damaged.
    A file that can't be read at all is a fault and empty.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        faults.add(file, None, f"the file can't be read: {error.strerror}")
        return ""
    if content.startswith(_UTF_16):
        faults.add(file, None, "the file is UTF-16; save it as UTF-8")
        return ""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        _report_bytes(content, file, faults)
        return content.decode("utf-8-sig", errors="replace")


def _report_bytes(content: bytes, file: Path, faults: Faults) -> None:
    for number, line in enumerate(content.split(b"\n"), 1):
        try:
            line.decode()
        except UnicodeDecodeError as error:
            faults.add(file, number, f"the line is not UTF-8: byte 0x{line[error.start]:02x}")


def read_lines(file: Path, faults: Faults) -> Iterator[tuple[int, str]]:
    """Yield the lines that are not blank, with their numbers from 1 and without their line breaks."""
    # Not splitlines: U+2028 and its kind may stand in a transcript.
    for number, line in enumerate(read_text(file, faults).split("\n"), 1):
        if line and not line.isspace():
            yield number, line.removesuffix("\r")
