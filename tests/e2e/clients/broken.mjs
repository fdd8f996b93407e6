// SPDX-License-Identifier: Apache-2.0
// Goal: a provider that fails, and a client that leaves, are what they are.
// Method: a provider that does what it is told (provider.py), by each client.
import assert from "node:assert/strict";

import { callers, requests } from "./callers.mjs";
import { check, finish } from "./check.mjs";
import { upstream } from "./world.mjs";

const refusals = {
  "refuse the key": {
    openai: [401, "invalid_api_key"],
    anthropic: [401, "authentication_error"],
  },
  "refuse for money": {
    openai: [429, "insufficient_quota"],
    anthropic: [402, "billing_error"],
  },
  "refuse the model": {
    openai: [404, "model_not_found"],
    anthropic: [404, "not_found_error"],
  },
};

const breaks = {
  "then hang up": { openai: "truncated", anthropic: "api_error" },
  "then fail": { openai: "provider_fault", anthropic: "api_error" },
};

async function text_until_end(pieces) {
  let text = "";
  try {
    for await (const piece of pieces) text += piece;
  } catch (why) {
    return [text, why];
  }
  return [text, null];
}

async function ask_upstream(what) {
  const got = await fetch(`${upstream}/${what}`);
  assert.equal(got.status, 200, what);
  return got.text();
}

for (const caller of callers) {
  for (const [prompt, is] of Object.entries(refusals))
    await check(`${caller.name}: ${prompt}, asked once`, async () => {
      requests();
      await assert.rejects(caller.whole(prompt), (why) => {
        assert.deepEqual(caller.told(why), is[caller.speaks]);
        return true;
      });
      assert.equal(requests(), 1);
    });

  for (const [prompt, is] of Object.entries(breaks))
    await check(`${caller.name}: ${prompt}, which is no success`, async () => {
      requests();
      const [text, why] = await text_until_end(caller.stream(prompt));
      assert.equal(text, "word ");
      assert.ok(why, "the stream ended well");
      assert.equal(caller.told(why)[1], is[caller.speaks]);
      assert.equal(requests(), 1);
    });

  await check(`${caller.name}: who leaves ends the call`, async () => {
    const leaving = new AbortController();
    const pieces = caller.stream("then wait", leaving.signal);
    assert.equal((await pieces.next()).value, "word ");
    assert.equal(await ask_upstream("waiting"), "1");
    leaving.abort();
    await ask_upstream("gone");
    // Not every client takes this for an error.
    await text_until_end(pieces);
  });
}

finish();
