# SPDX-License-Identifier: Apache-2.0
"""`byollm`, the command line, on the demonstration's data directory."""

from __future__ import annotations

import asyncio
import json
import shlex
import sys
from typing import Any

from places import Places
from programs import Failed

TENANT = "demo"

#: Bytes, a file descriptor, or None: the terminal.
Stdin = bytes | int | None
NOTHING: Stdin = asyncio.subprocess.DEVNULL


class Cli:
    """Runs commands; byollmd, which owns the directory, carries them out."""

    def __init__(self, places: Places) -> None:
        self._command = [str(places.byollm), "--data-dir", str(places.data),
                         "--tenant", TENANT]

    async def run(self, *arguments: str, stdin: Stdin = NOTHING) -> str:
        """Returns what a command prints; raises `Failed` with its words."""
        process = await asyncio.create_subprocess_exec(
            *self._command, *arguments, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            stdin=asyncio.subprocess.PIPE if isinstance(stdin, bytes)
            else stdin)
        out, err = await process.communicate(
            stdin if isinstance(stdin, bytes) else None)
        if process.returncode != 0:
            raise Failed(err.decode(errors="replace").strip()
                         or f"byollm {arguments[0]} failed")
        return out.decode(errors="replace")

    async def json(self, *arguments: str) -> Any:
        """Returns the value that a command answers."""
        return json.loads(await self.run("--json", *arguments))

    async def show(self, *arguments: str) -> None:
        """Lets a command print, as somebody who types it sees it."""
        print("$", shlex.join(["byollm", *self._command[1:], *arguments]),
              flush=True)
        process = await asyncio.create_subprocess_exec(
            *self._command, *arguments, stdin=asyncio.subprocess.DEVNULL)
        if await process.wait() != 0:
            sys.stdout.flush()
            raise Failed(f"byollm {' '.join(arguments[:2])} failed")
