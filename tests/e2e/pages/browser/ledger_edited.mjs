// SPDX-License-Identifier: Apache-2.0
// Goal: an admin is told that somebody edited the ledger. Method: Chromium;
// browser_test.py edited its first record before.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {enter, panel} from './admin_page.mjs';
import {launch, said} from './support.mjs';

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

test('a ledger that somebody edited is not called untouched', async () => {
  const page = await enter(browser);
  const at = await panel(page, 'Ledger');
  await said(page, '#ledger-news', 'records');
  await at.getByRole('button', {name: 'Verify'}).click();
  await said(page, '#ledger-news',
             'Not as it was written, at record 1: edited');
  assert.equal(await page.locator('#ledger-news').getAttribute('data-is'),
               'bad');
});
