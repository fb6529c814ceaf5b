"""What an HTTP answer other than success means, and what the server said with it."""

from __future__ import annotations

import asyncio
import email.utils
import json
import time
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import httpx

from pytest_stt.client.address import redact
from pytest_stt.client.masks import Mask
from pytest_stt.errors import BusyError, RejectedError, ServerError
from pytest_stt.text.printable import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

QUOTED_CHARACTERS = 300
_BODY_PATIENCE_S = 2.0

_ADVICE = {
    401: "Check the API key: `headers` of the server in the suite, `headers=` of STTClient.",
    404: "Check the path of the url, or set `options.path`; the server may also not know the model.",
    408: "The server ran out of its own time: try shorter audio, or raise the server's limit.",
    413: "The audio is too large for this server: send a shorter or compressed file, or raise its limit.",
    426: "The address wants a WebSocket: use a dialect that speaks one, or STTClient.ws.",
    429: "Wait before asking again, or ask for a higher limit; in a suite, lower `concurrency` or set a "
    "`rate`, such as 60/min.",
    503: "Wait until the server has loaded its model or has room again; in a suite, `wait: 60` waits for a "
    "server that starts, and a lower `concurrency` asks less of it at once.",
}
_ADVICE[403] = _ADVICE[407] = _ADVICE[401]
_ADVICE[405] = _ADVICE[410] = _ADVICE[404]


class HTTPRejectedError(RejectedError, httpx.HTTPStatusError):
    """The server refused the request with a status 3xx or 4xx."""


class HTTPBusyError(BusyError, httpx.HTTPStatusError):
    """The server answered 429 or 503."""


class HTTPServerError(ServerError, httpx.HTTPStatusError):
    """The server answered with a status 5xx other than 503."""


StatusError = HTTPRejectedError | HTTPBusyError | HTTPServerError

# Tracebacks and the short summary of pytest then name them as they are imported.
for _error in (HTTPRejectedError, HTTPBusyError, HTTPServerError):
    _error.__module__ = "pytest_stt.client"


def status_error(response: httpx.Response, *, expected: str = "") -> StatusError:
    """Build the error of an answer whose status isn't the one wanted.

    Its text has the address without secrets, the status, the server's own words and advice.

    Args:
        response: The answer; its words are quoted if its body has been read.
        expected: What the status should have been, where that is no success (2xx).
    """
    status, request = response.status_code, response.request
    answered = f"{redact(str(request.url))} answered {_status_line(status)}"
    answered += f" instead of {expected}" if expected else ""
    message = Mask.of(request).over(f"{answered}{body_words(response)} {_advice(response)}")
    if status in {429, 503}:
        busy = HTTPBusyError(message, request=request, response=response)
        busy.retry_after_s = retry_after_s(response)
        return busy
    kind = HTTPServerError if status >= 500 else HTTPRejectedError
    return kind(message, request=request, response=response)


async def read_quietly(response: httpx.Response) -> None:
    """Read the body of a refusal for quoting; a body that doesn't come is none."""
    with suppress(httpx.HTTPError, TimeoutError):
        async with asyncio.timeout(_BODY_PATIENCE_S):
            await response.aread()


def server_message(body: bytes) -> str:
    """Return what a server says in the body of an error, on one printable line, cut at 300 characters.

    It is looked for where the servers in use put it: `error.message`, `error`, `detail` (a text, or
    FastAPI's list of `{loc, msg}`), `message`, else the whole body.
    """
    text = body.decode("utf-8", "backslashreplace")
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        answer = None
    words = (message_in(answer) if isinstance(answer, dict) else "") or text
    return quoted(words)


def quoted(text: str) -> str:
    """Return text of a server on one printable line, cut at 300 characters."""
    return printable(" ".join(text.split()), QUOTED_CHARACTERS)


def message_in(body: Mapping[str, Any]) -> str:
    """Return the server's words in a JSON object that reports an error, else an empty text."""
    error = body.get("error")
    candidates = (
        error.get("message") if isinstance(error, dict) else error,
        body.get("detail"),
        body.get("message"),
    )
    return next((words for words in map(_flattened, candidates) if words), "")


def body_words(response: httpx.Response) -> str:
    """Return what the body says, as the end of a sentence that begins with the status or the type."""
    try:
        said = server_message(response.content)
    except httpx.ResponseNotRead:
        return "; its body did not come."
    return f": {said}{'' if said.endswith('.') else '.'}" if said else ", with nothing in the body."


def retry_after_s(response: httpx.Response) -> float | None:
    """Return the seconds of the header `Retry-After`, given as a number or as a date."""
    value = response.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        moment = email.utils.parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return None
    return max(0.0, moment.timestamp() - time.time())


def _status_line(status: int) -> str:
    with suppress(ValueError):
        return f"{status} {HTTPStatus(status).phrase}"
    return str(status)


def _advice(response: httpx.Response) -> str:
    status = response.status_code
    if response.has_redirect_location:
        location = printable(redact(response.headers["location"]), QUOTED_CHARACTERS)
        return f"It points to {location}: redirects aren't followed, so give that address."
    fallback = (
        "Look into the server's log."
        if status >= 500
        else "Check the format of the audio and the options of the dialect."
        if status >= 400
        else "Check that the url is the address of a speech-to-text server."
    )
    return _ADVICE.get(status, fallback)


def _flattened(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "; ".join(_validation_problem(entry) for entry in value)
    return ""


def _validation_problem(entry: object) -> str:
    if not isinstance(entry, dict):
        return str(entry)
    place = entry.get("loc")
    where = ".".join(map(str, place)) if isinstance(place, list) else ""
    return f"{where}: {entry.get('msg', '')}" if where else str(entry.get("msg", ""))
