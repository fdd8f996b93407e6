# SPDX-License-Identifier: Apache-2.0
"""A worker: runs an extension's functions for as long as the daemon asks."""

from __future__ import annotations

import asyncio
import logging
import random
from contextlib import aclosing
from typing import Any, Mapping
from urllib.parse import quote

from . import limits
from .errors import (ForbiddenError, InvalidRequestError, LLMError,
                     NotFoundError, UnauthenticatedError)
from .extension import ChatExtension
from .invocation import answer, failure
from .service import Service
from .trace import Trace

_local = logging.getLogger("byollm")
# Trying again changes nothing.
_FINAL = (ForbiddenError, InvalidRequestError, UnauthenticatedError)


class Worker:
    """Attaches to the daemon, and again whenever the connection is lost."""

    def __init__(self, extension: ChatExtension, service: Service, token: str,
                 *, concurrency: int = limits.CONCURRENCY_DEFAULT,
                 debug: bool = False) -> None:
        self._extension = extension
        self._service = service
        self._token = token
        self._concurrency = concurrency
        self._debug = debug
        self._running: dict[str, asyncio.Task[None]] = {}
        # Functions that run. Not answers under way: the daemon may have one,
        # and invoke the next function, before we hear of it.
        self._busy = 0
        self._delay = limits.RECONNECT_DELAY_FIRST
        self._draining: asyncio.Task[None] | None = None
        self._serving: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Serves until it is drained; raises if the daemon refuses it."""
        self._serving = asyncio.create_task(self._serve())
        try:
            await self._serving
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if self._draining is None or (task and task.cancelling()):
                raise
        finally:
            self._serving.cancel()

    def drain(self) -> None:
        """Takes no more invocations, and ends once those that run have. Asked
        again, ends at once."""
        if self._serving is None:
            return
        if self._draining is not None:
            self._serving.cancel()
            return
        _local.info("stopping: %d to wait for", len(self._running))
        self._draining = asyncio.create_task(self._drain(self._serving))

    async def _drain(self, serving: asyncio.Task[None]) -> None:
        if self._running:
            await asyncio.wait(self._running.values(),
                               timeout=limits.DRAIN_TIMEOUT)
        serving.cancel()

    # -- the connection -------------------------------------------------------

    async def _serve(self) -> None:
        while True:
            try:
                await self._session()
                _local.warning("the service ended the connection")
            except _FINAL:
                raise
            except LLMError as error:
                _local.warning("not attached: %s", error)
            # Full jitter: many workers lose one daemon at once.
            await asyncio.sleep(random.uniform(0, self._delay))
            self._delay = min(2 * self._delay, limits.RECONNECT_DELAY_MAX)

    async def _session(self) -> None:
        functions = list(self._extension.functions.values())
        stream = await self._service.events(
            "POST", f"/v1/extensions/{self._extension.name}/attach",
            self._token, {"functions": functions,
                          "concurrency": self._concurrency},
            timeout=limits.REQUEST_TIMEOUT, endless=True)
        try:
            async with aclosing(stream.read()) as events:
                async for name, value in events:
                    self._take(name, value)
        finally:
            stream.abort()
            for task in self._running.values():
                task.cancel()

    def _take(self, name: str, value: Any) -> None:
        if not isinstance(value, Mapping):
            return
        if name == "attached":
            self._delay = limits.RECONNECT_DELAY_FIRST
            _local.info("attached as %s, worker %s", self._extension.name,
                        value.get("worker"))
        elif name == "invoke":
            self._start(str(value.get("invocation")), value)
        elif name == "cancel":
            task = self._running.get(str(value.get("invocation")))
            if task is not None:
                task.cancel()

    # -- invocations ----------------------------------------------------------

    def _start(self, invocation: str, raw: Mapping[str, Any]) -> None:
        task = asyncio.create_task(self._invoke(invocation, raw))
        self._running[invocation] = task
        task.add_done_callback(lambda _: self._running.pop(invocation, None))

    async def _invoke(self, invocation: str, raw: Mapping[str, Any]) -> None:
        # Neither type of refusal has run anything: another worker may.
        if self._draining is not None:
            body = failure("worker_stopping", "this worker is stopping")
        elif self._busy >= self._concurrency:
            body = failure("worker_busy", "this worker has enough to do")
        else:
            self._busy += 1
            try:
                body = await answer(self._extension, self._service, raw,
                                    self._debug)
            finally:
                self._busy -= 1
        await self._tell(invocation, body, raw)

    async def _tell(self, invocation: str, body: Mapping[str, Any],
                    raw: Mapping[str, Any]) -> None:
        """Hands an answer in. The host waits for it, so one that is not taken
        is tried again, or told in few words."""
        service = self._service.within(Trace.of(raw))
        delay = limits.RECONNECT_DELAY_FIRST
        for tries in range(limits.ANSWER_TRIES, 0, -1):
            try:
                await service.call(
                    "POST", f"/v1/invocations/{quote(invocation, safe='')}",
                    self._token, body, repeatable=True)
                return
            except InvalidRequestError as error:
                body = failure(type(error).__name__,
                               f"the result is not taken: {error.message}")
            except LLMError as error:
                if isinstance(error, NotFoundError) or tries == 1:
                    _local.warning("the answer of %s is lost: %s",
                                   raw.get("function"), error)
                    return
                await asyncio.sleep(delay)
                delay *= 2
