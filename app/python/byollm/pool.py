# SPDX-License-Identifier: Apache-2.0
"""Connections to one daemon, kept alive between exchanges."""

from __future__ import annotations

import asyncio
import ipaddress
import weakref
from collections import deque
from dataclasses import dataclass
from urllib.parse import urlsplit

from . import limits
from .errors import LLMError, make_error
from .http import Request, Response, read_head
from .wire import Wire


@dataclass(frozen=True)
class Endpoint:
    """Where the daemon listens: a Unix socket, or a loopback address."""

    path: str | None = None
    host: str = "localhost"
    port: int = 0

    @classmethod
    def from_url(cls, url: str) -> Endpoint:
        """Parses `http://127.0.0.1:PORT`. Nothing but loopback: the token
        would travel in clear."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        try:
            near = host == "localhost" or ipaddress.ip_address(host).is_loopback
            port = parts.port
        except ValueError:
            near, port = False, None
        if (parts.scheme != "http" or not near or not port
                or parts.path.strip("/") or parts.query or parts.username):
            raise ValueError("not http://LOOPBACK:PORT: " + url)
        return cls(None, host, port)

    def authority(self) -> str:
        """Returns what goes into the Host field."""
        if self.path is not None:
            return "localhost"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


class Transport:
    """Sends requests. Each event loop has connections of its own."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self._idle: weakref.WeakKeyDictionary[
            asyncio.AbstractEventLoop, deque[Wire]] = (
                weakref.WeakKeyDictionary())

    async def open(self, request: Request, deadline: float) -> Response:
        """Sends `request` and returns when the head of the answer is here.

        An idle connection may have died unnoticed. A repeatable request is then
        sent once more, on a new one, if no byte of an answer came.
        """
        data = request.encode(self.endpoint.authority())
        wire = self._take()
        if wire is not None:
            try:
                return await self._exchange(wire, data, deadline)
            except LLMError as error:
                if error.code != "connection_lost" or not request.repeatable:
                    raise
        wire = await self._connect(deadline)
        return await self._exchange(wire, data, deadline)

    async def _exchange(self, wire: Wire, data: bytes,
                        deadline: float) -> Response:
        wire.begin(deadline)
        try:
            await wire.send(data)
            head = await read_head(wire)
        except BaseException:
            wire.abort()
            raise
        return Response(wire, head, self._give_back)

    async def _connect(self, deadline: float) -> Wire:
        loop = asyncio.get_running_loop()
        patience = loop.time() + limits.CONNECT_TIMEOUT
        try:
            async with asyncio.timeout_at(min(patience, deadline)):
                if self.endpoint.path is not None:
                    _, wire = await loop.create_unix_connection(
                        Wire, self.endpoint.path)
                else:
                    _, wire = await loop.create_connection(
                        Wire, self.endpoint.host, self.endpoint.port)
        except TimeoutError:
            raise make_error("connect_timeout", "the service does not accept "
                             "connections") from None
        except OSError as error:
            raise make_error("connect_failed", "the service is not there: "
                             f"{error.strerror or error}",
                             remedy="Start byollmd.") from None
        return wire

    # -- idle connections -----------------------------------------------------

    def _mine(self) -> deque[Wire]:
        return self._idle.setdefault(asyncio.get_running_loop(), deque())

    def _take(self) -> Wire | None:
        idle = self._mine()
        now = asyncio.get_running_loop().time()
        while idle:
            wire = idle.pop()
            if wire.usable(now):
                return wire
            wire.abort()
        return None

    def _give_back(self, wire: Wire) -> None:
        idle = self._mine()
        wire.idle_since = asyncio.get_running_loop().time()
        if len(idle) >= limits.IDLE_CONNECTIONS_MAX:
            wire.abort()
        else:
            idle.append(wire)

    def close(self) -> None:
        """Closes this loop's idle connections."""
        idle = self._mine()
        while idle:
            idle.pop().abort()
