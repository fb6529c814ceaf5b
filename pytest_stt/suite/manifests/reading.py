"""A manifest, from the keys that name it to the rows that a suite takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_stt.suite.document import YamlMapping
    from pytest_stt.suite.manifests.entry import DataSetEntry
    from pytest_stt.suite.manifests.row import Row
    from pytest_stt.suite.manifests.source import Reader
    from pytest_stt.suite.problems import Problems

READERS: dict[str, Reader] = {}


def read_manifest(
    entry: DataSetEntry, node: YamlMapping, *, folder: Path, named: bool, problems: Problems
) -> tuple[Row, ...]:
    """Read the rows of one manifest, choose from them, and see that their audio files are there.

    Args:
        entry: The item of `manifests`, its types checked.
        node: The same with its lines, as it was typed.
        folder: The suite's folder, where its paths begin.
        named: Whether the manifest's name and `/` go before its ids: a suite with several manifests.
        problems: Gets every problem, the manifest's own as `file:line` of the manifest.

    Returns:
        The rows in the order of the manifest; with a problem added they are not fit for use.
    """
    return ()
