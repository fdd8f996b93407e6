// SPDX-License-Identifier: Apache-2.0
// Goal: the package `@anthropic-ai/sdk`, unmodified, works with whatever LLM
// its user has. Method: text, streams, tools, structured output, counts, models
// and errors; the stand-in tells what arrived.
import assert from "node:assert/strict";

import Anthropic from "@anthropic-ai/sdk";
import { betaZodTool } from "@anthropic-ai/sdk/helpers/beta/zod";
import { zodOutputFormat } from "@anthropic-ai/sdk/helpers/zod";
import { z } from "zod";

import { check, finish } from "./check.mjs";
import { ask_tool, behind, hello, model, said, schema, token, url }
  from "./world.mjs";

const client = new Anthropic({ baseURL: url, apiKey: token });
const body = { model: "byollm", max_tokens: 200 };
const ask = (more) => client.messages.create({ ...body, ...more });
const tools = [{ name: "weather", input_schema: schema }];

async function rejects(promise, kind, type) {
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof kind, `${error}`);
    assert.equal(error.error.error.type, type);
    assert.ok(error.requestID);
    assert.equal(error.error.request_id, error.requestID);
    return true;
  });
}

await check("text, and who answered", async () => {
  const { data, response } = await ask({ messages: hello, system: "Be brief." })
    .withResponse();
  assert.match(data.content[0].text, said);
  assert.equal(data.stop_reason, "end_turn");
  assert.equal(data.model, model);
  assert.ok(data.usage.input_tokens > 0 && data.usage.output_tokens > 5);
  const head = (name) => response.headers.get(name);
  assert.equal(head("x-byollm-provider"), behind);
  assert.equal(head("x-byollm-key"), "user");
  assert.equal(head("x-byollm-call"), data._request_id);
  assert.match(head("x-byollm-parameters"), /max_tokens=/);
  assert.equal(head("x-byollm-losses"), null);
});

await check("a stream", async () => {
  const stream = client.messages.stream({ ...body, messages: hello });
  let pieces = 0;
  stream.on("text", () => pieces++);
  assert.match(await stream.finalText(), said);
  assert.ok(pieces > 3);
  const reply = await stream.finalMessage();
  assert.equal(reply.stop_reason, "end_turn");
  assert.ok(reply.usage.input_tokens > 0 && reply.usage.output_tokens > 5);
});

await check("a stream's raw events", async () => {
  const types = [];
  for await (const event of await ask({ messages: hello, stream: true }))
    if (types.at(-1) !== event.type) types.push(event.type);
  assert.deepEqual(types, [
    "message_start",
    "content_block_start",
    "content_block_delta",
    "content_block_stop",
    "message_delta",
    "message_stop",
  ]);
});

for (const stream of [false, true])
  await check(`a tool and its result, stream ${stream}`, async () => {
    const asked = { ...body, messages: ask_tool, tools };
    const reply = stream
      ? await client.messages.stream(asked).finalMessage()
      : await client.messages.create(asked);
    assert.equal(reply.stop_reason, "tool_use");
    const use = reply.content.find((block) => block.type === "tool_use");
    assert.equal(use.name, "weather");
    assert.equal(use.input.days, 1);
    const result = [{ type: "tool_result", tool_use_id: use.id,
                      content: "sunny" }];
    const after = await ask({
      tools,
      messages: [
        ...ask_tool,
        { role: "assistant", content: reply.content },
        { role: "user", content: result },
      ],
    });
    assert.match(after.content[0].text, /answered: sunny/);
  });

await check("tools that run by themselves, without a thread", async () => {
  const asked = [];
  const message = await client.beta.messages.toolRunner({
    ...body,
    messages: ask_tool,
    tools: [
      betaZodTool({
        name: "weather",
        description: "tells the weather",
        inputSchema: z.object({ city: z.string(), days: z.number().int() }),
        run: ({ city }) => {
          asked.push(city);
          return "sunny";
        },
      }),
    ],
  });
  assert.equal(asked.length, 1);
  assert.match(message.content[0].text, /answered: sunny/);
});

