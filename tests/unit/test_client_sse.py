from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_stt.client.sse import EventSplitter


def events_of(pieces: list[bytes]) -> list[str]:
    splitter = EventSplitter()
    events = [event for piece in pieces for event in splitter.feed(piece)]
    return events + splitter.end()


def cut(body: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(body) + 1) for place in places), len(body)]
    return [body[start:end] for start, end in pairwise(edges)]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_every_line_end_ends_a_line(line_end: str) -> None:
    body = line_end.join(["data: one", "", ": a comment", "event: x", "data: two", "data: lines", "", ""])
    assert events_of([body.encode()]) == ["one", "two\nlines"]


def test_an_event_has_its_name() -> None:
    body = b"event: ping\n\nevent: error\ndata: no room\n\ndata: red\n\nevent:message\ndata: door\n\n"
    assert [(event.name, event) for event in EventSplitter().feed(body)] == [
        ("error", "no room"),
        ("", "red"),
        ("", "door"),
    ]


def test_exactly_one_blank_is_removed_after_the_colon() -> None:
    assert events_of([b"data:  red\n\ndata:door\n\ndata\n\n"]) == [" red", "door", ""]


def test_a_byte_order_mark_is_skipped() -> None:
    assert events_of([b"\xef\xbb", b"\xbfdata: x\n\n"]) == ["x"]


def test_an_event_without_its_blank_line_counts_at_the_end() -> None:
    assert events_of([b"data: red\n\ndata: door"]) == ["red", "door"]
    assert events_of([b"data: red\n\ndata: door\r"]) == ["red", "door"]


def test_bytes_that_are_not_utf8_are_an_error() -> None:
    with pytest.raises(UnicodeDecodeError):
        events_of([b"data: \xff\n\n"])
    with pytest.raises(UnicodeDecodeError):
        events_of([b"data: \xc3"])


def test_a_line_of_five_megabytes_is_read() -> None:
    pieces = [b"data: ", *[b"x" * 65536] * 80, b"\n\n"]
    assert [len(event) for event in events_of(pieces)] == [80 * 65536]


LINES = st.lists(
    st.one_of(
        st.text(alphabet="a é😀:\u2028", max_size=5).map(lambda text: f"data: {text}"),
        st.sampled_from(["", ": comment", "event: e", "id: 1", "nonsense", "data"]),
    ),
    max_size=12,
)


@settings(deadline=None)
@given(LINES, st.sampled_from(["\n", "\r\n", "\r"]), st.lists(st.integers(0, 500), max_size=8))
def test_any_split_of_the_bytes_gives_the_same_events(
    lines: list[str], line_end: str, places: list[int]
) -> None:
    body = "".join(line + line_end for line in lines).encode()
    assert events_of(cut(body, places)) == events_of([body])
