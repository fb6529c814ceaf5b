"""A table that `save_to_disk` of the package `datasets` wrote, and the audio in its cells."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from pytest_stt.errors import AudioError, SuiteError
from pytest_stt.text.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

STATE = "state.json"

_MISSING = (
    'the format huggingface needs the package "datasets", which can\'t be imported; install it: '
    'pip install "pytest-stt[huggingface]"'
)
_ERROR_SHOWN = 300


@dataclass(frozen=True, kw_only=True)
class SavedTable:
    """A table that stays on disk: of its columns, memory holds what was looked at.

    Attributes:
        arrow: The `pyarrow.Table`.
        audio: The columns whose feature is `Audio`, in their order.
        labels: The names behind the numbers of the columns whose feature is `ClassLabel`.
    """

    arrow: Any
    audio: tuple[str, ...]
    labels: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True, slots=True)
class SavedAudio:
    """The audio in one cell of a table on disk.

    Attributes:
        folder: The folder of the table.
        version: The table's `version_of` when it was read.
        column: The column's name.
        row: The row, counted from 1.
    """

    folder: Path
    version: int
    column: str
    row: int

    def read(self) -> tuple[str, bytes]:
        """Return the name of the audio file and its bytes.

        Raises:
            AudioError: The table has changed, or can't be read any more.
        """
        try:
            table = open_table(self.folder, self.version)
            cell = table.arrow.column(self.column)[self.row - 1].as_py()
        except (SuiteError, OSError) as error:
            place = printable(str(self.folder))
            raise AudioError(f"{place}: the audio of row {self.row} can't be read: {error}") from error
        return name_of_audio(cell["path"], self.row), cell["bytes"]


def name_of_audio(path: str | None, row: int) -> str:
    """Return the name of an audio file without folders of either kind; the row's number where it has none."""
    name = (path or "").replace("\\", "/").rpartition("/")[2]
    return str(row) if name in ("", ".", "..") else name


def version_of(folder: Path) -> int:
    """Return a number that is another one when a table was written anew.

    Raises:
        OSError: There is no table.
    """
    return (folder / STATE).stat().st_mtime_ns


@lru_cache(maxsize=32)
def open_table(folder: Path, version: int) -> SavedTable:
    """Open a table, once in a process.

    Raises:
        SuiteError: The package `datasets` is missing, or the table is damaged or of another `version`.
        OSError: The table is not there.
    """
    if version_of(folder) != version:
        raise SuiteError("the data set has changed since its rows were collected; run again")
    datasets = _library()
    try:
        with _quiet(datasets):
            saved = datasets.load_from_disk(str(folder))
            arrow = saved.with_format("arrow")[:]
    except Exception as error:
        reason = printable(f"{type(error).__name__}: {error}", _ERROR_SHOWN)
        raise SuiteError(
            f"the data set can't be read ({reason}); write it again with save_to_disk, or update datasets"
        ) from error
    kinds = saved.features.items()
    return SavedTable(
        arrow=arrow,
        audio=tuple(name for name, kind in kinds if isinstance(kind, datasets.Audio)),
        labels={name: tuple(kind.names) for name, kind in kinds if isinstance(kind, datasets.ClassLabel)},
    )


def _library() -> Any:
    try:
        with warnings.catch_warnings():
            # What its dependencies deprecate is not for the tests of somebody who has a data set.
            warnings.simplefilter("ignore")
            library = import_module("datasets")
    except ImportError as error:
        raise SuiteError(f"{_MISSING} ({printable(str(error), _ERROR_SHOWN)})") from error
    if not hasattr(library, "load_from_disk"):
        # Folders of this name are common, and one that is in sys.path is imported instead.
        raise SuiteError(f"{_MISSING} (what is imported is {printable(str(list(library.__path__)))})")
    return library


@contextmanager
def _quiet(datasets: Any) -> Iterator[None]:
    """Let `datasets` draw no progress bars on the terminal, which is pytest's."""
    if datasets.are_progress_bars_disabled():
        yield
        return
    datasets.disable_progress_bars()
    try:
        yield
    finally:
        datasets.enable_progress_bars()
