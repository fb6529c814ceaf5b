"""A suite file, from its bytes to a `Suite`, or to one error with everything that is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stt.client.stream import StreamOptions
from pytest_stt.errors import SuiteError
from pytest_stt.garbage import garbage_collection_paused
from pytest_stt.limits import DEFAULT_LIMITS, Limits, override
from pytest_stt.suite.cases import CaseReader
from pytest_stt.suite.checking import check_suite
from pytest_stt.suite.document import Null, YamlList, YamlMapping, read_document
from pytest_stt.suite.model import Defaults, Overrides, Repetition, Suite
from pytest_stt.suite.problems import Problems, found
from pytest_stt.suite.repeats import read_repetition
from pytest_stt.suite.schema import RELEASE
from pytest_stt.suite.servers import ServersReader
from pytest_stt.text.normalizers import find_normalizer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pytest_stt.suite.schema import SuiteEntry

NOT_YET = ("gates", "manifests")


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
    limits = _limits(entry, written, problems)
    cases = CaseReader(folder=path.parent, limits=limits, times=overrides.repeat, problems=problems)
    suite = Suite(
        path=path,
        servers=servers.read(entry, stream),
        stream=stream,
        normalizer=_normalizer(entry, written, defaults, problems),
        cases=tuple(map(cases.read, entry.cases, right.get("cases", ()))),
        notes=servers.notes(entry),
        repeat=_repetition(entry, written, overrides.repeat, problems),
        server_names=servers.names,
    )
    if problems:
        problems.report()
    return suite


def _read(path: Path, problems: Problems) -> YamlMapping:
    """Read the root of a file, or report why there is none."""
    root = read_document(_text(path, problems), problems)
    if root is None:
        problems.report()
    if not isinstance(root, YamlMapping):
        line = root.line if isinstance(root, YamlList) else 1
        what = "the file is empty" if root == "" else f"found {found(root)}"
        problems.fail(line, f'expected a mapping with at least one case under "cases"; {what}')
    return root


def _text(path: Path, problems: Problems) -> str:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        problems.fail(line, f"the file is not UTF-8: byte 0x{error.object[error.start]:02x}")
    except OSError as error:
        problems.fail(1, f"the file can't be read: {error.strerror}")
    return text


def _prepared(written: YamlMapping, problems: Problems) -> YamlMapping:
    """Leave out the keys that are no data or not built yet."""
    for key in NOT_YET:
        if key in written:
            problems.add(written.key_line(key), f'"{key}" is not available in pytest-stt {RELEASE}')
    ignored = [key for key in written if key.startswith("x-")]
    root = written.without(*NOT_YET, *ignored)
    if not root.get("cases") or isinstance(root["cases"], Null):
        problems.add(written.key_line("cases"), 'a suite needs at least one case under "cases"')
        root.pop("cases", None)
    return root


def _repetition(entry: SuiteEntry, written: YamlMapping, times: int | None, problems: Problems) -> Repetition:
    said = read_repetition(entry.repeat, written, times=times, problems=problems)
    return said or Repetition(times=times or 1, needed=times or 1)


def _limits(entry: SuiteEntry, written: YamlMapping, problems: Problems) -> Limits:
    try:
        return override(DEFAULT_LIMITS, entry.assert_quality.changes())
    except SuiteError as error:
        problems.add_all(written.key_line("assert_quality"), error)
        return DEFAULT_LIMITS


def _normalizer(entry: SuiteEntry, written: YamlMapping, defaults: Defaults, problems: Problems) -> str:
    name, label, line = defaults.normalizer, "ini option stt_normalize", None
    if entry.normalize is not None:
        name, label, line = entry.normalize, "normalize", written.value_line("normalize")
    try:
        find_normalizer(name)
    except SuiteError as error:
        problems.add_all(line, error, label)
    return name
