// SPDX-License-Identifier: Apache-2.0
// Goal: the two links of README.md lead a user and an admin to an answer.
// Method: nothing but what it says they do.
import {after, before, test} from 'node:test';

import {panel} from './admin_page.mjs';
import {launch, llm, logIn, open, said} from './support.mjs';

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

async function choose(at, model) {
  await at.getByLabel('Provider').selectOption('openai');
  // In the provider's place.
  await at.getByLabel('Base URL').fill(llm);
  await at.getByLabel('API key').fill('a-key-of-the-readme-test');
  await at.getByLabel('Model', {exact: true}).fill(model);
  await at.getByRole('button', {name: 'Save and test'}).click();
}

test('a user', async () => {
  const page = await open(browser);
  await logIn(page, process.env.USER_LINK);
  await choose(page, 'model-1');
  await said(page, '#news', 'Saved, and it works.');
});

test('an admin', async () => {
  const page = await open(browser);
  await logIn(page, process.env.ADMIN_LINK);
  await choose(await panel(page, "Platform's LLM"), 'model-2');
  await said(page, '#platform-news', 'Saved, and it works.');
});
