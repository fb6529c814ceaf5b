"""Secrets in an address stay out of the log."""

from __future__ import annotations

import logging

import httpx
import pytest

from pytest_stt import STTClient


def answer(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"text": "hello"})


@pytest.mark.asyncio
async def test_the_log_of_httpx_has_no_secret_of_ours(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    url = "http://user:word@stt.example/v1?token=hidden"
    client = STTClient(
        url=url, transport=httpx.MockTransport(answer), headers={"Authorization": "Bearer hidden"}
    )
    await client.post(data=b"", params={"key": "hidden", "token": "hidden"})
    await client.aclose()
    assert "stt.example" in caplog.text
    assert "hidden" not in caplog.text
    assert "word" not in caplog.text


@pytest.mark.asyncio
async def test_the_log_of_others_is_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        await client.get("http://other.example/?page=2")
    assert "http://other.example/?page=2" in caplog.text
