# SPDX-License-Identifier: Apache-2.0
"""Functions that misbehave, each in one way."""

import asyncio
import os
import time

from byollm import ChatExtension, ForbiddenError, LLMError
from byollm.trace import Trace

chat = ChatExtension("trouble")
function = chat.function(description="Misbehaves.")


@function
async def ask(ctx):
    return (await ctx.llm.create_message(...)).text


@function
async def traced(ctx):
    """Asks, and tells what trace it is in."""
    await ctx.llm.create_message(...)
    return [ctx.traceparent, ctx.tracestate]


@function
async def untraced(ctx):
    """Asks as a worker in another language may: with its token alone."""
    return await ctx.llm._service.within(Trace()).call(
        "POST", "/v1/llm/messages", ctx.llm._token,
        {"messages": [{"role": "user", "content": "q"}]})


@function
async def failed_call(ctx, params: dict):
    """Tells which call failed."""
    try:
        if params["stream"]:
            return await ctx.llm.stream(...).reply()
        return await ctx.llm.create_message(...)
    except LLMError as error:
        return {"code": error.code, "call": error.call}


@function
async def raise_it(ctx):
    raise KeyError("shelf")


@function
def raise_deep(ctx):
    """Its traceback is longer than what is told of it."""
    # By turns: of a function that calls itself few lines are told.
    def left(steps):
        right(steps - 1)

    def right(steps):
        if steps == 0:
            raise KeyError("the innermost shelf")
        left(steps)
    left(40)


@function
async def no_json(ctx):
    return {"x": object()}


@function
def recurse(ctx):
    return recurse(ctx)


@function
async def never(ctx):
    await asyncio.Event().wait()


@function
async def block_the_loop(ctx):
    time.sleep(3600)


@function
async def die(ctx):
    os._exit(7)


@function
async def leak(ctx):
    """What a function can see of keys and tokens."""
    return repr(dict(os.environ)) + repr(ctx) + repr(ctx.llm)


@function
async def own_token(ctx):
    """What a function takes away to use after its run."""
    return ctx.llm._token


@function
async def flood(ctx, params: dict):
    """Asks as often as it is told, all at once."""
    done = await asyncio.gather(
        *(ctx.llm.create_message(...) for _ in range(params["calls"])),
        return_exceptions=True)
    refused = [x for x in done if isinstance(x, Exception)]
    return {"answered": len(done) - len(refused),
            "refused": sorted({x.code for x in refused})}


@function
async def size(ctx, params: dict):
    """Says how much it got, and gives as much as it is told."""
    return {"got": len(params["text"]), "back": "x" * params["back"]}


@function
async def forbidden(ctx):
    try:
        await ctx.llm.create_message(..., purpose="not-granted")
    except ForbiddenError as error:
        return error.code


@chat.function(description="Deletes.", action_type="destructive")
async def destroy(ctx):
    return "gone"
