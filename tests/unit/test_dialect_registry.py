from __future__ import annotations

import pytest

from pytest_stt.audio import AudioEncoding, AudioSample
from pytest_stt.client import STTClient
from pytest_stt.client.dialects import dialect_names, find_dialect, read_options
from pytest_stt.client.dialects.openai import OpenAIOptions, form_fields
from pytest_stt.client.dialects.whisperlive import WhisperLiveOptions, handshake
from pytest_stt.client.stream import StreamOptions
from pytest_stt.errors import SuiteError

SILENCE = [0.0] * 1600


def test_dialects_are_found_by_name() -> None:
    assert dialect_names() == ["openai", "whisperlive"]
    assert [find_dialect(name).name for name in dialect_names()] == dialect_names()


def test_an_unknown_dialect_gets_the_nearest_name() -> None:
    with pytest.raises(SuiteError, match=r"no dialect 'opanai'\. Did you mean 'openai'"):
        find_dialect("opanai")
    with pytest.raises(SuiteError, match=r"no dialect 'x'\. Dialects: openai, whisperlive"):
        find_dialect("x")


def test_options_may_come_as_text() -> None:
    options = read_options(
        find_dialect("openai"),
        {"stream": "true", "temperature": "0", "timestamp_granularities": ["word"], "extra": {"a": ["b"]}},
    )
    assert isinstance(options, OpenAIOptions)
    assert (options.stream, options.temperature, options.extra) == (True, 0.0, {"a": ["b"]})


def test_every_wrong_option_is_named() -> None:
    with pytest.raises(SuiteError) as raised:
        read_options(
            find_dialect("openai"),
            {"modle": "x", "temperature": "hot", "response_format": "srt", "extra": {"a": None}},
        )
    text = "\n".join(raised.value.problems)
    assert len(raised.value.problems) >= 4
    assert "no option 'modle'. Did you mean 'model'" in text
    assert "'temperature' of the dialect openai" in text
    assert "found 'hot'" in text
    assert "'json', 'text' or 'verbose_json'" in text


@pytest.mark.parametrize(
    "wrong", [{"ready_timeout": "0"}, {"ready_timeout": "inf"}, {"settle_ms": 0}, {"pad_after_ms": -1}]
)
def test_durations_have_to_be_possible(wrong: dict[str, object]) -> None:
    with pytest.raises(SuiteError, match=next(iter(wrong))):
        STTClient(url="ws://127.0.0.1:1", dialect="whisperlive", options=wrong)


def test_whisperlive_takes_no_base64() -> None:
    with pytest.raises(SuiteError, match="not as pcm16_base64"):
        STTClient(
            url="ws://127.0.0.1:1",
            dialect="whisperlive",
            stream=StreamOptions(encoding=AudioEncoding.PCM16_BASE64),
        )


def sample(language: str | None) -> AudioSample:
    return AudioSample.from_array(SILENCE, 16000, language=language)


@pytest.mark.parametrize(
    ("option", "language", "sent"),
    [
        (None, "en-US", "en"),
        (None, "DE_at", "de"),
        (None, None, None),
        ("en-US", "de", "de"),
        ("en-US", None, "en-US"),
        ("", "de", None),
    ],
)
def test_the_language_comes_from_the_sample_or_else_from_the_option(
    option: str | None, language: str | None, sent: str | None
) -> None:
    assert form_fields(OpenAIOptions(language=option), sample(language)).get("language") == sent
    assert handshake(WhisperLiveOptions(language=option), language)["language"] == sent


def test_form_fields_are_only_what_was_asked_for() -> None:
    assert form_fields(OpenAIOptions(), sample(None)) == {"model": "whisper-1"}
    asked = OpenAIOptions(
        model=None,
        response_format="verbose_json",
        temperature=0,
        stream=False,
        timestamp_granularities=["word", "segment"],
        extra={"hotwords": "door"},
    )
    assert form_fields(asked, sample(None)) == {
        "response_format": "verbose_json",
        "temperature": 0.0,
        "stream": False,
        "timestamp_granularities[]": ["word", "segment"],
        "hotwords": "door",
    }


def test_a_handshake_has_a_uid_of_its_own_and_takes_further_keys() -> None:
    options = WhisperLiveOptions(initial_prompt="hi", extra={"hotwords": "door", "use_vad": False})
    first, second = handshake(options, None), handshake(options, None)
    assert first["uid"] != second["uid"]
    assert (first["initial_prompt"], first["hotwords"], first["use_vad"]) == ("hi", "door", False)
