// SPDX-License-Identifier: Apache-2.0
// Goal: an admin with a browser does all that the command line's admin does.
// Method: Chromium works through every panel, the command line is asked what
// came of it; axe looks at each panel in both colour schemes and on a phone.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {enter as enterAs, json, panel} from './admin_page.mjs';
import {byollm, inOrder, launch, llm, logIn, looks, open, said, shot, tabTo,
        userLink} from './support.mjs';

let browser;
const enter = (look) => enterAs(browser, look);
before(async () => {
  browser = await launch();
  for (const user of ['ada', 'bob', 'carl'])
    byollm('--user', user, 'chat', 'hello');
});
after(() => browser.close());

test("the platform's LLM", async () => {
  const page = await enter();
  const at = await panel(page, "Platform's LLM");
  await at.getByText('Set: openai').waitFor();
  await at.getByLabel('API key').fill('another-key-of-the-platform');
  await at.getByRole('button', {name: 'List models'}).click();
  await said(page, '#platform-news', 'models: choose one');
  await at.getByLabel('Model', {exact: true}).fill('model-1');
  await at.getByRole('button', {name: 'Save and test'}).click();
  await said(page, '#platform-news', 'Saved, and it works.');
  assert.equal(await page.locator('#p-key').inputValue(), '');
  const now = json('config', 'show', '--platform');
  assert.deepEqual([now.model, now.key_version, now.base_url],
                   ['model-1', 2, llm]);
  assert.deepEqual(page.complaints, []);
});

test("the platform's LLM stays off until it is switched on", async () => {
  const page = await enter();
  const at = await panel(page, "Platform's LLM");
  const press = (name) => at.getByRole('button', {name}).click();
  const stored = () => json('config', 'show', '--platform');
  const before = stored();
  await press('Switch off');
  await said(page, '#platform-news', 'Switched off.');
  await at.getByText('It is switched off').first().waitFor();
  // Each change of it has an epoch of its own.
  assert.deepEqual({...stored(), epoch: before.epoch},
                   {...before, enabled: false});
  // Its models are listed, and it is tested, while it answers nobody.
  await press('List models');
  await said(page, '#platform-news', 'models: choose one');
  await at.getByLabel('Model', {exact: true}).fill('model-2');
  await press('Save and test');
  await said(page, '#platform-news',
             'Saved, and it works. It is switched off.');
  assert.deepEqual([stored().enabled, stored().model], [false, 'model-2']);
  assert.throws(() => json('--user', 'nobody', 'resolve'), /no_provider/);
  await press('Switch on');
  await said(page, '#platform-news', 'Switched on.');
  assert.equal(stored().enabled, true);
  await at.getByLabel('Model', {exact: true}).fill(before.model);
  await press('Save and test');
  await said(page, '#platform-news', 'Saved, and it works.');
});

test("the platform's LLM is removed, and set anew", async () => {
  const page = await enter();
  const at = await panel(page, "Platform's LLM");
  const remove = at.getByRole('button', {name: 'Remove'});
  await remove.click();
  await page.getByRole('button', {name: 'Cancel'}).click();
  await page.getByRole('dialog').waitFor({state: 'detached'});
  const before = json('config', 'show', '--platform');
  await remove.click();
  await page.getByRole('button', {name: 'Remove it'}).click();
  await said(page, '#platform-news', 'Removed.');
  await at.getByText('None is set').waitFor();
  await page.locator('#platform-title:focus').waitFor();
  assert.ok(!await remove.isVisible());
  assert.throws(() => json('config', 'show', '--platform'), /not_found/);
  await at.getByLabel('Provider').selectOption(before.provider);
  await at.getByLabel('Base URL').fill(before.base_url);
  await at.getByLabel('API key').fill('a-third-key-of-the-platform');
  await at.getByLabel('Model', {exact: true}).fill(before.model);
  await at.getByRole('button', {name: 'Save and test'}).click();
  await said(page, '#platform-news', 'Saved, and it works.');
  await at.getByText('Set: openai').waitFor();
  assert.equal(json('config', 'show', '--platform').model, before.model);
});

