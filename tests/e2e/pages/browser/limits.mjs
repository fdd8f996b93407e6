// SPDX-License-Identifier: Apache-2.0
// Goal: an admin with a browser bounds extensions as the command line does, and
// what they do not touch stays. Method: Chromium, and the command line beside.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {enter, json, panel} from './admin_page.mjs';
import {answered, byollm, launch, said} from './support.mjs';

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

const policies = () => json('policy', 'list');

async function limits() {
  const page = await enter(browser);
  return [page, await panel(page, 'Limits')];
}

async function save(page, at) {
  await answered(page, '/policy.set', () => at.getByRole(
    'button', {name: 'Save', exact: true}).click());
  await said(page, '#limits-news', 'Saved');
}

async function change(at, extension) {
  await at.getByRole('button', {name: `Change the policy of ${extension}`})
    .click();
}

test('a policy with all that it may say, and its end', async () => {
  const [page, at] = await limits();
  await at.getByLabel('Extension', {exact: true}).fill('notes');
  await at.getByLabel('Calls a day').fill('200');
  await at.getByLabel('Tokens a day').fill('50000');
  await at.getByLabel('Purposes it may name').fill('summary, title');
  await at.getByLabel('Calls without a purpose').check();
  await at.getByLabel('Models that may answer it').fill('claude-*, gpt-4.1');
  await save(page, at);
  assert.deepEqual(policies().notes, {
    purposes: ['summary', 'title', ''], models: ['claude-*', 'gpt-4.1'],
    calls_per_day: 200, tokens_per_day: 50000});
  assert.deepEqual(
    await at.getByRole('row', {name: /^notes/}).getByRole('cell')
      .allTextContents(),
    ['200', '50,000', 'summary, title, (none named)', 'claude-*, gpt-4.1',
     'ChangeRemove']);
  // Unchecked, it is gone.
  await change(at, 'notes');
  await at.getByLabel('Calls without a purpose').uncheck();
  await at.getByLabel('Tokens a day').fill('');
  await save(page, at);
  assert.deepEqual(policies().notes, {
    purposes: ['summary', 'title'], models: ['claude-*', 'gpt-4.1'],
    calls_per_day: 200});
  await at.getByRole('button', {name: 'Remove the policy of notes'}).click();
  await page.getByRole('button', {name: 'Remove it'}).click();
  await said(page, '#limits-news', 'Removed');
  assert.deepEqual(policies(), {});
  assert.deepEqual(page.complaints, []);
});

test('Change and Save alone change nothing', async () => {
  const set = (...args) => byollm('policy', 'set', ...args);
  set('both', '--purpose', 'summary', '--without-purpose');
  set('unnamed', '--without-purpose');
  set('named', '--purpose', 'summary', '--purpose', 'title');
  set('models', '--model', 'claude-*', '--model', 'gpt-4.1');
  set('*', '--calls', '7', '--tokens', '7000000');
  const stored = policies();
  assert.deepEqual(stored.both.purposes, ['summary', '']);
  assert.deepEqual(stored.unnamed.purposes, ['']);
  const [page, at] = await limits();
  // One after the other, so that each finds what the last one left there.
  for (const extension of Object.keys(stored)) {
    await change(at, extension);
    await save(page, at);
    assert.deepEqual(policies(), stored, extension);
    byollm('policy', 'rm', extension);
    await save(page, at);
    assert.deepEqual(policies(), stored, `${extension}, written anew`);
  }
});

test('what the form has no words for is not changed by it', async () => {
  const [page, at] = await limits();
  await page.evaluate(async () => {
    const {post} = await import('/pages/api.js');
    await post('/v1/admin/policy.set', {extension: 'still', purposes: []});
  });
  await page.reload();
  const row = at.getByRole('row', {name: /^still/});
  assert.equal(await row.getByRole('cell').nth(2).textContent(), 'nothing');
  assert.equal(await row.getByRole('button', {name: 'Change'}).count(), 0);
  await row.getByRole('button', {name: 'Remove'}).waitFor();
});