await check("structured output", async () => {
  const form = z.object({ city: z.string(), days: z.number().int() });
  const got = await client.messages.parse({
    ...body,
    messages: hello,
    output_config: { format: zodOutputFormat(form) },
  });
  assert.equal(typeof got.parsed_output.city, "string");
  assert.equal(typeof got.parsed_output.days, "number");
});

await check("max_tokens cuts", async () => {
  const reply = await ask({ messages: hello, max_tokens: 3 });
  assert.equal(reply.stop_reason, "max_tokens");
  assert.equal(reply.usage.output_tokens, 3);
});

// The others do not tell that a sequence ended their answer, so nor do we.
const hit = behind === "anthropic"
  ? ["stop_sequence", "no model"] : ["end_turn", null];
for (const stream of [false, true])
  await check(`a stop sequence, stream ${stream}`, async () => {
    const asked = { ...body, messages: hello,
                    stop_sequences: ["never said", "no model"] };
    const reply = stream
      ? await client.messages.stream(asked).finalMessage()
      : await client.messages.create(asked);
    assert.deepEqual([reply.stop_reason, reply.stop_sequence], hit);
    assert.doesNotMatch(reply.content[0].text, /no model/);
  });

if (behind === "anthropic") {
  await check("a count", async () => {
    const got = await client.messages.countTokens({
      model: "byollm",
      messages: hello,
    });
    assert.ok(got.input_tokens > 0);
  });
  await check("a field that only Anthropic has", async () => {
    const reply = await ask({ messages: hello, top_k: 7 });
    assert.match(reply.content[0].text, /top_k=7/);
  });
} else {
  await check("who does not count says so", async () => {
    const asked = client.messages.countTokens(
      { model: "byollm", messages: hello });
    await rejects(asked, Anthropic.BadRequestError, "invalid_request_error");
    await assert.rejects(asked, /unsupported .* counts no tokens/);
  });
  await check("a field that only Anthropic has is lost, and told", async () => {
    const { response } = await ask({ messages: hello, top_k: 7 })
      .withResponse();
    assert.equal(response.headers.get("x-byollm-losses"), "extra");
  });
}

await check("models", async () => {
  const names = [];
  for await (const each of client.models.list()) names.push(each.id);
  assert.deepEqual(names, ["byollm", model]);
  assert.equal((await client.models.retrieve(model)).id, model);
  await rejects(client.models.retrieve("none"), Anthropic.NotFoundError,
                "not_found_error");
});

await check("a purpose by header and in metadata", async () => {
  const named = { messages: hello, metadata: { purpose: "title" } };
  const one = await ask(named).withResponse();
  const other = await client.messages
    .create({ ...body, messages: hello },
            { headers: { "x-byollm-purpose": "title" } })
    .withResponse();
  const none = await ask({ messages: hello }).withResponse();
  const told = [one, other, none].map(({ response }) =>
    /top_p=/.test(response.headers.get("x-byollm-parameters")));
  assert.deepEqual(told, [true, true, false]);
});

await check("refusals", async () => {
  const nobody = client.withOptions({ apiKey: "nobody" });
  await rejects(nobody.messages.create({ ...body, messages: hello }),
                Anthropic.AuthenticationError, "authentication_error");
  await rejects(nobody.models.list(), Anthropic.AuthenticationError,
                "authentication_error");
  await rejects(ask({ messages: hello, model: "claude-none" }),
                Anthropic.BadRequestError, "invalid_request_error");
  await rejects(ask({ messages: [] }), Anthropic.BadRequestError,
                "invalid_request_error");
});

await check("what is not there", async () => {
  const missing = [Anthropic.NotFoundError, "not_found_error"];
  await rejects(client.messages.batches.list(), ...missing);
  await rejects(client.beta.files.list(), ...missing);
  const twice = client.withOptions({ baseURL: `${url}/v1` });
  await rejects(twice.messages.create({ ...body, messages: hello }),
                ...missing);
  await assert.rejects(twice.models.list(), /one \/v1 too many/);
});

finish();
