"""The fixture for tests without async, and what stands in for the others without pytest-asyncio."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_stt.plugin.target import Transcribe

MARKER = (
    "stt(url=None, dialect=None, options=None, headers=None, timeout=None, normalize=None): "
    "a speech-to-text test; the keywords configure the fixtures stt_client, stt_session and stt_transcribe."
)

NEEDS_ASYNCIO = (
    "the fixture {} needs the plugin pytest-asyncio, which is switched off in this run: drop "
    "`-p no:asyncio`, or use the fixture stt_transcribe, which needs no async"
)


@pytest.fixture
def stt_transcribe(request: pytest.FixtureRequest) -> Iterator[Transcribe]:
    """Transcribe audio in a test that has no async in it.

    `stt_transcribe(audio, reference=None, language=None)` takes a path (relative to the test file, else to
    the working directory) or an `AudioSample`, and returns an `STTResult`; with a reference it is scored.
    """
    from pytest_stt.plugin.run import run_of
    from pytest_stt.plugin.target import make_client, transcriber

    client = make_client(request)
    yield transcriber(request, client)
    run_of(request.config).background.run(client.aclose)


class WithoutAsyncio:
    """The async fixtures where pytest-asyncio is switched off: they say what is missing."""

    @pytest.fixture
    def stt_client(self) -> None:
        """An `STTClient`; needs pytest-asyncio."""
        _refuse("stt_client")

    @pytest.fixture
    def stt_session(self) -> None:
        """An open `STTSession`; needs pytest-asyncio."""
        _refuse("stt_session")


def _refuse(fixture: str) -> NoReturn:
    from pytest_stt.errors import SuiteError

    raise SuiteError(NEEDS_ASYNCIO.format(fixture))
