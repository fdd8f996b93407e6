// SPDX-License-Identifier: Apache-2.0
// The panel of users with an LLM of their own: whether it may answer.
import {post} from './api.js';
import {chip, confirmed, el, fillTable, tell, tellRefusal, whenPressed,
        whenSent} from './fields.js';

const at = (id) => document.querySelector(id);
const form = at('#users-form');
const rule = at('#disabled-form');
const more = at('#users-more');
const news = at('#users-news');
let tenant = '';
let users = [];

async function set(user, disabled) {
  try {
    await post('/v1/admin/config.disable', {tenant, user, disabled});
    await show();
    tell(news, disabled ? `Disabled for ${user}.` : `Enabled for ${user}.`,
         'good');
  } catch (why) {
    tellRefusal(news, why);
  }
}

async function disable(user) {
  if (await confirmed('Disable this LLM?',
                      `The own LLM of ${user} answers no chat turn that ` +
                      'begins from now on.', 'Disable it'))
    await set(user, true);
}

function state(row) {
  if (!row.readable)
    return chip('has to be entered again', 'bad');
  if (row.admin_disabled)
    return chip('disabled by the admin', 'warn');
  return row.enabled ? chip('on', 'good') : chip('switched off', 'warn');
}

const columns = [
  {title: 'User', cell: (row) => row.user},
  {title: 'Provider', cell: (row) => row.provider ?? ''},
  {title: 'Model', cell: (row) => row.model ?? ''},
  {title: 'State', cell: state},
  {title: 'May answer', cell: (row) => {
    const name = row.admin_disabled ? 'Enable' : 'Disable';
    const button = el('button', {class: 'small', 'aria-label':
      `${name} ${row.user}`}, name);
    whenPressed(button, () => (row.admin_disabled ? set(row.user, false)
                                                  : disable(row.user)));
    return button;
  }},
];

async function show(after = '') {
  const page = await post('/v1/admin/config.list', {tenant, after});
  users = after === '' ? page.users : [...users, ...page.users];
  more.hidden = !page.has_more;
  fillTable(at('#users-table'), columns, users,
            'Nobody of this tenant has an LLM of their own.');
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

async function saveRule() {
  try {
    await post('/v1/admin/rules.set',
               {when_disabled: rule.elements.when_disabled.value});
    tell(news, 'Saved.', 'good');
  } catch (why) {
    tellRefusal(news, why, rule);
  }
}

export async function openUsers() {
  whenSent(form, showTenant);
  whenSent(rule, saveRule);
  whenPressed(more, () => show(users.at(-1).user));
  const rules = await post('/v1/admin/rules.show');
  rule.elements.when_disabled.value = rules.when_disabled;
  await showTenant();
}
