"""Every example on the page about data sets comes out as the page says."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from page_sections import numbered, read_page
from page_suites import load, problems_of, write_suite

from pytest_stt.limits import in_force
from pytest_stt.suite.manifests.entry import DataSetEntry, Format
from pytest_stt.suite.manifests.reading import FOLDERS
from pytest_stt.suite.model import Case

os.environ["HF_HUB_OFFLINE"] = "1"
import datasets

SECTIONS = read_page("manifests.md")
KEYS = {"suite", "files", "audio", "saved", "takes", "refused"}
EXAMPLES = [
    (section.title.replace("`", ""), block.text)
    for section in SECTIONS
    for block in section.blocks
    if block.language == "yaml"
]


@pytest.fixture(autouse=True)
def no_progress_bars() -> Iterator[None]:
    datasets.disable_progress_bars()
    yield
    datasets.enable_progress_bars()


@pytest.mark.parametrize("text", [text for _, text in EXAMPLES], ids=numbered([name for name, _ in EXAMPLES]))
def test_a_data_set_becomes_the_cases_that_the_page_says(text: str, tmp_path: Path) -> None:
    written = yaml.load(text, Loader=yaml.BaseLoader)
    assert written.keys() <= KEYS
    for name, splits in written.get("saved", {}).items():
        save(tmp_path / name, splits)
    for name in written["audio"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    path = write_suite(tmp_path, text)
    if "refused" in written:
        assert problems_of(path) == written["refused"]
        return
    cases = load(path).cases
    assert [case.id for case in cases] == list(written["takes"])
    for case in cases:
        expected = written["takes"][case.id]
        assert {key: shown(case, tmp_path)[key] for key in expected} == expected


def save(folder: Path, splits: dict[str, list[dict[str, str]]]) -> None:
    tables = {name: datasets.Dataset.from_list(rows) for name, rows in splits.items()}
    datasets.DatasetDict(tables).save_to_disk(folder)


def shown(case: Case, folder: Path) -> dict[str, Any]:
    """Return what a case holds, as the page writes it."""
    return {
        "reference": case.references[0],
        "audio": case.audio.relative_to(folder).as_posix(),
        "language": case.language or "none",
        "offset": f"{case.offset_s:g}",
        "duration": "none" if case.duration_s is None else f"{case.duration_s:g}",
        "tags": list(case.tags),
        "meta": dict(case.meta),
        "line": f"{case.source.relative_to(folder) if case.source else ''}:{case.line}",
        "limits": in_force(case.limits),
        "normalizer": case.normalizer,
        "alternatives": str(case.alternatives).lower(),
    }


def test_every_section_has_an_example() -> None:
    sections = [section for section in SECTIONS if section.level == 3]
    assert [section.title for section in sections if not section.blocks] == []


@pytest.mark.parametrize("name", [*get_args(Format), *DataSetEntry.model_fields])
def test_every_format_and_every_key_is_on_the_page(name: str) -> None:
    assert any(f"`{name}`" in line for section in SECTIONS for line in [section.title, *section.prose])


def test_the_formats_that_are_folders_are_called_so() -> None:
    rows = next(section.tables[0] for section in SECTIONS if section.tables)
    for row in rows:
        name = row["format"].strip("`")
        assert (name in FOLDERS) == ("folder" in row["what is read"] and name != "stm"), name
