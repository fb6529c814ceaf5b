"""A JUnit file of records, as pytest would have written it for the same run (family xunit2)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from pytest_stt.render.junit import properties_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_stt.records import Record
    from pytest_stt.render.junit import Property

# What XML 1.0 has no room for; pytest counts DEL among it.
_ILLEGAL = re.compile("[^\t\n\r\x20-\x7e\x80-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WORST_FIRST = ("error", "failed", "xfailed", "skipped", "xpassed", "passed")
_ELEMENTS = {
    "error": ("error", None),
    "failed": ("failure", None),
    "skipped": ("skipped", "pytest.skip"),
    "xfailed": ("skipped", "pytest.xfail"),
}


def junit_xml(records: Sequence[Record], *, properties: Iterable[Property] = ()) -> str:
    """Return a JUnit file with one test case for each node id.

    The time of a test case is its latency, since records know no other; the results of a test that
    scored several are pooled as in pytest's file.

    Args:
        records: In the order of their test cases.
        properties: Names and values for the whole suite.
    """
    tests: dict[tuple[str, str], list[Record]] = {}
    for record in records:
        tests.setdefault((record.suite, record.id), []).append(record)
    cases = [_case(group) for group in tests.values()]
    suite = ElementTree.Element(
        "testsuite",
        name="pytest",
        errors=_count(cases, "error"),
        failures=_count(cases, "failure"),
        skipped=_count(cases, "skipped"),
        tests=str(len(cases)),
        time=f"{sum(map(_seconds, records)):.3f}",
    )
    _add_properties(suite, properties)
    suite.extend(cases)
    root = ElementTree.Element("testsuites", name="pytest tests")
    root.append(suite)
    return '<?xml version="1.0" encoding="utf-8"?>' + ElementTree.tostring(root, encoding="unicode")


def _case(records: Sequence[Record]) -> ElementTree.Element:
    worst = min(records, key=lambda record: _WORST_FIRST.index(record.outcome))
    classname, name = _address(worst)
    seconds = sum(map(_seconds, records))
    case = ElementTree.Element(
        "testcase", classname=_legal(classname), name=_legal(name), time=f"{seconds:.3f}"
    )
    _add_properties(case, properties_of(records))
    if worst.outcome in _ELEMENTS:
        tag, kind = _ELEMENTS[worst.outcome]
        message = _legal(worst.message.removeprefix("Skipped: ") if tag == "skipped" else worst.message)
        attributes = {"message": message} | ({"type": kind} if kind else {})
        ElementTree.SubElement(case, tag, attributes).text = message
    return case


def _address(record: Record) -> tuple[str, str]:
    """Split a node id as pytest does: the path with dots, without a final .py, classes behind it."""
    # pytest leaves the file out of the ids of files outside the rootdir.
    file = f"{record.suite}::"
    inside = record.id.removeprefix(file) if record.id.startswith(file) else record.case
    head, bracket, parameters = inside.partition("[")
    parts = [record.suite.replace("/", ".").removesuffix(".py"), *head.split("::")]
    parts[-1] += bracket + parameters
    return ".".join(parts[:-1]), parts[-1]


def _seconds(record: Record) -> float:
    return (record.latency_ms or 0.0) / 1000


def _count(cases: Iterable[ElementTree.Element], tag: str) -> str:
    return str(sum(case.find(tag) is not None for case in cases))


def _add_properties(parent: ElementTree.Element, properties: Iterable[Property]) -> None:
    pairs = list(properties)
    if pairs:
        node = ElementTree.SubElement(parent, "properties")
        for name, value in pairs:
            ElementTree.SubElement(node, "property", name=name, value=_legal(value))


def _legal(text: str) -> str:
    """Show what XML can't hold in the way of pytest, as in `#x1B`."""
    return _ILLEGAL.sub(lambda match: f"#x{ord(match[0]):0{2 if match[0] <= chr(0xFF) else 4}X}", text)
