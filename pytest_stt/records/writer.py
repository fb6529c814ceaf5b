"""Writing results: line by line while a run goes on, and once more, in order, when it is over."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from pytest_stt.errors import SuiteError
from pytest_stt.records.header import Header

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_stt.records.record import Record

FILE_NAME = "results.jsonl"


class ResultsFile:
    """The `results.jsonl` of a run, which can be read at any moment.

    Each record is on disk (handed to the operating system) when `write` returns, so that a killed process
    loses at most the line that it was writing.

    Attributes:
        path: The file.
    """

    def __init__(self, directory: Path) -> None:
        self.path = directory / FILE_NAME
        self._file: IO[bytes] | None = None

    def open(self) -> None:
        """Make the directory, and replace the results of an earlier run by those of one that has just begun.

        A pipe or a device gets nothing before `close`: it can't take anything back.

        Raises:
            SuiteError: The directory or the file can't be written.
        """
        with _explained(self.path):
            if not _is_stream(self.path):
                self._file = _replace(self.path, _line(Header().to_dict()))

    def write(self, record: Record) -> None:
        """Append a record; nothing happens before `open` and after the end.

        Raises:
            SuiteError: The disk is full, or the like.
        """
        if self._file is not None:
            with _explained(self.path):
                _write_all(self._file, _line(record.to_dict()))

    def close(self, header: Header, records: Sequence[Record]) -> None:
        """Replace the file by its final form.

        Args:
            header: With the facts of all suites.
            records: In the order they are to have; of those with the same `key` the last one counts.

        Raises:
            SuiteError: The file can't be written; what `write` wrote is still there.
        """
        self.abandon()
        write_results(self.path, header, records)

    def abandon(self) -> None:
        """Leave the file as it is: a run whose header says that it is partial."""
        if self._file is not None:
            self._file.close()
            self._file = None


def write_results(path: Path, header: Header, records: Sequence[Record]) -> None:
    """Write a results file, which is there as a whole or, after an error, as it was before.

    Of a symbolic link the target is written; what is no file, such as a pipe, is written into.

    Args:
        path: The file; folders on the way are made.
        header: The first line.
        records: One line for each `key`, in the order of their first coming; the last one counts.

    Raises:
        SuiteError: The file can't be written.
    """
    last = {record.key: record for record in records}
    lines = [_line(header.to_dict()), *(_line(record.to_dict()) for record in last.values())]
    with _explained(path):
        if _is_stream(path):
            with path.open("wb", buffering=0) as stream:
                _write_all(stream, b"".join(lines))
        else:
            _replace(path, b"".join(lines)).close()


def _is_stream(path: Path) -> bool:
    """Tell whether a path is a pipe, a device or the like, which a new file can't take the place of."""
    return path.exists() and not path.is_file() and not path.is_dir()


def _replace(link: Path, data: bytes) -> IO[bytes]:
    """Put a new file in the place of `link` or of what it leads to.

    Returns:
        The file, open behind its data and without a buffer.
    """
    path = Path(os.path.realpath(link))
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    file = temporary.open("wb", buffering=0)
    try:
        _write_all(file, data)
        temporary.replace(path)
    except BaseException:
        file.close()
        temporary.unlink()
        raise
    return file


def _write_all(file: IO[bytes], data: bytes) -> None:
    """Write all of the data, at once where the system takes it so, or nothing."""
    written = 0
    try:
        while written < len(data):
            written += file.write(data[written:])
    except OSError:
        # A pipe or a device has kept what it took.
        with suppress(OSError):
            file.seek(-written, os.SEEK_CUR)
            file.truncate()
        raise


def _line(data: dict[str, Any]) -> bytes:
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8") + b"\n"


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn errors of the operating system into a sentence."""
    try:
        yield
    except OSError as error:
        raise SuiteError(
            f"{path}: the results can't be written: {error.strerror}; "
            "name a directory that can be written, or free the disk"
        ) from None
