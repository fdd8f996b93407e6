// SPDX-License-Identifier: Apache-2.0
// Goal: a user with a browser and a key gets their LLM to answer, by mouse and
// by keyboard alone, and sees what it did. Method: Chromium, byollmd and the
// stand-in LLM; axe looks at every state in both colour schemes and on a phone.
import assert from 'node:assert/strict';
import {createServer} from 'node:http';
import {after, before, test} from 'node:test';

import {byollm, inOrder, launch, llm, logIn, looks, open, said, shot, tabTo,
        userLink} from './support.mjs';

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

const key = 'a-key-of-the-browser-test';

async function fill(page) {
  await page.getByLabel('Provider').selectOption('anthropic');
  await page.getByLabel('Base URL').fill(llm);
  await page.getByLabel('API key').fill(key);
}

async function keyIsGone(page) {
  assert.equal(await page.locator('#key').inputValue(), '');
  assert.ok(!(await page.content()).includes(key));
}

test('a user sets, tests, switches and removes their LLM', async () => {
  const page = await open(browser);
  await logIn(page, userLink('ada'));
  await page.getByText('ada of default').waitFor();
  await page.getByText('none is set').waitFor();
  await fill(page);
  await page.getByRole('button', {name: 'List models'}).click();
  await said(page, '#news', 'The models are listed');
  await keyIsGone(page);
  const models = await page.locator('#models option').evaluateAll(
    (all) => all.map((one) => one.value));
  assert.ok(models.includes('model-1'));
  // Nothing runs on it before a model is saved.
  await page.locator('#now').getByText('the platform').waitFor();
  await page.getByLabel('Model', {exact: true}).fill('model-1');
  await page.getByRole('button', {name: 'Save and test'}).click();
  await said(page, '#news', 'Saved, and it works.');
  const stages = page.locator('#stages > li');
  assert.equal(await stages.count(), 7);
  assert.equal(await page.locator('#stages [data-verdict="passed"]').count(),
               6);
  await page.locator('#now').getByText('your own LLM').waitFor();
  // What ran: two lists of models and the test's two questions, on the own key.
  await page.locator('#recent').getByText('own key').nth(3).waitFor();
  assert.match(await page.locator('#sums').textContent(),
               /On your own key: 4 calls, [1-9][\d,]* tokens/);

  await page.getByLabel("Let the platform's LLM answer instead").check();
  await page.getByRole('button', {name: 'Save only'}).click();
  await said(page, '#news', 'Saved.');
  assert.equal(JSON.parse(byollm('--json', '--user', 'ada', 'config',
                                 'show')).fallback, 'platform');

  await page.getByRole('button', {name: 'Switch off'}).click();
  await said(page, '#now-news', 'Switched off');
  await page.getByRole('button', {name: 'Switch on'}).click();
  await said(page, '#now-news', 'Switched on');

  await page.getByRole('button', {name: 'Remove'}).click();
  await page.getByRole('button', {name: 'Cancel'}).click();
  await page.locator('#now').getByText('your own LLM').waitFor();
  await page.getByRole('button', {name: 'Remove'}).click();
  await page.getByRole('button', {name: 'Remove it'}).click();
  await said(page, '#now-news', 'Removed');
  await page.getByText('none is set').waitFor();
  assert.deepEqual(page.complaints, []);
});

test('the same by keyboard alone', async () => {
  const page = await open(browser);
  await page.goto(userLink('kim'));
  await page.getByText('logs you in as kim').waitFor();
  await tabTo(page, '#in');
  await page.keyboard.press('Enter');
  await page.getByText('none is set').waitFor();
  await tabTo(page, '#provider');
  await page.keyboard.type('Anth');
  await tabTo(page, '#base-url');
  await page.keyboard.type(llm);
  await tabTo(page, '#key');
  await page.keyboard.type(key);
  await tabTo(page, '#fetch');
  await page.keyboard.press('Enter');
  await said(page, '#news', 'The models are listed');
  // The focus is where one goes on.
  assert.ok(await page.locator('#model').evaluate(
    (at) => at === document.activeElement));
  await page.keyboard.type('model-1');
  await page.keyboard.press('Enter');
  await said(page, '#news', 'Saved, and it works.');
  await keyIsGone(page);
  await page.locator('#main').focus();
  await tabTo(page, '#remove');
  await page.keyboard.press('Enter');
  // A dialog begins where nothing is lost.
  await page.getByRole('button', {name: 'Cancel'}).and(
    page.locator(':focus')).waitFor();
  await page.keyboard.press('Escape');
  await page.locator('#remove:focus').waitFor();
  assert.deepEqual(page.complaints, []);
});

