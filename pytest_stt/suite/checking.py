"""A part of a file against its schema: every problem with its line, and what is left without them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from pytest_stt.suite import schema
from pytest_stt.suite.document import YamlList, YamlMapping
from pytest_stt.suite.manifests.entry import ColumnsEntry
from pytest_stt.suite.wording import Owner, sentence

if TYPE_CHECKING:
    from pytest_stt.suite.problems import Problems

ModelT = TypeVar("ModelT", bound=BaseModel)
Path = tuple[int | str, ...]

_SECTIONS: dict[str, type[BaseModel]] = {
    "server": schema.ServerEntry,
    "stream": schema.StreamEntry,
    "assert_quality": schema.LimitsEntry,
    "repeat": schema.RepeatEntry,
}


def _keys(model: type[BaseModel]) -> tuple[str, ...]:
    return tuple(field.alias or name for name, field in model.model_fields.items())


_ELSEWHERE = {name: section for section, model in _SECTIONS.items() for name in _keys(model)}
_OWNERS = {
    "": Owner("a suite has no key", _keys(schema.SuiteEntry), _ELSEWHERE),
    "server": Owner("server has no key", _keys(schema.ServerEntry)),
    "stream": Owner("stream has no key", _keys(schema.StreamEntry)),
    "assert_quality": Owner("assert_quality has no limit", _keys(schema.LimitsEntry)),
    "repeat": Owner("repeat has no key", _keys(schema.RepeatEntry)),
    "cases": Owner("a case has no key", _keys(schema.CaseEntry), _ELSEWHERE),
    "manifests": Owner("a manifest has no key", _keys(schema.ManifestEntry)),
    "columns": Owner("columns has no key", _keys(ColumnsEntry)),
    "keywords": Owner("a keyword has no key", _keys(schema.KeywordEntry)),
    "xfail": Owner("xfail has no key", _keys(schema.XfailEntry)),
}


def check_suite(
    root: YamlMapping, written: YamlMapping, problems: Problems
) -> tuple[schema.SuiteEntry, YamlMapping]:
    """Check a whole file.

    Args:
        root: The file with its variables expanded.
        written: The file as it was typed, for what messages quote: a variable's value may be secret.
        problems: Gets every problem.

    Returns:
        The entry made of all that is right, and the file without what is wrong.
    """
    try:
        return schema.SuiteEntry.model_validate(root), root
    except ValidationError as error:
        places = _report(error, written, _OWNERS, problems)
    right = _without(root, places)
    return schema.SuiteEntry.model_validate(right), right


def check_options(
    model: type[ModelT], options: Any, written: YamlMapping, dialect: str, problems: Problems
) -> ModelT | None:
    """Parse the options of a dialect with its model; None when there is a problem with one of them.

    Args:
        model: The dialect's `Options`.
        options: The options with their variables expanded; one that was refused is left out.
        written: The options as they were typed.
        dialect: The dialect's name.
        problems: Gets every problem.
    """
    try:
        return model.model_validate(options)
    except ValidationError as error:
        owner = Owner(f'the dialect "{dialect}" has no option', _keys(model))
        _report(error, written, {"": owner}, problems)
        return None


def _report(
    error: ValidationError, written: YamlMapping, owners: dict[str, Owner], problems: Problems
) -> list[Path]:
    """Add one problem for each place, and return the places that have to go."""
    reported = set()
    for details in error.errors(include_url=False, include_input=False):
        place, value = _find(written, details["loc"])
        missing = details["loc"][-1:] if details["type"] == "missing" else ()
        if missing and missing == place[-1:]:  # it is there, and was refused before
            continue
        if (place, missing) in reported:  # a union refuses a value once for each of its members
            continue
        reported.add((place, missing))
        is_key = details["loc"][-1:] == ("[key]",)
        line = _line(written, place, of_key=is_key or details["type"] == "extra_forbidden")
        named = _without_name(place) if owners is _OWNERS else place
        problems.add(line, sentence(details, named, value, owners))
    return [_removable(place) for place, _ in reported]


def _find(node: Any, location: Path) -> tuple[Path, Any]:
    """Follow a location of pydantic's, leaving out the steps that are names of its own types."""
    place: list[int | str] = []
    for step in location:
        is_key = isinstance(node, YamlMapping) and step in node
        if is_key or (isinstance(node, YamlList) and isinstance(step, int) and step < len(node)):
            node = node[step]
            place.append(step)
    return tuple(place), node


def _without_name(place: Path) -> Path:
    """Name a place inside one of `servers` as in `server`: the name of a server is no key."""
    return ("server", *place[2:]) if place[:1] == ("servers",) and len(place) > 2 else place


def _line(node: Any, place: Path, *, of_key: bool) -> int:
    line: int = node.line
    for step in place:
        if isinstance(node, YamlMapping):
            line = node.key_line(str(step)) if of_key else node.value_line(str(step))
        else:
            line = node.lines[step]
        node = node[step]
    return line


def _removable(place: Path) -> Path:
    """Name what goes when a value is wrong: the key it belongs to, or a whole case."""
    while len(place) > 2 and isinstance(place[-1], int):
        place = place[:-1]
    return place


def _without(node: Any, places: list[Path]) -> Any:
    """Copy a mapping or a list without what is at these places; lines stay known."""
    gone = {place[0] for place in places if len(place) == 1}
    deeper: dict[int | str, list[Path]] = {}
    for step, *rest in places:
        deeper.setdefault(step, []).append(tuple(rest))
    if isinstance(node, YamlMapping):
        return node.replaced(
            {key: _kept(value, deeper.get(key)) for key, value in node.items() if key not in gone}
        )
    copy = YamlList(node.line)
    for index, item in enumerate(node):
        if index not in gone:
            copy.append(_kept(item, deeper.get(index)))
            copy.lines.append(node.lines[index])
    return copy


def _kept(value: Any, places: list[Path] | None) -> Any:
    return _without(value, places) if places else value
