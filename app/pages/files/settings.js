// SPDX-License-Identifier: Apache-2.0
// The settings page: one user's own LLM.
import {post, Refused} from './api.js';
import {chip, confirmed, el, sentence, tell, tellRefusal, whenPressed,
        whenSent} from './fields.js';
import {when} from './format.js';
import {enter} from './frame.js';
import {LlmForm} from './llm_form.js';
import {showRecent} from './recent.js';
import {runTest} from './stages.js';

const path = '/v1/me';
const at = (id) => document.querySelector(id);
const form = new LlmForm(at('#llm'), path, at('#news'));
// The change by which this page took the model away, for a list of others, from
// what was on. With a model it is on again, unless somebody changed it since.
let goesOn = null;
// Whether the platform's LLM answers, and whom.
let platform = {llm: 'on', when_disabled: 'platform'};

// Why the platform's LLM answers nobody; empty while it does.
const whyNot = () => ({on: '', off: "the platform's LLM is switched off",
                       none: 'the platform has no LLM'})[platform.llm];

// Who answers where one's own LLM does not.
const otherwise = () => whyNot()
  ? sentence(`${whyNot()}, so nobody answers you`)
  : "The platform's LLM answers.";

function answerer(now) {
  if (now && now.enabled && !now.admin_disabled)
    return chip('your own LLM', 'own');
  const refused = now && now.admin_disabled
    && platform.when_disabled === 'refuse';
  return whyNot() || refused ? chip('nobody', 'bad')
                             : chip('the platform', 'platform');
}

function fallback(now) {
  if (now.fallback !== 'platform')
    return 'you are told, and nobody else is asked';
  return whyNot() ? `you are told: ${whyNot()}, so there is no fallback now`
    : "the platform's LLM answers, and bills: you agreed";
}

async function learn() {
  platform = await post(`${path}/platform.state`);
  at('#fallback-now').hidden = !whyNot();
  at('#fallback-now').textContent = whyNot() &&
    sentence(`${whyNot()}: whatever you choose, there is no fallback now`);
}

function showNow() {
  const now = form.stored;
  const rows = [];
  const row = (name, ...value) => rows.push(el('dt', {}, name),
                                            el('dd', {}, ...value));
  row('Answers', answerer(now));
  if (whyNot())
    row('Platform', sentence(whyNot()));
  if (!now) {
    row('Your own', 'none is set');
  } else {
    row('Your own', `${now.provider} ${now.model || '(no model yet)'}`);
    row('At', now.base_url);
    row('Key', now.has_key ? `stored, version ${now.key_version}` : 'none');
    if (now.refused)
      row('Trouble', chip('the provider refuses it', 'warn'),
          ` since ${when(now.refused.since_unix_ms)} ` +
          `(${now.refused.code}): enter a new key, or ask your provider.`);
    row('State', now.admin_disabled ? chip('switched off by the admin', 'warn')
      : now.enabled ? chip('on', 'good') : chip('switched off', 'warn'));
    if (now.enabled && !now.admin_disabled)
      row('If it fails', sentence(fallback(now)));
  }
  at('#now').replaceChildren(...rows);
  at('#remove').hidden = !now;
  at('#switch').hidden = at('#try').hidden = !now || !now.model;
  at('#switch').textContent = now && now.enabled ? 'Switch off' : 'Switch on';
}

const offNote = () => form.stored.enabled ? '' : ' It is switched off.';

async function save() {
  // What is off may be stored without one, but nobody cleared it for that.
  if (form.fields.model.value.trim() === '')
    throw new Refused(0, {message: 'name a model, or list what your key may ' +
                                   'use', parameter: 'model'});
  // What is off goes on by the switch alone: this page's, or another's.
  const waits = goesOn !== null && (await form.refresh())?.epoch === goesOn;
  const saved = await form.save(waits ? {enabled: true} : {});
  showNow();
  form.say(['Saved.', ...saved.notices.map(sentence)].join(' '), 'good');
}

// Tests what is stored. `say` tells how it ended, after what was done before.
async function test(say, before = '') {
  say('Testing ...');
  at('#test').hidden = false;
  const result = await runTest(path, at('#stages'), at('#test-news'));
  // Whether the key is refused is known anew.
  form.stored = await post(`${path}/config.show`);
  await learn();
  showNow();
  const good = before ? `${before}, and it works.` : 'It works.';
  const bad = before ? `${before}, but it does not work yet: see below.`
                     : 'It does not work: see below.';
  say((result.ok ? good : bad) + offNote(), result.ok ? 'good' : 'bad');
  await showRecent(at('#recent'), at('#sums'));
}

whenSent(form.form, async () => {
  try {
    if (form.isChanged())
      await save();
    await test((...words) => form.say(...words), 'Saved');
  } catch (why) {
    form.refuse(why);
  }
});

whenPressed(at('#try'), async () => {
  const say = (...words) => tell(at('#now-news'), ...words);
  try {
    await test(say);
  } catch (why) {
    tellRefusal(at('#now-news'), why);
  }
});

whenPressed(at('#save'), async () => {
  try {
    await save();
  } catch (why) {
    form.refuse(why);
  }
});

// The list is fetched with the stored key, so the key is stored first: without
// a model nothing runs on it.
async function connect() {
  const now = form.stored;
  if (form.staysPut() && form.fields.key.value === '')
    return true;
  const stays = now && now.provider === form.fields.provider.value;
  if (now && now.enabled && !stays
      && !await confirmed('List the models of another provider?',
                          'Your LLM is switched off until you save one of ' +
                          `them. ${otherwise()}`,
                          'Switch off and list'))
    return false;
  const model = stays ? form.fields.model.value.trim() : '';
  const wasOn = !now || now.enabled || now.epoch === goesOn;
  // Without a model it has to be off; with one it stays as it is stored.
  await form.save({model, ...(now && model ? {} : {enabled: false})});
  goesOn = wasOn && !form.stored.enabled ? form.stored.epoch : null;
  showNow();
  return true;
}

whenPressed(at('#fetch'), async () => {
  try {
    if (!await connect())
      return;
    form.say('Asking for the models ...');
    const models = await form.listModels(at('#models'));
    at('#model-hint').textContent =
      `${models.length} models: choose one, then save.`;
    form.say('The models are listed.', 'good');
    form.fields.model.focus();
  } catch (why) {
    form.refuse(why);
  }
});

whenPressed(at('#switch'), async () => {
  try {
    await form.turn(!form.stored.enabled);
    await learn();
    showNow();
    tell(at('#now-news'), form.stored.enabled ? 'Switched on.'
      : `Switched off. ${otherwise()}`, 'good');
  } catch (why) {
    tellRefusal(at('#now-news'), why);
  }
});

whenPressed(at('#remove'), async () => {
  if (!await confirmed('Remove your LLM?',
                       'Its key is deleted here for good. Your provider ' +
                       'still knows it: revoke it there, too.', 'Remove it'))
    return;
  try {
    await post(`${path}/config.rm`);
    form.stored = null;
    goesOn = null;
    form.form.reset();
    form.hint();
    await learn();
    showNow();
    tell(at('#now-news'), `Removed. ${otherwise()}`, 'good');
    at('#main').focus();
  } catch (why) {
    tellRefusal(at('#now-news'), why);
  }
});

whenPressed(at('#again'), () => showRecent(at('#recent'), at('#sums')));

if (await enter('user')) {
  await Promise.all([form.load(), learn()]);
  showNow();
  await showRecent(at('#recent'), at('#sums'));
}
