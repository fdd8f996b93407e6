from imperal_sdk import ChatExtension, ActionResult
from pydantic import BaseModel, Field
class SummarizeParams(BaseModel):
    text: str = Field(description="The content to summarize.")
    max_words: int = Field(80, description="Target summary length.")
@chat.function(
    description="Summarize a piece of text using the user's configured LLM.",
    action_type="read",
)
async def summarize(ctx, params: SummarizeParams):
    # ctx.llm is auto-resolved per user (BYOLLM if configured, platform LLM otherwise)
    response = await ctx.llm.create_message(
        system="You are a concise summarizer. Output plain text only.",
        messages=[
            {"role": "user", "content": f"Summarize in {params.max_words} words:\n\n{params.text}"},
        ],
        max_tokens=200,
    )
    return {"text": response.text}
