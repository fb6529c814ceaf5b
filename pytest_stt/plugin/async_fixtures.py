"""The async fixtures; imported only where pytest-asyncio is active."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from pytest_stt.client import STTClient, STTSession
from pytest_stt.client.ownership import in_own_task
from pytest_stt.plugin.fixtures import make_client, target_of


@pytest_asyncio.fixture
async def stt_client(request: pytest.FixtureRequest) -> AsyncIterator[STTClient]:
    """Give an `STTClient` for `--stt-url`, else the marker `stt`, else the ini value stt_url.

    It is closed after the test, and what it scores is in the summary and in JUnit.
    """
    client = await asyncio.to_thread(make_client, target_of(request), request)
    try:
        yield client
    finally:
        await client.aclose()


@pytest_asyncio.fixture
async def stt_session(request: pytest.FixtureRequest, stt_client: STTClient) -> AsyncIterator[STTSession]:
    """Give an open `STTSession` to where `stt_client` points; it is closed after the test."""
    async with in_own_task(stt_client.ws) as session:
        yield session
