// SPDX-License-Identifier: Apache-2.0
// Goal: the package `openai`, unmodified, works with whatever LLM its user has.
// Method: text, streams, tools, structured output, vectors, models and errors;
// the stand-in tells what arrived.
import assert from "node:assert/strict";

import OpenAI from "openai";
import { zodResponseFormat } from "openai/helpers/zod";
import { z } from "zod";

import { check, finish } from "./check.mjs";
import { ask_tool, behind, hello, model, said, schema, token, url }
  from "./world.mjs";

const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: token });
const chat = (more) =>
  client.chat.completions.create({ model: "byollm", ...more });
const tools = [
  { type: "function", function: { name: "weather", parameters: schema } },
];

async function rejects(promise, kind, code, param) {
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof kind, `${error}`);
    assert.equal(error.code, code);
    if (param !== undefined) assert.equal(error.param, param);
    assert.ok(error.requestID);
    return true;
  });
}

await check("text, and who answered", async () => {
  const { data, response } = await chat({ messages: hello, temperature: 0.4 })
    .withResponse();
  assert.match(data.choices[0].message.content, said);
  assert.match(data.choices[0].message.content, /temperature=0\.4/);
  assert.equal(data.choices[0].finish_reason, "stop");
  assert.equal(data.model, model);
  const { prompt_tokens, completion_tokens, total_tokens } = data.usage;
  assert.equal(total_tokens, prompt_tokens + completion_tokens);
  const head = (name) => response.headers.get(name);
  assert.equal(head("x-byollm-provider"), behind);
  assert.equal(head("x-byollm-model"), model);
  assert.equal(head("x-byollm-key"), "user");
  assert.equal(head("x-byollm-call"), data._request_id);
  assert.match(head("x-byollm-parameters"), /temperature=/);
  assert.ok(head("x-byollm-turn"));
  assert.equal(head("x-byollm-losses"), null);
});

await check("a stream", async () => {
  const { data, response } = await chat({
    messages: hello,
    stream: true,
    stream_options: { include_usage: true },
  }).withResponse();
  let text = "";
  let usage = null;
  const ids = new Set();
  for await (const chunk of data) {
    ids.add(chunk.id);
    text += chunk.choices[0]?.delta.content ?? "";
    usage = chunk.usage ?? usage;
  }
  assert.match(text, said);
  assert.equal(ids.size, 1);
  assert.ok(usage.completion_tokens > 5);
  assert.equal(response.headers.get("x-byollm-provider"), behind);
  assert.equal(
    [...ids][0],
    `chatcmpl-${response.headers.get("x-request-id")}`,
  );
});

await check("a stream by the helper, without usage", async () => {
  const stream = client.chat.completions.stream({
    model: "byollm",
    messages: hello,
  });
  assert.match(await stream.finalContent(), said);
});

