from __future__ import annotations

from typing import Literal

import pytest

from pytest_stt.client.address import adapt_scheme, is_loopback, redact, replace_origin, resolve_address
from pytest_stt.errors import SuiteError

OPENAI = "/v1/audio/transcriptions"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://127.0.0.1:8000/v1", "http://127.0.0.1:8000/v1"),
        ("https://user:secret@host/path", "https://***@host/path"),
        ("wss://host/listen?token=secret&language=en", "wss://host/listen?token=***&language=***"),
        ("wss://host/listen?secret", "wss://host/listen?***"),
        ("http://host/#secret", "http://host/"),
        ("http://host/\x1b[31mred", "http://host/\\x1b[31mred"),
        ("http://[broken", "(an address that can't be parsed)"),
    ],
)
def test_secrets_and_control_characters_are_not_shown(url: str, shown: str) -> None:
    assert redact(url) == shown


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://host:8000", "http://host:8000/v1/audio/transcriptions"),
        ("http://host:8000/", "http://host:8000/v1/audio/transcriptions"),
        ("http://host/v1", "http://host/v1/audio/transcriptions"),
        ("https://api.groq.com/openai/v1/", "https://api.groq.com/openai/v1/audio/transcriptions"),
        ("http://host/inference", "http://host/inference"),
        ("http://host/api/", "http://host/api/"),
        ("http://host?key=1", "http://host/v1/audio/transcriptions?key=1"),
        ("ws://host", "http://host/v1/audio/transcriptions"),
        ("wss://host/v1", "https://host/v1/audio/transcriptions"),
        ("http://[::1]:80", "http://[::1]:80/v1/audio/transcriptions"),
    ],
)
def test_an_address_without_its_path_is_completed(url: str, address: str) -> None:
    assert resolve_address(url, transport="http", default_path=OPENAI) == address


def test_a_path_of_another_kind_is_put_behind_v1() -> None:
    assert resolve_address("ws://host/v1", transport="ws", default_path="/asr") == "ws://host/v1/asr"


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("/inference", "http://host/inference?key=1"),
        ("inference", "http://host/inference?key=1"),
        ("/x?a=b", "http://host/x?key=1&a=b"),
    ],
)
def test_the_option_path_replaces_the_path(path: str, address: str) -> None:
    resolved = resolve_address("http://host/v1?key=1", transport="http", default_path=OPENAI, path=path)
    assert resolved == address


@pytest.mark.parametrize(
    ("transport", "url", "address"),
    [
        ("ws", "http://host/x", "ws://host/x"),
        ("ws", "https://host/x", "wss://host/x"),
        ("ws", "wss://host/x", "wss://host/x"),
        ("http", "ws://host/x", "http://host/x"),
        ("http", "HTTPS://host/x", "https://host/x"),
    ],
)
def test_the_scheme_follows_the_transport(transport: Literal["http", "ws"], url: str, address: str) -> None:
    assert adapt_scheme(url, transport) == address


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("localhost:8000", "begin with http://"),
        ("ftp://host", "begin with http://"),
        ("host", "begin with http://"),
        ("http://", "names no host"),
        ("http://host:seventy", "port has to be a number"),
        ("http://host:99999", "port has to be a number"),
        ("http://[broken", "malformed"),
    ],
)
def test_what_is_no_address_is_refused_with_what_is_missing(url: str, complaint: str) -> None:
    with pytest.raises(SuiteError, match=complaint):
        resolve_address(url, transport="http", default_path=OPENAI)


def test_a_refused_address_shows_no_password() -> None:
    with pytest.raises(SuiteError) as raised:
        resolve_address("ftp://user:secret@host?token=secret", transport="http", default_path=OPENAI)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("url", "override", "address"),
    [
        ("http://a:1/v1/x", "https://b:2", "https://b:2/v1/x"),
        ("http://a:1/v1/x", "https://b:2/", "https://b:2/v1/x"),
        ("http://a:1/v1/x?k=1", "https://b:2/y", "https://b:2/y"),
        ("http://a/x?k=1", "http://u:p@b", "http://u:p@b/x?k=1"),
        ("http://a/x?k=1", "http://b?k=2", "http://b/x?k=2"),
        ("http://a", "http://b", "http://b"),
        ("local", "http://b:2", "http://b:2"),
        ("http://a/x", "local", "local"),
    ],
)
def test_an_override_replaces_the_server_and_keeps_the_path(url: str, override: str, address: str) -> None:
    assert replace_origin(url, override) == address


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://localhost:1", True),
        ("ws://stt.localhost", True),
        ("http://127.9.9.9", True),
        ("http://[::1]:80", True),
        ("http://10.0.0.1", False),
        ("http://localhost.example.com", False),
    ],
)
def test_loopback_addresses_are_known(url: str, local: bool) -> None:
    assert is_loopback(url) is local
