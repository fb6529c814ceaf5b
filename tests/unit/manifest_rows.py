"""Data sets for tests: written as tiny files, read by the keys of a suite, and their problems listed."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import Any

from pytest_stt.errors import SuiteError
from pytest_stt.suite.document import YamlMapping, read_document
from pytest_stt.suite.manifests.entry import DataSetEntry
from pytest_stt.suite.manifests.reading import read_manifest
from pytest_stt.suite.manifests.row import Row
from pytest_stt.suite.problems import Problems


def write(folder: Path, name: str, text: str | bytes) -> Path:
    """Write a file below the folder; text loses its indentation."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else dedent(text).encode())
    return path


def touch(folder: Path, *names: str) -> None:
    """Make empty files."""
    for name in names:
        write(folder, name, b"")


def rows(folder: Path, keys: str, *, named: bool = False) -> tuple[Row, ...]:
    """Read a manifest by these YAML keys.

    Raises:
        SuiteError: With every problem; the suite is called `suites/s.yaml`.
    """
    problems = Problems("suites/s.yaml")
    node: Any = read_document(dedent(keys), problems)
    assert isinstance(node, YamlMapping)
    entry = DataSetEntry.model_validate(node)
    read = read_manifest(entry, node, folder=folder, named=named, problems=problems)
    if problems:
        problems.report()
    return read


def problems(folder: Path, keys: str, *, named: bool = False) -> list[str]:
    """Read a manifest that is wrong and return what is said about it; nothing when it is right."""
    try:
        rows(folder, keys, named=named)
    except SuiteError as error:
        return list(error.problems)
    return []
