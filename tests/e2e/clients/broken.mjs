// SPDX-License-Identifier: Apache-2.0
// Goal: a provider that fails, and a client that leaves, are what they are.
// Method: argv[2] says what stands behind: `cut`, a stream that breaks after a
// word; `slow`, one that goes on until who asked is gone; `unpaid`, a key
// without money. Tells on stdout how often it asked.
import assert from "node:assert/strict";

import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";

import { check, finish } from "./check.mjs";
import { hello, token, url } from "./world.mjs";

let asked = 0;
const counting = (...what) => {
  asked += 1;
  return fetch(...what);
};
const openai = new OpenAI({
  baseURL: `${url}/v1`, apiKey: token, fetch: counting,
});
const anthropic = new Anthropic({ baseURL: url, apiKey: token, fetch: counting });
const of_openai = { model: "byollm", messages: hello, stream: true };
const of_anthropic = { ...of_openai, max_tokens: 200 };

async function text_until_end(stream, text_of) {
  let text = "";
  let why = null;
  try {
    for await (const piece of stream) text += text_of(piece);
  } catch (error) {
    why = error;
  }
  return [text, why];
}

const openai_text = (chunk) => chunk.choices[0]?.delta.content ?? "";
const anthropic_text = (event) =>
  event.type === "content_block_delta" ? event.delta.text : "";

const cases = {
  async cut() {
    await check("openai: a broken stream is no success", async () => {
      const stream = await openai.chat.completions.create(of_openai);
      const [text, why] = await text_until_end(stream, openai_text);
      assert.equal(text, "word ");
      assert.ok(why instanceof OpenAI.APIError, `${why}`);
      assert.equal(why.code, "truncated");
    });
    await check("anthropic: a broken stream is no success", async () => {
      const stream = await anthropic.messages.create(of_anthropic);
      const [text, why] = await text_until_end(stream, anthropic_text);
      assert.equal(text, "word ");
      assert.ok(why instanceof Anthropic.APIError, `${why}`);
      assert.equal(why.error.error.type, "api_error");
    });
    assert.equal(asked, 2);
  },

  async slow() {
    for (const [name, start, text_of] of [
      ["openai", () => openai.chat.completions.create(of_openai), openai_text],
      ["anthropic", () => anthropic.messages.create(of_anthropic),
       anthropic_text],
    ])
      await check(`${name}: who leaves is gone`, async () => {
        const stream = await start();
        for await (const piece of stream)
          if (text_of(piece)) break;
        stream.controller.abort();
        console.log(`left ${name}`);
      });
  },

  async unpaid() {
    await check("openai: no money, asked once", () =>
      assert.rejects(
        openai.chat.completions.create({ ...of_openai, stream: false }),
        (error) => {
          assert.ok(error instanceof OpenAI.RateLimitError, `${error}`);
          assert.equal(error.code, "insufficient_quota");
          return true;
        },
      ));
    await check("anthropic: no money, asked once", () =>
      assert.rejects(anthropic.messages.create(of_anthropic), (error) => {
        assert.equal(error.status, 402);
        assert.equal(error.error.error.type, "billing_error");
        return true;
      }));
    assert.equal(asked, 2);
  },
};

await cases[process.argv[2]]();
finish();