test('what is wrong is told at its field, and where it failed', async () => {
  const page = await open(browser);
  await logIn(page, userLink('eve'));
  await page.getByText('none is set').waitFor();
  await page.getByLabel('Provider').selectOption('openai');
  await page.getByLabel('Base URL').fill('http://127.0.0.1:1');
  await page.getByLabel('API key').fill(key);
  await page.getByLabel('Model', {exact: true}).fill('model-1');
  await page.getByRole('button', {name: 'Save and test'}).click();
  await said(page, '#news', 'https');
  byollm('origin', 'allow', 'http://127.0.0.1:1');
  await page.getByRole('button', {name: 'Save and test'}).click();
  await said(page, '#news', 'does not work yet');
  await keyIsGone(page);
  await page.locator('[data-stage="address"][data-verdict="failed"]')
    .waitFor();
  await inOrder(page, 'a failed test');
  await page.getByLabel('Model', {exact: true}).fill('');
  await page.getByRole('button', {name: 'Save only'}).click();
  await page.locator('#model[aria-invalid="true"]:focus').waitFor();
  await inOrder(page, 'a wrong field');
});

test('a link works once, and who is out sees nothing', async () => {
  const page = await open(browser);
  const link = userLink('bob');
  await logIn(page, link);
  await page.getByRole('button', {name: 'Log out'}).click();
  await page.getByText('You are not logged in').waitFor();
  assert.ok(!await page.locator('#llm').isVisible());
  await page.goto('about:blank');
  await page.goto(link);
  await page.getByText('This link does not log you in').waitFor();
  // The ticket is not in the address bar for others to see.
  assert.ok(!page.url().includes('ticket'));
});

test('a page elsewhere does nothing with the cookie', async () => {
  const page = await open(browser);
  byollm('--user', 'mia', 'config', 'set', '--provider', 'local-ollama',
         '--model', 'm', '--base-url', llm, '--no-key');
  await logIn(page, userLink('mia'));
  await page.locator('#now').getByText('your own LLM').waitFor();
  const base = new URL(page.url()).origin;
  // The same machine, another port: to a browser the same site, so the cookie
  // comes along.
  let cookies;
  const elsewhere = createServer((asked, to) => {
    cookies ??= asked.headers.cookie;
    to.setHeader('Content-Type', 'text/html').end('<title>elsewhere</title>');
  });
  await new Promise((ready) => elsewhere.listen(0, '127.0.0.1', ready));
  await page.goto(`http://127.0.0.1:${elsewhere.address().port}/`);
  const answered = page.waitForResponse(`${base}/v1/me/config.rm`);
  await page.evaluate((url) => fetch(url, {
    method: 'POST', credentials: 'include', mode: 'no-cors', body: '{}'}),
                      `${base}/v1/me/config.rm`);
  elsewhere.close();
  assert.match(cookies, /byollm_session=/);
  assert.equal((await answered).status(), 403);
  byollm('--user', 'mia', 'config', 'show');
});

for (const look of looks)
  test(`axe finds nothing: ${look.colorScheme}, ${look.width} px`,
       async () => {
    const page = await open(browser, look);
    const user = `axe-${look.colorScheme}-${look.width}`;
    await page.goto(userLink(user));
    await page.getByText('This link logs you in').waitFor();
    await inOrder(page, 'login');
    await shot(page, 'login', look);
    await page.getByRole('button', {name: 'Log in'}).click();
    await page.getByText('none is set').waitFor();
    await inOrder(page, 'no LLM');
    await fill(page);
    await page.getByLabel('Model', {exact: true}).fill('model-1');
    await page.getByRole('button', {name: 'Save and test'}).click();
    await said(page, '#news', 'Saved, and it works.');
    await page.locator('#recent').getByText('own key').first().waitFor();
    await inOrder(page, 'a tested LLM');
    await shot(page, 'settings', look);
    await page.getByRole('button', {name: 'Remove'}).click();
    await page.getByRole('dialog').waitFor();
    await inOrder(page, 'a question');
    await page.keyboard.press('Escape');
    await page.getByRole('button', {name: 'Log out'}).click();
    await page.getByText('You are not logged in').waitFor();
    await inOrder(page, 'logged out');
    assert.deepEqual(page.complaints, []);
  });
