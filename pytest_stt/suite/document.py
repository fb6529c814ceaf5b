"""One YAML document as nested mappings, lists and text that know their lines.

Built from the parser's events rather than by a loader, for two reasons. No scalar is resolved:
`no`, `10:30` and `1984` stay the text that was typed, and typed fields parse their own numbers.
And the resolver is what costs: 20 000 cases take 3 s in a `CSafeLoader` and half a second here.
Only values without a type (`resolved`) are read as JSON reads them, unless they are in quotes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from pytest_stt.suite.problems import found
from pytest_stt.suite.syntax import syntax_problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_stt.suite.problems import Problems

MAX_DEPTH = 64
MAX_ALIASED = 1_000_000
"""How many values the aliases of one file may stand for: a guard against "billion laughs"."""
_STANDARD_TAG = "tag:yaml.org,2002:"

# How a plain scalar begins that is not just text: a number, true or false, null, a variable.
_SPECIAL_STARTS = frozenset(["", *"-+.0123456789tTfFnN~$"])
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(\.[0-9]{1,99})?([eE][-+]?[0-9]{1,2})?")
_WORDS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_PLAIN_NULLS = frozenset(["", "~", "null", "Null", "NULL"])
_PLAIN_TAGS = frozenset([None, "!", *(_STANDARD_TAG + kind for kind in ("str", "seq", "map"))])
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class Plain(str):
    """Text without quotes that may stand for a number, a boolean or a variable."""

    __slots__ = ()


class Null(Plain):
    """A plain scalar that YAML reads as null, as it was typed: nothing at all, `~` or `null`."""

    __slots__ = ()


class YamlMapping(dict[str, Any]):
    """A mapping that remembers its lines, counted from 1.

    Attributes:
        line: The line it begins on.
        lines: The line of each key, also of keys that were refused later.
        value_lines: The line of a value that is not on its key's line.
    """

    __slots__ = ("extent", "line", "lines", "value_lines")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.extent: tuple[int, int] | None = None
        self.lines: dict[str, int] = {}
        self.value_lines: dict[str, int] = {}

    def key_line(self, key: str) -> int:
        """Return the line of a key, the mapping's own when it has no such key."""
        return self.lines.get(key, self.line)

    def value_line(self, key: str) -> int:
        """Return the line on which the value of a key begins."""
        return self.value_lines.get(key) or self.key_line(key)

    def without(self, *keys: str) -> YamlMapping:
        """Copy the mapping without these keys; their lines stay known."""
        return self.replaced({key: value for key, value in self.items() if key not in keys})

    def replaced(self, values: dict[str, Any]) -> YamlMapping:
        """Copy the mapping with other values, and with its own lines."""
        copy = YamlMapping(self.line)
        copy.update(values)
        copy.lines, copy.value_lines = self.lines, self.value_lines
        return copy


class YamlList(list[Any]):
    """A list that remembers the line it begins on and the line of each item."""

    __slots__ = ("extent", "line", "lines")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.extent: tuple[int, int] | None = None
        self.lines: list[int] = []


Node = str | YamlMapping | YamlList


def read_document(text: str, problems: Problems) -> Node | None:
    """Build the one document of a file.

    Problems that leave the rest readable (a key given twice, a tag) are added to
    `problems` and the reading goes on.

    Returns:
        The root, `Null("")` for an empty file, or None after an error that makes the rest unreadable.
    """
    try:
        root: Node = _Builder(text, problems).document()
        return root
    except _Unreadable as error:
        problems.add(error.line, error.text)
    except yaml.YAMLError as error:
        problems.add(*syntax_problem(error, text))
    return None


