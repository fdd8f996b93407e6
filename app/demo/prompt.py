# SPDX-License-Identifier: Apache-2.0
"""A small chat on our own terminal, while we serve."""

from __future__ import annotations

import asyncio
import os
from typing import Any

from byollm import LLMError

from play import stream
from programs import Failed
from report import tell_answer
from stage import Stage
from terminal import bold, printable

USERS = ("/ada", "/bob", "/cleo")


def has_terminal() -> bool:
    """Returns whether somebody types for us."""
    return os.isatty(0) and os.tcgetpgrp(0) == os.getpgrp()


async def chat(on: Stage) -> None:
    """Chats until the end of input. A turn that fails is told, no more."""
    print("\nYour turn. /ada, /bob or /cleo says who you are; Ctrl-D ends the "
          "chat, Ctrl-C everything.")
    user = "ada"
    said: dict[str, list[Any]] = {}
    while line := await _line(bold(user + "> ")):
        words = line.strip()
        if words in USERS:
            user = words[1:]
        elif words.startswith("/"):
            print("/ada, /bob, /cleo; Ctrl-D ends the chat")
        elif words:
            await _turn(on, user, words, said.setdefault(user, []))
    print("\nStill serving; Ctrl-C ends it.", flush=True)


async def _turn(on: Stage, user: str, words: str, said: list[Any]) -> None:
    """Keeps the conversation only as far as it went well."""
    asked = {"role": "user", "content": words}
    try:
        turn, reply = await stream(on, user, [*said, asked])
        said += [asked, reply]
        tell_answer(await on.rows(turn))
    except (LLMError, Failed) as error:
        print(printable(str(error)))


async def _line(prompt: str) -> str:
    """Returns the next line; "" at the end of input."""
    print(prompt, end="", flush=True)
    loop = asyncio.get_running_loop()
    typed = asyncio.Event()
    loop.add_reader(0, typed.set)
    try:
        await typed.wait()
    finally:
        loop.remove_reader(0)
    # A terminal gives a line at a time.
    return os.read(0, 65536).decode(errors="replace")
