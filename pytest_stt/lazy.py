"""Names of packages that are imported when they are first used (PEP 562)."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def lazily(package: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """Return the `__getattr__` of a package that imports each name from the module that defines it.

    Args:
        package: The package's `__name__`.
        homes: For each name the module, below `pytest_stt`, that it comes from.
    """

    def get(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(f"pytest_stt.{homes[name]}"), name)
        setattr(sys.modules[package], name, value)
        return value

    return get
