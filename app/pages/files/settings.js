// SPDX-License-Identifier: Apache-2.0
// The settings page: one user's own LLM.
import {post} from './api.js';
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

function showNow() {
  const now = form.stored;
  const rows = [];
  const row = (name, ...value) => rows.push(el('dt', {}, name),
                                            el('dd', {}, ...value));
  if (!now) {
    row('Answers', chip('the platform', 'platform'));
    row('Your own', 'none is set');
  } else {
    const is_on = now.enabled && !now.admin_disabled;
    row('Answers', is_on ? chip('your own LLM', 'own')
                         : chip('the platform', 'platform'));
    row('Your own', `${now.provider} ${now.model || '(no model yet)'}`);
    row('At', now.base_url);
    row('Key', now.has_key ? `stored, version ${now.key_version}` : 'none');
    if (now.refused)
      row('Trouble', chip('the provider refuses it', 'warn'),
          ` since ${when(now.refused.since_unix_ms)} ` +
          `(${now.refused.code}): enter a new key, or ask your provider.`);
    row('State', now.admin_disabled ? chip('switched off by the admin', 'warn')
      : now.enabled ? chip('on', 'good') : chip('switched off', 'warn'));
  }
  at('#now').replaceChildren(...rows);
  at('#remove').hidden = !now;
  at('#switch').hidden = !now || !now.model;
  at('#switch').textContent = now && now.enabled ? 'Switch off' : 'Switch on';
}

async function save() {
  const saved = await form.save({enabled: true});
  showNow();
  form.say(['Saved.', ...saved.notices.map(sentence)].join(' '), 'good');
}

async function test() {
  at('#test').hidden = false;
  const result = await runTest(path, at('#stages'), at('#test-news'));
  form.say(result.ok ? 'Saved, and it works.'
                     : 'Saved, but it does not work yet: see below.',
           result.ok ? 'good' : 'bad');
}

whenSent(form.form, async () => {
  try {
    if (form.isChanged() || !form.stored.enabled)
      await save();
    form.say('Testing ...');
    await test();
    // Whether the key is refused is known anew.
    form.stored = await post(`${path}/config.show`);
    showNow();
    await showRecent(at('#recent'), at('#sums'));
  } catch (why) {
    form.refuse(why);
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
                          "them. Meanwhile the platform's answers you.",
                          'Switch off and list'))
    return false;
  const model = stays ? form.fields.model.value.trim() : '';
  await form.save({model, enabled: Boolean(stays && now.enabled && model)});
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
    const {provider, model, base_url, fallback, embedding_model, enabled}
      = form.stored;
    form.stored = await post(`${path}/config.set`, {
      provider, model, base_url, fallback, embedding_model,
      enabled: !enabled});
    showNow();
    tell(at('#now-news'), enabled ? "Switched off. The platform's LLM answers."
                                  : 'Switched on.', 'good');
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
    form.form.reset();
    form.hint();
    showNow();
    tell(at('#now-news'), "Removed. The platform's LLM answers.", 'good');
    at('#main').focus();
  } catch (why) {
    tellRefusal(at('#now-news'), why);
  }
});

whenPressed(at('#again'), () => showRecent(at('#recent'), at('#sums')));

if (await enter('user')) {
  await form.load();
  showNow();
  await showRecent(at('#recent'), at('#sums'));
}
