"""A suite file, from its bytes to a `Suite`, or to one error with everything that is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stt.client.stream import StreamOptions
from pytest_stt.garbage import garbage_collection_paused
from pytest_stt.suite.cases import CaseReader
from pytest_stt.suite.checking import check_suite
from pytest_stt.suite.document import Null, YamlList, YamlMapping
from pytest_stt.suite.file import read_root
from pytest_stt.suite.limits import CaseLimits, notes_on_words
from pytest_stt.suite.manifests.reading import manifest_name
from pytest_stt.suite.model import Defaults, Overrides, Repetition, Suite
from pytest_stt.suite.normalize import Normalizers
from pytest_stt.suite.problems import Problems, found, quoted
from pytest_stt.suite.repeats import read_repetition
from pytest_stt.suite.schema import RELEASE
from pytest_stt.suite.servers import ServersReader
from pytest_stt.suite.terms import TermsReader

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from pytest_stt.suite.model import Case, Server
    from pytest_stt.suite.schema import SuiteEntry

NOT_YET = ("gates",)
_SOURCES = ("cases", "manifests")


def load_suite(
    path: Path,
    *,
    environ: Mapping[str, str],
    defaults: Defaults,
    overrides: Overrides,
    display: str | None = None,
) -> Suite:
    """Read a suite file and check everything that can be checked without a network or a decoder.

    Args:
        path: The file; audio paths in it are relative to its folder.
        environ: The environment variables for `${VAR}` under `server` and `servers`.
        defaults: What holds where the file is silent.
        overrides: What wins over the file.
        display: What messages call the file, `path` if not given.

    Raises:
        SuiteError: One line for each problem of the file, `file:line: …`, in the order of the lines.
    """
    problems = Problems(display or str(path))
    with garbage_collection_paused():
        return _load(path, environ=environ, defaults=defaults, overrides=overrides, problems=problems)


def _load(
    path: Path,
    *,
    environ: Mapping[str, str],
    defaults: Defaults,
    overrides: Overrides,
    problems: Problems,
) -> Suite:
    written = _read(path, problems)
    servers = ServersReader(
        written, environ=environ, defaults=defaults, overrides=overrides, problems=problems
    )
    entry, right = check_suite(servers.expanded(_prepared(written, problems)), written, problems)
    stream = StreamOptions(**entry.stream.model_dump())
    asked = servers.read(entry, stream)
    reader = _case_reader(
        entry,
        right,
        servers=asked,
        defaults=defaults,
        folder=path.parent,
        times=overrides.repeat,
        problems=problems,
    )
    cases = (
        *map(reader.read, entry.cases, right.get("cases", ())),
        *_cases_of_manifests(reader, entry, right.get("manifests", ())),
    )
    suite = Suite(
        path=path,
        servers=asked,
        stream=stream,
        cases=cases,
        notes=(*servers.notes(entry), *notes_on_words(entry, [case.language for case in cases])),
        repeat=_repetition(entry, written, overrides.repeat, problems),
        server_names=servers.names,
    )
    if problems:
        problems.report()
    return suite


def _read(path: Path, problems: Problems) -> YamlMapping:
    """Read the root of a file, or report why there is none."""
    root = read_root(path, problems)
    if not isinstance(root, YamlMapping):
        line = root.line if isinstance(root, YamlList) else 1
        what = "the file is empty" if root == "" else f"found {found(root)}"
        problems.fail(line, f'expected a mapping with at least one case under "cases"; {what}')
    return root


def _prepared(written: YamlMapping, problems: Problems) -> YamlMapping:
    """Leave out the keys that are no data or not built yet."""
    for key in NOT_YET:
        if key in written:
            problems.add(written.key_line(key), f'"{key}" is not available in pytest-stt {RELEASE}')
    ignored = [key for key in written if key.startswith("x-")]
    root = written.without(*NOT_YET, *ignored)
    for key in _SOURCES:
        if key in root and (not root[key] or isinstance(root[key], Null)):
            root.pop(key)
    if root.keys().isdisjoint(_SOURCES):
        line = min((written.key_line(key) for key in _SOURCES if key in written), default=written.line)
        problems.add(line, 'a suite needs at least one case under "cases" or "manifests"')
    return root


def _cases_of_manifests(
    reader: CaseReader, entry: SuiteEntry, nodes: Sequence[YamlMapping]
) -> Iterator[Case]:
    named = len(entry.manifests) > 1
    first: dict[str, YamlMapping] = {}
    for manifest, node in zip(entry.manifests, nodes, strict=True):
        name = manifest_name(manifest, reader.folder)
        if manifest.path and first.setdefault(name, node) is not node:
            text = f"the manifest name {quoted(name)} is given twice, first on line {first[name].line}"
            reader.problems.add(node.line, f'{text}; give one of them another "name"')
        else:
            yield from reader.read_rows(manifest, node, named=named)


def _repetition(entry: SuiteEntry, written: YamlMapping, times: int | None, problems: Problems) -> Repetition:
    said = read_repetition(entry.repeat, written, times=times, problems=problems)
    return said or Repetition(times=times or 1, needed=times or 1)


def _case_reader(
    entry: SuiteEntry,
    right: YamlMapping,
    *,
    servers: Sequence[Server],
    defaults: Defaults,
    folder: Path,
    times: int | None,
    problems: Problems,
) -> CaseReader:
    limits = CaseLimits(entry, right, problems)
    terms = TermsReader(entry, right, folder=folder, problems=problems)
    limits.check_needs()
    line = right.value_line("normalize")
    return CaseReader(
        folder=folder,
        language=entry.language or _language_of(servers),
        limits=limits,
        normalizers=Normalizers(entry.normalize, default=defaults.normalizer, line=line, problems=problems),
        terms=terms,
        alternatives=entry.alternatives,
        times=times,
        problems=problems,
    )


def _language_of(servers: Sequence[Server]) -> str | None:
    """Return the language that all servers are told, None where they differ or are told none."""
    languages = [server.options.get("language") for server in servers]
    first = languages[0] if languages else None
    return first if isinstance(first, str) and first and all(one == first for one in languages) else None
