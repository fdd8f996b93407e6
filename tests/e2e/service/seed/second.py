async def summarize(ctx, params):
    # ctx.llm is ALWAYS available — falls back to platform LLM if BYOLLM not configured
    if ctx.llm.is_byollm:
        ctx.log.info("Using user's own LLM", provider=ctx.llm.provider)
    response = await ctx.llm.create_message(...)
    return {"text": response.text}
