"""The two virtual environments: one with our package alone, one with the peer."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).parent.parent
# Named .venv so that git and ruff leave it alone.
_CACHE = Path(__file__).parent / ".venv"
# The peer's fixture is asynchronous, and it brings nothing that runs it.
_PEER = ("pytest-audioeval==0.1.3", "pytest-asyncio")


def ours() -> Path:
    """Return the interpreter of an environment with this package, editable, and what it is scored against."""
    return _environment("ours", ("-e", str(ROOT), "jiwer>=4.0"), key=(ROOT / "pyproject.toml").read_text())


def peer() -> Path:
    """Return the interpreter of an environment with pytest-audioeval."""
    return _environment("peer", _PEER, key=" ".join(_PEER))


def _environment(name: str, packages: tuple[str, ...], *, key: str) -> Path:
    folder, stamp = _CACHE / name, _CACHE / name / "made-of"
    python = folder / "bin" / "python"
    digest = hashlib.sha256(f"{sys.version} {packages} {key}".encode()).hexdigest()
    if not stamp.exists() or stamp.read_text() != digest:
        print(f"making the environment {name} …", file=sys.stderr)
        venv.create(folder, clear=True, with_pip=True)
        install = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", *packages]
        subprocess.run(install, check=True, stdout=sys.stderr)
        stamp.write_text(digest)
    return python
