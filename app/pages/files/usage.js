// SPDX-License-Identifier: Apache-2.0
// The panel of usage: by class and day, and by user.
import {post} from './api.js';
import {drawDays} from './charts.js';
import {fillTable, tell, tellRefusal, whenSent} from './fields.js';
import {count, dayBefore, money, tokensIn} from './format.js';

const at = (id) => document.querySelector(id);
const form = at('#usage-form');

const measures = {
  tokens: {title: 'Tokens', words: count,
           of: (row) => tokensIn(row) + row.output},
  attempts: {title: 'Calls', words: count, of: (row) => row.attempts},
  cost: {title: 'Cost', words: money, of: (row) => row.cost_micro},
};

// Each day of the range, also those without a call.
function daysBetween(first, last) {
  const days = [];
  for (let day = Date.parse(first); day <= Date.parse(last); day += 86400000)
    days.push(new Date(day).toISOString().slice(0, 10));
  return days.slice(-366);
}

function byDay(rows, first, last, of) {
  const days = new Map(daysBetween(first, last).map(
    (day) => [day, {day, own: 0, platform: 0, unpriced: 0}]));
  for (const row of rows) {
    const to = days.get(row.day);
    if (!to)
      continue;
    to[row.billing === 'byollm' ? 'own' : 'platform'] += of(row);
    to.unpriced += row.unpriced;
  }
  return [...days.values()];
}

function byUser(rows, of) {
  const users = new Map();
  for (const row of rows) {
    const name = `${row.tenant} / ${row.user}`;
    const to = users.get(name) || {name, own: 0, platform: 0, cost: 0};
    to[row.billing === 'byollm' ? 'own' : 'platform'] += of(row);
    to.cost += row.cost_micro;
    users.set(name, to);
  }
  return [...users.values()].sort(
    (a, b) => b.own + b.platform - a.own - a.platform).slice(0, 10);
}

async function show() {
  const fields = form.elements;
  const measure = measures[fields.measure.value];
  const first = fields.first_day.value;
  const last = fields.last_day.value;
  const tenant = fields.tenant.value.trim();
  const rows = await post('/v1/admin/usage', {
    first_day: first, last_day: last, ...(tenant ? {tenant} : {})});
  const days = byDay(rows, first, last, measure.of);
  const caption = `${measure.title} by day, ${first} to ${last}`;
  at('#usage-caption').textContent = caption;
  drawDays(at('#usage-chart'), days, measure.words,
           `${caption}. The table below says the same.`);
  const number = (title, cell) => ({title, number: true, cell});
  fillTable(at('#usage-days'), [
    {title: 'Day', cell: (row) => row.day},
    number('Own keys', (row) => measure.words(row.own)),
    number('Platform', (row) => measure.words(row.platform)),
    number('Calls without a price', (row) => count(row.unpriced)),
  ], days.filter((day) => day.own + day.platform + day.unpriced > 0),
            'Nothing ran in these days.');
  fillTable(at('#usage-users'), [
    {title: 'User', cell: (row) => row.name},
    number('Own keys', (row) => measure.words(row.own)),
    number('Platform', (row) => measure.words(row.platform)),
    number('Billed', (row) => money(row.cost)),
  ], byUser(rows, measure.of), 'Nobody.');
  const unknown = rows.reduce((sum, row) => sum + row.unknown_usage, 0);
  tell(at('#usage-news'), unknown > 0
    ? `${count(unknown)} calls whose usage nobody told are in no sum.` : '');
}

export async function openUsage() {
  form.elements.first_day.value = dayBefore(29);
  form.elements.last_day.value = dayBefore(0);
  const tried = async () => {
    try {
      await show();
    } catch (why) {
      tellRefusal(at('#usage-news'), why, form);
    }
  };
  whenSent(form, tried);
  form.elements.measure.addEventListener('change', tried);
  await tried();
}