test('prices', async () => {
  const page = await enter();
  const at = await panel(page, 'Prices');
  await at.getByLabel('Model', {exact: true}).fill('model-1');
  await at.getByLabel('Input').fill('2.50');
  await at.getByLabel('Output').fill('10');
  await at.getByRole('button', {name: 'Set the price'}).click();
  await said(page, '#prices-news', 'The price is set');
  const [price] = json('price', 'list').prices;
  assert.deepEqual([price.model, price.input_uncached, price.output],
                   ['model-1', 2_500_000, 10_000_000]);
  await at.getByLabel('A platform call without a price')
    .selectOption('refuse');
  await at.getByRole('button', {name: 'Save', exact: true}).click();
  await said(page, '#prices-news', 'Saved');
  assert.equal(json('price', 'list').unknown_price, 'refuse');
  await at.getByRole('button', {name: /Remove the price of model-1/}).click();
  await page.getByRole('button', {name: 'Remove it'}).click();
  await said(page, '#prices-news', 'Removed');
  assert.deepEqual(json('price', 'list').prices, []);
  await at.getByLabel('A platform call without a price')
    .selectOption('unpriced');
  await at.getByRole('button', {name: 'Save', exact: true}).click();
  await said(page, '#prices-news', 'Saved');
});

test('users', async () => {
  json('--tenant', 'acme', 'origin', 'allow', 'http://127.0.0.1:11434');
  json('--tenant', 'acme', '--user', 'ann', 'config', 'set', '--provider',
       'local-ollama', '--model', 'llama', '--no-key', '--base-url',
       'http://127.0.0.1:11434');
  const page = await enter();
  const at = await panel(page, 'Users');
  await at.getByLabel('Tenant').fill('acme');
  await at.getByRole('button', {name: 'Show'}).click();
  await at.getByRole('button', {name: 'Disable ann'}).click();
  await page.getByRole('button', {name: 'Disable it'}).click();
  await said(page, '#users-news', 'Disabled for ann');
  const ann = () => json('--tenant', 'acme', '--user', 'ann', 'config', 'show');
  assert.ok(ann().admin_disabled);
  await at.getByLabel('Such a user').selectOption('refuse');
  await at.getByRole('button', {name: 'Save'}).click();
  await said(page, '#users-news', 'Saved');
  assert.equal(json('policy', 'rules').when_disabled, 'refuse');
  await at.getByRole('button', {name: 'Enable ann'}).click();
  await said(page, '#users-news', 'Enabled for ann');
  assert.ok(!ann().admin_disabled);
  json('policy', 'rules', '--when-disabled', 'platform');
  json('--tenant', 'acme', '--user', 'ann', 'config', 'rm');
  json('--tenant', 'acme', 'origin', 'rm', 'http://127.0.0.1:11434');
});

test('origins', async () => {
  const page = await enter();
  const at = await panel(page, 'Origins');
  await at.getByLabel('Tenant').fill('acme');
  await at.getByRole('button', {name: 'Show'}).click();
  await at.getByLabel('Its URL').fill('http://127.0.0.1:11434');
  await at.getByRole('button', {name: 'Allow'}).click();
  await said(page, '#origins-news', 'Allowed for tenant acme');
  assert.deepEqual(json('--tenant', 'acme', 'origin', 'list'),
                   ['http://127.0.0.1:11434']);
  await at.getByRole('button', {name: 'Withdraw http'}).click();
  await page.getByRole('button', {name: 'Withdraw it'}).click();
  await said(page, '#origins-news', 'Withdrawn');
  assert.deepEqual(json('--tenant', 'acme', 'origin', 'list'), []);
});

test('a user does not see it', async () => {
  const page = await open(browser);
  await logIn(page, userLink('eve'));
  await page.goto(page.url().replace('/settings/llm', '/admin'));
  await page.getByText('You are not logged in as an admin').waitFor();
  assert.ok(!await page.locator('nav').isVisible());
});

test('panels by keyboard', async () => {
  const page = await enter();
  await tabTo(page, '.tabs a[href="#prices"]');
  await page.keyboard.press('Enter');
  // Who changes panels is told so, and goes on there.
  await page.locator('#prices-title:focus').waitFor();
  await tabTo(page, '#m-model');
});

const panels = ["Platform's LLM", 'Parameters', 'Explain', 'Prices', 'Limits',
                'Users', 'Origins', 'Ledger', 'Usage'];

for (const look of looks)
  test(`axe finds nothing: ${look.colorScheme}, ${look.width} px`,
       async () => {
    const page = await enter(look);
    for (const name of panels) {
      const at = await panel(page, name);
      if (name === 'Explain') {
        await at.getByLabel('User').fill('ada');
        await page.keyboard.press('Enter');
        await said(page, '#explain-news', 'The plan is below.');
      }
      if (name === 'Ledger')
        await said(page, '#ledger-news', 'records');
      if (name === 'Usage')
        await at.locator('svg').waitFor();
      await inOrder(page, name);
      await shot(page, `admin-${(await at.getAttribute('data-panel'))}`, look);
    }
    assert.deepEqual(page.complaints, []);
  });
