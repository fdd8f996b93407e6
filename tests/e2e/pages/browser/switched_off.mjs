// SPDX-License-Identifier: Apache-2.0
// Goal: testing an LLM, or changing it, switches nothing on, and what must be
// off is asked for. Method: Chromium,
// and the command line says what is stored.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {answered, byollm, launch, llm, logIn, open, said, stored,
        userLink} from './support.mjs';

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/** The settings page of a user who has an LLM. */
async function enter(user) {
  byollm('--user', user, 'config', 'set', '--provider', 'local-ollama',
         '--model', 'model-1', '--base-url', llm, '--no-key');
  const page = await open(browser);
  await logIn(page, userLink(user));
  await page.locator('#now').getByText('your own LLM').waitFor();
  return page;
}

const press = (page, name) => page.getByRole('button', {name, exact: true})
  .click();

async function switchOff(page) {
  await press(page, 'Switch off');
  await said(page, '#now-news', 'Switched off');
}

function isOff(user, model, fallback = 'error') {
  const now = stored(user);
  assert.deepEqual([now.enabled, now.model, now.fallback],
                   [false, model, fallback]);
}

test('Test asks what is stored, and stores nothing', async () => {
  const page = await enter('ole');
  const before = stored('ole');
  await page.getByLabel('Model', {exact: true}).fill('never-saved');
  await press(page, 'Test');
  await said(page, '#now-news', /^It works\.$/);
  assert.equal(await page.locator('#stages [data-verdict="passed"]').count(),
               5);
  assert.deepEqual(stored('ole'), before);
  await switchOff(page);
  await answered(page, '/config.show', () => press(page, 'Test'));
  await said(page, '#now-news', 'It works. It is switched off.');
  isOff('ole', 'model-1');
  await page.locator('#now').getByText('the platform').waitFor();
  const asked = JSON.parse(byollm('--json', 'ledger', 'list', '--of-user',
                                  'ole', '--type', 'intent'));
  assert.ok(asked.length >= 6);
  assert.deepEqual(new Set(asked.map((row) => row.fields.model)),
                   new Set(['model-1']));
  assert.deepEqual(page.complaints, []);
});

test('a test that fails says so where it was pressed', async () => {
  const page = await enter('pia');
  byollm('--user', 'pia', 'config', 'set', '--provider', 'local-ollama',
         '--model', 'missing', '--base-url', llm, '--no-key');
  await press(page, 'Test');
  await said(page, '#now-news', 'It does not work: see below.');
  await page.locator('[data-stage="model"][data-verdict="failed"]').waitFor();
});

test('what is off stays off, whatever is changed', async () => {
  const page = await enter('ray');
  await switchOff(page);
  await page.getByLabel("Let the platform's LLM answer instead").check();
  await press(page, 'Save only');
  await said(page, '#news', 'Saved. It is switched off.');
  isOff('ray', 'model-1', 'platform');
  await page.getByLabel('Model', {exact: true}).fill('model-2');
  await press(page, 'Save and test');
  await said(page, '#news', 'Saved, and it works. It is switched off.');
  isOff('ray', 'model-2', 'platform');
  // Nothing is changed now.
  await answered(page, '/config.show', () => press(page, 'Save and test'));
  isOff('ray', 'model-2', 'platform');
  await page.getByLabel('Model', {exact: true}).fill('');
  await press(page, 'Save only');
  await page.locator('#model[aria-invalid="true"]:focus').waitFor();
  isOff('ray', 'model-2', 'platform');
  await press(page, 'Switch on');
  await said(page, '#now-news', 'Switched on');
  assert.equal(stored('ray').enabled, true);
});

