from __future__ import annotations

import codecs
from typing import Self


class EventData(str):
    """The data of one event.

    Attributes:
        name: What the event is called, empty where it has no name of its own.
    """

    name: str

    def __new__(cls, data: str, name: str = "") -> Self:
        """Take the data and the name; `message` is the name of an event without one."""
        event = super().__new__(cls, data)
        event.name = "" if name == "message" else name
        return event


class EventSplitter:
    """Cut the bytes of an event stream into the data of its events.

    Follows "Interpreting an event stream" of the HTML standard, apart from the ids of events, which no
    speech-to-text server needs. The bytes may be split anywhere: in a line, a character or a line end.
    """

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("strict")
        self._line: list[str] = []
        self._data: list[str] = []
        self._name = ""
        self._after_cr = False

    def feed(self, piece: bytes) -> list[EventData]:
        """Take a piece of the body and return the data of the events that it completes.

        Raises:
            UnicodeDecodeError: The stream is not UTF-8.
        """
        return self._split(self._decoder.decode(piece))

    def end(self) -> list[EventData]:
        """Take the end of the body and return the data of an event that lacks its blank line.

        The standard drops such an event: it may be cut. Servers that forget the last blank line mean it.

        Raises:
            UnicodeDecodeError: The stream ends in the middle of a character.
        """
        return self._split(self._decoder.decode(b"", final=True) + "\n\n")

    def _split(self, text: str) -> list[EventData]:
        # The line feed of a \r\n whose \r ended the piece before is no second line end.
        if self._after_cr and text.startswith("\n"):
            text = text[1:]
            self._after_cr = False
        if text:
            self._after_cr = text.endswith("\r")
        *lines, rest = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        events: list[EventData] = []
        for line in lines:
            self._line.append(line)
            events += self._take("".join(self._line))
            self._line.clear()
        self._line.append(rest)
        return events

    def _take(self, line: str) -> list[EventData]:
        if not line:
            data, self._data = self._data, []
            name, self._name = self._name, ""
            return [EventData("\n".join(data), name)] if data else []
        field, _, value = line.partition(":")
        if field == "data":
            self._data.append(value.removeprefix(" "))
        elif field == "event":
            self._name = value.removeprefix(" ")
        return []
