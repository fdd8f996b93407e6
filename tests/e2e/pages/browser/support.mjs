// SPDX-License-Identifier: Apache-2.0
// What the browser's tests share: a browser, links into the pages, and axe.
import assert from 'node:assert/strict';
import {execFile, execFileSync} from 'node:child_process';
import fs from 'node:fs';
import {createRequire} from 'node:module';
import {promisify} from 'node:util';

import {chromium} from 'playwright-core';

const axe = fs.readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The stand-in LLM, where keys may go. */
export const llm = process.env.LLM_URL;

/** Each way that a page may be looked at. */
export const looks = [
  {colorScheme: 'light', width: 1100}, {colorScheme: 'dark', width: 1100},
  {colorScheme: 'light', width: 360}, {colorScheme: 'dark', width: 360},
];

export function launch() {
  // Chromium's own sandbox needs what a container may lack; the pages are ours.
  return chromium.launch({executablePath: process.env.CHROMIUM,
                          args: ['--no-sandbox']});
}

function fed(input, ...args) {
  return execFileSync(process.env.BYOLLM,
                      ['--data-dir', process.env.DATA, ...args],
                      {input, encoding: 'utf8'}).trim();
}

/** Runs byollm on the data directory. */
export const byollm = (...args) => fed('', ...args);

/** The same while this process goes on, whose own provider may be asked. */
export async function byollmBeside(...args) {
  const done = await promisify(execFile)(
    process.env.BYOLLM, ['--data-dir', process.env.DATA, ...args]);
  return done.stdout.trim();
}

/** Gives a user an LLM of their own that speaks OpenAI's dialect. */
export function giveLlm(user, url, key = 'a-key-of-the-browser-test') {
  byollm('origin', 'allow', url);
  fed(key, '--user', user, 'config', 'set', '--provider', 'openai', '--model',
      'model-1', '--base-url', url);
}

export const userLink = (user) => byollm('--user', user, 'login-link');
export const adminLink = () => byollm('login-link', '--admin', '--name',
                                      'grace');

/** A user's own LLM, as the command line shows it. */
export const stored = (user) => JSON.parse(byollm('--json', '--user', user,
                                                  'config', 'show'));

/**
 * A page in a context of its own. What its console or the content policy
 * complains about is in `page.complaints`.
 */
export async function open(browser, look = looks[0]) {
  const context = await browser.newContext({
    colorScheme: look.colorScheme, locale: 'en-GB',
    viewport: {width: look.width, height: 800}});
  const page = await context.newPage();
  page.complaints = [];
  page.on('pageerror', (error) => page.complaints.push(error.message));
  page.on('console', (message) => {
    // A refusal is no complaint: a user without an LLM is answered 404.
    if (message.type() === 'error'
        && !message.text().includes('Failed to load resource'))
      page.complaints.push(message.text());
  });
  return page;
}

/** Logs in by a link, as a person does. */
export async function logIn(page, link) {
  await page.goto(link);
  await page.getByRole('button', {name: 'Log in'}).click();
  await page.waitForURL(/settings|admin/);
}

/** Waits until a live region says something that matches. */
export async function said(page, region, words) {
  await page.locator(region).filter({hasText: words}).waitFor();
}

/**
 * Does `act` and waits until byollmd answered what the page asked by it: what a
 * live region says may still be of the last time.
 */
export async function answered(page, operation, act) {
  const answer = page.waitForResponse((one) => one.url().endsWith(operation));
  await act();
  return answer;
}

/** axe finds nothing, and nothing sticks out of the window. */
export async function inOrder(page, what) {
  await page.evaluate(axe);
  const found = await page.evaluate(
    async () => (await globalThis.axe.run(document)).violations.map(
      (one) => `${one.id}: ${one.help}: ${one.nodes[0].html}`));
  assert.deepEqual(found, [], what);
  const over = await page.evaluate(
    () => document.documentElement.scrollWidth - innerWidth);
  assert.ok(over <= 0, `${what} is ${over} px too wide`);
}

/** Presses Tab until the element has the focus. */
export async function tabTo(page, selector) {
  for (let i = 0; i < 60; ++i) {
    if (await page.locator(selector).evaluate(
      (at) => at === document.activeElement))
      return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`Tab does not lead to ${selector}`);
}

/** With SHOTS, a folder: keeps a picture of the page, as far as one reads. */
export async function shot(page, name, look) {
  if (!process.env.SHOTS)
    return;
  const tall = await page.evaluate(() => document.body.scrollHeight);
  await page.screenshot({
    path: `${process.env.SHOTS}/${name}-${look.colorScheme}` +
      `${look.width === 360 ? '-phone' : ''}.png`,
    fullPage: true,
    clip: {x: 0, y: 0, width: look.width, height: Math.min(tall, 1900)}});
}
