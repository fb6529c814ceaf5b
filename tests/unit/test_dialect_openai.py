from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_stt.client.dialects.base import Said
from pytest_stt.client.dialects.openai import OpenAIDialect, OpenAIOptions
from pytest_stt.client.dialects.openai_answers import OpenAIDecoder
from pytest_stt.client.sse import EventData, EventSplitter
from pytest_stt.client.stream import StreamOptions
from pytest_stt.errors import ProtocolError, ServerError, SuiteError
from pytest_stt.text.times import TimedWord


def decoder(*, plain_text: bool = False) -> OpenAIDecoder:
    return OpenAIDecoder(plain_text=plain_text, where="http://host/v1")


def read_body(body: Any, *, plain_text: bool = False) -> str:
    reader = decoder(plain_text=plain_text)
    sayings = reader.feed(body if isinstance(body, bytes) else json.dumps(body).encode())
    assert [said.kind for said in sayings] == ["final", "done"]
    assert reader.end() == []
    return reader.transcript


def error_of(sayings: list[Said]) -> str:
    (said,) = sayings
    assert said.kind == "error"
    assert isinstance(said.error, ProtocolError | ServerError)
    assert said.text == str(said.error)
    assert "http://host/v1" in said.text
    return said.text


NAMED = EventData("queued", "status")


def read_events(*events: Any) -> tuple[str, list[Said]]:
    reader = decoder()
    for event in events:
        reader.feed(event if isinstance(event, str) else json.dumps(event))
    return reader.transcript, reader.end()


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"text": "red door", "usage": {"type": "tokens"}}, "red door"),
        ({"text": " red door\n blue door\n"}, "red door\n blue door"),
        ({"text": ""}, ""),
        ({"task": "transcribe", "duration": "2.1", "text": "red", "segments": [], "words": []}, "red"),
        (b'{"text": "lone \\ud800 surrogate"}', "lone \ud800 surrogate"),
        ({"text": "red", "error": None}, "red"),
    ],
)
def test_the_text_of_a_json_answer_is_the_transcript(body: Any, text: str) -> None:
    assert read_body(body) == text


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"red door\n", "red door"),
        (b"", ""),
        (b"1984\n", "1984"),
        (b"[Music]", "[Music]"),
        (b'"red door"', "red door"),
        (b'{"text": "red door", "usage": {}}', "red door"),
    ],
)
def test_a_plain_body_is_the_transcript(body: bytes, text: str) -> None:
    assert read_body(body, plain_text=True) == text


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"<html><title>Welcome to nginx!</title>", "is not a JSON object: '<html><title>Welcome"),
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"[]", "is not a JSON object"),
        (b"[" * 100_000, "is not a JSON object"),
        (b'{"text": "half an ans', "is not a JSON object"),
        (b"{}", "has no `text`, only nothing"),
        (b'{"transcript": "x"}', "has no `text`, only transcript"),
        (b'{"text": null}', "`text` that is no text: null"),
        (b'{"text": 7}', "`text` that is no text: 7"),
        (b'{"text": ["red"]}', '`text` that is no text: ["red"]'),
        (b'{"text": "\xff"}', "is not UTF-8 (invalid start byte at byte 10)"),
        (b'{"error": {"message": "CUDA out of memory"}}', "reported an error: CUDA out of memory"),
        (b'{"object": "error", "message": "CUDA out of memory"}', "reported an error: CUDA out of memory"),
        (b'{"error": {"code": 3}}', 'reported an error: {"error": {"code": 3}}'),
    ],
)
def test_a_body_without_a_transcript_is_an_error(body: bytes, complaint: str) -> None:
    reader = decoder()
    assert complaint in error_of(reader.feed(body))
    assert reader.transcript == ""


@pytest.mark.parametrize("page", [b"<html><body>Bad gateway", b"\n<!DOCTYPE html><p>"])
def test_a_web_page_is_no_plain_transcript(page: bytes) -> None:
    assert "is a web page" in error_of(decoder(plain_text=True).feed(page))


@pytest.mark.parametrize("body", [b'{"text": "half an ans', b"{", b'[{"text": "red"}]', b"[]"])
def test_what_looks_like_json_is_no_plain_transcript(body: bytes) -> None:
    assert "is neither text nor a JSON object" in error_of(decoder(plain_text=True).feed(body))


