// SPDX-License-Identifier: Apache-2.0
// Goal: fifty at once are fifty answers, each to who asked. Method: each client,
// streams and whole answers in turn, each with words of its own.
import assert from "node:assert/strict";

import { callers, requests } from "./callers.mjs";
import { check, finish } from "./check.mjs";

async function streamed(caller, words) {
  let text = "";
  for await (const piece of caller.stream(words)) text += piece;
  return text;
}

function ask(words, number) {
  const caller = callers[number % callers.length];
  return number % (2 * callers.length) < callers.length
    ? caller.whole(words)
    : streamed(caller, words);
}

await check("fifty at once", async () => {
  const words = Array.from({ length: 50 }, (_, i) => `number ${i}.`);
  const got = await Promise.all(words.map(ask));
  got.forEach((text, i) => assert.ok(text.endsWith(`You said: ${words[i]}`),
                                     `${i}: ${text}`));
  assert.equal(requests(), 50);
});

finish();
