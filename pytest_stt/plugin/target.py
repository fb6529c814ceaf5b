"""Where the fixtures of a test send audio, and what they hear; imported when a fixture is used."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields, replace
from importlib import import_module
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from pytest_stt.audio import AudioSample
from pytest_stt.client import STTClient, STTResult
from pytest_stt.client.address import replace_origin
from pytest_stt.errors import SuiteError
from pytest_stt.plugin.keys import SCORED
from pytest_stt.plugin.run import run_of
from pytest_stt.plugin.settings import command_line, fixture_url
from pytest_stt.suite.variables import expand
from pytest_stt.text.normalizers import normalizer_spec

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pytest


class Transcribe(Protocol):
    """What the fixture `stt_transcribe` is."""

    def __call__(
        self,
        audio: str | PathLike[str] | AudioSample,
        *,
        reference: str | None = None,
        language: str | None = None,
    ) -> STTResult:
        """Return what the server heard, scored when there is a reference."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where audio goes, and how; the names are the keywords of the marker `stt`."""

    url: str
    dialect: str
    options: Mapping[str, Any] | None = None
    headers: Mapping[str, str] | None = None
    timeout: float
    normalize: str | list[Any]


_TYPES = (
    ("url", str, "a text"),
    ("dialect", str, "a text"),
    ("normalize", str | list, "a name or a list of steps"),
)


def target_of(request: pytest.FixtureRequest) -> Target:
    """Resolve a test's target: command line, then the nearest `stt` marker, then ini.

    Raises:
        SuiteError: The marker has a keyword that we do not know, or an argument without one; the url names
            a variable that is not set; there is no such normaliser.
    """
    chosen = run_of(request.config).settings
    target = Target(url="", dialect=chosen.dialect, timeout=chosen.timeout, normalize=chosen.normalizer)
    for mark in reversed(list(request.node.iter_markers("stt"))):
        target = replace(target, **_keywords(mark, request))
    url = expand(target.url, os.environ) if target.url else fixture_url(request.config)
    target = replace(target, url=url)
    if chosen.overrides.dialect is not None:
        target = replace(target, dialect=chosen.overrides.dialect, options=None)
    if chosen.overrides.url is not None:
        target = replace(target, url=replace_origin(target.url, chosen.overrides.url))
    is_ini = target.normalize == chosen.normalizer
    label = "ini option stt_normalize" if is_ini else f"{request.node.nodeid}: the marker stt: normalize"
    return replace(target, normalize=_spec(target.normalize, label))


def _spec(normalize: str | list[Any], label: str) -> str:
    try:
        return normalizer_spec(normalize)
    except SuiteError as error:
        raise SuiteError(*(f"{label}: {problem}" for problem in error.problems)) from None


def _keywords(mark: pytest.Mark, request: pytest.FixtureRequest) -> Mapping[str, Any]:
    known = [field.name for field in fields(Target)]
    unknown = [*mark.args, *(name for name in mark.kwargs if name not in known)]
    if unknown:
        raise SuiteError(
            f"{request.node.nodeid}: the marker stt takes the keywords {', '.join(known)}; "
            f"found {unknown[0]!r}"
        )
    values = {name: value for name, value in mark.kwargs.items() if value is not None}
    for name, kinds, expected in _TYPES:
        if not isinstance(values.get(name, ""), kinds):
            raise SuiteError(
                f"{request.node.nodeid}: the marker stt takes {expected} as {name}; found {values[name]!r}"
            )
    return values


def make_client(request: pytest.FixtureRequest) -> STTClient:
    """Build the client of a test; what it scores becomes the test's record."""
    target = target_of(request)
    if command_line(request.config, "pytest_stt_replay_strict"):
        raise SuiteError(
            f"{request.node.nodeid} would ask a server, and --stt-replay-strict forbids that: deselect it, "
            "or leave the option out"
        )
    # The test is one of ours from now on, also if it asked for the fixture as it ran. What its report
    # needs is imported before it can patch anything.
    import_module("pytest_stt.plugin.outcomes")
    request.node.stash.setdefault(SCORED, [])
    return STTClient(
        url=run_of(request.config).address(target.url),
        timeout=target.timeout,
        dialect=target.dialect,
        options=target.options,
        headers=target.headers,
        normalizer=target.normalize,
        on_score=_collector(request.node),
    )


def _collector(node: pytest.Item) -> Callable[[STTResult], None]:
    """Return the function that remembers a test's results, each once."""

    def collect(result: STTResult) -> None:
        scored = node.stash.setdefault(SCORED, [])
        if not any(known is result for known in scored):
            scored.append(result)

    return collect


def transcriber(request: pytest.FixtureRequest, client: STTClient) -> Transcribe:
    """Return the function behind `stt_transcribe`."""
    background = run_of(request.config).background

    def transcribe(
        audio: str | PathLike[str] | AudioSample,
        *,
        reference: str | None = None,
        language: str | None = None,
    ) -> STTResult:
        __tracebackhide__ = True
        sample = _sample(audio, reference=reference, language=language, folder=request.path.parent)
        result = background.run(client.hear, sample)
        if reference is not None or sample.reference_text:
            result.compute_metrics(sample.reference_text)
        return result

    return transcribe


def _sample(
    audio: str | PathLike[str] | AudioSample, *, reference: str | None, language: str | None, folder: Path
) -> AudioSample:
    """Return the audio as a sample; a relative path is looked for beside the test, then from here."""
    if reference is not None and not isinstance(reference, str):
        raise SuiteError(f"reference: expected the text that is said, found {reference!r}")
    if isinstance(audio, AudioSample):
        text = audio.reference_text if reference is None else reference
        return replace(audio, reference_text=text, language=language or audio.language)
    if not isinstance(audio, str | PathLike):
        raise SuiteError(f"audio: expected a path or an AudioSample, found {audio!r:.80}")
    beside = folder / audio
    path = beside if beside.exists() else Path(audio)
    return AudioSample.from_file(path, reference_text=reference or "", language=language)
