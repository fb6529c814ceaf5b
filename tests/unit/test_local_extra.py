from __future__ import annotations

import platform
from importlib.util import find_spec

import pytest

from pytest_stt.local import extra, missing_extra

INSTALL = 'the embedded engine is not installed: pip install "pytest-stt[local]"'


def pretend(
    monkeypatch: pytest.MonkeyPatch,
    *,
    system: str = "Linux",
    machine: str = "x86_64",
    libc: tuple[str, str] = ("glibc", "2.36"),
    macos: str = "",
) -> None:
    monkeypatch.setattr(platform, "system", lambda: system)
    monkeypatch.setattr(platform, "machine", lambda: machine)
    monkeypatch.setattr(platform, "libc_ver", lambda: libc)
    monkeypatch.setattr(platform, "mac_ver", lambda: (macos, ("", "", ""), machine))


def test_nothing_is_missing_where_the_extra_is_installed() -> None:
    assert missing_extra() is None


@pytest.mark.parametrize("module", extra.MODULES)
def test_a_missing_module_says_what_to_install(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch)
    monkeypatch.setattr(extra, "find_spec", lambda name: None if name == module else find_spec(name))
    assert missing_extra() == INSTALL


def test_a_wheel_without_the_model_says_which_one_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extra, "find_model", lambda: None)
    assert "pip install moonshine-voice==0.1.0" in (missing_extra() or "")


@pytest.mark.parametrize(
    "place",
    [
        {},
        {"machine": "aarch64", "libc": ("glibc", "2.34")},
        {"system": "Darwin", "machine": "arm64", "libc": ("", ""), "macos": "15.1"},
    ],
)
def test_where_a_wheel_fits_the_platforms_are_not_listed(
    place: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(monkeypatch, **place)
    monkeypatch.setattr(extra, "find_spec", lambda name: None)
    assert missing_extra() == INSTALL


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ({"libc": ("glibc", "2.31")}, "Linux x86_64 with glibc 2.31"),
        ({"libc": ("", "")}, "Linux x86_64"),
        ({"machine": "riscv64"}, "Linux riscv64 with glibc 2.36"),
        ({"system": "Darwin", "machine": "x86_64", "libc": ("", ""), "macos": "15.1"}, "Darwin x86_64"),
        ({"system": "Darwin", "machine": "arm64", "libc": ("", ""), "macos": "14.7"}, "Darwin arm64"),
        ({"system": "FreeBSD", "machine": "amd64", "libc": ("", "")}, "FreeBSD amd64"),
    ],
)
def test_where_no_wheel_fits_the_platforms_are_listed(
    place: dict[str, str], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(monkeypatch, **place)
    monkeypatch.setattr(extra, "find_spec", lambda name: None)

    message = missing_extra() or ""
    assert message.startswith(INSTALL)
    assert "Linux with glibc 2.34 or newer (x86_64 and aarch64)" in message
    assert "macOS 15 or newer (arm64)" in message
    assert f"none that fits {name}" in message


def test_windows_is_not_supported_even_with_everything_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, system="Windows", machine="AMD64", libc=("", ""))
    assert "none that fits Windows AMD64" in (missing_extra() or "")
