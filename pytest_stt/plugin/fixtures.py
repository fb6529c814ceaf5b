"""What the fixtures share, and the one for tests without async."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from pytest_stt.errors import SuiteError
from pytest_stt.plugin.embedded import LOCAL
from pytest_stt.plugin.run import run_of

if TYPE_CHECKING:
    from pytest_stt.audio import AudioSample
    from pytest_stt.client import STTClient, STTResult

SCORED = pytest.StashKey["list[STTResult]"]()

MARKER = (
    "stt(url=None, dialect=None, options=None, headers=None, timeout=None, normalize=None): "
    "a speech-to-text test; the keywords configure the fixtures stt_client, stt_session and stt_transcribe."
)


class Transcribe(Protocol):
    """What `stt_transcribe` is."""

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
    """Where the fixtures of one test send audio, and how."""

    url: str
    dialect: str
    timeout: float
    normalize: str
    options: Mapping[str, Any] | None = None
    headers: Mapping[str, str] | None = None


def target_of(request: pytest.FixtureRequest) -> Target:
    """Resolve a test's target: command line, then the nearest `stt` marker, then ini.

    Raises:
        SuiteError: The marker has a keyword that we do not know, or an argument without one.
    """

    chosen = run_of(request.config).settings
    target = Target(
        url=chosen.url, dialect=chosen.dialect, timeout=chosen.timeout, normalize=chosen.normalizer
    )
    for mark in reversed(list(request.node.iter_markers("stt"))):
        target = replace(target, **_keywords(mark, request))
    if chosen.dialect_override is not None:
        target = replace(target, dialect=chosen.dialect_override, options=None)
    if chosen.url_override is not None:
        target = replace(target, url=_redirected(target.url, chosen.url_override))
    return target


def _redirected(url: str, override: str) -> str:
    from pytest_stt.client.address import replace_origin

    return override if LOCAL in (url, override) else replace_origin(url, override)


def _keywords(mark: pytest.Mark, request: pytest.FixtureRequest) -> Mapping[str, Any]:
    known = Target.__dataclass_fields__
    unknown = [name for name in mark.kwargs if name not in known]
    if mark.args or unknown:
        found = f"found {unknown[0]!r}" if unknown else f"found the argument {mark.args[0]!r}"
        raise SuiteError(
            f"{request.node.nodeid}: the marker stt takes the keywords {', '.join(known)}; {found}"
        )
    return mark.kwargs


def make_client(target: Target, request: pytest.FixtureRequest) -> STTClient:
    """Build the client of a test; what it scores becomes the test's record."""
    from pytest_stt.client import STTClient

    return STTClient(
        url=run_of(request.config).address(target.url),
        timeout=target.timeout,
        dialect=target.dialect,
        options=target.options,
        headers=target.headers,
        normalizer=target.normalize,
        on_score=collector(request.node),
    )


def collector(node: pytest.Item) -> Any:
    """Return the function that remembers a test's results, each once."""

    def collect(result: STTResult) -> None:
        scored = node.stash.setdefault(SCORED, [])
        if not any(known is result for known in scored):
            scored.append(result)

    return collect


def sample_of(
    audio: str | PathLike[str] | AudioSample, *, reference: str | None, language: str | None, folder: Path
) -> AudioSample:
    """Return the audio as a sample; a relative path is looked for beside the test, then from here."""
    from pytest_stt.audio import AudioSample

    if isinstance(audio, AudioSample):
        return replace(
            audio,
            reference_text=audio.reference_text if reference is None else reference,
            language=language or audio.language,
        )
    beside = folder / audio
    path = beside if beside.exists() else Path(audio)
    return AudioSample.from_file(path, reference_text=reference or "", language=language)


@pytest.fixture
def stt_transcribe(request: pytest.FixtureRequest) -> Any:
    """Transcribe audio in a test that has no async in it.

    `stt_transcribe(audio, reference=None, language=None)` takes a path (relative to the test file, else to
    the working directory) or an `AudioSample`, and returns an `STTResult`; with a reference it is scored.
    """
    background = run_of(request.config).background
    client = make_client(target_of(request), request)

    def transcribe(
        audio: str | PathLike[str] | AudioSample,
        *,
        reference: str | None = None,
        language: str | None = None,
    ) -> STTResult:
        __tracebackhide__ = True
        sample = sample_of(audio, reference=reference, language=language, folder=request.path.parent)
        result: STTResult = background.run(client.hear, sample)
        if reference is not None or sample.reference_text:
            result.compute_metrics(sample.reference_text)
        return result

    yield transcribe
    background.run(client.aclose)


class WithoutAsyncio:
    """The async fixtures where pytest-asyncio is switched off: they say what is missing."""

    @pytest.fixture
    def stt_client(self) -> None:
        """An `STTClient`; needs pytest-asyncio."""
        raise SuiteError(NEEDS_ASYNCIO.format("stt_client"))

    @pytest.fixture
    def stt_session(self) -> None:
        """An open `STTSession`; needs pytest-asyncio."""
        raise SuiteError(NEEDS_ASYNCIO.format("stt_session"))


NEEDS_ASYNCIO = (
    "the fixture {} needs the plugin pytest-asyncio, which is switched off in this run: drop "
    "`-p no:asyncio`, or use the fixture stt_transcribe, which needs no async"
)
