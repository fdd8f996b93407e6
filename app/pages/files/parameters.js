// SPDX-License-Identifier: Apache-2.0
// The panel of parameters and ceilings.
import {post} from './api.js';
import {el, fillTable, numberIn, tell, tellRefusal, textsIn,
        whenSent} from './fields.js';

const names = ['temperature', 'top_p', 'max_tokens', 'presence_penalty',
               'frequency_penalty', 'stop_sequences'];
const at = (id) => document.querySelector(id);
const form = at('#parameters-form');

const words = (name) => name.replaceAll('_', ' ');

function edit(row) {
  form.elements.scope.value = row.scope;
  form.elements.name.value = row.name;
  for (const name of names) {
    const value = row.values[name];
    form.elements[name].value = value === undefined ? ''
      : Array.isArray(value) ? value.join(', ') : value;
  }
  scopeChanged();
  form.elements[names[0]].focus();
}

function rowsOf(table) {
  const rows = [];
  for (const [name, values] of Object.entries(table.per_extension))
    rows.push({scope: 'extension', name, values});
  for (const [name, values] of Object.entries(table.per_purpose))
    rows.push({scope: 'purpose', name, values});
  for (const [scope, values] of [['global', table.global],
                                 ['ceiling', table.ceilings]])
    if (Object.keys(values).length > 0)
      rows.push({scope, name: '', values});
  return rows;
}

const titles = {extension: 'extension', purpose: 'purpose',
                global: 'everybody', ceiling: 'ceiling'};

// Whether the form has words for it: it parts stop sequences at commas, and
// has one line.
const isEditable = (row) => (row.values.stop_sequences || []).every(
  (one) => one !== '' && one === one.trim() && !/[,\r\n]/.test(one));

const columns = [
  {title: 'For', cell: (row) => `${titles[row.scope]} ${row.name}`.trim()},
  {title: 'Set', cell: (row) => names
    .filter((name) => row.values[name] !== undefined)
    .map((name) => `${words(name)} ${[row.values[name]].flat().join(' ')}`)
    .join(', ')},
  {title: 'Change', cell: (row) => {
    if (!isEditable(row))
      return '';
    const button = el('button', {class: 'small', 'aria-label':
      `Change ${titles[row.scope]} ${row.name}`.trim()}, 'Change');
    button.addEventListener('click', () => edit(row));
    return button;
  }},
];

async function show() {
  fillTable(at('#parameters-table'), columns,
            rowsOf(await post('/v1/admin/purpose.list')),
            'Nothing is set: providers\' own defaults apply.');
}

function scopeChanged() {
  const named = ['purpose', 'extension'].includes(form.elements.scope.value);
  form.elements.name.closest('.field').hidden = !named;
}

function valuesIn() {
  const values = {};
  for (const name of names) {
    const field = form.elements[name];
    const value = name === 'stop_sequences' ? textsIn(field) : numberIn(field);
    if (value !== undefined)
      values[name] = value;
  }
  return values;
}

export async function openParameters() {
  at('#parameters-values').append(...names.map((name) => el(
    'div', {class: 'field'}, el('label', {for: `v-${name}`}, words(name)),
    el('input', {id: `v-${name}`, name, inputmode: name === 'stop_sequences'
      ? null : 'decimal'}))));
  form.elements.scope.addEventListener('change', scopeChanged);
  whenSent(form, async () => {
    const scope = form.elements.scope.value;
    const named = scope === 'purpose' || scope === 'extension';
    try {
      await post('/v1/admin/purpose.set', {
        scope, ...(named ? {name: form.elements.name.value.trim()} : {}),
        values: valuesIn()});
      await show();
      tell(at('#parameters-news'), 'Saved, for turns that begin now.', 'good');
    } catch (why) {
      tellRefusal(at('#parameters-news'), why, form);
    }
  });
  await show();
}
