from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_stt.local import LocalServer

RECORDINGS = Path(__file__).parents[2] / "example_suites" / "audio"


@pytest.fixture(scope="session")
def embedded_server() -> Iterator[LocalServer]:
    server = LocalServer.listen()
    server.wait_ready()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def recordings() -> Path:
    """The folder of the spoken examples."""
    return RECORDINGS
