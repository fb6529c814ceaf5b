from __future__ import annotations

import base64
import json

import httpx
import pytest

from pytest_stt.client.masks import Mask
from pytest_stt.client.timeline import Timeline
from pytest_stt.errors import ClosedError, ServerError, STTError, STTTimeoutError, SuiteError
from pytest_stt.text.printable import printable

PAIR = base64.b64encode(b"somebody:HUSHHUSH").decode()


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({"X-API-Key": "HUSHHUSH"}, "Incorrect API key provided: HUSHHUSH."),
        ({"Authorization": "Bearer HUSHHUSH"}, "no such token: HUSHHUSH"),
        ({"authorization": "Token HUSHHUSH"}, "no such token: 'HUSHHUSH'"),
        ({"Authorization": f"Basic {PAIR}"}, "user somebody has no password HUSHHUSH"),
        ({"Authorization": "Basic HUSHHUSH~"}, "HUSHHUSH~ is no base64"),
        ({"Authorization": "Digest HUSHHUSH"}, "what is Digest HUSHHUSH?"),
    ],
)
def test_the_value_of_a_header_is_covered(headers: dict[str, str], said: str) -> None:
    covered = Mask("http://host/v1", headers).over(said)
    assert "HUSHHUSH" not in covered
    assert "***" in covered


@pytest.mark.parametrize(
    "url",
    [
        "http://somebody:HUSH%20HUSH@host/v1",
        "http://HUSH%20HUSH@host/v1",
        "ws://host/v1?model=x&key=HUSH%20HUSH",
        "http://host/v1?HUSH%20HUSH",
        "http://host/v1?key=HUSH+HUSH",
    ],
)
@pytest.mark.parametrize("repeated", ["HUSH HUSH", "HUSH%20HUSH"])
def test_the_secrets_of_an_address_are_covered_encoded_and_decoded(url: str, repeated: str) -> None:
    covered = Mask(url).over(f"bad key {repeated}, model x")
    assert covered == "bad key ***, model x"


def test_what_httpx_makes_of_a_userinfo_is_covered() -> None:
    assert PAIR not in Mask("http://somebody:HUSHHUSH@host").over(f"got Authorization: Basic {PAIR}")


def test_a_secret_in_json_is_covered() -> None:
    secret = 'HUSH"HUSH\\HUSH'
    assert "HUSH" not in Mask("", {"X-Key": secret}).over(json.dumps({"key": secret}))


def test_a_secret_that_is_cut_off_is_covered() -> None:
    mask = Mask("", {"X-Key": "HUSHHUSHHUSH"})
    assert mask.over("key HUSHHUSH… is wrong") == "key ***… is wrong"
    assert mask.over(printable("the key HUSHHUSHHUSH", 19)) == "the key ***…"


def test_short_and_harmless_values_stay_in_messages() -> None:
    mask = Mask(
        "http://me:pw@host/?v=1", {"X-V": "small", "Content-Type": "audio/wav", "Host": "stt.example"}
    )
    said = "the small me of stt.example can't read audio/wav with v=1 and pw"
    assert mask.over(said) == said


@pytest.mark.parametrize("url", ["", "http://[half", "no address"])
def test_an_address_without_secrets_covers_nothing(url: str) -> None:
    assert Mask(url).over("half no address") == "half no address"


def test_everything_that_an_error_says_is_covered() -> None:
    mask = Mask("", {"X-Key": "HUSHHUSH"})
    errors: list[STTError] = [
        ServerError("HUSHHUSH"),
        STTTimeoutError("late for HUSHHUSH"),
        ClosedError("closed: HUSHHUSH", reason="no HUSHHUSH"),
        SuiteError("one HUSHHUSH", "two HUSHHUSH"),
    ]
    for error in errors:
        mask.cover(error)
        shown = f"{error} {error!r} {vars(error)}"
        assert "HUSHHUSH" not in shown
        assert "***" in str(error)


def test_a_request_is_masked_with_all_that_it_holds() -> None:
    request = httpx.Request("POST", "http://host/", params={"key": "HUSHHUSH"}, headers={"X-Key": "PSSTPSST"})
    assert Mask.of(request).over("HUSHHUSH PSSTPSST") == "*** ***"
    assert "PSST" not in repr(Mask.of(request))


def test_a_transcript_is_never_masked() -> None:
    timeline = Timeline(mask=Mask("", {"X-Key": "HUSHHUSH"}))
    timeline.hear("say HUSHHUSH", 0.0)
    assert [event.text for event in timeline.events] == ["say HUSHHUSH"]
    assert timeline.hypothesis == "say HUSHHUSH"


def test_words_of_harmless_headers_and_queries_stay() -> None:
    mask = Mask("http://h/v1?model=whisper-1", {"X-Tenant": "server", "X-Model": "whisper-1"})
    assert mask.over("the server has no model whisper-1") == "the server has no model whisper-1"


def test_what_python_shows_of_a_secret_is_covered() -> None:
    secret = 'k"ey\\ABC12345'
    mask = Mask("", {"X-Key": secret})
    for shown in (repr(secret), repr({"X-Key": secret}), json.dumps(repr(secret))):
        assert "ABC12345" not in mask.over(shown)
