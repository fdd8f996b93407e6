// SPDX-License-Identifier: Apache-2.0
// Goal: the official clients understand the server at argv[2] in all three
// dialects, streaming and not. Method: byollm-standin runs at that URL; each
// client sends text and a tool's offer and sees text, a call, usage, refusals.
import assert from "node:assert/strict";

import Anthropic from "@anthropic-ai/sdk";
import { Ollama } from "ollama";
import OpenAI from "openai";

import { check, finish, refused } from "./check.mjs";

const url = process.argv[2];
const schema = {
  type: "object",
  properties: { city: { type: "string" }, days: { type: "integer" } },
  required: ["city"],
};
const said = /byollm-standin.*temperature=0\.4.*You said: hello/;
const hello = [{ role: "user", content: "hello" }];
const ask_tool = [{ role: "user", content: "please use the tool" }];

async function openai_checks() {
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: "k", maxRetries: 0 });
  const chat = (more) =>
    client.chat.completions.create({ model: "m-1", temperature: 0.4, ...more });
  const tools = [
    { type: "function", function: { name: "weather", parameters: schema } },
  ];
  await check("openai: text", async () => {
    const reply = await chat({ messages: hello });
    assert.match(reply.choices[0].message.content, said);
    assert.equal(reply.choices[0].finish_reason, "stop");
    assert.equal(reply.model, "m-1");
    assert.ok(reply._request_id);
    assert.equal(
      reply.usage.total_tokens,
      reply.usage.prompt_tokens + reply.usage.completion_tokens,
    );
  });
  await check("openai: streamed text and usage", async () => {
    const stream = client.chat.completions.stream({
      model: "m-1",
      temperature: 0.4,
      messages: hello,
      stream_options: { include_usage: true },
    });
    assert.match(await stream.finalContent(), said);
    assert.ok((await stream.totalUsage()).completion_tokens > 5);
  });
  for (const stream of [false, true])
    await check(`openai: tool call, stream ${stream}`, async () => {
      const message = stream
        ? await client.chat.completions
            .stream({ model: "m-1", messages: ask_tool, tools })
            .finalMessage()
        : (await chat({ messages: ask_tool, tools })).choices[0].message;
      const call = message.tool_calls[0];
      assert.equal(call.function.name, "weather");
      assert.equal(JSON.parse(call.function.arguments).days, 1);
      const after = await chat({
        tools,
        messages: [
          ...ask_tool,
          message,
          { role: "tool", tool_call_id: call.id, content: "sunny" },
        ],
      });
      assert.match(after.choices[0].message.content, /answered: sunny/);
    });
  await check("openai: max_tokens cuts", async () => {
    const reply = await chat({ messages: hello, max_tokens: 3 });
    assert.equal(reply.choices[0].finish_reason, "length");
    assert.equal(reply.usage.completion_tokens, 3);
  });
  await check("openai: models and embeddings", async () => {
    const models = await client.models.list();
    assert.ok(models.data[0].id);
    const both = await client.embeddings.create({ model: "e", input: ["a", "b"] });
    const plain = await client.embeddings.create({
      model: "e",
      input: "a",
      encoding_format: "float",
    });
    assert.equal(both.data.length, 2);
    plain.data[0].embedding.forEach((value, i) =>
      assert.ok(Math.abs(value - both.data[0].embedding[i]) < 1e-6),
    );
  });
  await check("openai: a bad key is refused", () =>
    refused(
      401,
      client.withOptions({ apiKey: "standin-bad" }).models.list(),
    ));
}

async function anthropic_checks() {
  const client = new Anthropic({ baseURL: url, apiKey: "k", maxRetries: 0 });
  const body = { model: "m-1", max_tokens: 200, temperature: 0.4 };
  const tools = [{ name: "weather", input_schema: schema }];
  await check("anthropic: text", async () => {
    const reply = await client.messages.create({ ...body, messages: hello });
    assert.match(reply.content[0].text, said);
    assert.equal(reply.stop_reason, "end_turn");
    assert.ok(reply._request_id);
    assert.ok(reply.usage.input_tokens > 0 && reply.usage.output_tokens > 5);
  });
  await check("anthropic: streamed text", async () => {
    const stream = client.messages.stream({ ...body, messages: hello });
    assert.match(await stream.finalText(), said);
    const reply = await stream.finalMessage();
    assert.equal(reply.stop_reason, "end_turn");
    assert.ok(reply.usage.output_tokens > 5);
  });
  for (const stream of [false, true])
    await check(`anthropic: tool call, stream ${stream}`, async () => {
      const ask = { ...body, messages: ask_tool, tools };
      const reply = stream
        ? await client.messages.stream(ask).finalMessage()
        : await client.messages.create(ask);
      assert.equal(reply.stop_reason, "tool_use");
      const call = reply.content.find((block) => block.type === "tool_use");
      assert.deepEqual(call.input, { city: "stand-in", days: 1 });
      const result = {
        type: "tool_result",
        tool_use_id: call.id,
        content: "sunny",
      };
      const after = await client.messages.create({
        ...ask,
        messages: [
          ...ask_tool,
          { role: "assistant", content: reply.content },
          { role: "user", content: [result] },
        ],
      });
      assert.match(after.content[0].text, /answered: sunny/);
    });
  await check("anthropic: a stop sequence stops", async () => {
    const reply = await client.messages.create({
      ...body,
      messages: hello,
      stop_sequences: ["You said"],
    });
    assert.equal(reply.stop_reason, "stop_sequence");
    assert.equal(reply.stop_sequence, "You said");
  });
  await check("anthropic: token count and models", async () => {
    const count = await client.messages.countTokens({
      model: "m-1",
      messages: hello,
    });
    assert.equal(count.input_tokens, 4);
    assert.ok((await client.models.list()).data[0].id);
  });
  await check("anthropic: a bad key is refused", () =>
    refused(
      401,
      client
        .withOptions({ apiKey: "standin-bad" })
        .messages.create({ ...body, messages: hello }),
    ));
}

async function ollama_checks() {
  const client = new Ollama({ host: url });
  const ask = { model: "m-1", options: { temperature: 0.4 } };
  const tools = [
    { type: "function", function: { name: "weather", parameters: schema } },
  ];
  await check("ollama: text", async () => {
    const reply = await client.chat({ ...ask, messages: hello });
    assert.match(reply.message.content, said);
    assert.equal(reply.done_reason, "stop");
    assert.ok(reply.prompt_eval_count > 0 && reply.eval_count > 5);
  });
  await check("ollama: streamed text", async () => {
    let text = "";
    let last;
    for await (last of await client.chat({ ...ask, messages: hello, stream: true }))
      text += last.message.content;
    assert.match(text, said);
    assert.ok(last.done && last.eval_count > 5);
  });
  for (const stream of [false, true])
    await check(`ollama: tool call, stream ${stream}`, async () => {
      const calls = [];
      const reply = await client.chat({ ...ask, messages: ask_tool, tools, stream });
      if (stream)
        for await (const part of reply)
          calls.push(...(part.message.tool_calls ?? []));
      else calls.push(...reply.message.tool_calls);
      assert.equal(calls.length, 1);
      assert.deepEqual(calls[0].function, {
        name: "weather",
        arguments: { city: "stand-in", days: 1 },
      });
    });
  await check("ollama: list and a bad key", async () => {
    assert.equal((await client.list()).models.length, 1);
    const bad = new Ollama({
      host: url,
      headers: { authorization: "Bearer standin-bad" },
    });
    await refused(401, bad.chat({ ...ask, messages: hello }));
  });
}

await openai_checks();
await anthropic_checks();
await ollama_checks();
finish();
