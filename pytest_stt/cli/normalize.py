"""`python -m pytest_stt normalize`: what a normaliser makes of a text, step by step."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from pytest_stt.cli.command import Command, fail

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_stt.text.step import Normalizer

STANDARD_INPUT = "-"


class _List(argparse.Action):
    """Name all normalisers and end, as --help does."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from pytest_stt.text.normalizers import RELEASES

        width = max(len(release.label) for release in RELEASES)
        for release in RELEASES:
            print(f"{release.label:<{width}}  {release.summary}")
        parser.exit()


def _configure(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "name",
        metavar="NAME",
        help="such as basic, a list of steps, '[basic, {drop: [uh, um]}]', "
        "or one for each language, '{default: basic, ja: cjk}'",
    )
    add("text", metavar="TEXT", help="what is normalised; - is each line of standard input")
    add("-l", "--language", metavar="TAG", help="the language of the text, such as de")
    add("-q", "--quiet", action="store_true", help="print the results alone")
    add("--list", action=_List, nargs=0, help="name all normalisers, and what each is for")


def _run(options: argparse.Namespace) -> int:
    from pytest_stt.errors import SuiteError

    try:
        normalizer = _normalizer(options.name, options.language)
        for text in _texts(options.text):
            _normalize(text, normalizer, quiet=options.quiet)
    except SuiteError as error:
        return fail(str(error))
    return 0


def _normalizer(name: str, language: str | None) -> Normalizer:
    from pytest_stt.text.normalizers import find_normalizer, normalizer_for, read_normalizers

    return find_normalizer(normalizer_for(read_normalizers(name), language), language)


def _texts(text: str) -> Iterator[str]:
    from pytest_stt.errors import SuiteError

    if text != STANDARD_INPUT:
        yield text
        return
    try:
        for line in sys.stdin:
            yield line.removesuffix("\n")
    except UnicodeDecodeError as error:
        raise SuiteError(f"standard input can't be read as {error.encoding}: {error.reason}") from None


def _normalize(text: str, normalizer: Normalizer, *, quiet: bool) -> None:
    """Show each step with what it makes of the text, and the result alone in the last line."""
    from pytest_stt.text.printable import printable

    width = max((len(step.name) for step in normalizer.steps), default=0)
    for step in normalizer.steps:
        before, text = text, step.apply(text)
        if not quiet:
            outcome = "no change" if text == before else f"→ {printable(text)}"
            _write(f"{step.name:<{width}}  {printable(step.description)}: {outcome}")
    _write(printable(text) if sys.stdout.isatty() else text)


def _write(line: str) -> None:
    encoding = sys.stdout.encoding or "utf-8"
    print(line.encode(encoding, "backslashreplace").decode(encoding))


COMMAND = Command(
    name="normalize",
    help="Show what a normaliser makes of a text, step by step; the last line is the result.",
    configure=_configure,
    run=_run,
)