for (const stream of [false, true])
  await check(`a tool and its result, stream ${stream}`, async () => {
    const ask = { model: "byollm", messages: ask_tool, tools };
    const message = stream
      ? await client.chat.completions.stream(ask).finalMessage()
      : (await chat(ask)).choices[0].message;
    const [call] = message.tool_calls;
    assert.equal(call.function.name, "weather");
    assert.equal(JSON.parse(call.function.arguments).days, 1);
    // As the documentation does it: what came goes back.
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

await check("tools that run by themselves", async () => {
  const asked = [];
  const runner = client.chat.completions.runTools({
    model: "byollm",
    messages: ask_tool,
    tools: [
      {
        type: "function",
        function: {
          name: "weather",
          parameters: schema,
          parse: JSON.parse,
          function: ({ city }) => {
            asked.push(city);
            return "sunny";
          },
        },
      },
    ],
  });
  assert.match(await runner.finalContent(), /answered: sunny/);
  assert.equal(asked.length, 1);
});

await check("structured output", async () => {
  const form = z.object({ city: z.string(), days: z.number().int() });
  const got = await client.chat.completions.parse({
    model: "byollm",
    messages: hello,
    response_format: zodResponseFormat(form, "trip"),
  });
  assert.equal(typeof got.choices[0].message.parsed.city, "string");
  assert.equal(typeof got.choices[0].message.parsed.days, "number");
});

await check("any JSON object, or that nobody keeps to one", async () => {
  const { data, response } = await chat({
    messages: hello,
    response_format: { type: "json_object" },
  }).withResponse();
  const lost = response.headers.get("x-byollm-losses");
  if (behind === "anthropic") return assert.equal(lost, "output");
  assert.equal(lost, null);
  assert.equal(data.choices[0].message.content, "{}");
});

await check("max_tokens cuts", async () => {
  const reply = await chat({ messages: hello, max_completion_tokens: 3 });
  assert.equal(reply.choices[0].finish_reason, "length");
  assert.equal(reply.usage.completion_tokens, 3);
});

if (behind === "anthropic")
  await check("nobody else's vectors", () =>
    rejects(
      client.embeddings.create({ model: "byollm", input: "a" }),
      OpenAI.BadRequestError,
      "unsupported",
    ));
else
  await check("vectors, in base64 and in numbers", async () => {
    const input = ["a", "b"];
    const packed = await client.embeddings.create({ model: "byollm", input });
    const plain = await client.embeddings.create({
      model: "byollm",
      input,
      encoding_format: "float",
    });
    assert.equal(packed.data.length, 2);
    assert.ok(packed.data[0].embedding.length > 3);
    plain.data.forEach(({ embedding }, i) =>
      embedding.forEach((value, k) =>
        assert.ok(Math.abs(value - packed.data[i].embedding[k]) < 1e-6)));
    assert.ok(packed.usage.prompt_tokens > 0);
  });

await check("models", async () => {
  const names = [];
  for await (const each of client.models.list()) names.push(each.id);
  assert.deepEqual(names, ["byollm", model]);
  assert.equal((await client.models.retrieve(model)).id, model);
  await rejects(
    client.models.retrieve("no/such"),
    OpenAI.NotFoundError,
    "model_not_found",
  );
});

await check("a purpose by header and in metadata", async () => {
  const named = { messages: hello, metadata: { purpose: "title" } };
  const one = await chat(named).withResponse();
  const other = await client.chat.completions
    .create({ model: "byollm", messages: hello },
            { headers: { "x-byollm-purpose": "title" } })
    .withResponse();
  const none = await chat({ messages: hello }).withResponse();
  const told = [one, other, none].map(({ response }) =>
    /top_p=/.test(response.headers.get("x-byollm-parameters")));
  assert.deepEqual(told, [true, true, false]);
});

await check("refusals", async () => {
  const nobody = client.withOptions({ apiKey: "nobody" });
  await rejects(nobody.models.list(), OpenAI.AuthenticationError,
                "invalid_api_key");
  await rejects(chat({ messages: hello, model: "gpt-none" }),
                OpenAI.BadRequestError, "invalid_request", "model");
  await rejects(chat({ messages: hello, n: 2 }), OpenAI.BadRequestError,
                "invalid_request", "n");
  await rejects(chat({ messages: [] }), OpenAI.BadRequestError,
                "invalid_request", "messages");
});

await check("what is not there", async () => {
  const missing = [OpenAI.NotFoundError, "not_found"];
  const asked = { model: "byollm", input: "hello" };
  await rejects(client.responses.create(asked), ...missing);
  await rejects(client.files.list(), ...missing);
  const lacking = client.withOptions({ baseURL: url });
  const hopes = { model: "byollm", messages: hello };
  await rejects(lacking.chat.completions.create(hopes), ...missing);
  await assert.rejects(lacking.models.list(), /base URL lacks \/v1/);
});

await check("what is lost is told", async () => {
  const { response } = await chat({ messages: hello, reasoning_effort: "xhigh" })
    .withResponse();
  assert.match(response.headers.get("x-byollm-losses"), /effort/);
});

finish();
