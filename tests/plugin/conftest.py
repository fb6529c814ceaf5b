from __future__ import annotations

from collections.abc import Iterator

# pytester forgets what a run in this process imports: numpy can't be imported twice, and httpx would go on
# with another httpcore than the one that is found then.
import httpcore  # noqa: F401
import pytest
from scripted import Example, ScriptedServer, scripted_server

import pytest_stt.cli
import pytest_stt.local
import pytest_stt.plugin.async_fixtures
import pytest_stt.plugin.inventory
import pytest_stt.plugin.judging
import pytest_stt.plugin.junit
import pytest_stt.plugin.recording
import pytest_stt.plugin.selection
import pytest_stt.plugin.target
import pytest_stt.plugin.usage
import pytest_stt.render.junit
import pytest_stt.render.summary
import pytest_stt.runner
import pytest_stt.runner.replay
import pytest_stt.suite.loader  # noqa: F401


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with scripted_server() as script:
        yield script


@pytest.fixture
def example(pytester: pytest.Pytester, server: ScriptedServer) -> Example:
    return Example(pytester, server)
