// SPDX-License-Identifier: Apache-2.0
// Goal: an admin sees who used how much, by class and day, and what it cost.
// Method: calls on the platform's key and on an own one; each figure of the
// page is the command line's, and the bars are as tall as those say.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {enter, json, panel} from './admin_page.mjs';
import {answered, byollm, giveLlm, launch, llm} from './support.mjs';

let browser;
before(async () => {
  browser = await launch();
  byollm('price', 'set', 'openai', 'platform-model', '--input', '2000000',
         '--output', '8000000');
  giveLlm('dora', llm);
  for (const user of ['bob', 'bob', 'dora'])
    byollm('--user', user, 'chat', 'hello');
  byollm('--tenant', 'acme', '--user', 'zoe', 'chat', 'hello from elsewhere');
});
after(() => browser.close());

const counts = new Intl.NumberFormat('en-GB');
const costs = new Intl.NumberFormat('en-GB', {minimumFractionDigits: 2,
                                              maximumFractionDigits: 6});
const words = {
  tokens: (value) => counts.format(value),
  attempts: (value) => counts.format(value),
  cost: (value) => costs.format(value / 1e6),
};
const of = {
  tokens: (row) => row.input_uncached + row.cache_read + row.cache_write
    + row.output,
  attempts: (row) => row.attempts,
  cost: (row) => row.cost_micro,
};

/** What the command line says of some rows, by class. */
function sum(measure, which) {
  const out = {own: 0, platform: 0};
  for (const row of json('usage', '--all-tenants').filter(which))
    out[row.billing === 'byollm' ? 'own' : 'platform'] += of[measure](row);
  return out;
}

async function usage() {
  const page = await enter(browser);
  const at = await panel(page, 'Usage');
  await at.locator('svg').waitFor();
  await at.getByText('The same as a table').click();
  return [page, at];
}

const show = (page, at) => answered(page, '/v1/admin/usage', () => at.getByRole(
  'button', {name: 'Show'}).click());

async function measure(page, at, name) {
  await answered(page, '/v1/admin/usage',
                 () => at.getByLabel('Measure').selectOption(name));
  await at.getByRole('img', {name: titles[name]}).waitFor();
}

const titles = {tokens: /^Tokens by day/, attempts: /^Calls by day/,
                cost: /^Cost by day/};

/** The cells of a table's body, row by row. */
const cells = (at, table) => at.locator(`${table} tbody tr`).evaluateAll(
  (all) => all.map((row) => [...row.cells].map((cell) => cell.textContent)));

const tall = (at, is) => at.locator(`svg rect.${is}`).evaluateAll(
  (all) => all.map((bar) => Number(bar.getAttribute('height'))));

/** The bars of the one day are as tall as its figures say. */
async function drawn(at, {own, platform}) {
  const [ofOwn, ofPlatform] = [await tall(at, 'own'),
                               await tall(at, 'platform')];
  assert.deepEqual([ofOwn.length, ofPlatform.length],
                   [Math.sign(own), Math.sign(platform)]);
  if (own > 0)
    assert.ok(ofOwn[0] > 0);
  assert.ok(ofPlatform[0] > 0);
  if (own > 0)
    assert.ok(Math.abs(ofOwn[0] / ofPlatform[0] - own / platform) < 1e-6);
}

for (const name of ['tokens', 'attempts', 'cost'])
  test(`${name}, by class and day, as a chart and as a table`, async () => {
    const [page, at] = await usage();
    await measure(page, at, name);
    const all = sum(name, () => true);
    assert.ok(all.platform > 0 && (all.own > 0) === (name !== 'cost'));
    const [{day}] = json('usage');
    assert.deepEqual(await cells(at, '#usage-days'), [
      [day, words[name](all.own), words[name](all.platform), '0']]);
    await drawn(at, all);
    const bob = sum(name, (row) => row.user === 'bob');
    const dora = sum(name, (row) => row.user === 'dora');
    const users = await cells(at, '#usage-users');
    assert.equal(users.length, 3);
    const billed = words.cost(sum('cost', (row) => row.user === 'bob').platform);
    assert.deepEqual(users.find((row) => row[0] === 'default / bob').slice(1),
                     [words[name](0), words[name](bob.platform), billed]);
    assert.deepEqual(users.find((row) => row[0] === 'default / dora').slice(1),
                     [words[name](dora.own), words[name](0), '0.00']);
    assert.deepEqual(page.complaints, []);
  });

test('of one tenant', async () => {
  const [page, at] = await usage();
  await at.getByLabel('Tenant').fill('acme');
  await show(page, at);
  await at.getByRole('rowheader', {name: 'default / bob'})
    .waitFor({state: 'detached'});
  const zoe = sum('tokens', (row) => row.tenant === 'acme');
  assert.deepEqual((await cells(at, '#usage-users')).map((row) => row[0]),
                   ['acme / zoe']);
  assert.equal((await cells(at, '#usage-days'))[0][2],
               words.tokens(zoe.platform));
  await drawn(at, zoe);
});

async function days(page, at, first, last) {
  await at.getByLabel('From').fill(first);
  await at.getByLabel('To', {exact: true}).fill(last);
  await show(page, at);
  await at.getByText(`Tokens by day, ${first} to ${last}`, {exact: true})
    .waitFor();
}

test('of some days', async () => {
  const [page, at] = await usage();
  const [{day}] = json('usage');
  // Neither before all that ran, nor after it.
  for (const year of ['2020', '2999']) {
    await days(page, at, `${year}-01-30`, `${year}-02-02`);
    await at.getByText('Nothing ran in these days.').waitFor();
    assert.equal(await at.locator('svg rect').count(), 0);
    assert.deepEqual(await cells(at, '#usage-users'), [['Nobody.']]);
  }
  await days(page, at, day, day);
  assert.equal((await cells(at, '#usage-days'))[0][0], day);
  assert.equal((await cells(at, '#usage-users')).length, 3);
});
