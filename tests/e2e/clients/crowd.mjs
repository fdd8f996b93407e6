// SPDX-License-Identifier: Apache-2.0
// Goal: fifty at once are fifty answers, each to who asked. Method: both
// clients, streams and whole answers in turn, each with words of its own.
import assert from "node:assert/strict";

import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";

import { check, finish } from "./check.mjs";
import { token, url } from "./world.mjs";

const openai = new OpenAI({
  baseURL: `${url}/v1`, apiKey: token, maxRetries: 0,
});
const anthropic = new Anthropic({
  baseURL: url, apiKey: token, maxRetries: 0,
});

function ask(words, number) {
  const messages = [{ role: "user", content: words }];
  const body = { model: "byollm", messages };
  switch (number % 4) {
    case 0:
      return openai.chat.completions.create(body)
        .then((got) => got.choices[0].message.content);
    case 1:
      return openai.chat.completions.stream(body).finalContent();
    case 2:
      return anthropic.messages.create({ ...body, max_tokens: 200 })
        .then((got) => got.content[0].text);
    default:
      return anthropic.messages.stream({ ...body, max_tokens: 200 })
        .finalText();
  }
}

await check("fifty at once", async () => {
  const words = Array.from({ length: 50 }, (_, i) => `number ${i}.`);
  const got = await Promise.all(words.map(ask));
  got.forEach((text, i) => assert.ok(text.endsWith(`You said: ${words[i]}`),
                                     `${i}: ${text}`));
});

finish();
