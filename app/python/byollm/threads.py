# SPDX-License-Identifier: Apache-2.0
"""Functions that block, apart from the loop."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import os
import threading
from typing import Any, Callable


_NAME = "byollm-call"


async def call(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Calls `function`, in a thread of its own if it is not async.

    The thread is a daemon's: one that never returns is left behind, and keeps
    neither its caller nor the process.
    """
    if inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(
            getattr(function, "__call__", None)):
        return await function(*args, **kwargs)
    result = await _in_thread(lambda: function(*args, **kwargs))
    return await result if inspect.isawaitable(result) else result


async def _in_thread(function: Callable[[], Any]) -> Any:
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Any] = loop.create_future()
    context = contextvars.copy_context()

    def settle(result: Any, error: BaseException | None) -> None:
        if done.done():
            return
        if error is None:
            done.set_result(result)
        else:
            done.set_exception(error)

    def work() -> None:
        result: Any = None
        error: BaseException | None = None
        try:
            result = context.run(function)
        except BaseException as raised:
            error = raised
            # A future takes no StopIteration, and what would end the process
            # ends this call.
            if isinstance(raised, StopIteration) or not isinstance(
                    raised, Exception):
                error = RuntimeError(f"raised {raised!r}")
        try:
            loop.call_soon_threadsafe(settle, result, error)
        except RuntimeError:
            pass  # The loop is gone, and with it who waited.

    threading.Thread(target=work, name=_NAME, daemon=True).start()
    return await done


def leave_hung(code: int) -> None:
    """Ends the process, if a function is left behind in a thread.

    The interpreter's own end would wait for locks that such a thread may hold
    (of stdout, say), and abort.
    """
    if any(x.name == _NAME for x in threading.enumerate()):
        os._exit(code)
