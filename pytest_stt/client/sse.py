from __future__ import annotations

import codecs


class EventSplitter:
    """Cut the bytes of an event stream into the data of its events.

    Follows "Interpreting an event stream" of the HTML standard, apart from the names and ids of events, which
    no speech-to-text server needs. The bytes may be split anywhere: in a line, a character or a line end.
    """

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("strict")
        self._line: list[str] = []
        self._data: list[str] = []
        self._after_cr = False

    def feed(self, piece: bytes) -> list[str]:
        """Take a piece of the body and return the data of the events that it completes.

        Raises:
            UnicodeDecodeError: The stream is not UTF-8.
        """
        return self._split(self._decoder.decode(piece))

    def end(self) -> list[str]:
        """Take the end of the body and return the data of an event that lacks its blank line.

        The standard drops such an event; servers that forget the last blank line mean it.

        Raises:
            UnicodeDecodeError: The stream ends in the middle of a character.
        """
        return self._split(self._decoder.decode(b"", final=True) + "\n\n")

    def _split(self, text: str) -> list[str]:
        # The line feed of a \r\n whose \r ended the piece before is no second line end.
        if self._after_cr and text.startswith("\n"):
            text = text[1:]
            self._after_cr = False
        if text:
            self._after_cr = text.endswith("\r")
        *lines, rest = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        events = []
        for line in lines:
            self._line.append(line)
            events += self._take("".join(self._line))
            self._line.clear()
        self._line.append(rest)
        return events

    def _take(self, line: str) -> list[str]:
        if not line:
            data, self._data = self._data, []
            return ["\n".join(data)] if data else []
        name, _, value = line.partition(":")
        if name == "data":
            self._data.append(value.removeprefix(" "))
        return []