DELTAS = [{"type": "transcript.text.delta", "delta": delta} for delta in ("red ", "", "door")]
SEGMENTS = [
    {"id": 0, "start": 0.0, "end": 1.0, "text": " red"},
    {"id": 1, "start": 1, "end": 2, "text": "door "},
]


def content(text: str, **choice: Any) -> dict[str, Any]:
    return {"object": "transcription.chunk", "choices": [{"delta": {"content": text}, **choice}]}


SHAPES: dict[str, list[Any]] = {
    "openai": [*DELTAS, {"type": "transcript.text.done", "text": "red door", "usage": {}}],
    "speaches, whose done is empty": [*DELTAS, {"type": "transcript.text.done", "text": ""}],
    "done without a text": [*DELTAS, {"type": "transcript.text.done"}],
    "localai": [*DELTAS, {"type": "transcript.text.done", "text": "red door"}, "[DONE]"],
    "only deltas and the end mark": [*DELTAS, "[DONE]"],
    "with other events": [
        {"type": "transcript.text.segment", "text": "red door", "speaker": "A"},
        *DELTAS,
        {"usage": {}},
        {"type": "transcript.text.done", "text": "red door"},
    ],
    "vllm with two pieces": [
        content("red ", finish_reason="stop"),
        {"choices": [{"delta": {}, "finish_reason": "stop"}]},
        {"choices": []},
        content("door", finish_reason="stop"),
        {"choices": None},
        {"choices": [None, {"delta": None}]},
        "[DONE]",
    ],
    "transformers": ["red", " door"],
    "bare text after a heartbeat": ["", "red", " door"],
    "objects with heartbeats": ["", *DELTAS, " ", "[DONE]"],
    "objects with events of another name": [NAMED, *DELTAS, NAMED, "[DONE]", NAMED],
    "bare text with events of another name": [NAMED, "red", NAMED, " door"],
    "whisperlive rest": [*SEGMENTS, " [DONE] "],
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_of_events_is_recognised(shape: str) -> None:
    assert read_events(*SHAPES[shape]) == ("red door", [])


@pytest.mark.parametrize("first", ["[Music]", "[", "7 doors", "null and void", '"quoted"'])
def test_bare_text_may_have_brackets_and_numbers(first: str) -> None:
    assert read_events(first, " 7", " null", " [1]", " {") == (f"{first} 7 null [1] {{", [])


@pytest.mark.parametrize(
    "first",
    [
        '{"type": "transcript.text.del',
        "{",
        " [{}]",
        "[1, 2]",
        '["red"]',
        "[]",
        "7",
        "-1.5",
        "null",
        "true",
        "NaN",
        "<html>",
        "<!DOCTYPE html>",
    ],
)
def test_a_first_event_that_is_no_transcript_is_an_error(first: str) -> None:
    reader = decoder()
    assert "has an event that is" in error_of(reader.feed(first))
    assert reader.transcript == ""


@pytest.mark.parametrize("second", ["red", '{"type": "transcr', "7", "null", "[]", "<html>"])
def test_what_is_no_object_after_one_is_an_error(second: str) -> None:
    reader = decoder()
    reader.feed(json.dumps(DELTAS[0]))
    assert "has an event that is no JSON object" in error_of(reader.feed(second))
    assert reader.transcript == "red"
    assert "without its last event" in error_of(reader.end())


def test_an_object_after_bare_text_is_an_error() -> None:
    reader = decoder()
    reader.feed("red")
    assert "between events of text" in error_of(reader.feed(json.dumps(DELTAS[2])))
    assert "no more room" in error_of(reader.feed('{"error": "no more room"}'))


def test_silence_may_be_an_event_without_text() -> None:
    assert read_events("") == ("", [])


def test_the_last_event_replaces_the_deltas() -> None:
    done = {"type": "transcript.text.done", "text": "Red door."}
    assert read_events(*DELTAS, done) == ("Red door.", [])


def test_what_was_said_is_partial_until_the_end() -> None:
    reader = decoder()
    kinds = [said.kind for event in SHAPES["localai"] for said in reader.feed(json.dumps(event))]
    assert kinds[:4] == ["partial", "partial", "final", "done"]


def test_a_stream_that_stops_before_its_end_is_an_error() -> None:
    text, end = read_events(*DELTAS)
    assert text == "red door"
    assert "ended after 'red door' without its last event" in error_of(end)
    assert "ended without its last event" in error_of(read_events()[1])


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ({"error": {"message": "decoder died", "code": 500}}, "decoder died"),
        ({"error": "decoder died"}, "decoder died"),
        ({"type": "error", "error": {"message": "decoder died"}}, "decoder died"),
        ({"type": "error", "message": "decoder died"}, "decoder died"),
        ({"type": "error"}, '{"type": "error"}'),
        ({"object": "error", "message": "decoder died", "code": 400}, "decoder died"),
        ({"type": "transcript.text.delta", "delta": None}, "an event without a text"),
        ({"type": "transcript.text.done", "text": 7}, "an event without a text"),
    ],
)
def test_an_error_inside_the_stream_is_an_error(event: dict[str, Any], words: str) -> None:
    assert words in error_of(decoder().feed(json.dumps(event)))


