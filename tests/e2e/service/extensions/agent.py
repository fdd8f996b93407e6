# SPDX-License-Identifier: Apache-2.0
"""Streams, and lets the LLM use a tool."""

from byollm import ChatExtension

chat = ChatExtension("agent")


@chat.function(description="Streams.")
async def stream(ctx):
    async with ctx.llm.stream(...) as deltas:
        pieces = [x.text async for x in deltas if x.kind == "text"]
        reply = await deltas.reply()
    return {"pieces": len(pieces), "whole": "".join(pieces) == reply.text}


@chat.function(description="Uses a tool.")
async def use_tool(ctx):
    asked = []

    def count_words(text: str) -> int:
        """Counts the words of a text."""
        asked.append(text)
        return len(text.split())
    result = await ctx.llm.run("Please use the tool.", tools=[count_words],
                               max_rounds=3)
    return {"stop": result.stop, "rounds": result.rounds, "asked": asked,
            "text": result.text}
