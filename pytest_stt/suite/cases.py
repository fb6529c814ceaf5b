"""The cases of a suite: what pydantic can't know, such as ids given twice and files that are not there."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cached_property
from stat import S_ISREG
from typing import TYPE_CHECKING

from pytest_stt.errors import SuiteError
from pytest_stt.limits import Limits, override
from pytest_stt.suite.document import plain
from pytest_stt.suite.model import Case, Xfail
from pytest_stt.suite.references import find_references
from pytest_stt.suite.repeats import read_repetition
from pytest_stt.suite.schema import check_name

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_stt.suite.document import YamlMapping
    from pytest_stt.suite.problems import Problems
    from pytest_stt.suite.schema import CaseEntry


@dataclass(frozen=True, kw_only=True)
class CaseReader:
    """Turn the entries of one file into cases.

    Attributes:
        folder: Where relative audio paths begin.
        limits: The limits of the whole suite.
        times: What replaces `times` of every `repeat`.
        problems: Gets every problem.
    """

    folder: Path
    limits: Limits
    times: int | None
    problems: Problems
    _lines: dict[str, int] = field(default_factory=dict)
    _limits_of: dict[tuple[tuple[str, float | None], ...], Limits] = field(default_factory=dict)

    @cached_property
    def _base(self) -> str:
        return str(self.folder)

    def read(self, entry: CaseEntry, node: YamlMapping) -> Case:
        """Make one case; with a problem added it is not fit for use."""
        audio = self.folder / entry.audio
        case_id = self._id(entry, node, audio)
        name = f'case "{case_id}"' if case_id else "this case"
        self._check_audio(entry, node, name, audio)
        limits = self._limits(entry, node)
        return Case(
            id=case_id,
            line=node.line,
            audio=audio,
            references=find_references(entry, node, name=name, audio=audio, problems=self.problems),
            language=entry.language,
            tags=tuple(dict.fromkeys(entry.tags)),
            skip=entry.skip,
            xfail=Xfail(**entry.xfail.model_dump()) if entry.xfail else None,
            limits=limits,
            meta=plain(entry.meta),
            exclusive=self._is_exclusive(entry, node, name, limits),
            repeat=read_repetition(entry.repeat, node, times=self.times, problems=self.problems),
        )

    def _id(self, entry: CaseEntry, node: YamlMapping, audio: Path) -> str:
        if "id" in node:
            case_id, line, origin = entry.id, node.value_line("id"), ""
        elif "id" in node.lines or not entry.audio:
            return ""  # reported already
        else:
            case_id, line, origin = audio.stem, node.line, ' (from the audio file; give the case an "id")'
        problem = check_name(case_id, "an id")
        if problem:
            self.problems.add(line, f'{problem}, found "{case_id}"{origin}')
        elif case_id in self._lines:
            first = self._lines[case_id]
            self.problems.add(line, f'the id "{case_id}"{origin} is given twice, first on line {first}')
        self._lines.setdefault(case_id, line)
        return case_id

    def _check_audio(self, entry: CaseEntry, node: YamlMapping, name: str, audio: Path) -> None:
        if "audio" not in node.lines:
            self.problems.add(node.line, f'{name} has no "audio", the path of its audio file')
        if not entry.audio:
            return
        try:
            # pathlib takes longer than the file system, and a suite may have a hundred thousand cases.
            is_there = S_ISREG(os.stat(os.path.join(self._base, entry.audio)).st_mode)  # noqa: PTH116, PTH118
        except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: no name of a file
            is_there = False
        except OSError as error:
            line = node.value_line("audio")
            self.problems.add(line, f"{name}: audio file can't be read: {entry.audio}: {error.strerror}")
            return
        if not is_there:
            what = "audio is a directory" if audio.is_dir() else "audio file not found"
            self.problems.add(node.value_line("audio"), f"{name}: {what}: {entry.audio}")

    def _limits(self, entry: CaseEntry, node: YamlMapping) -> Limits:
        if not entry.assert_quality.model_fields_set:
            return self.limits
        changes = entry.assert_quality.changes()
        key = tuple(changes.items())
        try:
            if key not in self._limits_of:  # the cases of a big suite share a few
                self._limits_of[key] = override(self.limits, changes)
            return self._limits_of[key]
        except SuiteError as error:
            self.problems.add_all(node.key_line("assert_quality"), error)
            return self.limits

    def _is_exclusive(self, entry: CaseEntry, node: YamlMapping, name: str, limits: Limits) -> bool:
        if limits.max_latency_ms is None:
            return bool(entry.exclusive)
        if entry.exclusive is False:
            why = "a latency measured beside other requests would be that of our own queue"
            line = node.key_line("exclusive")
            self.problems.add(line, f'{name} has a max_latency_ms, so it cannot be "exclusive: false": {why}')
        return True
