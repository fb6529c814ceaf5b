"""Whether the extra `local` is installed."""

from __future__ import annotations

import platform
from importlib.util import find_spec

from pytest_stt.local.model import find_model

MODULES = ("moonshine_voice", "sherpa_onnx", "starlette", "uvicorn", "websockets", "python_multipart")

INSTALL = 'the embedded engine is not installed: pip install "pytest-stt[local]"'

# What PyPI has of moonshine-voice 0.1.0. There is a wheel for Windows, too, but there a process
# can't inherit the listening socket of another one.
WHEELS = (
    "there are wheels for Linux with glibc 2.34 or newer (x86_64 and aarch64) "
    "and for macOS 15 or newer (arm64), and none that fits {platform}"
)


def missing_extra() -> str | None:
    """Say what has to be installed for the embedded engine, or None when nothing has.

    Nothing is imported to find out.
    """
    if platform.system() == "Windows" or any(find_spec(module) is None for module in MODULES):
        return INSTALL if _wheel_fits() else f"{INSTALL} ({WHEELS.format(platform=_platform_name())})"
    if find_model() is None:
        return (
            "the installed moonshine-voice carries no model, as releases after 0.1.0 do not: "
            "pip install moonshine-voice==0.1.0"
        )
    return None


def _wheel_fits() -> bool:
    if platform.system() == "Linux":
        return platform.machine() in {"x86_64", "aarch64"} and _glibc() >= (2, 34)
    if platform.system() == "Darwin":
        return platform.machine() == "arm64" and _version(platform.mac_ver()[0]) >= (15,)
    return False


def _glibc() -> tuple[int, ...]:
    library, version = platform.libc_ver()
    return _version(version) if library == "glibc" else ()


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".") if part.isdigit())


def _platform_name() -> str:
    system = " ".join(part for part in (platform.system(), platform.machine()) if part)
    library, version = platform.libc_ver()
    return f"{system} with {library} {version}" if library else system
