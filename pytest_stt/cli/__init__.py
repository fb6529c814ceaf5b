"""The command line, `python -m pytest_stt COMMAND`: a table of commands, each loads what it needs."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from pytest_stt.cli import merge, normalize, schema, serve
from pytest_stt.cli.command import READER_GONE, fail

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from pytest_stt.cli.command import Command

OUTPUT_LOST = 1

COMMANDS = (serve.COMMAND, merge.COMMAND, normalize.COMMAND, schema.COMMAND)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that the arguments name, and return the exit status.

    Where nobody reads the output any more, as behind `| head`, that is `READER_GONE`, and where it can't be
    written, as on a full disk, `OUTPUT_LOST`.
    """
    try:
        return _run(arguments)
    except BrokenPipeError:
        _discard(sys.stdout, sys.stderr)
        return READER_GONE
    except OSError as error:
        _discard(sys.stdout)
        return _complain(error)


def _run(arguments: Sequence[str] | None) -> int:
    try:
        options = build_parser().parse_args(arguments)
        command: Command = options.command
        return command.run(options)
    finally:
        print(end="", flush=True)


def _complain(error: OSError) -> int:
    from pytest_stt.text.printable import printable

    what = error.filename or "the output can't be written"
    try:
        return fail(printable(f"{what}: {error.strerror or error}"), OUTPUT_LOST)
    except OSError:
        _discard(sys.stderr)
        return OUTPUT_LOST


def _discard(*streams: TextIO) -> None:
    """Send what is still in buffers nowhere, so that the interpreter can write it when it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in streams:
        os.dup2(nowhere, stream.fileno())


def build_parser() -> argparse.ArgumentParser:
    """Build the parser from the table of commands."""
    parser = argparse.ArgumentParser(prog="python -m pytest_stt", description="Tools around pytest-stt.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in COMMANDS:
        subparser = commands.add_parser(command.name, help=command.help, description=command.help)
        command.configure(subparser)
        subparser.set_defaults(command=command)
    return parser
