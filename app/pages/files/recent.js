// SPDX-License-Identifier: Apache-2.0
// What ran for a user lately: the ledger's newest rows, an attempt each.
import {post} from './api.js';
import {chip, fillTable, sentence} from './fields.js';
import {billing, count, dayBefore, tokensIn, when} from './format.js';

const statuses = {
  success: 'good', failed: 'bad', unknown: 'warn', partial: 'warn',
  cancelled: 'warn',
};

const columns = [
  {title: 'When', cell: (row) => when(row.finished_unix_ms)},
  {title: 'Extension', cell: (row) => row.extension},
  {title: 'Purpose', cell: (row) => row.purpose || '–'},
  {title: 'Answered by',
   cell: (row) => [row.provider, row.model].filter(Boolean).join(' ')},
  {title: 'On', cell: (row) => chip(
    billing(row.billing), row.billing === 'byollm' ? 'own' : 'platform')},
  {title: 'Tokens in', number: true, cell: (row) => count(tokensIn(row))},
  {title: 'Tokens out', number: true, cell: (row) => count(row.output)},
  {title: 'Ended', cell: (row) => chip(
    row.error && row.error !== 'none' ? row.error.replaceAll('_', ' ')
                                      : row.status,
    statuses[row.status] || 'warn')},
];

// An attempt has two records: who was asked, and what came of it.
function attempts(rows) {
  const asked = new Map();
  const name = (row) => `${row.fields.call}/${row.fields.attempt}`;
  for (const row of rows)
    if (row.type === 'intent')
      asked.set(name(row), row.fields);
  return rows.filter((row) => row.type === 'outcome')
    .map((row) => ({...asked.get(name(row)), ...row.fields}));
}

function sums(rows) {
  const own = {calls: 0, tokens: 0};
  const platform = {calls: 0, tokens: 0};
  for (const row of rows) {
    const to = row.billing === 'byollm' ? own : platform;
    to.calls += row.attempts;
    to.tokens += tokensIn(row) + row.output;
  }
  const words = (what, of) => `${of}: ${count(what.calls)} calls, ` +
    `${count(what.tokens)} tokens.`;
  return `The last 7 days. ${words(own, 'On your own key')} ` +
    words(platform, "On the platform's LLM");
}

/** Fills the table and the line of sums. */
export async function showRecent(table, line) {
  try {
    const [rows, used] = await Promise.all([
      post('/v1/me/ledger.list', {limit: 100, newest_first: true}),
      post('/v1/me/usage', {first_day: dayBefore(6), last_day: dayBefore(0)}),
    ]);
    fillTable(table, columns, attempts(rows).slice(0, 20),
              'Nothing ran for you yet.');
    line.textContent = sums(used);
  } catch (why) {
    // Too many read at the moment, for example: the rest of the page works.
    line.textContent = `${sentence(why.message)} ${why.remedy || ''}`.trim();
  }
}
