// SPDX-License-Identifier: Apache-2.0
// Goal: Vercel's package `ai`, unmodified, works with whatever LLM its user
// has, by either of its providers. Method: text, streams, tools, structured
// output, vectors and errors; the stand-in tells what arrived.
import assert from "node:assert/strict";

import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import {
  embedMany, generateText, Output, stepCountIs, streamText, tool,
} from "ai";
import { z } from "zod";

import { check, finish } from "./check.mjs";
import { behind, model, said, token, url } from "./world.mjs";

const openai = createOpenAI({ baseURL: `${url}/v1`, apiKey: token });
const anthropic = createAnthropic({ baseURL: `${url}/v1`, apiKey: token });

const tools = (asked) => ({
  weather: tool({
    description: "tells the weather",
    inputSchema: z.object({ city: z.string(), days: z.number().int() }),
    execute: async ({ city }) => {
      asked.push(city);
      return "sunny";
    },
  }),
});

for (const [name, llm] of [
  ["openai", openai.chat("byollm")],
  ["anthropic", anthropic("byollm")],
]) {
  await check(`${name}: text`, async () => {
    const got = await generateText({ model: llm, prompt: "hello" });
    assert.match(got.text, said);
    assert.equal(got.finishReason, "stop");
    assert.ok(got.usage.inputTokens > 0 && got.usage.outputTokens > 5);
    assert.equal(got.response.headers["x-byollm-provider"], behind);
  });

  await check(`${name}: a stream`, async () => {
    const got = streamText({ model: llm, prompt: "hello" });
    let text = "";
    for await (const piece of got.textStream) text += piece;
    assert.match(text, said);
    assert.equal(await got.finishReason, "stop");
    assert.ok((await got.usage).outputTokens > 5);
  });

  await check(`${name}: tools that run by themselves`, async () => {
    const asked = [];
    const got = await generateText({
      model: llm,
      prompt: "please use the tool",
      tools: tools(asked),
      stopWhen: stepCountIs(3),
    });
    assert.equal(asked.length, 1);
    assert.match(got.text, /answered: .*sunny/);
  });

  await check(`${name}: tools in a stream`, async () => {
    const asked = [];
    const got = streamText({
      model: llm,
      prompt: "please use the tool",
      tools: tools(asked),
      stopWhen: stepCountIs(3),
    });
    assert.match(await got.text, /answered: .*sunny/);
    assert.equal(asked.length, 1);
  });

  await check(`${name}: structured output`, async () => {
    const form = z.object({ city: z.string(), days: z.number().int() });
    const asked = generateText({
      model: llm,
      prompt: "hello",
      output: Output.object({ schema: form }),
    });
    // Of models that it does not know it asks for a call of a tool, which an
    // Ollama cannot be kept to.
    if (name === "anthropic" && behind === "local-ollama")
      return assert.rejects(asked, (error) => error.statusCode === 400);
    const got = await asked;
    assert.equal(typeof got.output.city, "string");
    assert.equal(typeof got.output.days, "number");
  });
}

await check("a refusal is no answer, and is not asked again", async () => {
  const nobody = createOpenAI({ baseURL: `${url}/v1`, apiKey: "nobody" });
  await assert.rejects(
    generateText({ model: nobody.chat("byollm"), prompt: "hello" }),
    (error) => {
      assert.equal(error.statusCode, 401);
      assert.equal(error.isRetryable, false);
      return true;
    },
  );
});

await check("its default, the Responses API, is not there", () =>
  assert.rejects(
    generateText({ model: openai("byollm"), prompt: "hello" }),
    ({ statusCode, isRetryable, data }) => {
      assert.equal(statusCode, 404);
      assert.equal(isRetryable, false);
      assert.equal(data.error.type, "invalid_request_error");
      return true;
    },
  ));

await check("vectors", async () => {
  const asked = embedMany({
    model: openai.embedding("byollm"),
    values: ["a", "b"],
  });
  if (behind === "anthropic")
    return assert.rejects(asked, (error) => error.statusCode === 400);
  const got = await asked;
  assert.equal(got.embeddings.length, 2);
  assert.ok(got.embeddings[0].length > 3);
});

await check("the model is named", async () => {
  const got = await generateText({ model: anthropic(model), prompt: "hello" });
  assert.equal(got.response.modelId, model);
});

finish();
