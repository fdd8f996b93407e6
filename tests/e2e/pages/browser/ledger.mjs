// SPDX-License-Identifier: Apache-2.0
// Goal: an admin finds records in the ledger, and takes them to an auditor.
// Method: Chromium; byollm-verify judges what it downloads.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import fs from 'node:fs';
import {after, before, test} from 'node:test';

import {enter, json, panel} from './admin_page.mjs';
import {byollm, launch, said} from './support.mjs';

let browser;
before(async () => {
  browser = await launch();
  for (const user of ['ada', 'bob'])
    byollm('--user', user, 'chat', 'hello');
});
after(() => browser.close());

async function ledger() {
  const page = await enter(browser);
  const at = await panel(page, 'Ledger');
  await said(page, '#ledger-news', 'records');
  return [page, at];
}

/** Where a download is that a link began. */
async function download(page, at, name) {
  const coming = page.waitForEvent('download');
  await at.getByRole('link', {name}).click();
  return (await coming).path();
}

test('the ledger: filters, details, verify and export', async () => {
  const [page, at] = await ledger();
  await at.getByLabel('User').fill('bob');
  await at.getByLabel('Kind').selectOption('outcome');
  await at.getByRole('button', {name: 'Show'}).click();
  await said(page, '#ledger-news', '1 records.');
  const row = at.getByRole('row', {name: /default \/ bob/});
  await row.locator('summary').click();
  await row.getByText('leaf hash').waitFor();
  await at.getByRole('button', {name: 'Verify'}).click();
  await said(page, '#ledger-news', 'Untouched');
  const file = await download(page, at, 'Export rows');
  const rows = fs.readFileSync(file, 'utf8').trim().split('\n').map(JSON.parse);
  assert.deepEqual(rows.map((one) => [one.type, one.fields.user]),
                   [['outcome', 'bob']]);
});

test('what auditors get, they can verify', async () => {
  const [page, at] = await ledger();
  const file = await download(page, at, 'Export for auditors');
  const told = execFileSync(
    process.env.BYOLLM_VERIFY,
    ['--key', `${process.env.DATA}/ledger.pub`, file], {encoding: 'utf8'});
  assert.match(told, /intact/);
  const records = json('ledger', 'list', '--all-tenants', '--limit', '1000');
  const lines = fs.readFileSync(file, 'utf8').trim().split('\n');
  assert.ok(lines.length > records.length);
});

test('older records come when they are asked for', async () => {
  const [page, at] = await ledger();
  const rows = at.locator('#ledger-table tbody tr');
  const older = at.getByRole('button', {name: 'Older ones'});
  assert.ok(!await older.isVisible());
  await page.evaluate(async () => {
    const {post} = await import('/pages/api.js');
    for (let i = 1; i <= 50; ++i)
      await post('/v1/admin/purpose.set', {
        scope: 'global', values: {max_tokens: i}});
  });
  await at.getByRole('button', {name: 'Show'}).click();
  await said(page, '#ledger-news', '50 records.');
  const first = () => rows.last().getByRole('rowheader').textContent();
  assert.equal(await rows.count(), 50);
  assert.notEqual(await first(), '1');
  await older.click();
  const all = json('ledger', 'list', '--all-tenants', '--limit', '1000').length;
  assert.ok(all > 50);
  await said(page, '#ledger-news', `${all} records.`);
  assert.equal(await rows.count(), all);
  assert.equal(await first(), '1');
  assert.ok(!await older.isVisible());
});
