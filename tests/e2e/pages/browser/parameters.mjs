// SPDX-License-Identifier: Apache-2.0
// Goal: an admin with a browser sets parameters and ceilings, sees what becomes
// of them, and what they do not touch stays. Method: Chromium, and the command
// line beside.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {enter as enterAs, json, panel} from './admin_page.mjs';
import {answered, byollm, launch, said} from './support.mjs';

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

const enter = () => enterAs(browser);

async function save(page, at) {
  const answer = await answered(page, '/purpose.set', () => at.getByRole(
    'button', {name: 'Save', exact: true}).click());
  assert.equal(answer.status(), 200);
  await said(page, '#parameters-news', 'Saved');
}

test('parameters, ceilings and the explain box', async () => {
  const page = await enter();
  let at = await panel(page, 'Parameters');
  await at.getByLabel('For', {exact: true}).selectOption('purpose');
  await at.getByLabel('Its name').fill('chain_narrator');
  await at.getByLabel('temperature', {exact: true}).fill('0.4');
  await at.getByLabel('max tokens', {exact: true}).fill('800');
  await at.getByRole('button', {name: 'Save', exact: true}).click();
  await at.getByRole('rowheader', {name: 'purpose chain_narrator'}).waitFor();
  await at.getByLabel('For', {exact: true}).selectOption('ceiling');
  await at.getByLabel('temperature', {exact: true}).fill('');
  await at.getByLabel('max tokens', {exact: true}).fill('500');
  await at.getByRole('button', {name: 'Save', exact: true}).click();
  await at.getByRole('rowheader', {name: 'ceiling'}).waitFor();
  const table = json('purpose', 'list');
  assert.deepEqual(table.per_purpose,
                   {chain_narrator: {temperature: 0.4, max_tokens: 800}});
  assert.deepEqual(table.ceilings, {max_tokens: 500});

  at = await panel(page, 'Explain');
  await at.getByLabel('User').fill('ada');
  await at.getByLabel('Purpose').fill('chain_narrator');
  await page.keyboard.press('Enter');
  await said(page, '#explain-news', 'The plan is below.');
  const row = at.getByRole('row', {name: /^max tokens/});
  assert.match(await row.textContent(), /500.*clamped/);
  await at.getByText("platform's key", {exact: true}).waitFor();

  // An entry that says nothing is gone.
  at = await panel(page, 'Parameters');
  await at.getByRole('button', {name: 'Change purpose chain_narrator'})
    .click();
  await at.getByLabel('temperature', {exact: true}).fill('');
  await at.getByLabel('max tokens', {exact: true}).fill('');
  await at.getByRole('button', {name: 'Save', exact: true}).click();
  await at.getByRole('rowheader', {name: 'purpose chain_narrator'})
    .waitFor({state: 'detached'});
  assert.deepEqual(json('purpose', 'list').per_purpose, {});
  await at.getByLabel('temperature', {exact: true}).fill('99');
  await at.getByLabel('For', {exact: true}).selectOption('global');
  await at.getByRole('button', {name: 'Save', exact: true}).click();
  await page.locator('[name="temperature"][aria-invalid="true"]').waitFor();
});

test('entries of an extension and of everybody', async () => {
  const page = await enter();
  const at = await panel(page, 'Parameters');
  await at.getByLabel('For', {exact: true}).selectOption('extension');
  await at.getByLabel('Its name').fill('notes');
  await at.getByLabel('temperature', {exact: true}).fill('0.3');
  await at.getByLabel('stop sequences').fill('END, the end');
  await save(page, at);
  await at.getByRole('row', {name: /^extension notes/})
    .getByText('temperature 0.3, stop sequences END the end').waitFor();
  await at.getByLabel('For', {exact: true}).selectOption('global');
  assert.ok(!await at.getByLabel('Its name').isVisible());
  await at.getByLabel('temperature', {exact: true}).fill('');
  await at.getByLabel('stop sequences').fill('');
  await at.getByLabel('top p').fill('0.9');
  await at.getByLabel('presence penalty').fill('0.1');
  await at.getByLabel('frequency penalty').fill('-0.2');
  await save(page, at);
  await at.getByRole('rowheader', {name: 'everybody'}).waitFor();
  const stored = json('purpose', 'list');
  assert.deepEqual(stored.per_extension, {
    notes: {temperature: 0.3, stop_sequences: ['END', 'the end']}});
  assert.deepEqual(stored.global, {
    top_p: 0.9, presence_penalty: 0.1, frequency_penalty: -0.2});
  for (const entry of ['extension notes', 'everybody', 'extension notes']) {
    await at.getByRole('button', {name: `Change ${entry}`}).click();
    await save(page, at);
    assert.deepEqual(json('purpose', 'list'), stored, entry);
  }
  assert.deepEqual(page.complaints, []);
});

test('what the form has no words for is not changed by it', async () => {
  byollm('purpose', 'set', 'lines', '--stop', '\n');
  byollm('purpose', 'set', 'commas', '--stop', 'a, b');
  const page = await enter();
  const at = await panel(page, 'Parameters');
  for (const name of ['lines', 'commas']) {
    const row = at.getByRole('row', {name: new RegExp(`^purpose ${name}`)});
    await row.waitFor();
    assert.equal(await row.getByRole('button').count(), 0);
  }
});
