// SPDX-License-Identifier: Apache-2.0
// What the official client of OpenAI sends for each feature, and what it
// understands of an answer.
import OpenAI from "openai";

import { as_floats, hello, image, image_url, schema } from "./wishes.mjs";

const text = (words) => ({ type: "text", text: words });
const find = {
  type: "function",
  function: { name: "find", description: "Finds.", parameters: schema },
};
const call = {
  id: "c1",
  type: "function",
  function: { name: "find", arguments: '{"city":"Bern"}' },
};
const format = {
  type: "json_schema",
  json_schema: { name: "city", strict: true, schema },
};

export const make_client = (url) =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey: "k", maxRetries: 0 });

const ask = (more) => (client) =>
  client.chat.completions.create({ model: "m", messages: hello, ...more });
const say = (...content) => ask({ messages: [{ role: "user", content }] });
const offer = (more) => ask({ tools: [find], ...more });
const embed = (more) => (client) =>
  client.embeddings.create({ model: "m", input: ["a", "b"], ...more });

export const calls = {
  text: ask({ messages: [{ role: "system", content: "Be brief." }, ...hello] }),
  turns: ask({
    messages: [
      ...hello,
      { role: "assistant", content: "Hello" },
      { role: "user", content: "Go on" },
    ],
  }),
  image: say(text("Look"), {
    type: "image_url",
    image_url: { url: `data:image/png;base64,${image}` },
  }),
  "image by URL": say(text("Look"), {
    type: "image_url",
    image_url: { url: image_url },
  }),
  tools: offer({
    tools: [find, { type: "function", function: { name: "now" } }],
  }),
  "tool choice: automatic": offer({ tool_choice: "auto" }),
  "tool choice: any": offer({ tool_choice: "required" }),
  "tool choice: none": offer({ tool_choice: "none" }),
  "tool choice: one": offer({
    tool_choice: { type: "function", function: { name: "find" } },
  }),
  "one tool at a time": offer({
    tool_choice: "auto",
    parallel_tool_calls: false,
  }),
  "call and result": offer({
    messages: [
      ...hello,
      { role: "assistant", content: null, tool_calls: [call] },
      { role: "tool", tool_call_id: "c1", content: "found" },
    ],
  }),
  "structured output": (client) =>
    client.chat.completions
      .parse({ model: "m", messages: hello, response_format: format })
      // Only the request is of interest: "ok" is no JSON.
      .catch((error) => {
        if (!(error instanceof SyntaxError)) throw error;
      }),
  "think a little": ask({ model: "gpt-5.1", reasoning_effort: "low" }),
  "do not think": ask({ model: "gpt-5.1", reasoning_effort: "none" }),
  "stop sequences": ask({ stop: ["END", "\n\n"] }),
  seed: ask({ seed: -7 }),
  user: ask({ user: "u-1" }),
  sampling: ask({
    temperature: 0.5,
    top_p: 0.9,
    max_tokens: 100,
    presence_penalty: 0.1,
    frequency_penalty: -0.2,
  }),
  "bound of a model that thinks": ask({
    model: "gpt-5.1",
    max_completion_tokens: 100,
  }),
  stream: ask({ stream: true, stream_options: { include_usage: true } }),
  models: (client) => client.models.list(),
  embeddings: embed({ encoding_format: "float" }),
  // It asks for base64 by itself.
  "embeddings in base64": embed(),
  "embeddings of a length": embed({ encoding_format: "float", dimensions: 2 }),
};

/// What its own loop sends once the tools that `fixture` calls have run.
export const rounds = {
  "openai_tools.sse": (client) =>
    client.chat.completions
      .runTools({
        model: "m",
        stream: true,
        stream_options: { include_usage: true },
        messages: hello,
        tools: ["get_weather", "get_time"].map((name) => ({
          type: "function",
          function: {
            name,
            description: "Tells.",
            parameters: schema,
            function: () => "sunny",
          },
        })),
      })
      .finalMessage(),
};

const stops = {
  stop: "end_turn",
  tool_calls: "tool_use",
  length: "max_tokens",
  content_filter: "refusal",
};

/// Its count of the prompt includes what came from the cache.
function usage_of(usage) {
  const cached = usage?.prompt_tokens_details?.cached_tokens;
  return {
    input_uncached: usage && usage.prompt_tokens - (cached ?? 0),
    cache_read: cached,
    output: usage?.completion_tokens,
    reasoning: usage?.completion_tokens_details?.reasoning_tokens,
  };
}

/// OpenAI's own models keep their thoughts; other servers' stand beside.
const thought_of = (message) =>
  message.reasoning_content ?? message.reasoning ?? "";
const text_of = (message) => (message.content ?? "") + (message.refusal ?? "");

function understood(reply, thoughts, pieces) {
  const { message, finish_reason } = reply.choices[0];
  return {
    model: reply.model,
    text: text_of(message),
    pieces,
    thoughts: thoughts ? [{ text: thoughts }] : [],
    calls: (message.tool_calls ?? []).map((each) => ({
      id: each.id,
      name: each.function.name,
      input: JSON.parse(each.function.arguments),
    })),
    others: [],
    stop: message.refusal ? "refusal" : stops[finish_reason],
    usage: usage_of(reply.usage),
  };
}

export async function read(client, stream) {
  if (!stream) {
    const reply = await ask()(client);
    return understood(reply, thought_of(reply.choices[0].message));
  }
  const chunks = client.chat.completions.stream({ model: "m", messages: hello });
  const pieces = [];
  let thoughts = "";
  chunks.on("chunk", (chunk) => {
    for (const { delta } of chunk.choices) {
      thoughts += thought_of(delta);
      pieces.push(text_of(delta));
    }
  });
  const reply = await chunks.finalChatCompletion();
  return understood(reply, thoughts, pieces.filter((piece) => piece !== ""));
}

async function read_vectors(client, more) {
  const { model, data, usage } = await embed(more)(client);
  return {
    model,
    vectors: data.map(({ embedding }) => as_floats(embedding)),
    usage: { input_uncached: usage.prompt_tokens, output: 0 },
  };
}

/// What is not a message, by what is asked for.
export const readers = {
  models: async (client) => ({
    models: (await calls.models(client)).data.map(({ id }) => id),
  }),
  vectors: (client) => read_vectors(client, { encoding_format: "float" }),
  "vectors in base64": (client) => read_vectors(client),
};

/// Throws if `error` is not the provider's own.
export function error_of(error) {
  if (!(error instanceof OpenAI.APIError)) throw error;
  return {
    status: error.status,
    type: error.type,
    code: error.code ?? undefined,
    parameter: error.param ?? undefined,
    request_id: error.requestID ?? undefined,
  };
}
