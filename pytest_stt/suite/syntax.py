"""What is wrong with text that is no YAML, in words for its author."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import yaml

# The characters that YAML 1.1 does not allow in a file (section 5.1), and its line breaks (5.4).
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LINE_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")

_ASTRAY = (
    "this does not continue what is above it; look at the indentation, "
    "and put a value with quotes inside it in quotes as a whole"
)

# Parts of libyaml's and of PyYAML's own phrases, and what the author can do about each.
_SENTENCES = {
    "mapping values are not allowed": '": " where no key can be; put a value that holds ": " in quotes, '
    "or look at the indentation",
    "unexpected end of stream": "the quote that opens here is never closed",
    "unknown escape": r"an unknown escape in double quotes; write \\ for a backslash, or use single quotes",
    "Unicode character escape": "an escape in double quotes that names no character",
    "',' or ']'": 'a list that opens with "[" lacks its "]" or a comma before this place',
    "',' or '}'": 'a mapping that opens with "{" lacks its "}" or a comma before this place',
    "node content": 'something that opens with "[" or "{" is never closed',
    "<document start>": "text follows the end of the document",
    "alphabetic or numeric": '"&" and "*" begin the name of an anchor; put the value in quotes',
    "expected key": _ASTRAY,
    "<block end>": _ASTRAY,
    "expected '-'": _ASTRAY,
    "expected ':'": 'a key without a ":" after it',
    "tag": '"!" begins a YAML tag; put the value in quotes',
    "expected '>'": '"!" begins a YAML tag; put the value in quotes',
    "the expected '>'": '"!" begins a YAML tag; put the value in quotes',
}


def syntax_problem(error: yaml.YAMLError, text: str) -> tuple[int, str]:
    """Say on which line a parser stopped, and why.

    Returns:
        The line, counted from 1, and a sentence without the parser's own terms.
    """
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return _forbidden_character(text)
    phrase = str(getattr(error, "problem", ""))
    if "unexpected end of stream" in phrase:
        mark = getattr(error, "context_mark", None) or mark
    rest = _line(text, mark.line)[mark.column :]
    return mark.line + 1, f"this is not YAML: {_sentence(phrase, rest)}{_variable_hint(text, mark.line)}"


def _sentence(phrase: str, rest: str) -> str:
    if "tab character" in phrase or (rest.startswith("\t") and "cannot start" in phrase):
        return "a tab where YAML wants blanks; indent with blanks only"
    if "cannot start" in phrase:
        return f'a value cannot begin with "{rest[:1]}"; put it in quotes'
    for part, sentence in _SENTENCES.items():
        if part in phrase:
            return sentence
    return f'it makes no sense from "{rest.strip()[:60]}" on'


def _variable_hint(text: str, line: int) -> str:
    # In {url: ${STT_URL}} the first "}" closes the mapping, which no one expects.
    written = _line(text, line)
    return "; inside { } and [ ] write ${NAME} in quotes" if re.search(r"[{\[].*\$\{", written) else ""


def _line(text: str, number: int) -> str:
    lines = _LINE_BREAK.split(text)
    return lines[number] if number < len(lines) else ""


def _forbidden_character(text: str) -> tuple[int, str]:
    match = _FORBIDDEN.search(text)
    if match is None:
        return 1, "this is not YAML: it can't be read"
    line = len(_LINE_BREAK.split(text[: match.start()]))
    return line, f"this is not YAML: it holds the control character U+{ord(match[0]):04X}"
