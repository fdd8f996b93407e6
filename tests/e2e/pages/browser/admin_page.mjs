// SPDX-License-Identifier: Apache-2.0
// What the tests of the admin's page share: the way in, and to a panel.
import {adminLink, byollm, logIn, open, said} from './support.mjs';

/** What the command line says, read from its JSON. */
export const json = (...args) => JSON.parse(byollm('--json', ...args));

/** The admin's page, logged in. */
export async function enter(browser, look) {
  const page = await open(browser, look);
  await logIn(page, adminLink());
  await said(page, '#health', 'All is well');
  return page;
}

/** Goes to a panel by its tab; returns it. */
export async function panel(page, name) {
  await page.getByRole('link', {name, exact: true}).click();
  const at = page.locator('[data-panel]:visible');
  await at.waitFor();
  return at;
}
