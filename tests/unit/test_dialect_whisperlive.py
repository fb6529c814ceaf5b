from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_stt.client.dialects.base import Said
from pytest_stt.client.dialects.whisperlive import WhisperLiveOptions, handshake
from pytest_stt.client.dialects.whisperlive_segments import WhisperLiveDecoder
from pytest_stt.errors import BusyError, ClosedError, ProtocolError, ServerError, STTError
from pytest_stt.text.times import TimedWord


def decoder() -> WhisperLiveDecoder:
    return WhisperLiveDecoder(where="ws://host")


def feed(reader: WhisperLiveDecoder, message: Any) -> list[Said]:
    return reader.feed(message if isinstance(message, str | bytes) else json.dumps(message))


def segment(start: float, end: float, text: str, completed: bool | None = True) -> dict[str, Any]:
    entry = {"start": f"{start:.3f}", "end": f"{end:.3f}", "text": text}
    return entry if completed is None else {**entry, "completed": completed}


def hear(*messages: list[dict[str, Any]]) -> str:
    reader = decoder()
    for segments in messages:
        feed(reader, {"uid": "1", "segments": segments})
    return reader.transcript


RED, DOOR = segment(0, 1, " red "), segment(1, 2, "door")


def test_completed_segments_and_the_open_tail_are_the_transcript() -> None:
    assert hear([RED, segment(1, 1.5, " do", completed=False)]) == "red do"


def test_a_repeated_segment_counts_once() -> None:
    assert hear([RED], [RED, DOOR], [RED, DOOR]) == "red door"


def test_the_open_tail_is_replaced_by_each_message() -> None:
    assert hear([RED, segment(1, 2, "d", False)], [RED, segment(1, 3, "door is", False)]) == "red door is"


def test_a_message_without_an_open_segment_clears_the_tail() -> None:
    assert hear([RED, segment(1, 2, "noise", False)], [RED]) == "red"


def test_a_known_start_with_a_new_text_is_corrected() -> None:
    assert hear([RED, DOOR], [segment(0, 1, "read"), DOOR]) == "read door"


def test_a_segment_that_begins_before_the_accepted_end_is_a_repeat() -> None:
    assert hear([RED, DOOR], [segment(0.5, 1.5, "red door")]) == "red door"


def test_servers_that_do_not_say_what_is_completed_leave_the_last_one_open() -> None:
    first = [segment(0, 1, "red", None), segment(1, 2, "do", None)]
    second = [segment(0, 1, "red", None), segment(1, 2, "door", None)]
    assert hear(first, second) == "red door"


def test_empty_texts_leave_no_blanks() -> None:
    assert hear([segment(0, 1, " "), DOOR]) == "door"
    assert hear([]) == ""


def test_only_a_change_says_something() -> None:
    reader = decoder()
    tail = segment(1, 2, "do", completed=False)
    assert feed(reader, {"segments": [RED, tail]}) == [
        Said(kind="final", text="red"),
        Said(kind="partial", text="do"),
    ]
    assert feed(reader, {"segments": [RED, tail]}) == []
    assert feed(reader, {"segments": [RED, DOOR]}) == [Said(kind="final", text="door")]
    feed(reader, {"segments": [tail]})
    assert feed(reader, {"segments": [RED, DOOR]}) == [Said(kind="partial", text="")]
    assert reader.end() == []


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ({"uid": "1", "message": "SERVER_READY", "backend": "faster_whisper"}, "ready"),
        ({"uid": "1", "language": "en", "language_prob": 0.98}, "info"),
        ({"uid": "1", "status": "WARNING", "message": "slow"}, "info"),
        ({"uid": "1", "translated_segments": [RED]}, "info"),
    ],
)
def test_what_is_no_transcript_does_not_land_in_it(message: dict[str, Any], kind: str) -> None:
    reader = decoder()
    assert [said.kind for said in feed(reader, message)] == [kind]
    assert reader.transcript == ""


