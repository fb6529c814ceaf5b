"""`python -m pytest_stt serve`."""

from __future__ import annotations

import argparse

from pytest_stt.cli.command import Command, fail


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=_port, default=8765, help="port to listen on (default: %(default)s)")


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"expected a port from 0 (any free one) to 65535, found {text!r}")
    return int(text)


def _run(options: argparse.Namespace) -> int:
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


COMMAND = Command(
    name="serve",
    help="Serve the embedded speech engine over OpenAI's HTTP API and WhisperLive's WebSocket.",
    configure=_configure,
    run=_run,
)
