// SPDX-License-Identifier: Apache-2.0
// The explain box: the cascade for one user and purpose.
import {post} from './api.js';
import {chip, el, fillTable, tell, tellRefusal, whenSent} from './fields.js';
import {billing} from './format.js';

const at = (id) => document.querySelector(id);
const form = at('#explain-form');

const columns = [
  {title: 'Parameter', cell: (row) => row.parameter.replaceAll('_', ' ')},
  {title: 'Value', number: true, cell: (row) => row.value === null ? '–'
    : String(row.value)},
  {title: 'Set by', cell: (row) => row.set_by === 'unset' ? 'nobody'
    : row.set_by},
  {title: 'What becomes of it', cell: (row) => [
    row.fate.replaceAll('_', ' '), row.reason].filter(Boolean).join(': ')},
];

function show(plan) {
  at('#explain-plan').hidden = false;
  at('#explain-who').replaceChildren(
    chip(billing(plan.billing), plan.is_byollm ? 'own' : 'platform'),
    ` ${plan.provider} ${plan.model} at ${plan.origin} answers. `,
    plan.is_byollm ? 'It costs nothing here.' : 'It is billed.');
  fillTable(at('#explain-table'), columns, plan.params, 'No parameters.');
  at('#explain-reasons').replaceChildren(
    ...plan.reasons.map((reason) => el('li', {}, reason)));
}

export async function openExplain() {
  whenSent(form, async () => {
    const ask = {};
    for (const name of ['tenant', 'user', 'extension', 'purpose'])
      ask[name] = form.elements[name].value.trim();
    try {
      show(await post('/v1/admin/resolve', ask));
      tell(at('#explain-news'), 'The plan is below.', 'good');
    } catch (why) {
      at('#explain-plan').hidden = true;
      tellRefusal(at('#explain-news'), why, form);
    }
  });
}