test('another provider\'s models leave it off, too', async () => {
  const page = await enter('sue');
  await switchOff(page);
  await page.getByLabel('Provider').selectOption('openai');
  await page.getByLabel('API key').fill('a-key-of-the-browser-test');
  await press(page, 'List models');
  await said(page, '#news', 'The models are listed');
  await page.getByLabel('Model', {exact: true}).fill('model-1');
  await press(page, 'Save only');
  await said(page, '#news', 'Saved. It is switched off.');
  isOff('sue', 'model-1');
  assert.equal(stored('sue').provider, 'openai');
});

test('what is switched off elsewhere stays off here', async () => {
  const page = await enter('una');
  const other = await page.context().newPage();
  await other.goto(page.url());
  await switchOff(other);
  // This page shows it as it was.
  await page.getByLabel('Model', {exact: true}).fill('model-2');
  await press(page, 'Save only');
  await said(page, '#news', 'Saved. It is switched off.');
  isOff('una', 'model-2');
});

test('who wished it off while its model was away has it off', async () => {
  const page = await enter('val');
  await page.getByLabel('Provider').selectOption('openai');
  await page.getByLabel('API key').fill('a-key-of-the-browser-test');
  await press(page, 'List models');
  await press(page, 'Switch off and list');
  await said(page, '#news', 'The models are listed');
  isOff('val', '');
  byollm('--user', 'val', 'config', 'set', '--provider', 'openai', '--model',
         'model-2', '--base-url', stored('val').base_url, '--keep-key',
         '--disabled');
  await page.getByLabel('Model', {exact: true}).fill('model-1');
  await press(page, 'Save only');
  await said(page, '#news', 'Saved. It is switched off.');
  isOff('val', 'model-1');
});

test('a list of another provider\'s models is asked for', async () => {
  const page = await enter('tim');
  const before = stored('tim');
  await page.getByLabel('Provider').selectOption('openai');
  await page.getByLabel('API key').fill('a-key-of-the-browser-test');
  await press(page, 'List models');
  await press(page, 'Cancel');
  await page.getByRole('dialog').waitFor({state: 'detached'});
  assert.deepEqual(stored('tim'), before);
  await press(page, 'List models');
  await press(page, 'Switch off and list');
  await said(page, '#news', 'The models are listed');
  isOff('tim', '');
  await page.locator('#now').getByText('the platform').waitFor();
  assert.ok(!await page.locator('#switch').isVisible());
  assert.ok(await page.locator('#models option[value="model-1"]').count());
  // It was off for want of a model, and nobody wished it.
  await page.getByLabel('Model', {exact: true}).fill('model-1');
  await press(page, 'Save only');
  await said(page, '#news', /^Saved\.$/);
  const now = stored('tim');
  assert.deepEqual([now.enabled, now.provider, now.model],
                   [true, 'openai', 'model-1']);
});

test("what the platform's LLM does not do is not promised", async () => {
  const platform = (...how) => byollm(
    'config', 'set', '--platform', '--provider', 'openai', '--model',
    'platform-model', '--base-url', llm, '--keep-key', ...how);
  const page = await enter('wil');
  const now = page.locator('#now');
  await page.getByLabel("Let the platform's LLM answer instead").check();
  await press(page, 'Save only');
  await said(page, '#news', 'Saved.');
  await now.getByText('answers, and bills: you agreed.').waitFor();
  assert.ok(await page.locator('#fallback-now').isHidden());
  platform('--disabled');
  try {
    await page.reload();
    await now.getByText("You are told: the platform's LLM is switched off, " +
                        'so there is no fallback now.').waitFor();
    await said(page, '#fallback-now', 'there is no fallback now.');
    await press(page, 'Switch off');
    await said(page, '#now-news', "Switched off. The platform's LLM is " +
               'switched off, so nobody answers you.');
    await now.getByText('nobody', {exact: true}).waitFor();
  } finally {
    platform('--enabled');
  }
  await page.reload();
  await now.getByText('the platform', {exact: true}).waitFor();
  assert.ok(await page.locator('#fallback-now').isHidden());
  assert.deepEqual(page.complaints, []);
});
