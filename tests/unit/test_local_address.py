from __future__ import annotations

import socket
from typing import Any

import pytest

from pytest_stt.local import LocalServer


@pytest.mark.parametrize(
    ("host", "family", "url"),
    [("127.0.0.1", socket.AF_INET, "http://127.0.0.1:"), ("::1", socket.AF_INET6, "http://[::1]:")],
)
def test_the_server_listens_in_the_family_of_its_host(
    host: str, family: int, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a socket of IPv4 either way: not every machine has IPv6."""
    listen, asked = socket.create_server, []

    def stand_in(address: tuple[str, int], **options: Any) -> socket.socket:
        asked.append((address[0], options["family"]))
        return listen(("127.0.0.1", 0))

    monkeypatch.setattr("pytest_stt.local.server.socket.create_server", stand_in)
    server = LocalServer.listen(host=host)
    server.stop()
    assert asked == [(host, family)]
    assert server.url.startswith(url)
