"""YAML text to validated cases with line numbers."""

from __future__ import annotations

from pytest_stt.suite.loader import load_suite
from pytest_stt.suite.model import Case, Defaults, Overrides, Server, Suite, Xfail

__all__ = ["Case", "Defaults", "Overrides", "Server", "Suite", "Xfail", "load_suite"]
