# SPDX-License-Identifier: Apache-2.0
"""The demonstration's extension; `python3 -m byollm run notes.py` runs it."""

from byollm import ChatExtension
from pydantic import BaseModel, Field

chat = ChatExtension("notes")


class SummarizeParams(BaseModel):
    """What `summarize` takes."""

    text: str = Field(description="The content to summarize.")
    max_words: int = Field(80, description="Target summary length.")


@chat.function(
    description="Summarize a piece of text using the user's configured LLM.",
    action_type="read",
)
async def summarize(ctx, params: SummarizeParams):
    """Asks the user's own LLM if they have one, and else the platform's."""
    response = await ctx.llm.create_message(
        system="You are a concise summarizer. Output plain text only.",
        messages=[
            {"role": "user", "content":
             f"Summarize in {params.max_words} words:\n\n{params.text}"},
        ],
        max_tokens=200,
    )
    return {"text": response.text}


@chat.function(description="Forget every note.", action_type="destructive")
async def forget(ctx):
    """Runs only in a turn that the user confirmed."""
    return "Every note is forgotten."