def plain(node: Any) -> Any:
    """Turn a node into builtins: dict, list, str, and None where YAML reads null."""
    if isinstance(node, dict):
        return {key: plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [plain(item) for item in node]
    return None if isinstance(node, Null) else str(node)


def resolved(node: Any) -> Any:
    """Turn a node without a type of its own into builtins; numbers, booleans and null are those of JSON."""
    if isinstance(node, dict):
        return {key: resolved(value) for key, value in node.items()}
    if isinstance(node, list):
        return [resolved(item) for item in node]
    if not isinstance(node, Plain) or isinstance(node, Null):
        return plain(node)
    number = _NUMBER.fullmatch(node)
    if number is None:
        return _WORDS.get(node, str(node))
    return float(node) if number[1] or number[2] else int(node)


class _Unreadable(Exception):
    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line = line
        self.text = text


class _Builder:
    def __init__(self, text: str, problems: Problems) -> None:
        self.events: Iterator[Any] = yaml.parse(text, Loader=_LOADER)
        self.problems = problems
        self.anchors: dict[str, Any] = {}
        self.open_anchors: set[str] = set()
        self.aliased = 0
        self.depth = 0

    def document(self) -> Any:
        next(self.events)  # the stream's start
        if isinstance(next(self.events), yaml.StreamEndEvent):
            return Null("")
        root = self.node(next(self.events))
        next(self.events)  # the document's end
        after = next(self.events)
        if not isinstance(after, yaml.StreamEndEvent):
            raise _Unreadable(
                _line(after), 'a second YAML document begins here ("---"); a suite file holds one'
            )
        return root

    def node(self, event: Any) -> Any:
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event)
        if event.tag not in _PLAIN_TAGS:
            tag = event.tag.replace(_STANDARD_TAG, "!!")
            self.problems.add(_line(event), f'the YAML tag "{tag}" means nothing here; leave it out')
        if event.anchor is None:
            return self.value(event)
        self.open_anchors.add(event.anchor)
        value = self.anchors[event.anchor] = self.value(event)
        self.open_anchors.discard(event.anchor)
        return value

    def value(self, event: Any) -> Any:
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event)
        line = _line(event)
        self.depth += 1
        self.check_depth(line, self.depth)
        result = self.mapping(line) if isinstance(event, yaml.MappingStartEvent) else self.sequence(line)
        self.depth -= 1
        return result

    def check_depth(self, line: int, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise _Unreadable(line, f"values nested more than {MAX_DEPTH} levels deep")

    def sequence(self, line: int) -> YamlList:
        result = YamlList(line)
        while type(event := next(self.events)) is not yaml.SequenceEndEvent:
            result.append(self.node(event))
            result.lines.append(_line(event))
        return result

    def mapping(self, line: int) -> YamlMapping:
        result = YamlMapping(line)
        merges: list[tuple[int, Any]] = []
        events, lines = self.events, result.lines
        while type(event := next(events)) is not yaml.MappingEndEvent:
            is_simple = type(event) is yaml.ScalarEvent and event.anchor is None
            key, key_line = event.value if is_simple else self.key(event), event.start_mark.line + 1
            value_event = next(events)
            if (
                type(value_event) is yaml.ScalarEvent
                and value_event.anchor is None
                and value_event.tag is None
                and (value_event.value[:1] not in _SPECIAL_STARTS or not value_event.implicit[0])
            ):
                value = value_event.value  # most keys and values of a big file: spare them two calls
            else:
                value = self.node(value_event)
            if key == "<<" and event.implicit[0]:
                merges.append((key_line, value))
            elif key in lines:
                self.problems.add(key_line, f'the key "{key}" is given twice, first on line {lines[key]}')
            else:
                result[key], lines[key] = value, key_line
                if (value_line := value_event.start_mark.line + 1) != key_line:
                    result.value_lines[key] = value_line
        for merge_line, value in merges:
            self.merge(result, merge_line, value)
        return result

    def key(self, event: Any) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            raise _Unreadable(_line(event), "a key is text; found a list, a mapping or an alias")
        if event.anchor is not None:
            self.anchors[event.anchor] = event.value
        return str(event.value)

    def merge(self, mapping: YamlMapping, line: int, value: Any) -> None:
        """Take over what `<<` names: a key of the mapping's own wins, then the earlier source."""
        sources = value if isinstance(value, YamlList) else [value]
        for source in sources:
            if not isinstance(source, YamlMapping):
                text = f'"<<" takes over the keys of a mapping, such as *name; found {found(source)}'
                self.problems.add(line, text)
                continue
            for key in [key for key in source if key not in mapping]:
                mapping[key] = source[key]
                mapping.lines[key] = source.key_line(key)
                mapping.value_lines[key] = source.value_line(key)

    def alias(self, event: Any) -> Any:
        name, line = event.anchor, _line(event)
        if name in self.open_anchors:
            raise _Unreadable(line, f'"*{name}" stands inside "&{name}"; a value cannot contain itself')
        if name not in self.anchors:
            raise _Unreadable(line, f'"*{name}" names nothing: there is no "&{name}" above it')
        value = self.anchors[name]
        size, depth = _extent(value)
        self.check_depth(line, self.depth + depth)
        self.aliased += size
        if self.aliased > MAX_ALIASED:
            raise _Unreadable(line, f"the aliases of this file stand for more than {MAX_ALIASED} values")
        return value


def _extent(value: Any) -> tuple[int, int]:
    """Count the values that a value is made of, and its levels, with aliases expanded."""
    if not isinstance(value, YamlMapping | YamlList):
        return 1, 0
    if value.extent is None:
        parts = [_extent(part) for part in (value.values() if isinstance(value, YamlMapping) else value)]
        value.extent = 1 + sum(size for size, _ in parts), 1 + max((depth for _, depth in parts), default=0)
    return value.extent


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _scalar(event: Any) -> str:
    text = str(event.value)
    if not event.implicit[0]:
        return text
    if text in _PLAIN_NULLS:
        return Null(text)
    return Plain(text) if text[:1] in _SPECIAL_STARTS else text
