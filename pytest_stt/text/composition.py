"""Normalisers that a suite composes of steps: `[basic, {replace: {colour: color}}, {drop: [uh, um]}]`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from pytest_stt.errors import SuiteError
from pytest_stt.text.basic import fold_white_space
from pytest_stt.text.printable import printable
from pytest_stt.text.rewriting import compiled, drop_step, regex_step, replace_step
from pytest_stt.text.step import Normalizer, Step
from pytest_stt.text.wording import near_miss

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Rules = dict[str, str] | list[str] | list[list[str]]

EXAMPLE: Final = "[basic, {drop: [uh, um]}]"
_FORMS: Final = {
    "replace": "{replace: {colour: color}}",
    "drop": "{drop: [uh, um]}",
    "regex": '{regex: ["(\\\\d) km", "\\\\1 kilometres"]}',
}


def spec_of(value: object, *, label_of: Callable[[str], str]) -> str:
    """Check a list of steps and write it in its one form, JSON with versions.

    Args:
        value: A list as YAML gives it, or a text that is one in JSON or in the flow style of YAML.
        label_of: Gives the label of a normaliser's name or label; raises SuiteError where there is none.

    Returns:
        The JSON; a list that is a single name is this name.

    Raises:
        SuiteError: With every problem, one line each, that names the step by its number.
    """
    steps = read(value, f"a list of steps such as {EXAMPLE}") if isinstance(value, str) else value
    if not isinstance(steps, list) or not steps:
        raise SuiteError(
            "expected the name of a normaliser or a list of steps with at least one, "
            f"such as {EXAMPLE}, found {_shown(value)}"
        )
    checked: list[str | dict[str, Rules]] = []
    problems: list[str] = []
    for number, step in enumerate(steps, start=1):
        try:
            checked.append(_checked_step(step, label_of))
        except SuiteError as error:
            problems.extend(f"step {number}: {problem}" for problem in error.problems)
    if problems:
        raise SuiteError(*problems)
    if len(steps) == 1 and isinstance(steps[0], str):
        return steps[0]
    return json.dumps(checked, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def build(spec: str, *, find: Callable[[str], Normalizer]) -> Normalizer:
    """Make the normaliser of a spec that `spec_of` has written.

    The words of `replace` and `drop` go through the steps before them first, so that they meet the texts in
    the form that these have by then.

    Raises:
        SuiteError: Nothing is left of a word, or two words are the same, after the steps before it.
    """
    names: list[str] = []
    steps: list[Step] = []
    for number, entry in enumerate(json.loads(spec), start=1):
        if isinstance(entry, str):
            normalizer = find(entry)
            names.append(normalizer.name)
            steps.extend(normalizer.steps)
            continue
        [(kind, rules)] = entry.items()
        names.append(kind)
        try:
            steps.append(_step(kind, rules, before=tuple(steps)))
        except SuiteError as error:
            raise SuiteError(*(f"step {number}: {problem}" for problem in error.problems)) from None
    return Normalizer(name=" + ".join(names), label=spec, steps=tuple(steps))


def _step(kind: str, rules: Any, *, before: tuple[Step, ...]) -> Step:
    def prepare(text: str) -> str:
        for step in before:
            text = step.apply(text)
        return fold_white_space(text)

    if kind == "replace":
        return replace_step(rules, prepare)
    if kind == "drop":
        return drop_step(rules, prepare)
    return regex_step(rules)


def read(text: str, expected: str) -> Any:
    """Read a text that is a list or a mapping in JSON or in the flow style of YAML.

    Args:
        text: What somebody wrote.
        expected: What messages say was expected.

    Raises:
        SuiteError: It can't be read.
    """
    from pytest_stt.text.flow import read_flow

    try:
        return read_flow(text)
    except SuiteError as error:
        reason = printable(str(error), 100)
        raise SuiteError(f"expected {expected}, found '{printable(text, 60)}': {reason}") from None


def _checked_step(step: object, label_of: Callable[[str], str]) -> str | dict[str, Rules]:
    if isinstance(step, str):
        if step in _FORMS:
            raise SuiteError(f"the step {step!r} says nothing to {step}; write {_FORMS[step]}")
        return label_of(step)
    if not isinstance(step, dict):
        hint = "; write its steps one after the other" if isinstance(step, list) else ""
        raise SuiteError(
            f"expected a name or one of {', '.join(_FORMS.values())}, found {_shown(step)}{hint}"
        )
    if len(step) != 1:
        keys = ", ".join(f"'{printable(str(key), 40)}'" for key in step) or "none"
        raise SuiteError(f"expected one key, found {keys}; every rule is a step of its own")
    [(kind, rules)] = step.items()
    if kind not in _FORMS:
        hint = near_miss(str(kind), list(_FORMS))
        raise SuiteError(f"no step '{printable(str(kind), 40)}'{hint} (there is {', '.join(_FORMS)})")
    return {kind: _CHECKS[kind](rules)}


def _checked_replace(rules: object) -> Rules:
    if not isinstance(rules, dict) or not rules:
        raise _unexpected("replace", rules)
    problems = []
    for key, value in rules.items():
        if not isinstance(key, str) or not isinstance(value, str):
            problems.append(f"replace: expected text for text, found {_shown(key)}: {_shown(value)}")
        elif not key.strip():
            problems.append(f"replace: an empty word (for {_shown(value)}); say what is to be replaced")
    if problems:
        raise SuiteError(*problems)
    return dict(rules)


def _checked_drop(rules: object) -> Rules:
    words = [rules] if isinstance(rules, str) else rules
    if not isinstance(words, list) or not words:
        raise _unexpected("drop", rules)
    for word in words:
        if not isinstance(word, str):
            raise SuiteError(f"drop: expected words, found {_shown(word)}")
        if not word.strip():
            raise SuiteError("drop: an empty word; say what is to be dropped")
    return list(words)


def _checked_regex(rules: object) -> Rules:
    pairs = list(_pairs(rules))
    problems: list[str] = []
    for pattern, replacement in pairs:
        try:
            compiled(pattern, replacement)
        except SuiteError as error:
            problems.extend(error.problems)
    if problems:
        raise SuiteError(*problems)
    return [list(pair) for pair in pairs]


def _pairs(rules: object) -> Iterator[tuple[str, str]]:
    """Read a list of rules; two plain texts are one rule, and a mapping is as many as it has keys."""
    if isinstance(rules, dict) or (isinstance(rules, list) and any(isinstance(rule, str) for rule in rules)):
        rules = [rules]
    if not isinstance(rules, list) or not rules:
        raise _unexpected("regex", rules)
    for rule in rules:
        found = list(rule.items()) if isinstance(rule, dict) else [rule]
        for pair in found:
            if not isinstance(pair, list | tuple) or [type(text) for text in pair] != [str, str]:
                forms = "[pattern, replacement] or {pattern: replacement}"
                raise SuiteError(f"regex: expected {forms}, found {_shown(rule)}")
            yield pair[0], pair[1]


_CHECKS: Final[dict[str, Callable[[object], Rules]]] = {
    "replace": _checked_replace,
    "drop": _checked_drop,
    "regex": _checked_regex,
}


def _unexpected(kind: str, rules: object) -> SuiteError:
    return SuiteError(f"{kind}: expected {_FORMS[kind]}, found {_shown(rules)}")


def _shown(value: object) -> str:
    if isinstance(value, str):
        return f"'{printable(value, 40)}'"
    if value is None or value in ([], {}):
        return "nothing"
    return printable(json.dumps(value, ensure_ascii=False, default=str), 60)
