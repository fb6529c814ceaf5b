"""The command line, `python -m pytest_stt COMMAND`: a table of commands, each loads what it needs."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

USAGE_ERROR = 2


@dataclass(frozen=True, kw_only=True)
class Command:
    """A command: its options, and the function that runs it and gives the exit status."""

    name: str
    help: str
    configure: Callable[[argparse.ArgumentParser], object]
    run: Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that the arguments name, and return the exit status."""
    options = build_parser().parse_args(arguments)
    command: Command = options.command
    return command.run(options)


def build_parser() -> argparse.ArgumentParser:
    """Build the parser from the table of commands."""
    parser = argparse.ArgumentParser(prog="python -m pytest_stt", description="Tools around pytest-stt.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in COMMANDS:
        subparser = commands.add_parser(command.name, help=command.help, description=command.help)
        command.configure(subparser)
        subparser.set_defaults(command=command)
    return parser


def fail(message: str, status: int = USAGE_ERROR) -> int:
    """Say on stderr what is wrong, and return the exit status."""
    print(f"pytest-stt: {message}", file=sys.stderr)
    return status


def _configure_serve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=_port, default=8765, help="port to listen on (default: %(default)s)")


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"expected a port from 0 (any free one) to 65535, found {text!r}")
    return int(text)


def _serve(options: argparse.Namespace) -> int:
    from pytest_stt.errors import ConnectError
    from pytest_stt.local import LocalServer, missing_extra

    if problem := missing_extra():
        return fail(problem)
    try:
        server = LocalServer.listen(host=options.host, port=options.port)
    except ConnectError as error:
        return fail(str(error))
    try:
        server.wait_ready()
        address = server.url.removeprefix("http://")
        print(
            f"Ready: {server.url}/v1/audio/transcriptions (OpenAI) and ws://{address} (WhisperLive). "
            "Ctrl-C ends it.",
            flush=True,
        )
        server.join()
        return fail(server.failure or "The embedded engine ended.", status=1)
    except ConnectError as error:
        return fail(str(error), status=1)
    except KeyboardInterrupt:
        return 0
    finally:
        server.stop()


COMMANDS = (
    Command(
        name="serve",
        help="Serve the embedded speech engine over OpenAI's HTTP API and WhisperLive's WebSocket.",
        configure=_configure_serve,
        run=_serve,
    ),
)
