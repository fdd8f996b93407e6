# SPDX-License-Identifier: Apache-2.0
"""One invocation of a function, from the daemon's event to the answer."""

from __future__ import annotations

import asyncio
import logging
import time
import traceback
from typing import Any, Mapping

from . import limits
from .context import Context
from .errors import LLMError
from .extension import ChatExtension
from .models import Mismatch
from .service import Service, encode

_local = logging.getLogger("byollm")
_CUT = "\n[...]\n"


def failure(kind: str, message: str, most: int = limits.ERROR_MESSAGE_CHARS_MAX,
            **more: str) -> dict[str, Any]:
    """Returns the answer of an invocation that failed. Bounded, and always
    UTF-8: Python's texts may hold what is none."""
    return {"error": {"type": _utf8(kind[:limits.ERROR_TYPE_CHARS_MAX]),
                      "message": _utf8(_ends(message, most)), **more}}


def _ends(text: str, most: int) -> str:
    """Of a long text the beginning and, most of all, the end: that is where a
    traceback says what went wrong."""
    if len(text) <= most:
        return text
    first = most // 4
    last = most - first - len(_CUT)
    return text[:first] + _CUT + text[-last:]


def _utf8(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


async def answer(extension: ChatExtension, service: Service,
                 raw: Mapping[str, Any], debug: bool = False) -> dict[str, Any]:
    """Runs the function that `raw` names, and returns what the daemon is told.

    Nothing that the function does is raised, but for the task's own cancelling.
    """
    function = extension.functions.get(str(raw.get("function")))
    if function is None:
        return failure("not_found", f"no function {raw.get('function')}")
    try:
        context = Context.of_invocation(service, raw, extension.name)
    except (LLMError, KeyError):
        return failure("protocol", "the invocation lacks something")
    try:
        async with asyncio.timeout(_seconds_left(raw)) as clock:
            result = await function(context, raw.get("arguments") or {})
            body = {"result": result}
            encode(body)
            return body
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        return _raised(error, function.name, debug)
    except Mismatch as error:
        return failure("validation_rejected", str(error),
                       parameter=error.pointer)
    except (Exception, SystemExit, KeyboardInterrupt) as error:
        if isinstance(error, TimeoutError) and clock.expired():
            return failure("deadline_exceeded", "the function took too long")
        return _raised(error, function.name, debug)
    finally:
        await context.log.close()


def _seconds_left(raw: Mapping[str, Any]) -> float | None:
    deadline = raw.get("deadline_unix_ms")
    if not isinstance(deadline, (int, float)):
        return None
    return max(0.0, deadline / 1000 - time.time())


def _raised(error: BaseException, function: str, debug: bool) -> dict[str, Any]:
    """Tells of an exception: in full here, and only its text elsewhere."""
    _local.error("%s raised", function, exc_info=error)
    # The code is the same in each language; a class's name is Python's.
    kind = error.code if isinstance(error, LLMError) else type(error).__name__
    if debug:
        return failure(kind, "".join(traceback.format_exception(error)),
                       limits.DEBUG_MESSAGE_CHARS_MAX)
    try:
        return failure(kind, str(error))
    except Exception:
        return failure(kind, "")
