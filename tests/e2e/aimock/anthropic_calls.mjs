// SPDX-License-Identifier: Apache-2.0
// What the official client of Anthropic sends for each feature, and what it
// understands of an answer.
import Anthropic from "@anthropic-ai/sdk";
import { betaTool } from "@anthropic-ai/sdk/helpers/beta/json-schema";
import { jsonSchemaOutputFormat } from "@anthropic-ai/sdk/helpers/json-schema";

import { hello, image, image_url, schema } from "./wishes.mjs";

const marked = { cache_control: { type: "ephemeral" } };
const text = (words) => ({ type: "text", text: words });
const user = (...content) => ({ role: "user", content });
const assistant = (...content) => ({ role: "assistant", content });
const hi = user(text("Hi"));
const picture = {
  type: "image",
  source: { type: "base64", media_type: "image/png", data: image },
};
const linked = { type: "image", source: { type: "url", url: image_url } };
const find = { name: "find", description: "Finds.", input_schema: schema };
const use = { type: "tool_use", id: "c1", name: "find", input: { city: "Bern" } };
const result = (more) => ({ type: "tool_result", tool_use_id: "c1", ...more });
const format = jsonSchemaOutputFormat(schema);

export const make_client = (url) =>
  new Anthropic({ baseURL: url, apiKey: "k", maxRetries: 0 });

const least = { model: "m", max_tokens: 100, messages: [hi] };
const ask = (more) => (client) => client.messages.create({ ...least, ...more });
const say = (...content) => ask({ messages: [user(...content)] });
const offer = (more) => ask({ tools: [find], ...more });
const told = (more) =>
  offer({ messages: [hi, assistant(use), user(result(more))] });

export const calls = {
  // A string is short for a list of one text.
  text: ask({ system: "Be brief.", messages: hello }),
  "system blocks": ask({
    system: [text("Be brief."), { ...text("Be kind."), ...marked }],
  }),
  turns: ask({ messages: [hi, assistant(text("Hello")), user(text("Go on"))] }),
  image: say(text("Look"), picture),
  "image by URL": say(text("Look"), linked),
  "cache marks": ask({
    tools: [{ ...find, ...marked }],
    messages: [
      user({ ...text("Hi"), ...marked }, { ...picture, ...marked }),
      assistant(use),
      user(result({ content: "found", ...marked })),
    ],
  }),
  tools: offer({
    tools: [find, { name: "now", input_schema: { type: "object" } }],
  }),
  "tool choice: automatic": offer({ tool_choice: { type: "auto" } }),
  "tool choice: any": offer({ tool_choice: { type: "any" } }),
  "tool choice: none": offer({ tool_choice: { type: "none" } }),
  "tool choice: one": offer({ tool_choice: { type: "tool", name: "find" } }),
  "one tool at a time": offer({
    tool_choice: { type: "auto", disable_parallel_tool_use: true },
  }),
  "call and result": told({ content: "found" }),
  "result is an error": told({ content: "no such city", is_error: true }),
  "result shows an image": told({ content: [text("a map"), picture] }),
  "structured output": (client) =>
    client.messages.parse({ ...least, output_config: { format } }),
  "think a little": ask({
    model: "claude-sonnet-4-6",
    thinking: { type: "adaptive" },
    output_config: { effort: "low" },
  }),
  "think, and show it": ask({
    model: "claude-opus-5",
    thinking: { type: "adaptive", display: "summarized" },
    output_config: { effort: "high" },
  }),
  "think, then fit a schema": (client) =>
    client.messages.parse({
      ...least,
      model: "claude-sonnet-4-6",
      thinking: { type: "adaptive" },
      output_config: { effort: "low", format },
    }),
  "think 2,000 tokens": ask({
    model: "claude-sonnet-4-5",
    max_tokens: 20_000,
    thinking: { type: "enabled", budget_tokens: 2_000 },
  }),
  "do not think": ask({
    model: "claude-opus-5",
    thinking: { type: "disabled" },
  }),
  "thoughts sent back": ask({
    messages: [
      hi,
      assistant(
        { type: "thinking", thinking: "Hm", signature: "c2ln" },
        { type: "redacted_thinking", data: "ZW5j" },
        text("Hello"),
      ),
      user(text("Go on")),
    ],
  }),
  "stop sequences": ask({ stop_sequences: ["END", "\n\n"] }),
  user: ask({ metadata: { user_id: "u-1" } }),
  sampling: ask({ temperature: 0.5, top_p: 0.9 }),
  stream: ask({ stream: true }),
  models: (client) => client.models.list({ limit: 1_000 }),
  "count of tokens": (client) =>
    client.messages.countTokens({
      model: "m",
      system: "Be brief.",
      messages: [hi],
      tools: [find],
    }),
};

/// What its own loop sends once the tools that `fixture` calls have run.
export const rounds = {
  "anthropic_thinking_tools.sse": (client) =>
    client.beta.messages
      .toolRunner({
        ...least,
        stream: true,
        // Otherwise the server keeps the conversation.
        thread: false,
        tools: ["get_weather", "now"].map((name) =>
          betaTool({
            name,
            description: "Tells.",
            inputSchema: schema,
            run: () => {
              if (name === "now") throw new Error("no clock");
              return "sunny";
            },
          }),
        ),
      })
      .runUntilDone(),
};

const stops = {
  end_turn: "end_turn",
  tool_use: "tool_use",
  max_tokens: "max_tokens",
  model_context_window_exceeded: "max_tokens",
  stop_sequence: "stop_sequence",
  refusal: "refusal",
  pause_turn: "pause",
};

const as_thought = (block) =>
  block.type === "thinking"
    ? { text: block.thinking, signature: block.signature }
    : { text: block.data, redacted: true };

const known = ["text", "thinking", "redacted_thinking", "tool_use"];

function understood(reply, pieces) {
  const all = (...types) =>
    reply.content.filter((block) => types.includes(block.type));
  const { usage } = reply;
  return {
    model: reply.model,
    text: all("text").map((block) => block.text).join(""),
    pieces,
    thoughts: all("thinking", "redacted_thinking").map(as_thought),
    calls: all("tool_use").map(({ id, name, input }) => ({ id, name, input })),
    others: reply.content.filter((block) => !known.includes(block.type)),
    stop: stops[reply.stop_reason],
    stopped_by: reply.stop_sequence ?? undefined,
    usage: {
      input_uncached: usage.input_tokens,
      cache_read: usage.cache_read_input_tokens ?? undefined,
      cache_write: usage.cache_creation_input_tokens ?? undefined,
      output: usage.output_tokens,
      reasoning: usage.output_tokens_details?.thinking_tokens,
    },
  };
}

export async function read(client, stream) {
  if (!stream) return understood(await ask()(client));
  const pieces = [];
  const events = client.messages.stream(least);
  events.on("text", (piece) => pieces.push(piece));
  return understood(await events.finalMessage(), pieces);
}

/// What is not a message, by what is asked for.
export const readers = {
  models: async (client) => ({
    models: (await calls.models(client)).data.map(({ id }) => id),
  }),
  count: async (client) => ({
    count: (await calls["count of tokens"](client)).input_tokens,
  }),
};

/// Throws if `error` is not the provider's own.
export function error_of(error) {
  if (!(error instanceof Anthropic.APIError)) throw error;
  return {
    status: error.status,
    type: error.error.error.type,
    request_id: error.requestID ?? undefined,
  };
}
