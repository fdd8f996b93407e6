// SPDX-License-Identifier: Apache-2.0
// Goal: a tool call that the provider cut at max_tokens is no failure: clients
// hear why the answer ended, keep what came, and are given no call to run.
// Method: a provider that cuts one (provider.py), by each client.
import assert from "node:assert/strict";

import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import Anthropic from "@anthropic-ai/sdk";
import { generateText, tool } from "ai";
import OpenAI from "openai";
import { z } from "zod";

import { check, finish } from "./check.mjs";
import { schema, token, url } from "./world.mjs";

const asked = [{ role: "user", content: "a word, then cut a call" }];
const at_v1 = { baseURL: `${url}/v1`, apiKey: token };

const openai = new OpenAI(at_v1).chat.completions;
const to_openai = {
  model: "byollm",
  messages: asked,
  tools: [
    { type: "function", function: { name: "weather", parameters: schema } },
  ],
};

const anthropic = new Anthropic({ ...at_v1, baseURL: url }).messages;
const to_anthropic = {
  model: "byollm",
  max_tokens: 200,
  messages: asked,
  tools: [{ name: "weather", input_schema: schema }],
};

await check("openai: whole", async () => {
  const { data, response } = await openai.create(to_openai).withResponse();
  const [{ message, finish_reason }] = data.choices;
  assert.equal(finish_reason, "length");
  assert.equal(message.content, "word ");
  assert.equal(message.tool_calls, undefined);
  assert.equal(response.headers.get("x-byollm-losses"), "cut_call");
});

await check("openai: a stream", async () => {
  let [text, input, end] = ["", "", null];
  for await (const { choices } of
    await openai.create({ ...to_openai, stream: true })) {
    text += choices[0].delta.content ?? "";
    input += choices[0].delta.tool_calls?.[0].function.arguments ?? "";
    end = choices[0].finish_reason ?? end;
  }
  assert.deepEqual([text, input, end], ["word ", '{"city": "Zür', "length"]);
});

await check("anthropic: whole", async () => {
  const { data, response } = await anthropic.create(to_anthropic)
    .withResponse();
  assert.equal(data.stop_reason, "max_tokens");
  assert.deepEqual(data.content.map(({ type }) => type), ["text"]);
  assert.equal(response.headers.get("x-byollm-losses"), "cut_call");
});

await check("anthropic: a stream", async () => {
  const reply = await anthropic.stream(to_anthropic).finalMessage();
  assert.equal(reply.stop_reason, "max_tokens");
  assert.deepEqual(reply.content.map(({ type }) => type),
                   ["text", "tool_use"]);
});

for (const [name, model] of [
  ["openai", createOpenAI(at_v1).chat("byollm")],
  ["anthropic", createAnthropic(at_v1)("byollm")],
])
  await check(`vercel's ${name}: nothing runs`, async () => {
    let runs = 0;
    const got = await generateText({
      model,
      prompt: asked[0].content,
      tools: {
        weather: tool({
          inputSchema: z.object({}),
          execute: async () => (runs += 1),
        }),
      },
    });
    assert.deepEqual([got.finishReason, got.text, runs], ["length", "word ", 0]);
  });

finish();
