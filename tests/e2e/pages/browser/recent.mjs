// SPDX-License-Identifier: Apache-2.0
// Goal: a user sees what ran for them, on whose key, with how many tokens, and
// that a key is refused. Method: calls by the command line, counts that the
// test's own provider made up, and Chromium.
import assert from 'node:assert/strict';
import {createServer} from 'node:http';
import {after, before, test} from 'node:test';

import {byollmBeside, giveLlm, launch, llm, logIn, open, said,
        userLink} from './support.mjs';

// 1,200 tokens in, 1,000 of them from the provider's cache.
const answer = JSON.stringify({
  id: 'a', object: 'chat.completion', created: 1, model: 'model-1',
  choices: [{index: 0, finish_reason: 'stop',
             message: {role: 'assistant', content: 'yes'}}],
  usage: {prompt_tokens: 1200, completion_tokens: 30, total_tokens: 1230,
          prompt_tokens_details: {cached_tokens: 1000}}});

let browser;
let provider;
before(async () => {
  browser = await launch();
  provider = createServer((asked, to) => {
    to.setHeader('Content-Type', 'application/json').end(answer);
  });
  await new Promise((ready) => provider.listen(0, '127.0.0.1', ready));
});
after(async () => {
  provider.closeAllConnections();
  provider.close();
  await browser.close();
});

const counts = new Intl.NumberFormat('en-GB');
const number = (value) => counts.format(value);

/** A call by the command line; returns how many tokens went in and out. */
async function call(user) {
  const told = await byollmBeside('--json', '--user', user, 'chat',
                                  '--no-stream', 'hello');
  const {usage} = JSON.parse(told);
  return {into: usage.input_uncached + (usage.cache_read || 0)
            + (usage.cache_write || 0), out: usage.output};
}

async function enter(user) {
  const page = await open(browser);
  await logIn(page, userLink(user));
  return page;
}

/** Waits for so many rows; returns whose key, tokens in and out, how it ended,
 *  of each. */
async function rows(page, many) {
  const all = page.locator('#recent tbody tr');
  await all.nth(many - 1).waitFor();
  assert.equal(await all.count(), many);
  const cells = await all.evaluateAll((each) => each.map(
    (row) => [...row.cells].map((cell) => cell.textContent)));
  return cells.map((row) => row.slice(4));
}

const sums = (own, ownTokens, platform, platformTokens) =>
  `The last 7 days. On your own key: ${own} calls, ${number(ownTokens)} ` +
  `tokens. On the platform's LLM: ${platform} calls, ` +
  `${number(platformTokens)} tokens.`;

test('what ran, on whose key, with how many tokens', async () => {
  const onPlatform = await call('una');
  assert.ok(onPlatform.into > 0 && onPlatform.out > 0);
  giveLlm('una', `http://127.0.0.1:${provider.address().port}`);
  assert.deepEqual(await call('una'), {into: 1200, out: 30});
  const page = await enter('una');
  const theirs = ["platform's key", number(onPlatform.into),
                  number(onPlatform.out), 'success'];
  const mine = ['own key', '1,200', '30', 'success'];
  assert.deepEqual(await rows(page, 2), [mine, theirs]);
  const theirTokens = onPlatform.into + onPlatform.out;
  assert.equal(await page.locator('#sums').textContent(),
               sums(1, 1230, 1, theirTokens));

  await call('una');
  assert.equal(await page.locator('#recent tbody tr').count(), 2);
  await page.getByRole('button', {name: 'Look again'}).click();
  assert.deepEqual(await rows(page, 3), [mine, mine, theirs]);
  await said(page, '#sums', sums(2, 2460, 1, theirTokens));
  assert.deepEqual(page.complaints, []);
});

test('a key that the provider refuses is told, until it works', async () => {
  giveLlm('vic', llm, 'standin-bad');
  const page = await enter('vic');
  await page.locator('#now').getByText('your own LLM').waitFor();
  const trouble = page.locator('#now').getByText('the provider refuses it');
  assert.equal(await trouble.count(), 0);
  await page.getByRole('button', {name: 'Test', exact: true}).click();
  await said(page, '#now-news', 'It does not work');
  await trouble.waitFor();
  await said(page, '#now', '(authentication): enter a new key');
  // What was asked in vain used nothing that anybody told.
  assert.deepEqual((await rows(page, 2))[0],
                   ['own key', 'unknown', 'unknown', 'authentication']);
  await page.getByLabel('API key').fill('a-key-of-the-browser-test');
  await page.getByRole('button', {name: 'Save and test'}).click();
  await said(page, '#news', 'Saved, and it works.');
  await trouble.waitFor({state: 'detached'});
});
