# SPDX-License-Identifier: Apache-2.0
"""What thin_worker.cpp does, by the Python package."""

import time

from byollm import ChatExtension

chat = ChatExtension("python")


@chat.function(description="Makes LLM calls; tells how long each took.")
async def ask(ctx, params: dict):
    took = []
    for _ in range(params["calls"]):
        began = time.perf_counter_ns()
        await ctx.llm.create_message("x" * params["message_bytes"])
        took.append(time.perf_counter_ns() - began)
    return {"call_ns": took}
