// SPDX-License-Identifier: Apache-2.0
// What the official client of Ollama sends for each feature, and what it
// understands of an answer.
import { Ollama } from "ollama";

import { as_floats, hello, image, schema } from "./wishes.mjs";

const find = {
  type: "function",
  function: { name: "find", description: "Finds.", parameters: schema },
};
const call = { function: { name: "find", arguments: { city: "Bern" } } };

export const make_client = (url) =>
  new Ollama({ host: url, headers: { authorization: "Bearer k" } });

const ask = (more) => (client) =>
  client.chat({ model: "m", messages: hello, ...more });
const offer = (more) => ask({ tools: [find], ...more });
const embed = (more) => (client) =>
  client.embed({ model: "m", input: ["a", "b"], truncate: false, ...more });

export const calls = {
  text: ask({ messages: [{ role: "system", content: "Be brief." }, ...hello] }),
  turns: ask({
    messages: [
      ...hello,
      { role: "assistant", content: "Hello" },
      { role: "user", content: "Go on" },
    ],
  }),
  image: ask({
    messages: [
      {
        role: "user",
        content: "Look",
        images: [Uint8Array.from(Buffer.from(image, "base64"))],
      },
    ],
  }),
  tools: offer({
    tools: [find, { type: "function", function: { name: "now" } }],
  }),
  "call and result": offer({
    messages: [
      ...hello,
      { role: "assistant", content: "", tool_calls: [call] },
      { role: "tool", content: "found", tool_name: "find" },
    ],
  }),
  "structured output": ask({ format: schema }),
  "think a little": ask({ model: "gpt-oss:20b", think: "low" }),
  think: ask({ model: "qwen3", think: true }),
  "do not think": ask({ model: "qwen3", think: false }),
  "stop sequences": ask({ options: { stop: ["END", "\n\n"] } }),
  seed: ask({ options: { seed: -7 } }),
  sampling: ask({
    options: {
      temperature: 0.5,
      top_p: 0.9,
      num_predict: 100,
      presence_penalty: 0.1,
      frequency_penalty: -0.2,
    },
  }),
  stream: async (client) => {
    for await (const _ of await ask({ stream: true })(client));
  },
  models: (client) => client.list(),
  embeddings: embed(),
  "embeddings of a length": embed({ dimensions: 2 }),
};

/// It has no loop of its own: this is the one of its documentation.
export const rounds = {
  "ollama_tools.ndjson": async (client) => {
    const said = { role: "assistant", content: "", thinking: "", tool_calls: [] };
    const chat = (messages) => ask({ messages, stream: true })(client);
    for await (const { message } of await chat(hello)) {
      said.content += message.content;
      said.thinking += message.thinking ?? "";
      said.tool_calls.push(...(message.tool_calls ?? []));
    }
    const results = said.tool_calls.map((each) => ({
      role: "tool",
      content: "sunny",
      tool_name: each.function.name,
    }));
    for await (const _ of await chat([...hello, said, ...results]));
  },
};

const stops = { length: "max_tokens", stop: "end_turn" };

function understood(parts) {
  const messages = parts.map(({ message }) => message);
  const last = parts.at(-1);
  const thought = messages.map(({ thinking }) => thinking ?? "").join("");
  const calls = messages.flatMap(({ tool_calls }) => tool_calls ?? []);
  return {
    model: last.model,
    text: messages.map(({ content }) => content).join(""),
    thoughts: thought ? [{ text: thought }] : [],
    calls: calls.map(({ function: { name, arguments: input } }) => ({
      name,
      input,
    })),
    others: [],
    // That tools are called is seen by the calls alone.
    stop:
      calls.length > 0 && last.done_reason === "stop"
        ? "tool_use"
        : stops[last.done_reason],
    usage: {
      input_uncached: last.prompt_eval_count,
      output: last.eval_count,
    },
  };
}

export async function read(client, stream) {
  if (!stream) return understood([await ask()(client)]);
  const parts = [];
  for await (const part of await ask({ stream: true })(client)) parts.push(part);
  const pieces = parts.map(({ message }) => message.content);
  return { ...understood(parts), pieces: pieces.filter((piece) => piece !== "") };
}

/// What is not a message, by what is asked for.
export const readers = {
  models: async (client) => ({
    models: (await calls.models(client)).models.map(({ name }) => name),
  }),
  vectors: async (client) => {
    const { model, embeddings, prompt_eval_count } =
      await calls.embeddings(client);
    return {
      model,
      vectors: embeddings.map(as_floats),
      usage: { input_uncached: prompt_eval_count, output: 0 },
    };
  },
};

/// Its errors are a text, with a status if it came first. Throws if `error` is
/// none of them.
export function error_of(error) {
  if (error.name === "ResponseError") return { status: error.status_code };
  if (error.constructor !== Error) throw error;
  return {};
}
