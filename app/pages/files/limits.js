// SPDX-License-Identifier: Apache-2.0
// The panel of what extensions may do.
import {post} from './api.js';
import {confirmed, el, fillTable, numberIn, tell, tellRefusal, textsIn,
        whenPressed, whenSent} from './fields.js';
import {count} from './format.js';

const at = (id) => document.querySelector(id);
const form = at('#limits-form');
const news = at('#limits-news');

// Among the purposes, "" stands for calls that name none.
const named = (texts) => (texts || []).filter((one) => one !== '');
const allowed = (texts) => texts === undefined ? 'any'
  : [...named(texts), ...(texts.includes('') ? ['(none named)'] : [])]
    .join(', ') || 'nothing';
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
  form.elements.purposes.value = named(row.purposes).join(', ');
  form.elements.without_purpose.checked = (row.purposes || []).includes('');
  form.elements.models.value = named(row.models).join(', ');
  form.elements.extension.focus();
}

// Whether the form has words for it. A host may also allow nothing at all,
// which would read as "any" here, and a model's name may have a comma.
const isEditable = (row) => [row.purposes, row.models].every(
  (texts) => texts === undefined
    || texts.length > 0 && texts.every((one) => !one.includes(',')));

function buttons(row) {
  const change = el('button', {class: 'small', 'aria-label':
    `Change the policy of ${row.extension}`}, 'Change');
  change.addEventListener('click', () => edit(row));
  const gone = el('button', {class: 'small', 'aria-label':
    `Remove the policy of ${row.extension}`}, 'Remove');
  whenPressed(gone, () => remove(row.extension));
  return el('span', {class: 'beside'}, isEditable(row) ? change : null, gone);
}

const columns = [
  {title: 'Extension', cell: (row) => row.extension},
  {title: 'Calls a day', number: true, cell: (row) => bound(row.calls_per_day)},
  {title: 'Tokens a day', number: true,
   cell: (row) => bound(row.tokens_per_day)},
  {title: 'Purposes', cell: (row) => allowed(row.purposes)},
  {title: 'Models', cell: (row) => allowed(row.models)},
  {title: 'Change', cell: buttons},
];

async function show() {
  const table = await post('/v1/admin/policy.list');
  fillTable(at('#limits-table'), columns,
            Object.entries(table).map(([extension, may]) => ({extension,
                                                              ...may})),
            'No policy is set: extensions may do all that users may.');
}

function purposesIn() {
  const texts = textsIn(form.elements.purposes);
  return form.elements.without_purpose.checked ? [...(texts || []), '']
                                               : texts;
}

export async function openLimits() {
  whenSent(form, async () => {
    const fields = form.elements;
    const body = {
      extension: fields.extension.value.trim(),
      calls_per_day: numberIn(fields.calls_per_day),
      tokens_per_day: numberIn(fields.tokens_per_day),
      purposes: purposesIn(), models: textsIn(fields.models)};
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
