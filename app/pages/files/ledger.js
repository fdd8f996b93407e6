// SPDX-License-Identifier: Apache-2.0
// The panel of the ledger: its records, whether it is whole, and its export.
import {post} from './api.js';
import {chip, el, fillTable, sentence, tell, tellRefusal, whenPressed,
        whenSent} from './fields.js';
import {billing, count, tokensIn, when} from './format.js';

const page = 50;
const texts = [['tenant', 'Tenant'], ['user', 'User'],
               ['extension', 'Extension'], ['purpose', 'Purpose'],
               ['provider', 'Provider'], ['turn', 'Turn']];
const choices = [
  ['type', 'Kind', ['intent', 'outcome', 'refusal', 'change']],
  ['status', 'Ended', ['success', 'failed', 'rejected', 'cancelled', 'partial',
                       'refused', 'unknown']],
];
const at = (id) => document.querySelector(id);
const form = at('#ledger-form');
const news = at('#ledger-news');
let wanted = page;

const kinds = {outcome: 'good', refusal: 'bad', change: 'warn', intent: 'none'};
const moments = ['finished_unix_ms', 'received_unix_ms', 'refused_unix_ms',
                 'changed_unix_ms'];

function moment(fields) {
  const name = moments.find((one) => fields[one] !== undefined);
  return when(fields[name]);
}

function gist(row) {
  const of = row.fields;
  if (row.type === 'change')
    return `${of.actor}: ${of.summary}`;
  if (row.type === 'refusal')
    return `refused: ${of.error}`;
  if (row.type === 'intent')
    return `asks ${of.provider} ${of.model}, on ${billing(of.billing)}`;
  return `${of.status}, ${count(tokensIn(of))} tokens in, ` +
    `${count(of.output)} out`;
}

function details(row) {
  const rows = Object.entries({...row.fields, leaf_hash: row.leaf_hash})
    .map(([name, value]) => el('li', {}, `${name.replaceAll('_', ' ')}: `,
                               el('code', {}, value)));
  return el('details', {}, el('summary', {}, gist(row)),
            el('ul', {class: 'details'}, ...rows));
}

const columns = [
  {title: 'Record', cell: (row) => String(row.seq)},
  {title: 'When', cell: (row) => moment(row.fields)},
  {title: 'Kind', cell: (row) => chip(row.type, kinds[row.type] || 'none')},
  {title: 'Who', cell: (row) => [row.fields.tenant, row.fields.user,
                                 row.fields.extension].filter(Boolean)
    .join(' / ')},
  {title: 'What', cell: details},
];

function filter() {
  const which = {};
  for (const [name] of [...texts, ...choices]) {
    const value = form.elements[name].value.trim();
    if (value !== '')
      which[name] = value;
  }
  return which;
}

function linkExports() {
  for (const format of ['proof', 'rows']) {
    const query = new URLSearchParams({format, ...filter()});
    at(`#ledger-${format}`).href = `/v1/admin/ledger/export?${query}`;
  }
}

// The newest ones come first, so older ones are asked for with them.
async function load(most) {
  wanted = most;
  const rows = await post('/v1/admin/ledger.list', {
    ...filter(), limit: wanted, newest_first: true});
  fillTable(at('#ledger-table'), columns, rows, 'No record matches.');
  at('#ledger-older').hidden = rows.length < wanted;
  linkExports();
  tell(news, `${rows.length} records.`);
}

async function verify() {
  tell(news, 'Verifying every record ...');
  const said = await post('/v1/admin/ledger.verify');
  if (said.intact)
    tell(news, `Untouched: ${count(said.records)} records, under ` +
               `${count(said.checkpoints)} signed checkpoints.`, 'good');
  else
    tell(news, sentence(`not as it was written, at record ` +
                        `${said.first_bad_seq}: ${said.problem}`), 'bad');
}

async function tried(work) {
  try {
    await work();
  } catch (why) {
    tellRefusal(news, why, form);
  }
}

export async function openLedger() {
  at('#ledger-filters').append(
    ...texts.map(([name, title]) => el(
      'div', {class: 'field'}, el('label', {for: `f-${name}`}, title),
      el('input', {id: `f-${name}`, name, spellcheck: 'false'}))),
    ...choices.map(([name, title, all]) => el(
      'div', {class: 'field'}, el('label', {for: `f-${name}`}, title),
      el('select', {id: `f-${name}`, name}, el('option', {value: ''}, 'any'),
         ...all.map((one) => el('option', {}, one))))));
  form.addEventListener('input', linkExports);
  whenSent(form, () => tried(() => load(page)));
  whenPressed(at('#ledger-older'), () => tried(() => load(Math.min(wanted * 2, 10000))));
  whenPressed(at('#ledger-verify'), () => tried(verify));
  await tried(() => load(page));
}
