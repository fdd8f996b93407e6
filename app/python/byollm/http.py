# SPDX-License-Identifier: Apache-2.0
"""HTTP/1.1 as a client needs it here, and no more: strict, because what is
read leniently can be read in two ways."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import AsyncGenerator, Callable

from . import limits
from .errors import LLMError, make_error
from .trace import Trace
from .wire import Wire

_STATUS = re.compile(rb"HTTP/1\.1 ([1-5][0-9]{2})(?: [^\x00-\x08\x0a-\x1f]*)?")
_FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*"
                    rb"([^\x00-\x08\x0a-\x1f\x7f]*?)[ \t]*")
_LENGTH = re.compile(r"[0-9]{1,15}")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})(?:[ \t]*;[^\x00-\x08\x0a-\x1f]*)?")
_TARGET = re.compile(r"/[!-~]*")
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]+")


def broken(what: str) -> LLMError:
    return make_error("protocol", f"the service's answer {what}", sent="maybe")


@dataclass(frozen=True)
class Request:
    """`repeatable`: sending it twice does what sending it once does."""

    method: str
    target: str
    token: str = ""
    body: bytes | None = None
    repeatable: bool = False
    trace: Trace = Trace()

    def encode(self, host: str) -> bytes:
        """Returns the bytes; raises `invalid_request` before any is sent."""
        if not _TARGET.fullmatch(self.target):
            raise make_error("invalid_request", "not a path", parameter="path")
        lines = [f"{self.method} {self.target} HTTP/1.1", f"Host: {host}"]
        if self.token:
            # Also keeps line ends out of the head.
            if not _TOKEN.fullmatch(self.token):
                raise make_error("unauthenticated", "that is not a token")
            lines.append(f"Authorization: Bearer {self.token}")
        lines += [f"{name}: {text}"
                  for name, text in self.trace.fields().items()]
        if self.body is not None:
            lines += ["Content-Type: application/json",
                      f"Content-Length: {len(self.body)}"]
        head = "\r\n".join(lines) + "\r\n\r\n"
        return head.encode("ascii") + (self.body or b"")


@dataclass(frozen=True)
class Head:
    """The head of an answer, checked. `length` is None if it is chunked."""

    status: int
    fields: dict[str, str]
    length: int | None

    @property
    def keeps_alive(self) -> bool:
        return "close" not in self.fields.get("connection", "").lower()


def parse_head(raw: bytes) -> Head:
    """Parses a head without its empty line; raises `protocol`."""
    first, *rest = raw.split(b"\r\n")
    status = _STATUS.fullmatch(first)
    if not status:
        raise broken("has no status line")
    if len(rest) > limits.HEADER_FIELDS_MAX:
        raise broken("has too many header fields")
    fields: dict[str, str] = {}
    for line in rest:
        field = _FIELD.fullmatch(line)
        if not field:
            raise broken("has a malformed header field")
        name = field[1].decode("ascii").lower()
        if name in fields and name in ("content-length", "transfer-encoding"):
            raise broken("has two lengths")
        fields[name] = field[2].decode("latin-1")
    return Head(int(status[1]), fields, _length(int(status[1]), fields))


def _length(status: int, fields: dict[str, str]) -> int | None:
    coding = fields.get("transfer-encoding")
    told = fields.get("content-length")
    if coding is not None and told is not None:
        raise broken("has two lengths")
    if status < 200 or status in (204, 304):
        return 0
    if coding is not None:
        if coding.lower() != "chunked":
            raise broken("has an unknown transfer encoding")
        return None
    # Without a length nobody can tell a whole answer from a torn one.
    if told is None or not _LENGTH.fullmatch(told):
        raise broken("has no length")
    return int(told)


async def read_head(wire: Wire) -> Head:
    """Reads the head of the final answer."""
    for _ in range(limits.INTERIM_RESPONSES_MAX):
        head = parse_head(await wire.line(b"\r\n\r\n", limits.HEAD_BYTES_MAX))
        if head.status >= 200:
            return head
        if head.status == 101:
            break
    raise broken("never becomes final")


async def read_body(wire: Wire, length: int | None
                    ) -> AsyncGenerator[bytes, None]:
    """Yields the body as it arrives; ends only where the body does."""
    if length is not None:
        while length:
            data = await wire.take(min(length, limits.READ_BYTES))
            length -= len(data)
            yield data
        return
    while True:
        line = await wire.line(b"\r\n", limits.CHUNK_LINE_BYTES_MAX)
        size = _CHUNK.fullmatch(line)
        if not size:
            raise broken("has a malformed chunk")
        left = int(size[1], 16)
        if not left:
            break
        while left:
            data = await wire.take(min(left, limits.READ_BYTES))
            left -= len(data)
            yield data
        if await wire.line(b"\r\n", 0):
            raise broken("has a malformed chunk")
    for _ in range(limits.HEADER_FIELDS_MAX):
        if not await wire.line(b"\r\n", limits.CHUNK_LINE_BYTES_MAX):
            return
    raise broken("has too many trailer fields")


class Response:
    """An answer whose head is here. Read it to its end, or `abort` it."""

    def __init__(self, wire: Wire, head: Head,
                 give_back: Callable[[Wire], None]) -> None:
        self.status = head.status
        self.fields = head.fields
        self._head = head
        self._wire = wire
        self._give_back = give_back
        self._done = False

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """Yields the body. However it ends early, the connection is closed:
        that is how the daemon learns that nobody wants the rest."""
        try:
            async for data in read_body(self._wire, self._head.length):
                yield data
            self._done = True
        finally:
            if not self._done or not self._head.keeps_alive:
                self.abort()
            else:
                self._give_back(self._wire)

    async def read(self, most: int) -> bytes:
        """Returns the whole body of at most `most` bytes."""
        body = bytearray()
        try:
            async for data in self.chunks():
                body += data
                if len(body) > most:
                    raise make_error("answer_too_large", "the service's answer "
                                     "is too large", sent="maybe")
        finally:
            # Ours ended early; the generator may be collected later.
            if not self._done:
                self.abort()
        return bytes(body)

    def wait_for_ever(self) -> None:
        """Forgets the deadline."""
        self._wire.deadline = None

    def abort(self) -> None:
        """Closes the connection at once."""
        self._done = True
        self._wire.abort()
