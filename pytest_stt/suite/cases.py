"""The cases of a suite: what pydantic can't know, such as ids given twice and files that are not there."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cached_property
from stat import S_ISREG
from typing import TYPE_CHECKING

from pytest_stt.suite.document import plain
from pytest_stt.suite.manifests.faults import MOST_SHOWN
from pytest_stt.suite.manifests.reading import read_manifest
from pytest_stt.suite.model import Case, Xfail
from pytest_stt.suite.references import find_references, has_alternatives
from pytest_stt.suite.repeats import read_repetition
from pytest_stt.suite.schema import check_name
from pytest_stt.suite.times import check_words, read_words
from pytest_stt.text.languages import is_written_in_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pytest_stt.limits import Limits
    from pytest_stt.suite.document import YamlMapping
    from pytest_stt.suite.limits import CaseLimits
    from pytest_stt.suite.manifests.row import Row
    from pytest_stt.suite.model import Repetition
    from pytest_stt.suite.normalize import Normalizers
    from pytest_stt.suite.problems import Problems
    from pytest_stt.suite.schema import CaseEntry, LimitsEntry, ManifestEntry
    from pytest_stt.suite.terms import TermsReader
    from pytest_stt.text.times import TimedWord


@dataclass(frozen=True, kw_only=True)
class CaseReader:
    """Turn the entries of one file into cases.

    Attributes:
        folder: Where relative audio paths begin.
        language: The language of cases that don't name one, None when it is not known.
        limits: The limits of the whole suite.
        normalizers: The normaliser of each language.
        terms: Keywords, forbidden terms and entities.
        alternatives: Whether braces and parentheses mean something in references.
        times: What replaces `times` of every `repeat`.
        problems: Gets every problem.
    """

    folder: Path
    language: str | None
    limits: CaseLimits
    normalizers: Normalizers
    terms: TermsReader
    alternatives: bool
    times: int | None
    problems: Problems
    _lines: dict[str, int] = field(default_factory=dict)

    @cached_property
    def _base(self) -> str:
        return str(self.folder)

    def read(self, entry: CaseEntry, node: YamlMapping) -> Case:
        """Make one case; with a problem added it is not fit for use."""
        audio = self.folder / entry.audio
        case_id = self._id(entry, node, audio)
        name = f'case "{case_id}"' if case_id else "this case"
        self._check_audio(entry, node, name, audio)
        language = entry.language or self.language
        normalizer = self.normalizers.of(language)
        words = self._words(entry, node, name, audio) if "words" in node else ()
        limits = self.limits.read(
            entry.assert_quality,
            node,
            name=name,
            language=language,
            has_keywords=self.terms.has_keywords(entry),
            has_times=bool(words),
        )
        references = find_references(entry, node, name=name, audio=audio, words=words, problems=self.problems)
        if words:
            check_words(
                words,
                references,
                node,
                name=name,
                normalizer=normalizer,
                language=language,
                problems=self.problems,
            )
        return Case(
            id=case_id,
            line=node.line,
            audio=audio,
            references=references,
            language=language,
            tags=tuple(dict.fromkeys(entry.tags)) if entry.tags else (),
            skip=entry.skip,
            xfail=Xfail(**entry.xfail.model_dump()) if entry.xfail else None,
            limits=limits,
            meta=plain(entry.meta) if entry.meta else {},
            exclusive=self._is_exclusive(entry, node, name, limits),
            repeat=self._repetition(entry, node) if entry.repeat else None,
            normalizer=normalizer,
            alternatives=self.alternatives and has_alternatives(references, node, name, self.problems),
            terms=self.terms.read(entry, node, name=name, normalizer=normalizer, language=language),
            term_forms=self.alternatives,
            words=words,
        )

    def read_rows(self, entry: ManifestEntry, node: YamlMapping, *, named: bool) -> Iterator[Case]:
        """Make the cases of a manifest.

        Args:
            entry: The item of `manifests`.
            node: The same with its lines.
            named: Whether the manifest's name stands in the ids.
        """
        rows = read_manifest(entry, node, folder=self.folder, named=named, problems=self.problems)
        self._refuse_known([row.id for row in rows], node.line)
        for row in rows:
            yield self._of_row(row, entry, node)

    def _refuse_known(self, ids: Sequence[str], line: int) -> None:
        """Refuse ids of a manifest that came before it; what is twice in it was refused when it was read."""
        known = [case_id for case_id in dict.fromkeys(ids) if case_id in self._lines]
        for case_id in known[:MOST_SHOWN]:
            self._refuse_twice(case_id, line, " (from this manifest)")
        if len(known) > MOST_SHOWN:
            more = len(known) - MOST_SHOWN
            self.problems.add(line, f"and {more} more ids (from this manifest) are given twice")
        for case_id in ids:
            self._lines.setdefault(case_id, line)

    def _of_row(self, row: Row, entry: ManifestEntry, node: YamlMapping) -> Case:
        language = row.language or entry.language or self.language
        normalizer, name = self.normalizers.of(language), "this manifest"
        limits = self.limits.read(
            _limits_of_rows(entry.assert_quality, row.language),
            node,
            name=name,
            language=language,
            has_keywords=self.terms.has_keywords(),
            has_times=False,
        )
        return Case(
            id=row.id,
            line=row.line,
            source=row.source,
            audio=row.audio,
            embedded=row.embedded,
            offset_s=row.offset_s,
            duration_s=row.duration_s,
            references=(row.reference,),
            language=language,
            tags=tuple(dict.fromkeys(entry.tags)),
            limits=limits,
            meta={**row.meta, **({"speaker": row.speaker} if row.speaker else {})},
            exclusive=limits.max_latency_ms is not None,
            normalizer=normalizer,
            terms=self.terms.of_suite(normalizer=normalizer, language=language),
            term_forms=self.alternatives,
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
        else:
            self._refuse_twice(case_id, line, origin)
        return case_id

    def _refuse_twice(self, case_id: str, line: int, origin: str) -> None:
        if case_id in self._lines:
            first = self._lines[case_id]
            self.problems.add(line, f'the id "{case_id}"{origin} is given twice, first on line {first}')
        self._lines.setdefault(case_id, line)

    def _repetition(self, entry: CaseEntry, node: YamlMapping) -> Repetition | None:
        return read_repetition(entry.repeat, node, times=self.times, problems=self.problems)

    def _words(self, entry: CaseEntry, node: YamlMapping, name: str, audio: Path) -> tuple[TimedWord, ...]:
        return read_words(
            entry.words,
            line=node.value_line("words"),
            name=name,
            folder=self.folder,
            audio=audio,
            problems=self.problems,
        )

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

    def _is_exclusive(self, entry: CaseEntry, node: YamlMapping, name: str, limits: Limits) -> bool:
        if limits.max_latency_ms is None:
            return bool(entry.exclusive)
        if entry.exclusive is False:
            why = "a latency measured beside other requests would be that of our own queue"
            line = node.key_line("exclusive")
            self.problems.add(line, f'{name} has a max_latency_ms, so it cannot be "exclusive: false": {why}')
        return True


def _limits_of_rows(entry: LimitsEntry, language: str | None) -> LimitsEntry:
    """Return a manifest's limits for rows that say their language: some of them may have no words."""
    if entry.max_wer is None or is_written_in_words(language):
        return entry
    return entry.model_copy(update={"max_wer": None})
