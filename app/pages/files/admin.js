// SPDX-License-Identifier: Apache-2.0
// The admin's page: which panel is shown. Each panel is a module of its own.
import {post} from './api.js';
import {sentence, tell} from './fields.js';
import {enter} from './frame.js';
import {openExplain} from './explain.js';
import {openLedger} from './ledger.js';
import {openLimits} from './limits.js';
import {openOrigins} from './origins.js';
import {openParameters} from './parameters.js';
import {openPlatform} from './platform.js';
import {openPrices} from './prices.js';
import {openUsage} from './usage.js';
import {openUsers} from './users.js';

const panels = {
  platform: openPlatform, parameters: openParameters, explain: openExplain,
  prices: openPrices, limits: openLimits, users: openUsers,
  origins: openOrigins, ledger: openLedger, usage: openUsage,
};
const opened = new Set();

async function show(focus) {
  const wanted = location.hash.slice(1);
  if (wanted === 'main')
    return;
  const name = wanted in panels ? wanted : 'platform';
  for (const panel of document.querySelectorAll('[data-panel]'))
    panel.hidden = panel.dataset.panel !== name;
  for (const link of document.querySelectorAll('.tabs a'))
    if (link.hash === `#${name}`)
      link.setAttribute('aria-current', 'page');
    else
      link.removeAttribute('aria-current');
  if (focus)
    document.querySelector(`#${name}-title`).focus();
  if (opened.has(name))
    return;
  opened.add(name);
  await panels[name]();
}

async function showHealth() {
  const at = document.querySelector('#health');
  try {
    const now = await post('/v1/admin/status');
    tell(at, now.healthy
      ? `All is well: ${now.ledger_records} records in the ledger, ` +
        `${now.in_flight} calls under way.`
      : now.problems.map((one) => sentence(one.text)).join(' '),
         now.healthy ? '' : 'bad');
  } catch (why) {
    tell(at, sentence(why.message), 'bad');
  }
}

if (await enter('admin')) {
  addEventListener('hashchange', () => show(true));
  await Promise.all([show(false), showHealth()]);
}
