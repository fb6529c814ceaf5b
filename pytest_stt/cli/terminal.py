"""Lines of styled text on a terminal, in a pipe or in a file."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TextIO

    from pytest_stt.render.lines import Line, Span

# Where nothing says how wide the terminal is, as in CI.
USUAL_WIDTH = 110

# The names are those of pytest's terminal writer, the numbers those of ECMA-48 (select graphic rendition).
_CODES = {
    "bold": 1,
    "light": 2,
    "blink": 5,
    "invert": 7,
    "black": 30,
    "red": 31,
    "green": 32,
    "yellow": 33,
    "blue": 34,
    "purple": 35,
    "cyan": 36,
    "white": 37,
}


def terminal_width() -> int:
    """Return how many columns there are."""
    return shutil.get_terminal_size((USUAL_WIDTH, 24)).columns


def show(lines: Iterable[Line], stream: TextIO) -> None:
    """Write lines, coloured on a terminal unless NO_COLOR is set; what the encoding lacks is escaped."""
    coloured = stream.isatty() and not os.environ.get("NO_COLOR")
    encoding = stream.encoding or "utf-8"
    for line in lines:
        text = "".join(_styled(span) if coloured else span.text for span in line)
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")


def _styled(span: Span) -> str:
    codes = [str(_CODES[name]) for name, is_on in span.style.items() if is_on]
    return f"\x1b[{';'.join(codes)}m{span.text}\x1b[0m" if codes and span.text else span.text
