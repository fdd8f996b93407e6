# SPDX-License-Identifier: Apache-2.0
"""The processes that the demonstration starts, and ends."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from typing import AsyncIterator, Callable, Mapping, Sequence


class Failed(Exception):
    """The demonstration cannot go on; the text says why."""


class Program:
    """A process that has said that it is ready."""

    def __init__(self, name: str, process: asyncio.subprocess.Process,
                 said: str) -> None:
        self.name = name
        #: The line that told it is ready.
        self.said = said
        self._process = process

    async def watch(self) -> None:
        """Waits for its end, which nobody asked for."""
        code = await self._process.wait()
        raise Failed(f"{self.name} ended by itself, with {code}")


_running: set[asyncio.subprocess.Process] = set()


def kill_all() -> None:
    """Ends what runs as it is; whoever waits for its end has it then."""
    for process in _running:
        if process.returncode is None:
            process.kill()


def nothing(_: str) -> bool:
    return False


@contextlib.asynccontextmanager
async def running(name: str, command: Sequence[str], ready: str, *,
                  env: Mapping[str, str] | None = None,
                  stderr: int | None = None,
                  passes_on: Callable[[str], bool] = nothing
                  ) -> AsyncIterator[Program]:
    """Starts a program, and ends it by SIGTERM behind the block.

    The block begins once a line of its stdout has `ready` in it. Lines that
    `passes_on` chooses go to our stderr.
    """
    # Not in our process group: a Ctrl-C is for us, who end them in order. And
    # the kernel ends them with us, however we end.
    process = await asyncio.create_subprocess_exec(
        "setpriv", "--pdeathsig", "TERM", *command,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
        stderr=stderr, start_new_session=True, env=env)
    _running.add(process)
    told: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    reading = asyncio.create_task(_read(process, ready, told, passes_on))
    try:
        said = await told
        if not said:
            raise Failed(f"{name} did not start")
        yield Program(name, process, said)
    finally:
        if process.returncode is None:
            process.terminate()
        code = await process.wait()
        _running.discard(process)
        await reading
    if code != 0:
        raise Failed(f"{name} ended with {code}")


async def _read(process: asyncio.subprocess.Process, ready: str,
                told: asyncio.Future[str],
                passes_on: Callable[[str], bool]) -> None:
    assert process.stdout
    try:
        async for raw in process.stdout:
            line = raw.decode(errors="replace").rstrip("\n")
            if ready in line and not told.done():
                told.set_result(line)
            elif passes_on(line):
                print(line, file=sys.stderr, flush=True)
    finally:
        if not told.done():
            told.set_result("")
