// SPDX-License-Identifier: Apache-2.0
// The panel of prices.
import {post} from './api.js';
import {confirmed, el, fillTable, tell, tellRefusal, whenPressed,
        whenSent} from './fields.js';
import {money, when} from './format.js';

const kinds = ['input_uncached', 'cache_read', 'cache_write', 'output'];
const titles = ['Input', 'Cache read', 'Cache write', 'Output'];
const at = (id) => document.querySelector(id);
const form = at('#prices-form');
const news = at('#prices-news');

async function remove(price) {
  const {provider, model, from_unix_ms} = price;
  if (!await confirmed('Remove this price?',
                       `${provider} ${model} from ${when(from_unix_ms)} on. ` +
                       'What was billed by it stays.', 'Remove it'))
    return;
  try {
    await post('/v1/admin/price.remove', {provider, model, from_unix_ms});
    await show();
    tell(news, 'Removed.', 'good');
  } catch (why) {
    tellRefusal(news, why);
  }
}

const columns = [
  {title: 'Model', cell: (row) => `${row.provider} ${row.model}`},
  {title: 'From', cell: (row) => when(row.from_unix_ms)},
  ...kinds.map((kind, index) => ({
    title: titles[index], number: true,
    cell: (row) => row[kind] === undefined ? '–' : money(row[kind])})),
  {title: 'Remove', cell: (row) => {
    const button = el('button', {class: 'small', 'aria-label':
      `Remove the price of ${row.model} from ${when(row.from_unix_ms)}`},
                      'Remove');
    whenPressed(button, () => remove(row));
    return button;
  }},
];

async function show() {
  const table = await post('/v1/admin/price.list');
  at('#unknown').value = table.unknown_price;
  fillTable(at('#prices-table'), columns, table.prices, 'No price is set.');
}

// People write 2.50; the ledger counts micro-units.
function microIn(field) {
  const text = field.value.trim();
  return text === '' ? undefined : Math.round(Number(text) * 1e6);
}

export async function openPrices() {
  whenSent(form, async () => {
    const body = {provider: form.elements.provider.value.trim(),
                  model: form.elements.model.value.trim()};
    for (const kind of kinds) {
      const value = microIn(form.elements[kind]);
      if (value !== undefined)
        body[kind] = value;
    }
    try {
      await post('/v1/admin/price.set', body);
      await show();
      tell(news, 'The price is set, for turns that begin now.', 'good');
    } catch (why) {
      tellRefusal(news, why, form);
    }
  });
  whenSent(at('#unknown-form'), async () => {
    try {
      await post('/v1/admin/price.unknown', {policy: at('#unknown').value});
      tell(news, 'Saved.', 'good');
    } catch (why) {
      tellRefusal(news, why);
    }
  });
  await show();
}
