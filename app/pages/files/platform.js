// SPDX-License-Identifier: Apache-2.0
// The panel of the platform's LLM.
import {post} from './api.js';
import {confirmed, sentence, whenPressed, whenSent} from './fields.js';
import {when} from './format.js';
import {LlmForm} from './llm_form.js';
import {runTest} from './stages.js';

const path = '/v1/admin';
const at = (id) => document.querySelector(id);
const form = new LlmForm(at('#platform-form'), path, at('#platform-news'));

function showNow() {
  const now = form.stored;
  at('#platform-now').textContent = now
    ? `Set: ${now.provider} ${now.model} at ${now.base_url}, ` +
      (now.has_key ? `key version ${now.key_version}.` : 'without a key.') +
      (now.enabled ? '' : ' It is switched off: who has no LLM of their own ' +
        'gets no answer, and nobody falls back to it.') +
      (now.refused ? ` The provider refuses calls on it since ` +
        `${when(now.refused.since_unix_ms)} (${now.refused.code}).` : '')
    : 'None is set: who has no LLM of their own gets no answer.';
  at('#p-remove').hidden = at('#p-switch').hidden = !now;
  at('#p-switch').textContent = now && now.enabled ? 'Switch off' : 'Switch on';
}

async function saveIfChanged() {
  if (!form.isChanged())
    return;
  const saved = await form.save();
  showNow();
  form.say(['Saved.', ...saved.notices.map(sentence)].join(' '), 'good');
}

export async function openPlatform() {
  whenSent(form.form, async () => {
    try {
      await saveIfChanged();
      form.say('Testing ...');
      at('#p-test').hidden = false;
      const result = await runTest(path, at('#p-stages'), at('#p-test-news'));
      form.say((result.ok ? 'Saved, and it works.'
                          : 'Saved, but it does not work yet: see below.') +
               (form.stored.enabled ? '' : ' It is switched off.'),
               result.ok ? 'good' : 'bad');
    } catch (why) {
      form.refuse(why);
    }
  });
  whenPressed(at('#p-fetch'), async () => {
    try {
      await saveIfChanged();
      const models = await form.listModels(at('#p-models'));
      form.say(`${models.length} models: choose one, then save.`, 'good');
      form.fields.model.focus();
    } catch (why) {
      form.refuse(why);
    }
  });
  whenPressed(at('#p-switch'), async () => {
    try {
      await form.turn(!form.stored.enabled);
      showNow();
      form.say(form.stored.enabled ? 'Switched on.' : 'Switched off.', 'good');
    } catch (why) {
      form.refuse(why);
    }
  });
  whenPressed(at('#p-remove'), async () => {
    if (!await confirmed("Remove the platform's LLM?",
                         'Whoever has none of their own gets no answer then.',
                         'Remove it'))
      return;
    try {
      await post(`${path}/config.rm`);
      form.stored = null;
      form.form.reset();
      form.hint();
      showNow();
      form.say('Removed.', 'good');
      at('#platform-title').focus();
    } catch (why) {
      form.refuse(why);
    }
  });
  await form.load();
  showNow();
}
