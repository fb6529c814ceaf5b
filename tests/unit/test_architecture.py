"""The house keeps its rules: rooms import downwards, without cycles, and pytest only at its edge."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import pytest_stt

PACKAGE = Path(pytest_stt.__file__).parent

# From the top of the house to its cellar; a room may import from rooms below it only.
ROOMS = (
    "plugin",
    "cli",
    "render",
    "gates",
    "runner",
    "suite",
    "client",
    "records",
    "limits",
    "audio",
    "text",
    "metrics",
    "errors",
    "garbage",
    "lazy",
)
APART = {"local": {"local", "errors"}}
ABOVE_ALL = {"__init__", "__main__"}
RUNNERS = {"pytest", "_pytest", "pluggy", "pytest_asyncio", "xdist"}


def modules() -> dict[str, Path]:
    paths = sorted(PACKAGE.rglob("*.py"))
    return {".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts): path for path in paths}


def room_of(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def imports_of(path: Path, *, module_level: bool = False) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = _outside_functions(tree) if module_level else ast.walk(tree)
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _outside_functions(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
            continue
        if not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            yield child
            yield from _outside_functions(child)


@pytest.mark.parametrize("module", [name for name in modules() if room_of(name) not in ABOVE_ALL])
def test_a_room_imports_only_from_rooms_below_it(module: str) -> None:
    room = room_of(module)
    allowed = APART.get(room) or {room, *ROOMS[ROOMS.index(room) :]}
    if room in ("plugin", "cli"):
        allowed = allowed | set(APART)
    for name in imports_of(modules()[module]):
        if name.startswith("pytest_stt.") and name != "pytest_stt.__version__":
            assert room_of(name) in allowed, f"{module} imports {name}"


@pytest.mark.parametrize("module", [name for name in modules() if room_of(name) != "plugin"])
def test_only_the_plugin_imports_pytest(module: str) -> None:
    found = {name.split(".")[0] for name in imports_of(modules()[module])} & RUNNERS
    assert not found, f"{module} imports {found}"


def test_no_modules_import_each_other_in_a_circle() -> None:
    known = modules()
    graph = {
        name: {target for text in imports_of(path, module_level=True) if (target := _module_in(text, known))}
        for name, path in known.items()
        if path.name != "__init__.py"
    }
    for start in graph:
        assert start not in _reachable(graph, start), f"{start} imports itself in a circle"


def _module_in(text: str, known: dict[str, Path]) -> str | None:
    for name in (text, text.rpartition(".")[0]):
        if name in known and known[name].name != "__init__.py":
            return name
    return None


def _reachable(graph: dict[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    waiting = list(graph[start])
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(graph.get(name, ()))
    return seen


def test_the_public_names_are_the_promised_ones() -> None:
    assert pytest_stt.__all__ == sorted(pytest_stt.__all__)
    promised = {"AudioEncoding", "AudioSample", "STTClient", "STTResult", "STTSession", "TextMetrics"}
    assert promised <= set(pytest_stt.__all__)
    for name in pytest_stt.__all__:
        assert getattr(pytest_stt, name).__name__ == name
        assert name in dir(pytest_stt)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = pytest_stt.nonsense


def test_the_version_is_that_of_the_distribution() -> None:
    from importlib.metadata import version

    assert pytest_stt.__version__ == version("pytest-stt")


def test_the_entry_point_needs_only_pytest_and_the_standard_library() -> None:
    waiting, seen = ["pytest_stt.plugin.__init__"], set()
    known = modules()
    while waiting:
        module = waiting.pop()
        seen.add(module)
        for name in imports_of(known[module], module_level=True):
            if not name.startswith("pytest_stt"):
                top = name.split(".")[0]
                assert top in {"pytest"} or top in sys.stdlib_module_names, f"{module} imports {name}"
                assert top != "asyncio", f"{module} imports asyncio"
                continue
            for target in (name, f"{name}.__init__", name.rpartition(".")[0]):
                if target in known and target not in seen:
                    waiting.append(target)