@pytest.mark.parametrize("data", ["decoder died", '{"message": "decoder died"}', '{"error": "decoder died"}'])
def test_an_event_called_error_is_one_of_the_server(data: str) -> None:
    for before in ([], ["red"], [json.dumps(DELTAS[0])]):
        reader = decoder()
        for event in before:
            reader.feed(event)
        (said,) = reader.feed(EventData(data, "error"))
        assert isinstance(said.error, ServerError)
        assert "reported an error: decoder died." in said.text


@pytest.mark.parametrize("data", ["ping", "2024-01-01T00:00:00", "7", "null"])
def test_an_event_of_another_name_is_no_transcript(data: str) -> None:
    reader = decoder()
    assert [said.kind for said in reader.feed(EventData(data, "ping"))] == ["info"]
    assert reader.transcript == ""
    assert "without its last event" in error_of(reader.end())


@settings(deadline=None)
@given(st.sampled_from(sorted(SHAPES)), st.lists(st.integers(0, 2000), max_size=10))
def test_any_split_of_the_bytes_gives_the_same_transcript(shape: str, places: list[int]) -> None:
    events = [event if isinstance(event, str) else json.dumps(event) for event in SHAPES[shape]]
    body = (
        "".join(f"event: {getattr(event, 'name', 'message')}\r\ndata: {event}\r\n\r\n" for event in events)
        .replace("door", "dóór")
        .encode()
    )
    edges = [0, *sorted(place % (len(body) + 1) for place in places), len(body)]
    splitter, reader = EventSplitter(), decoder()
    for start, end in pairwise(edges):
        for data in splitter.feed(body[start:end]):
            reader.feed(data)
    for data in splitter.end():
        reader.feed(data)
    assert (reader.transcript, reader.end()) == ("red dóór", [])


@settings(deadline=None)
@given(st.one_of(st.text(), st.binary()), st.booleans())
def test_nothing_that_a_server_sends_makes_it_raise(message: str | bytes, plain_text: bool) -> None:
    reader = decoder(plain_text=plain_text)
    reader.feed(message)
    reader.end()
    assert isinstance(reader.transcript, str)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["text", "type", "choices", "delta", "content", "error", "message"]),
            inner | st.sampled_from(["transcript.text.delta", "transcript.text.done", "error"]),
            max_size=4,
        )
    ),
)


@settings(deadline=None)
@given(JSON)
def test_nothing_that_is_json_makes_it_raise(event: Any) -> None:
    reader = decoder()
    reader.feed(json.dumps(event))
    reader.feed(json.dumps(event).encode())
    assert isinstance(reader.transcript, str)


RED = {"word": "red", "start": 0.1, "end": 0.4}
DOOR = {"word": " door", "start": "0.5", "end": "0.90", "probability": 0.9}
TIMED = (TimedWord(word="red", start_s=0.1, end_s=0.4), TimedWord(word=" door", start_s=0.5, end_s=0.9))


def words_of(*messages: Any) -> tuple[TimedWord, ...]:
    """Read a body, or several events, and return the words with times."""
    reader = decoder()
    if len(messages) == 1:
        reader.feed(json.dumps(messages[0]).encode())
    else:
        for event in messages:
            reader.feed(event if isinstance(event, str) else json.dumps(event))
    assert reader.transcript == "red door"
    return reader.words


