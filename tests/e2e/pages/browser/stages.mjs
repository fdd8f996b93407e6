// SPDX-License-Identifier: Apache-2.0
// Goal: who tests an LLM sees each stage once it is decided, not at the end.
// Method: the stand-in LLM behind a gate that the test opens a question at a
// time, and what Chromium shows meanwhile.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {enter, panel} from './admin_page.mjs';
import {Gate} from './gate.mjs';
import {byollm, launch, logIn, open, said, userLink} from './support.mjs';

let browser;
let gate;
before(async () => {
  browser = await launch();
  gate = await new Gate().open();
});
after(async () => {
  gate.close();
  await browser.close();
});

const waiting = 'waiting';
const none = {syntax: waiting, address: waiting, tls: waiting,
              authentication: waiting, model: waiting, answer: waiting,
              tool_use: waiting};
const reached = {...none, syntax: 'passed', address: 'passed',
                 tls: 'not_applicable'};
const answers = {...reached, authentication: 'passed', model: 'passed',
                 answer: 'passed'};
const whole = {...answers, tool_use: 'passed'};

/** Waits until the page shows just these verdicts. */
async function shows(page, verdicts) {
  const all = Object.entries(verdicts).map(
    ([stage, verdict]) => `:has([data-stage="${stage}"]` +
      `[data-verdict="${verdict}"])`);
  await page.locator(`ol.stages${all.join('')}`).waitFor();
}

/** Goes through a test that `press` begins, held at each of its questions. */
async function stepByStep(page, news, press) {
  await press();
  const letAnswer = await gate.next();
  await shows(page, reached);
  await said(page, news, 'Testing');
  letAnswer();
  const letUseTool = await gate.next();
  await shows(page, answers);
  await said(page, news, 'Testing');
  letUseTool();
  await shows(page, whole);
  await said(page, news, 'it works.');
}

test('a user sees how far it is', async () => {
  const page = await open(browser);
  await logIn(page, userLink('ada'));
  await page.getByText('none is set').waitFor();
  await page.getByLabel('Provider').selectOption('openai');
  await page.getByLabel('Base URL').fill(gate.url);
  await page.getByLabel('API key').fill('a-key-of-the-browser-test');
  await page.getByLabel('Model', {exact: true}).fill('model-1');
  await stepByStep(page, '#news', () => page.getByRole(
    'button', {name: 'Save and test'}).click());
  assert.deepEqual(page.complaints, []);
});

test('so does the admin', async () => {
  byollm('origin', 'allow', '--platform', gate.url);
  const page = await enter(browser);
  const at = await panel(page, "Platform's LLM");
  await at.getByLabel('Base URL').fill(gate.url);
  await at.getByLabel('API key').fill('a-key-of-the-browser-test');
  await stepByStep(page, '#platform-news', () => at.getByRole(
    'button', {name: 'Save and test'}).click());
  assert.deepEqual(page.complaints, []);
});
