// SPDX-License-Identifier: Apache-2.0
// The panel of what extensions may do.
import {post} from './api.js';
import {confirmed, el, fillTable, numberIn, tell, tellRefusal, textsIn,
        whenPressed, whenSent} from './fields.js';
import {count} from './format.js';

const at = (id) => document.querySelector(id);
const form = at('#limits-form');
const news = at('#limits-news');

const any = (texts) => texts === undefined ? 'any'
  : texts.map((one) => one === '' ? '(none named)' : one).join(', ');
const bound = (value) => value === undefined ? 'no bound' : count(value);

async function remove(extension) {
  if (!await confirmed(`Remove the policy of ${extension}?`,
                       'It may do then what each extension may.',
                       'Remove it'))
    return;
  try {
    await post('/v1/admin/policy.remove', {extension});
    await show();
    tell(news, 'Removed.', 'good');
  } catch (why) {
    tellRefusal(news, why);
  }
}

function edit(row) {
  form.elements.extension.value = row.extension;
  form.elements.calls_per_day.value = row.calls_per_day ?? '';
  form.elements.tokens_per_day.value = row.tokens_per_day ?? '';
  form.elements.purposes.value = (row.purposes || []).join(', ');
  form.elements.models.value = (row.models || []).join(', ');
  form.elements.extension.focus();
}

function buttons(row) {
  const change = el('button', {class: 'small', 'aria-label':
    `Change the policy of ${row.extension}`}, 'Change');
  change.addEventListener('click', () => edit(row));
  const gone = el('button', {class: 'small', 'aria-label':
    `Remove the policy of ${row.extension}`}, 'Remove');
  whenPressed(gone, () => remove(row.extension));
  return el('span', {class: 'beside'}, change, gone);
}

const columns = [
  {title: 'Extension', cell: (row) => row.extension},
  {title: 'Calls a day', number: true, cell: (row) => bound(row.calls_per_day)},
  {title: 'Tokens a day', number: true,
   cell: (row) => bound(row.tokens_per_day)},
  {title: 'Purposes', cell: (row) => any(row.purposes)},
  {title: 'Models', cell: (row) => any(row.models)},
  {title: 'Change', cell: buttons},
];

async function show() {
  const table = await post('/v1/admin/policy.list');
  fillTable(at('#limits-table'), columns,
            Object.entries(table).map(([extension, may]) => ({extension,
                                                              ...may})),
            'No policy is set: extensions may do all that users may.');
}

export async function openLimits() {
  whenSent(form, async () => {
    const fields = form.elements;
    const body = {
      extension: fields.extension.value.trim(),
      calls_per_day: numberIn(fields.calls_per_day),
      tokens_per_day: numberIn(fields.tokens_per_day),
      purposes: textsIn(fields.purposes), models: textsIn(fields.models)};
    try {
      await post('/v1/admin/policy.set', body);
      await show();
      tell(news, 'Saved, for turns that begin now.', 'good');
    } catch (why) {
      tellRefusal(news, why, form);
    }
  });
  await show();
}