@pytest.mark.parametrize(
    "places",
    [
        {"words": [RED, DOOR]},
        {"words": [RED, DOOR], "segments": [{"words": [RED]}]},
        {"segments": [{"words": [RED]}, {"text": "no words"}, "?", {"words": [DOOR]}]},
        {"words": None, "segments": [{"words": [RED, DOOR]}]},
        {"words": [], "segments": [{"words": [RED, DOOR]}]},
        {"words": [{"text": "red", "start": 0.1, "end": 0.4}, {"text": " door", "start": 0.5, "end": 0.9}]},
    ],
)
def test_a_verbose_answer_has_words_as_the_server_wrote_them(places: dict[str, Any]) -> None:
    assert words_of({"text": "red door", **places}) == TIMED


@pytest.mark.parametrize(
    "events",
    [
        [*DELTAS, {"type": "transcript.text.done", "text": "red door", "words": [RED, DOOR]}, "[DONE]"],
        [*DELTAS, {"type": "transcript.text.done", "segments": [{"words": [RED, DOOR]}]}],
        [SEGMENTS[0] | {"words": [RED]}, SEGMENTS[1] | {"words": [DOOR]}, "[DONE]"],
        [
            {"type": "transcript.text.delta", "delta": "red door", "words": [RED]},
            {"type": "transcript.text.done", "text": "red door", "words": [RED, DOOR]},
        ],
        [
            {"type": "transcript.text.segment", "words": [RED, DOOR]},
            {"type": "transcript.text.done", "text": "red door", "words": []},
        ],
    ],
)
def test_events_have_words_each_or_the_last_one_all(events: list[Any]) -> None:
    assert words_of(*events) == TIMED


@pytest.mark.parametrize(
    "entry",
    [
        None,
        "red",
        ["red", 0.1, 0.4],
        {"start": 0.1, "end": 0.4},
        {"word": None, "start": 0.1},
        {"word": 7, "start": 0.1},
        {"word": "red"},
        {"word": "red", "start": None},
        {"word": "red", "start": "soon"},
        {"word": "red", "start": True},
        {"word": "red", "start": [0.1]},
        {"word": "red", "start": -0.1},
        {"word": "red", "start": 10**400},
        {"word": "red", "start": float("nan")},
        {"word": "red", "start": float("inf")},
        {"word": "red", "start": "Infinity"},
        {"word": "red", "start": 0.1, "end": float("nan")},
        {"word": "red", "start": 0.1, "end": "late"},
        {"word": "red", "start": 0.2, "end": 0.1},
    ],
)
def test_a_word_whose_times_make_no_sense_is_left_out(entry: Any) -> None:
    assert words_of({"text": "red door", "words": [RED, entry, DOOR]}) == TIMED


@pytest.mark.parametrize("end", [{}, {"end": None}])
def test_a_word_may_have_no_end(end: dict[str, Any]) -> None:
    (word,) = words_of({"text": "red door", "words": [{"word": "red", "start": 0, **end}]})
    assert word == TimedWord(word="red", start_s=0.0)


@pytest.mark.parametrize("words", [None, {}, "red door", 7, [], [[]]])
def test_an_answer_without_words_has_its_text(words: Any) -> None:
    assert words_of({"text": "red door", "words": words, "segments": words}) == ()


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["word", "start", "end", "words", "text"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(JSON_VALUES, JSON_VALUES)
def test_no_words_whatever_spoil_the_transcript(words: Any, segments: Any) -> None:
    for word in words_of({"text": "red door", "words": words, "segments": segments}):
        assert 0 <= word.start_s <= (word.start_s if word.end_s is None else word.end_s)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"response_format": "json"},
        {"timestamp_granularities": ["word"]},
        {"timestamp_granularities": ["word"], "response_format": "verbose_json"},
        {"timestamp_granularities": [], "response_format": "text"},
        {
            "timestamp_granularities": ["word"],
            "response_format": "json",
            "extra": {"response_format": "diarized_json"},
        },
    ],
)
def test_times_may_be_asked_for_where_an_answer_may_have_them(options: dict[str, Any]) -> None:
    OpenAIDialect().check(OpenAIOptions(**options), StreamOptions())


@pytest.mark.parametrize("response_format", ["json", "text"])
def test_times_in_an_answer_that_has_none_are_refused(response_format: Any) -> None:
    options = OpenAIOptions(timestamp_granularities=["word"], response_format=response_format)
    with pytest.raises(SuiteError, match=f"format {response_format} has none: write `response_format: verb"):
        OpenAIDialect().check(options, StreamOptions())
