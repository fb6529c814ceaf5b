from __future__ import annotations

from collections.abc import Iterator

import pytest
from scripted import Example, ScriptedServer, scripted_server


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with scripted_server() as script:
        yield script


@pytest.fixture
def example(pytester: pytest.Pytester, server: ScriptedServer) -> Example:
    return Example(pytester, server)
