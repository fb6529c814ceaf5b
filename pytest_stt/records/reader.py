"""Reading results: every line is checked, what is wrong is told with its line."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn

from pytest_stt.errors import SuiteError
from pytest_stt.garbage import garbage_collection_paused
from pytest_stt.records.header import SCHEMA, Header
from pytest_stt.records.record import Record
from pytest_stt.records.writer import FILE_NAME
from pytest_stt.text.printable import printable

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import TypeAdapter, ValidationError

_LONGEST_QUOTE = 40
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, kw_only=True)
class Results:
    """Hold what a results file says.

    Attributes:
        path: The file.
        header: Its first line.
        records: The others, in their order, each `key` once.
        truncated: Whether the last line was cut, as in the file of a run that was killed; it is left out.
    """

    path: Path
    header: Header
    records: tuple[Record, ...]
    truncated: bool = False


def read_results(path: Path) -> Results:
    """Read a results file; keys that this version does not know are left out.

    In the file of a run that never came to its end, of two lines for the same case the later one counts.

    Raises:
        SuiteError: The file can't be read or is no results file: `file:line: what was expected, what was
            found`.
    """
    lines = _lines(path)
    cut = lines.pop()
    if not lines and not cut:
        _fail(path, 1, "expected a line of JSON, the header; the file is empty")
    truncated = bool(cut) and not _is_whole(cut)
    if cut and not truncated:
        lines.append(cut)
    with garbage_collection_paused():
        header = _header(path, lines[0] if lines else cut)
        records = _records(path, lines, header)
    return Results(path=path, header=header, records=records, truncated=truncated)


def _lines(path: Path) -> list[bytes]:
    """Return the lines of a file, and what stands behind the last line feed."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise SuiteError(f"{path}: there is no such file; expected the {FILE_NAME} of a run") from None
    except IsADirectoryError:
        raise SuiteError(
            f"{path}: expected a file, found a directory; is {path / FILE_NAME} meant?"
        ) from None
    except OSError as error:
        raise SuiteError(f"{path}: the results can't be read: {error.strerror}") from None
    return data.removeprefix(_BYTE_ORDER_MARK).split(b"\n")


def _is_whole(line: bytes) -> bool:
    """Tell whether a line without line feed is complete, as an editor leaves it: a cut one is no JSON."""
    from pydantic_core import from_json

    try:
        from_json(line)
    except ValueError:
        return not line.startswith(b"{")
    return True


@cache
def _adapter(cls: Any) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter

    return TypeAdapter(cls)


def _header(path: Path, line: bytes) -> Header:
    data: dict[str, Any] = _parsed(path, 1, dict[str, Any], line)
    schema = data.get("schema")
    if "case" in data or not isinstance(schema, str):
        _fail(path, 1, f'expected the header, a line with "schema": "{SCHEMA}"; is this a {FILE_NAME}?')
    family, _, version = SCHEMA.rpartition("/")
    found_family, _, found_version = schema.rpartition("/")
    if found_family != family or not found_version.isdecimal():
        _fail(path, 1, f'expected the schema "{SCHEMA}", found "{printable(schema, _LONGEST_QUOTE)}"')
    # Python reads no numbers of thousands of digits.
    if len(found_version) > _LONGEST_QUOTE or int(found_version) > int(version):
        by = printable(str(data.get("plugin")), _LONGEST_QUOTE)
        found = printable(schema, _LONGEST_QUOTE)
        _fail(path, 1, f'the schema "{found}" of pytest-stt {by} is newer than "{SCHEMA}"; upgrade')
    header: Header = _parsed(path, 1, Header, line)
    if header.shard is not None and header.part is None:
        _fail(path, 1, f'shard: expected one of how many as in "2/5", found {_shown(header.shard)}')
    return header


def _records(path: Path, lines: list[bytes], header: Header) -> tuple[Record, ...]:
    from pydantic import ValidationError

    validate = _adapter(Record).validate_json
    found: dict[tuple[str, ...], Record] = {}
    places: dict[tuple[str, ...], int] = {}
    for number, line in enumerate(lines[1:], 2):
        if not line or line.isspace():
            continue
        try:
            record = validate(line, strict=True)
        except ValidationError as error:
            _fail(path, number, _sentence(error, line))
        key = record.key
        if key in found and not header.is_unfinished:
            name = printable(f"{record.suite}::{record.item_name}")
            _fail(path, number, f"{name} is on line {places[key]} already; delete one of the two")
        found[key], places[key] = record, number
    return tuple(found.values())


def _parsed(path: Path, number: int, kind: Any, line: bytes) -> Any:
    from pydantic import ValidationError

    try:
        return _adapter(kind).validate_json(line, strict=True)
    except ValidationError as error:
        _fail(path, number, _sentence(error, line))


def _sentence(error: ValidationError, line: bytes) -> str:
    """Say the first thing that is wrong with a line."""
    details = error.errors(include_url=False)[0]
    kind, place, message = details["type"], details["loc"], details["msg"]
    if kind == "json_invalid":
        return f"expected an object of JSON, found {_no_json(message, line)}; correct the line or delete it"
    name = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place).lstrip(".")
    if place == ("id",) and kind == "missing" and "schema" in details["input"]:
        return "found a second header, of another file; put files together with python -m pytest_stt merge"
    if kind == "missing":
        return f'expected the key "{printable(name)}", found none'
    expected = message.removeprefix("Input should be ").replace("dictionary", "object")
    label = f"{printable(name)}: " if name else ""
    return f"{label}expected {expected}, found {_shown(details['input'])}"


def _no_json(message: str, line: bytes) -> str:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"text that is not UTF-8 (byte 0x{line[error.start]:02x} in column {error.start + 1})"
    why = re.sub(r"^Invalid JSON: (.*) at line 1 column (\d+)$", r"\1, column \2", message)
    return f"text that is no JSON ({why})" if line.strip() else "an empty line"


def _shown(value: Any) -> str:
    """Name a value of JSON."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    if isinstance(value, str):
        return f'"{printable(value, _LONGEST_QUOTE)}"'
    return json.dumps(value)[:_LONGEST_QUOTE]


def _fail(path: Path, number: int, text: str) -> NoReturn:
    raise SuiteError(f"{path}:{number}: {text}")
