# SPDX-License-Identifier: Apache-2.0
"""Finds the nearest of some texts, as an extension with an index does."""

from dataclasses import dataclass

from byollm import ChatExtension, LLMError

chat = ChatExtension("search")


@dataclass
class Search:
    query: str
    texts: list[str]
    dimensions: int | None = None


@chat.function(description="Finds the nearest text.")
async def nearest(ctx, params: Search):
    try:
        index = await ctx.llm.embed(params.texts, purpose="index",
                                    dimensions=params.dimensions)
        asked = await ctx.llm.embed(params.query, purpose="query",
                                    dimensions=params.dimensions)
    except LLMError as error:
        return {"error": type(error).__name__, "code": error.code,
                "parameter": error.parameter}

    def distance(vector):
        return sum((x - y) ** 2 for x, y in zip(vector, asked.embeddings[0]))
    found = min(range(len(params.texts)),
                key=lambda i: distance(index.embeddings[i]))
    return {"text": params.texts[found], "model": index.model,
            "dimensions": len(asked.embeddings[0]),
            "tokens": index.usage.total, "is_byollm": index.is_byollm,
            "cost_micro": index.cost_micro}


@chat.function(description="Asks for a purpose.")
async def ask(ctx, params: dict):
    try:
        reply = await ctx.llm.create_message("q", **params)
    except LLMError as error:
        return {"error": type(error).__name__, "code": error.code,
                "parameter": error.parameter}
    return {"cost_micro": reply.cost_micro, "tokens": reply.usage.total,
            "losses": [x.what for x in reply.losses]}


@chat.function(description="Counts tokens.")
async def count(ctx, params: dict):
    try:
        return {"tokens": await ctx.llm.count_tokens(params["text"])}
    except LLMError as error:
        return {"error": type(error).__name__}


@chat.function(description="A loop on a budget.")
async def loop(ctx, params: dict):
    def count_words(text: str) -> int:
        """Counts the words of a text."""
        return len(text.split())
    result = await ctx.llm.run("Please use the tool.", tools=[count_words],
                               **params)
    return {"stop": result.stop, "rounds": result.rounds,
            "cost_micro": result.cost_micro}
