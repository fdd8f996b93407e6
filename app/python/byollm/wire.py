# SPDX-License-Identifier: Apache-2.0
"""One connection's bytes. Knows what arrived, which asyncio's own streams do
not tell: whether an answer began, and whether more came than was asked for."""

from __future__ import annotations

import asyncio
from typing import cast

from . import limits
from .errors import LLMError, make_error


def _late() -> LLMError:
    return make_error("total_timeout", "the service did not answer in time",
                      sent="maybe")


class Wire(asyncio.Protocol):
    """Belongs to one exchange at a time, on the loop that made it."""

    def __init__(self) -> None:
        self.buffer = bytearray()
        self.answered = False
        self.ended = False
        self.idle_since = 0.0
        #: In the loop's time; no wait goes on beyond it.
        self.deadline: float | None = None
        self._transport: asyncio.Transport | None = None
        self._waiters: list[asyncio.Future[None]] = []
        self._writable = True
        self._reading = True

    # -- called by the loop ---------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self.answered = True
        self.buffer += data
        if len(self.buffer) > 4 * limits.READ_BYTES and self._transport:
            self._reading = False
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        self.ended = True
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        self.ended = True
        self._wake()

    def pause_writing(self) -> None:
        self._writable = False

    def resume_writing(self) -> None:
        self._writable = True
        self._wake()

    def _wake(self) -> None:
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    # -- called by the exchange -----------------------------------------------

    def begin(self, deadline: float | None) -> None:
        """Starts an exchange: no byte of its answer is here yet."""
        self.answered = False
        self.deadline = deadline

    def abort(self) -> None:
        """Closes at once, whatever is still to be written."""
        self.ended = True
        if self._transport:
            self._transport.abort()

    def usable(self, now: float) -> bool:
        """Returns whether an idle connection may carry another exchange."""
        # More bytes than the last answer had: whose would they be?
        return not (self.ended or self.buffer
                    or now - self.idle_since > limits.IDLE_CONNECTION_AGE_MAX)

    async def _wait(self) -> None:
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        try:
            async with asyncio.timeout_at(self.deadline):
                await waiter
        except TimeoutError:
            raise _late() from None

    async def send(self, data: bytes) -> None:
        """Writes all of `data`, as fast as the peer reads."""
        if self.ended or self._transport is None:
            raise self.lost()
        self._transport.write(data)
        # An answer may come early, and reading it is then what helps.
        while not (self._writable or self.ended or self.answered):
            await self._wait()

    async def more(self) -> None:
        """Waits for bytes; raises if no more will come."""
        if self.ended:
            raise self.lost()
        if not self._reading and self._transport:
            self._reading = True
            self._transport.resume_reading()
        before = len(self.buffer)
        while len(self.buffer) == before:
            if self.ended:
                raise self.lost()
            await self._wait()

    async def line(self, end: bytes, most: int) -> bytes:
        """Returns the bytes up to `end`, which is taken off."""
        start = 0
        while (at := self.buffer.find(end, start)) < 0:
            if len(self.buffer) >= most + len(end):
                break
            start = max(0, len(self.buffer) - len(end) + 1)
            await self.more()
        if at < 0 or at > most:
            raise make_error("protocol", "the service's answer has a head or "
                             "line that is too long", sent="maybe")
        text = bytes(self.buffer[:at])
        del self.buffer[:at + len(end)]
        return text

    async def take(self, most: int) -> bytes:
        """Returns one to `most` bytes."""
        if not self.buffer:
            await self.more()
        data = bytes(self.buffer[:most])
        del self.buffer[:most]
        return data

    def lost(self) -> LLMError:
        """Returns what to say of a connection that ended too early."""
        if self.answered:
            return make_error("truncated", "the service's answer broke off",
                              sent="maybe")
        return make_error("connection_lost", "the service hung up before it "
                          "answered", sent="maybe")