@pytest.mark.parametrize(
    ("message", "kind", "words"),
    [
        ({"status": "WAIT", "message": 3.5}, BusyError, "wait 3.5 minutes"),
        ({"status": "WAIT", "message": "long"}, BusyError, "wait long minutes"),
        ({"status": "ERROR", "message": "no such model"}, ServerError, "no such model"),
        ({"status": "ERROR", "message": {"a": 1}}, ServerError, '{"a": 1}'),
        ({"message": "DISCONNECT"}, ClosedError, "limit of time"),
        (b"\x00" * 5, ProtocolError, "a binary frame of 5 bytes"),
        ("<html>", ProtocolError, "found: <html>"),
        ("[" * 100_000, ProtocolError, "is a WhisperLive server"),
        ("[]", ProtocolError, "is a WhisperLive server"),
        ({"segments": {}}, ProtocolError, "is a WhisperLive server"),
        ({"segments": ["red"]}, ProtocolError, "is a WhisperLive server"),
        ({"segments": [{"start": "0", "end": "1"}]}, ProtocolError, "is a WhisperLive server"),
        ({"segments": [{"start": "0", "end": "1", "text": None}]}, ProtocolError, "is a WhisperLive"),
        ({"segments": [{"start": None, "end": "1", "text": "x"}]}, ProtocolError, "is a WhisperLive"),
        ({"segments": [{"start": "0", "end": "soon", "text": "x"}]}, ProtocolError, "is a WhisperLive"),
        ({"segments": [{"start": "nan", "end": "1", "text": "x"}]}, ProtocolError, "is a WhisperLive"),
        ({"segments": [{"start": True, "end": "1", "text": "x"}]}, ProtocolError, "is a WhisperLive"),
        ({"segments": [{"start": 10**400, "end": "1", "text": "x"}]}, ProtocolError, "is a WhisperLive"),
    ],
)
def test_what_goes_wrong_is_told_with_the_address(message: Any, kind: type[STTError], words: str) -> None:
    (said,) = feed(decoder(), message)
    assert type(said.error) is kind
    assert words in said.text
    assert "ws://host" in said.text


@pytest.mark.parametrize(
    ("minutes", "seconds"),
    [
        (3.5, 210.0),
        ("3.5", 210.0),
        (0, 0.0),
        (-1, 0.0),
        ("x", None),
        (True, None),
        (10**400, None),
        (1e308, None),
        (float("nan"), None),
    ],
)
def test_how_long_to_wait_is_given_in_seconds(minutes: object, seconds: float | None) -> None:
    (said,) = feed(decoder(), {"status": "WAIT", "message": minutes})
    assert isinstance(said.error, BusyError)
    assert said.error.retry_after_s == seconds


WORDS = st.lists(st.text(alphabet="abc", min_size=1, max_size=4), min_size=1, max_size=8)


@settings(deadline=None)
@given(words=WORDS, data=st.data())
def test_any_repetition_and_any_revision_gives_the_same_transcript(
    words: list[str], data: st.DataObject
) -> None:
    """Replay a session: each message has the last completed segments and perhaps an open one."""
    completed = [segment(number, number + 1, word) for number, word in enumerate(words)]
    reader = decoder()
    for count in range(len(words) + 1):
        for _ in range(data.draw(st.integers(1, 3), label="repeats")):
            shown = completed[max(0, count - data.draw(st.integers(1, 10), label="last n")) : count]
            tail = data.draw(st.one_of(st.none(), st.text(alphabet="abc ", max_size=6)), label="tail")
            opened = [] if tail is None else [segment(count, count + 0.5, tail, completed=False)]
            feed(reader, {"segments": [*shown, *opened]})
    feed(reader, {"segments": completed[-10:]})
    assert reader.transcript == " ".join(words)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.just(10**400) | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["status", "message", "segments", "start", "end", "text", "completed"]),
            inner | st.sampled_from(["WAIT", "ERROR", "SERVER_READY", "1.0"]),
            max_size=4,
        )
    ),
)


