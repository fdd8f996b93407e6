# SPDX-License-Identifier: Apache-2.0
"""The daemon's requests as JSON in, JSON out (docs/service.md)."""

from __future__ import annotations

import asyncio
import copy
import json
import os
from contextlib import aclosing
from typing import Any, AsyncGenerator

from . import limits
from .errors import error_from_json, make_error
from .http import Request, Response, broken
from .plain import plain
from .pool import Endpoint, Transport
from .sse import Parser
from .trace import Trace


def default_socket() -> str:
    """Returns where `byollmd` listens unless it is told otherwise."""
    home = os.environ.get("BYOLLM_DATA") or os.path.join(
        os.path.expanduser("~"), ".local", "share", "byollm")
    return os.path.join(home, "byollmd.sock")


def encode(body: Any) -> bytes:
    """Returns `body` as JSON; raises `invalid_request` if it is none."""
    try:
        data = json.dumps(body, default=plain, allow_nan=False,
                          ensure_ascii=False,
                          separators=(",", ":")).encode("utf-8")
    except (TypeError, ValueError, RecursionError) as error:
        raise make_error("invalid_request", "cannot be written as JSON: "
                         f"{error}", remedy="Use texts, numbers, lists and "
                         "objects only.") from None
    if len(data) > limits.REQUEST_BYTES_MAX:
        raise make_error("limit_exceeded", f"{len(data)} bytes of at most "
                         f"{limits.REQUEST_BYTES_MAX}", parameter="body")
    return data


def decode(data: bytes | str) -> Any:
    """Returns the value of an answer; raises `protocol` if it is not JSON."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise broken("is not JSON") from None


class Service:
    """A daemon to ask. Safe to share between event loops."""

    def __init__(self, *, socket: str | None = None,
                 url: str | None = None) -> None:
        if url is not None and socket is not None:
            raise ValueError("either a socket or a URL")
        self._transport = Transport(
            Endpoint.from_url(url) if url is not None
            else Endpoint(path=socket or default_socket()))
        self._trace = Trace()

    def within(self, trace: Trace) -> Service:
        """Returns this daemon for requests that are part of `trace`."""
        same = copy.copy(self)
        same._trace = trace
        return same

    async def call(self, method: str, path: str, token: str, body: Any = None,
                   *, repeatable: bool = False,
                   timeout: float = limits.REQUEST_TIMEOUT) -> Any:
        """Returns the answer's value, None if it has none."""
        response = await self._open(method, path, token, body, repeatable,
                                    timeout)
        data = await response.read(limits.ANSWER_BYTES_MAX)
        return decode(data) if data else None

    async def events(self, method: str, path: str, token: str, body: Any,
                     *, repeatable: bool = False, timeout: float,
                     endless: bool = False) -> EventStream:
        """Returns a stream of events that was accepted. An `endless` one has
        no time-out once it began."""
        response = await self._open(method, path, token, body, repeatable,
                                    timeout)
        kind = response.fields.get("content-type", "").partition(";")[0]
        if response.status != 200 or kind.strip() != "text/event-stream":
            response.abort()
            raise broken("is no stream of events")
        if endless:
            response.wait_for_ever()
        return EventStream(response)

    async def _open(self, method: str, path: str, token: str, body: Any,
                    repeatable: bool, timeout: float) -> Response:
        data = None if body is None else encode(body)
        loop = asyncio.get_running_loop()
        response = await self._transport.open(
            Request(method, path, token, data, repeatable, self._trace),
            loop.time() + timeout)
        if 200 <= response.status < 300:
            return response
        data = await response.read(limits.ERROR_BODY_BYTES_MAX)
        try:
            what = json.loads(data)
        except (ValueError, RecursionError):
            what = None
        raise error_from_json(what, response.status)

    def close(self) -> None:
        """Closes this loop's idle connections; usable afterwards."""
        self._transport.close()


class EventStream:
    """Events with their JSON values. `abort` it unless it was read to the end.
    """

    def __init__(self, response: Response) -> None:
        self._response = response

    async def read(self) -> AsyncGenerator[tuple[str, Any], None]:
        """Yields name and value of each event."""
        parser = Parser()
        async with aclosing(self._response.chunks()) as chunks:
            async for data in chunks:
                for event in parser.feed(data):
                    yield event.name, decode(event.data)

    def abort(self) -> None:
        """Closes the connection at once."""
        self._response.abort()
