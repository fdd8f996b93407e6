# SPDX-License-Identifier: Apache-2.0
"""Server-sent events from bytes in any split, without I/O."""

from __future__ import annotations

from typing import NamedTuple

from . import limits
from .errors import make_error


class Event(NamedTuple):
    """One event; `name` is "message" where the stream named none."""

    name: str
    data: str


class Parser:
    """Splits a stream into events. Bounded: raises `protocol` above a limit."""

    def __init__(self, line_max: int = limits.STREAM_LINE_BYTES_MAX,
                 event_max: int = limits.STREAM_EVENT_BYTES_MAX) -> None:
        self._line_max = line_max
        self._event_max = event_max
        self._line = bytearray()
        self._after_cr = False
        self._first = True
        self._name = ""
        self._data: list[str] = []
        self._size = 0

    def feed(self, data: bytes) -> list[Event]:
        """Takes the next bytes; returns the events that they complete."""
        events: list[Event] = []
        # CR LF is one end of a line, even if it arrives in two parts.
        if self._after_cr and data[:1] == b"\n":
            data = data[1:]
            self._after_cr = False
        if data:
            self._after_cr = data.endswith(b"\r")
        for part in data.splitlines(keepends=True):
            text = part.rstrip(b"\r\n")
            self._line += text
            if len(self._line) > self._line_max:
                raise make_error("protocol", "a line of the stream is too long",
                                 sent="maybe")
            if len(text) != len(part):
                self._take(bytes(self._line), events)
                self._line.clear()
        return events

    def _take(self, raw: bytes, events: list[Event]) -> None:
        try:
            line = raw.decode("utf-8")
        except UnicodeDecodeError:
            raise make_error("protocol", "the stream is not UTF-8",
                             sent="maybe") from None
        if self._first:
            self._first = False
            line = line.removeprefix("\ufeff")
        if not line:
            if self._data:
                events.append(Event(self._name or "message",
                                    "\n".join(self._data)))
            self._name, self._data, self._size = "", [], 0
            return
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "event":
            self._name = value
        elif field == "data":
            self._size += len(raw)
            if self._size > self._event_max:
                raise make_error("protocol", "an event of the stream is too "
                                 "large", sent="maybe")
            self._data.append(value)
