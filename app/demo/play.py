# SPDX-License-Identifier: Apache-2.0
"""How the demonstration runs a chat turn, as a host of byollmd does."""

from __future__ import annotations

import json
import uuid
from typing import Any

from byollm import LLMError
from byollm.messages import Messages, Reply

from cli import TENANT
from programs import Failed
from report import tell_answer, tell_refusal
from scenes import SCENES, Ask, Run
from stage import Stage
from terminal import bold, dim, printable, show


async def play(on: Stage) -> None:
    """Plays all scenes; raises `Failed` if one is not as it must be."""
    for number, scene in enumerate(SCENES, 1):
        print("\n" + bold(f"{number}  {scene.title}"))
        try:
            if isinstance(scene, Ask):
                await _ask(on, scene)
            else:
                await _run(on, scene)
        except LLMError as error:
            print(flush=True)
            raise Failed(str(error)) from None


async def stream(on: Stage, user: str, messages: Messages,
                 **wishes: Any) -> tuple[str, Reply]:
    """Asks the LLM of `user` in a turn of its own, and prints the answer as it
    arrives. Returns the turn and the reply."""
    token = await on.host.mint(TENANT, user, "demo")
    ctx = await on.host.context(token.token)
    async with ctx.llm.stream(messages, **wishes) as answer:
        async for delta in answer:
            if delta.kind == "text":
                show(delta.text)
        reply = await answer.reply()
    print()
    return ctx.turn, reply


async def _ask(on: Stage, scene: Ask) -> None:
    print(f"   {dim(scene.user + '>')} {scene.says}\n   {dim('llm>')} ", end="",
          flush=True)
    turn, _ = await stream(on, scene.user, scene.says, **scene.wishes)
    tell_answer(await on.rows(turn))


async def _run(on: Stage, scene: Run) -> None:
    print(f"   {dim(scene.user + '>')} notes {scene.function} "
          f"{json.dumps(scene.arguments)}\n   {dim('notes>')} ", end="",
          flush=True)
    turn = str(uuid.uuid4())
    try:
        got = await on.host.turn(TENANT, scene.user, "notes", scene.function,
                                 scene.arguments, turn=turn)
    except LLMError as error:
        if error.code != scene.refused:
            raise
        print(printable(f"{error.code}: {error.message}"))
        tell_refusal(await on.rows(turn), scene.refused)
        return
    if scene.refused:
        raise Failed(f"{scene.function} ran, and should have been refused")
    print(printable(got.result["data"]["text"]).replace("\n", "\n   "))
    tell_answer(await on.rows(turn))
