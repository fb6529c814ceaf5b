"""A YAML file, from its bytes to its root."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stt.suite.document import read_document

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_stt.suite.document import Node
    from pytest_stt.suite.problems import Problems


def read_root(path: Path, problems: Problems, *, name: str = "the file") -> Node:
    """Read the root of a file, or report why there is none.

    Args:
        path: The file, UTF-8 with or without a byte order mark.
        problems: Gets every problem.
        name: What messages call a file that can't be read.

    Raises:
        SuiteError: The file can't be read, or no more of it than its first problems.
    """
    root = read_document(_text(path, problems, name), problems)
    if root is None:
        problems.report()
    return root


def _text(path: Path, problems: Problems, name: str) -> str:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        problems.fail(line, f"the file is not UTF-8: byte 0x{error.object[error.start]:02x}")
    except (OSError, ValueError) as error:  # ValueError: no name of a file
        reason = error.strerror if isinstance(error, OSError) else str(error)
        problems.fail(1, f"{name} can't be read: {reason}")
    return text
