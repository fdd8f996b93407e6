# SPDX-License-Identifier: Apache-2.0
"""A reply while it arrives."""

from __future__ import annotations

from contextlib import aclosing
from typing import Any, AsyncGenerator, AsyncIterator, Awaitable, Callable

from .errors import error_from_json, make_error
from .http import broken
from .messages import Delta, Reply, known, reply_from_json
from .service import EventStream


class MessageStream:
    """The deltas of one reply, then the reply. It is asked for once.

        async with ctx.llm.stream("...") as stream:
            async for delta in stream:
                print(delta.text, end="")
            reply = await stream.reply()

    `async for delta in ctx.llm.stream("...")` alone works, too. Leaving early,
    or cancelling the task, cancels the call, down to the provider.
    """

    def __init__(self, start: Callable[[], Awaitable[EventStream]]) -> None:
        self._exchange = _Exchange(start)
        self._deltas = _deltas(self._exchange)

    async def __aenter__(self) -> MessageStream:
        await self._exchange.open()
        return self

    async def __aexit__(self, *_: Any) -> None:
        self.close()

    def __aiter__(self) -> AsyncIterator[Delta]:
        return self._deltas

    async def reply(self) -> Reply:
        """Reads what is left, and returns the final reply."""
        async for _ in self._deltas:
            pass
        if self._exchange.reply is None:
            raise make_error("cancelled", "the stream ended before its reply",
                             sent="maybe")
        return self._exchange.reply

    def close(self) -> None:
        """Cancels the call, unless it has ended."""
        self._exchange.close()


class _Exchange:
    """What a stream and its deltas share. Apart from both, so that no cycle
    keeps deltas alive that nobody reads: their end is what cancels."""

    def __init__(self, start: Callable[[], Awaitable[EventStream]]) -> None:
        self.reply: Reply | None = None
        self.closed = False
        self._start = start
        self._events: EventStream | None = None

    async def open(self) -> EventStream:
        if self._events is None:
            self._events = await self._start()
        return self._events

    def close(self) -> None:
        self.closed = True
        if self._events is not None and self.reply is None:
            self._events.abort()


async def _deltas(exchange: _Exchange) -> AsyncGenerator[Delta, None]:
    if exchange.closed:
        return
    async with aclosing((await exchange.open()).read()) as events:
        async for name, value in events:
            if exchange.reply is not None:
                raise broken("goes on after its reply")
            if name == "delta":
                yield known(Delta, value)
            elif name == "reply":
                exchange.reply = reply_from_json(value)
            elif name == "error":
                raise error_from_json(value)
    # Whole as HTTP, and still no answer.
    if exchange.reply is None:
        raise make_error("truncated", "the stream ended without a reply",
                         sent="maybe")
