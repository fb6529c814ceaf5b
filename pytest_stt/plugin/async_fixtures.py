"""The async fixtures; imported in every run in which pytest-asyncio is active."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest_asyncio

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import pytest

    from pytest_stt.client import STTClient, STTSession


NEEDS_ASYNCIO_LOOP = (
    "the fixtures stt_client and stt_session need asyncio, and this test runs on another event loop: "
    "mark it with pytest.mark.asyncio, or give anyio's fixture anyio_backend the value 'asyncio'"
)


@pytest_asyncio.fixture
async def stt_client(request: pytest.FixtureRequest) -> AsyncIterator[STTClient]:
    """Give an `STTClient` for `--stt-url`, else the marker `stt`, else the ini value stt_url.

    It is closed after the test, and what it scores is in the summary and in JUnit.
    """
    from pytest_stt.plugin.target import make_client

    _need_asyncio()
    # Starting the embedded server takes a second.
    client = await asyncio.to_thread(make_client, request)
    try:
        yield client
    finally:
        await client.aclose()


def _need_asyncio() -> None:
    """Refuse trio, which anyio's plugin may run the fixture with."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        from pytest_stt.errors import SuiteError

        raise SuiteError(NEEDS_ASYNCIO_LOOP) from None


@pytest_asyncio.fixture
async def stt_session(request: pytest.FixtureRequest, stt_client: STTClient) -> AsyncIterator[STTSession]:
    """Give an open `STTSession` to where `stt_client` points; it is closed after the test."""
    async with stt_client.ws() as session:
        yield session
