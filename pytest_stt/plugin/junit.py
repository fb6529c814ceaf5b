from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pytest


def add_run_properties(config: pytest.Config, properties: Iterable[tuple[str, object]]) -> None:
    """Write properties of the whole run into the JUnit file, if there is one.

    pytest's fixture for them is lost under xdist (the XML exists in the controller only), so the
    XML object is taken from its private stash key; without that key the properties are left out.
    """
    try:
        from _pytest.junitxml import xml_key
    except ImportError:
        return
    xml = config.stash.get(xml_key, None)
    if xml is not None:
        for name, value in properties:
            xml.add_global_property(name, value)
