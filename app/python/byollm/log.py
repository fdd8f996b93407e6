# SPDX-License-Identifier: Apache-2.0
"""`ctx.log`: lines for the platform, beside what the function does."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import Any

from . import limits
from .errors import LLMError
from .service import Service

_local = logging.getLogger("byollm")

# Whose line it is and what it says (app/service/llm_routes.cpp).
LOG_NAMES_OF_THE_SERVICE = frozenset((
    "tenant", "user", "extension", "turn", "level", "text", "unix_ms"))


class Log:
    """Neither blocks nor raises, and may be used from any thread.

    Lines wait in a bounded queue and are sent in their order meanwhile, the
    last ones when the function ends. What does not fit is dropped, and a line
    says how many were. A line is cut to 8 KiB, fields and all, and to 32
    fields; one with a name of the service's own (`user`, ...) is `own_user`.
    """

    def __init__(self, service: Service, token: str) -> None:
        self._service = service
        self._token = token
        self._loop = asyncio.get_running_loop()
        self._lines: deque[dict[str, Any]] = deque()
        self._dropped = 0
        self._sender: asyncio.Task[None] | None = None

    def debug(self, text: str, /, **fields: Any) -> None:
        """What only a developer wants to know."""
        self._put("debug", text, fields)

    def info(self, text: str, /, **fields: Any) -> None:
        """What happened."""
        self._put("info", text, fields)

    def warning(self, text: str, /, **fields: Any) -> None:
        """What somebody should look at."""
        self._put("warning", text, fields)

    def error(self, text: str, /, **fields: Any) -> None:
        """What failed."""
        self._put("error", text, fields)

    def _put(self, level: str, text: Any, fields: dict[str, Any]) -> None:
        if len(self._lines) >= limits.LOG_LINES_WAITING_MAX:
            self._dropped += 1
            return
        self._lines.append(_line(level, text, fields))
        try:
            self._loop.call_soon_threadsafe(self._start)
        except RuntimeError:
            pass  # The loop is closed: nobody is left to send it.

    def _start(self) -> None:
        if self._lines and (self._sender is None or self._sender.done()):
            self._sender = self._loop.create_task(self._send())

    async def _send(self) -> None:
        while self._lines:
            await self._post(self._lines.popleft())
            if self._dropped and not self._lines:
                count, self._dropped = self._dropped, 0
                self._lines.append(_line("warning", "lines were dropped",
                                         {"count": count}))

    async def _post(self, line: dict[str, Any]) -> None:
        try:
            await self._service.call("POST", "/v1/log", self._token, line)
        except LLMError as error:
            # A log that fails does not fail the function.
            _local.warning("a line of an extension's log is lost: %s", error)

    async def close(self) -> None:
        """Sends what waits, for as long as `limits.LOG_FLUSH_TIMEOUT`."""
        self._start()
        if self._sender is None:
            return
        _, late = await asyncio.wait({self._sender},
                                     timeout=limits.LOG_FLUSH_TIMEOUT)
        for task in late:
            _local.warning("%d lines of an extension's log are lost: the "
                           "service is slow", len(self._lines) + 1)
            task.cancel()


def _line(level: str, text: Any, fields: dict[str, Any]) -> dict[str, Any]:
    said = _text(text) or "-"  # The service takes no line without a text.
    if not fields:
        return {"level": level, "text": _cut(said, limits.LOG_LINE_BYTES_MAX)}
    # However long the text is, half of the line is for the fields.
    room = max(limits.LOG_LINE_BYTES_MAX - _size(said),
               limits.LOG_LINE_BYTES_MAX // 2)
    kept = _fields(fields, room)
    left = limits.LOG_LINE_BYTES_MAX - sum(
        _size(name) + _size(value) for name, value in kept.items())
    return {"level": level, "text": _cut(said, left), "fields": kept}


def _fields(given: dict[str, Any], room: int) -> dict[str, str]:
    kept: dict[str, str] = {}
    for name, value in given.items():
        name = _text(name)
        # The service says these itself and refuses a line that does, too.
        while name in LOG_NAMES_OF_THE_SERVICE or name in kept:
            name = "own_" + name
        room -= _size(name)
        if room < 0 or len(kept) == limits.LOG_FIELDS_MAX:
            break
        kept[name] = _cut(_text(value), room)
        room -= _size(kept[name])
    return kept


def _text(value: Any) -> str:
    try:
        text = value if isinstance(value, str) else str(value)
    except Exception as error:
        text = f"[{type(error).__name__} in __str__]"
    # More characters than bytes fit in no line; a lone surrogate has no UTF-8.
    return text[:limits.LOG_LINE_BYTES_MAX].encode(
        "utf-8", "replace").decode("utf-8")


def _size(text: str) -> int:
    return len(text.encode("utf-8"))


def _cut(text: str, size: int) -> str:
    return text.encode("utf-8")[:size].decode("utf-8", "ignore")
