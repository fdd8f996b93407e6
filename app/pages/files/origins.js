// SPDX-License-Identifier: Apache-2.0
// The panel of tenants' allowed origins.
import {post} from './api.js';
import {confirmed, el, fillTable, tell, tellRefusal, whenPressed,
        whenSent} from './fields.js';

const at = (id) => document.querySelector(id);
const form = at('#origins-form');
const add = at('#origins-add-form');
const news = at('#origins-news');
let tenant = '';

const whose = () => tenant === '' ? "the platform's LLM" : `tenant ${tenant}`;

async function change(url, allowed) {
  await post('/v1/admin/origin.allow', {tenant, url, allowed});
  await show();
  tell(news, allowed ? `Allowed for ${whose()}.`
                     : `Withdrawn from ${whose()}.`, 'good');
}

async function withdraw(origin) {
  if (!await confirmed('Withdraw this origin?',
                       `Keys of ${whose()} go to ${origin} no more; who uses ` +
                       'it gets an error.', 'Withdraw it'))
    return;
  try {
    await change(origin, false);
  } catch (why) {
    tellRefusal(news, why);
  }
}

const columns = [
  {title: 'Origin', cell: (row) => row},
  {title: 'Withdraw', cell: (row) => {
    const button = el('button', {class: 'small', 'aria-label':
      `Withdraw ${row}`}, 'Withdraw');
    whenPressed(button, () => withdraw(row));
    return button;
  }},
];

async function show() {
  const origins = await post('/v1/admin/origin.list', {tenant});
  at('#origins-caption').textContent = `Allowed for ${whose()}`;
  fillTable(at('#origins-table'), columns, origins,
            'None but public https addresses.');
}

async function showTenant() {
  tenant = form.elements.tenant.value.trim();
  try {
    await show();
    tell(news, '');
  } catch (why) {
    tellRefusal(news, why, form);
  }
}

export async function openOrigins() {
  whenSent(form, showTenant);
  whenSent(add, async () => {
    try {
      await change(add.elements.url.value.trim(), true);
      add.reset();
    } catch (why) {
      tellRefusal(news, why, add);
    }
  });
  await showTenant();
}
