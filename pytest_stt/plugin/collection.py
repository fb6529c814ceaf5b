"""Suites as pytest sees them: a file of items that have markers, lines and verdicts.

pytest makes the file, and so imports this module, also when it looks for another one in the same folder:
what is heavy is imported when a suite is read.
"""

from __future__ import annotations

import logging
import os
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stt.plugin.keys import HEARING
from pytest_stt.plugin.run import run_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_stt.runner.utterance import Utterance
    from pytest_stt.suite.model import Case, Suite


class SttFile(pytest.File):
    """A `*.stt.yaml` file."""

    def collect(self) -> Iterator[SttItem]:
        """Read the file; every problem in it is one collection error."""
        suite = self._load()
        self._refuse_marks_of_others(suite)
        self._note(suite)
        for tag in sorted({tag for case in suite.cases for tag in case.tags}):
            # Tags are selected with -m like markers; strict markers would refuse unknown ones.
            self.config.addinivalue_line("markers", f"{tag}: a tag of speech-to-text cases")
        yield from self._items(suite)

    def _items(self, suite: Suite) -> Iterator[SttItem]:
        from pytest_stt.runner.utterance import Utterance
        from pytest_stt.suite.model import item_name

        for case in suite.cases:
            for server in suite.servers:
                utterance = Utterance(suite=suite, server=server, case=case)
                yield SttItem.from_parent(self, name=item_name(suite, server.name, case), utterance=utterance)

    def _note(self, suite: Suite) -> None:
        """Remember a suite for the results, and what it says against the command line."""
        from pytest_stt.plugin.usage import usage_problem

        run, name = run_of(self.config), display_path(self.path, self.config)
        run.suites[name] = suite
        problem = usage_problem(suite, name, run)
        if problem:
            run.usage_errors.append(problem)
        if problem and run.worker:
            # A worker can't end the run, it can only report an error of the file.
            raise self.CollectError(problem)

    def _refuse_marks_of_others(self, suite: Suite) -> None:
        """Tags become markers; one of another plugin's that takes arguments would act, or end the run."""
        with_arguments = {
            line.partition("(")[0].strip()
            for line in self.config.getini("markers")
            if "(" in line.partition(":")[0]
        }
        problems = dict.fromkeys(
            f'{_place(case, self)} the tag "{tag}" is a registered marker that takes arguments; choose '
            "another name"
            for case in suite.cases
            for tag in case.tags
            if tag in with_arguments
        )
        if problems:
            raise self.CollectError("\n".join(problems))

    def _load(self) -> Suite:
        from pytest_stt.errors import SuiteError
        from pytest_stt.suite import Defaults, load_suite

        try:
            chosen = run_of(self.config).settings
            return load_suite(
                self.path,
                environ=os.environ,
                defaults=Defaults(
                    url=chosen.url,
                    dialect=chosen.dialect,
                    normalizer=chosen.normalizer,
                    timeout=chosen.timeout,
                ),
                overrides=chosen.overrides,
                display=display_path(self.path, self.config),
            )
        except SuiteError as error:
            raise self.CollectError(str(error)) from None


class SttItem(pytest.Item):
    """One case: setup obtains the transcript, the call judges it.

    An unreachable server is therefore an error and a bad transcript a failure.
    """

    def __init__(self, *, utterance: Utterance, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.utterance = utterance
        case = utterance.case
        self.extra_keyword_matches.update([*case.tags, *([case.language] if case.language else [])])
        for mark in _marks(case):
            self.add_marker(mark)

    @property
    def case(self) -> Case:
        """The case, without the server."""
        return self.utterance.case

    @property
    def suite(self) -> Suite:
        """The suite that the case is in."""
        return self.utterance.suite

    def __repr__(self) -> str:
        return (
            f"<{type(self).__name__} {self.name}{' (exclusive)' if self.case.exclusive else ''}{self._read}>"
        )

    @property
    def _read(self) -> str:
        """What `--collect-only -v` shows of references with alternatives: how they were read."""
        option = self.config.option
        if not (self.case.alternatives and option.collectonly and self.config.get_verbosity() >= 1):
            return ""
        from pytest_stt.text.alternatives import parse_alternatives
        from pytest_stt.text.printable import printable

        readings = (parse_alternatives(reference).describe() for reference in self.case.references)
        return "".join(f", read as: {printable(reading)}" for reading in readings)

    def setup(self) -> None:
        """Obtain what was heard, unless pytest only plans."""
        if self.config.getoption("setuponly", False):
            return
        from pytest_stt.plugin.judging import raise_outage

        hearing = run_of(self.config).transcribe(self.utterance)
        self.stash[HEARING] = hearing
        for record in hearing.log:
            logging.getLogger(record.name).handle(record)
        raise_outage(self, hearing)

    def runtest(self) -> None:
        """Judge what was heard."""
        from pytest_stt.plugin.judging import judge

        judge(self, self.stash[HEARING])

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show the verdict and the alignment, not a traceback."""
        from pytest_stt.errors import LimitExceeded

        if isinstance(excinfo.value, LimitExceeded):
            verdict, _, details = str(excinfo.value).partition("\n")
            if self.config.getoption("tbstyle", "auto") == "line":
                return f"{self.location_line}: {verdict}"
            return f"{verdict}\n{details}\n{self.location_line}"
        return super().repr_failure(excinfo, style)

    @property
    def notes(self) -> list[str]:
        """What the user should know of the suite, each sentence with the name of the file."""
        return [f"{display_path(self.path, self.config)}: {note}" for note in self.suite.notes]

    @property
    def location_line(self) -> str:
        """Where the case is written, for people and editors."""
        return f"{display_path(self.case.source or self.path, self.config)}:{self.case.line}"

    def reportinfo(self) -> tuple[Path, int, str]:
        """Point to the case in its file; pytest counts lines from 0."""
        return self.case.source or self.path, self.case.line - 1, self.name


def _place(case: Case, file: SttFile) -> str:
    """Name what gave a case its tags: the case itself, or the manifest for all of its rows."""
    name = display_path(file.path, file.config)
    if case.source is not None:
        return f"{name}: manifest {display_path(case.source, file.config)}:"
    return f'{name}:{case.line}: case "{case.id}":'


STT = pytest.mark.stt


def _marks(case: Case) -> Iterator[pytest.MarkDecorator]:
    yield STT
    for tag in case.tags:
        yield getattr(pytest.mark, tag)
    if case.skip is not None:
        yield pytest.mark.skip(reason=case.skip)
    if case.xfail is not None:
        yield _xfail(case)


def _xfail(case: Case) -> pytest.MarkDecorator:
    """Expect a bad transcript only: an outage stays an error."""
    from pytest_stt.errors import LimitExceeded

    strict = {} if case.xfail is None or case.xfail.strict is None else {"strict": case.xfail.strict}
    reason = "" if case.xfail is None else case.xfail.reason
    return pytest.mark.xfail(reason=reason, raises=LimitExceeded, **strict)


def forget_properties(item: pytest.Item) -> None:
    """Drop what an earlier attempt of a rerun left for JUnit."""
    item.user_properties[:] = [pair for pair in item.user_properties if not pair[0].startswith("stt.")]


def display_path(path: Path, config: pytest.Config) -> str:
    """Return the path as node ids have it: relative to the rootdir, with `/`."""
    # What is relative moves with the current directory.
    return _relative(path if path.is_absolute() else path.absolute(), config.rootpath)


@lru_cache(maxsize=100_000)
def _relative(path: Path, root: Path) -> str:
    return Path(os.path.relpath(path, root)).as_posix()