@settings(deadline=None)
@given(JSON)
def test_nothing_that_is_json_makes_it_raise(message: Any) -> None:
    reader = decoder()
    feed(reader, json.dumps(message))
    assert isinstance(reader.transcript, str)


@settings(deadline=None)
@given(st.one_of(st.text(), st.binary()))
def test_nothing_that_a_server_sends_makes_it_raise(message: str | bytes) -> None:
    reader = decoder()
    feed(reader, message)
    assert reader.transcript == ""


def timed(entry: dict[str, Any], *words: tuple[str, float]) -> dict[str, Any]:
    """Add words to a segment, each half a second long, with times as the server writes them."""
    listed = [
        {"word": f" {word}", "start": f"{start:.3f}", "end": f"{start + 0.5:.3f}", "probability": 0.9}
        for word, start in words
    ]
    return entry | {"words": listed}


def words_of(*messages: list[dict[str, Any]]) -> list[tuple[str, float]]:
    reader = decoder()
    for segments in messages:
        feed(reader, {"uid": "1", "segments": segments})
    assert all(word.end_s == word.start_s + 0.5 for word in reader.words)
    return [(word.word, word.start_s) for word in reader.words]


def test_words_of_completed_segments_and_of_the_open_tail_have_times() -> None:
    tail = timed(segment(1, 2, "door", completed=False), ("door", 1.2))
    assert words_of([timed(RED, ("red", 0.1))], [timed(RED, ("red", 0.1)), tail]) == [
        (" red", 0.1),
        (" door", 1.2),
    ]


def test_a_later_version_of_a_segment_replaces_its_words() -> None:
    first, later = timed(RED, ("red", 0.1)), timed(RED, ("red", 0.3))
    read = timed(segment(0, 1, "read"), ("read", 0.2))
    assert words_of([first, DOOR], [later, DOOR]) == [(" red", 0.3)]
    assert words_of([first, DOOR], [RED, DOOR]) == [(" red", 0.1)]
    assert words_of([first, DOOR], [read, DOOR]) == [(" read", 0.2)]
    assert words_of([first, DOOR], [segment(0, 1, "read"), DOOR]) == []


def test_a_tail_that_becomes_complete_without_words_keeps_those_it_had() -> None:
    tail = timed(segment(0.4, 1, " red ", completed=False), ("red", 0.5))
    assert words_of([tail], [RED]) == [(" red", 0.5)]
    assert words_of([tail], [DOOR]) == []


def test_the_words_of_a_tail_go_with_it() -> None:
    assert words_of([RED, timed(segment(1, 2, "noise", completed=False), ("noise", 1.0))], [RED]) == []


def test_a_repeat_adds_no_words() -> None:
    again = timed(segment(0.5, 1.5, "red door"), ("red", 0.5), ("door", 1.0))
    assert words_of([timed(RED, ("red", 0.0)), timed(DOOR, ("door", 1.0))], [again]) == [
        (" red", 0.0),
        (" door", 1.0),
    ]


@pytest.mark.parametrize("words", [None, "red", {}, [None, {"word": "red"}, {"word": "red", "start": "nan"}]])
def test_words_that_make_no_sense_leave_the_transcript(words: Any) -> None:
    reader = decoder()
    assert feed(reader, {"segments": [RED | {"words": words}]}) == [Said(kind="final", text="red")]
    assert (reader.transcript, list(reader.words)) == ("red", [])


def test_a_word_without_an_end_has_its_start() -> None:
    reader = decoder()
    feed(reader, {"segments": [RED | {"words": [{"word": "red", "start": 0.25}]}]})
    assert list(reader.words) == [TimedWord(word="red", start_s=0.25)]


def test_times_of_words_are_asked_for_only_when_wanted() -> None:
    assert "word_timestamps" not in handshake(WhisperLiveOptions(), "en")
    assert handshake(WhisperLiveOptions(word_timestamps=True), "en")["word_timestamps"] is True
