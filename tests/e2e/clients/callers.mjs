// SPDX-License-Identifier: Apache-2.0
// The four ways to ask: the clients, and Vercel's by either of its providers.
// Each streams its text, answers whole, and tells an error's status and the name
// that programs switch on.
import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import Anthropic from "@anthropic-ai/sdk";
import { generateText, streamText } from "ai";
import OpenAI from "openai";

import { token, url } from "./world.mjs";

let asked = 0;

/// Returns how many requests there were since it was asked that.
export function requests() {
  const were = asked;
  asked = 0;
  return were;
}

const counting = (...what) => {
  asked += 1;
  return fetch(...what);
};
const at_v1 = { baseURL: `${url}/v1`, apiKey: token, fetch: counting };

function by_openai() {
  const completions = new OpenAI(at_v1).chat.completions;
  const body = (content) =>
    ({ model: "byollm", messages: [{ role: "user", content }] });
  return {
    name: "openai",
    speaks: "openai",
    async *stream(prompt, signal) {
      const chunks = await completions.create(
        { ...body(prompt), stream: true }, { signal });
      for await (const { choices } of chunks)
        if (choices[0]?.delta.content) yield choices[0].delta.content;
    },
    async whole(prompt) {
      return (await completions.create(body(prompt))).choices[0].message.content;
    },
    told: ({ status, code }) => [status, code],
  };
}

function by_anthropic() {
  const client = new Anthropic({ ...at_v1, baseURL: url });
  const body = (content) => ({
    model: "byollm", max_tokens: 200, messages: [{ role: "user", content }],
  });
  return {
    name: "anthropic",
    speaks: "anthropic",
    async *stream(prompt, signal) {
      const events = await client.messages.create(
        { ...body(prompt), stream: true }, { signal });
      for await (const event of events)
        if (event.type === "content_block_delta") yield event.delta.text;
    },
    async whole(prompt) {
      return (await client.messages.create(body(prompt))).content[0].text;
    },
    told: ({ status, type }) => [status, type],
  };
}

function by_vercel(speaks, model) {
  // It asks again after any 429, whatever the answer says of that.
  const body = (prompt) => ({ model, prompt, maxRetries: 0 });
  return {
    name: `vercel's ${speaks}`,
    speaks,
    async *stream(prompt, signal) {
      const { fullStream } = streamText(
        { ...body(prompt), abortSignal: signal, onError() {} });
      for await (const part of fullStream) {
        if (part.type === "error") throw part.error;
        if (part.type === "text-delta") yield part.text;
      }
    },
    whole: async (prompt) => (await generateText(body(prompt))).text,
    told({ statusCode, data }) {
      const { code, type } = data.error ?? data;
      return [statusCode, speaks === "openai" ? code : type];
    },
  };
}

export const callers = [
  by_openai(),
  by_anthropic(),
  by_vercel("openai", createOpenAI(at_v1).chat("byollm")),
  by_vercel("anthropic", createAnthropic(at_v1)("byollm")),
];
