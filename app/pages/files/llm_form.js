// SPDX-License-Identifier: Apache-2.0
// The form of an LLM: a user's own, or the platform's.
import {get, post} from './api.js';
import {el, tell, tellRefusal} from './fields.js';

const names = {
  'anthropic': 'Anthropic',
  'openai': "OpenAI, or what speaks its dialect",
  'local-ollama': 'Ollama, on a machine of yours',
};

export class LlmForm {
  /** `path`: "/v1/me" or "/v1/admin". */
  constructor(form, path, news) {
    this.form = form;
    this.path = path;
    this.news = news;
    this.stored = null;
    this.providers = [];
    this.fields = form.elements;
    form.addEventListener('input', () => this.hint());
  }

  /** Reads what is stored, and shows it. */
  async load() {
    this.providers = await get(`${this.path}/providers`);
    this.fields.provider.replaceChildren(...this.providers.map((one) => el(
      'option', {value: one.provider}, names[one.provider] || one.provider)));
    await this.refresh();
    this.fill();
  }

  async refresh() {
    try {
      this.stored = await post(`${this.path}/config.show`);
    } catch (why) {
      if (why.code !== 'not_found')
        throw why;
      this.stored = null;
    }
    return this.stored;
  }

  fill() {
    const now = this.stored;
    this.fields.key.value = '';
    if (now) {
      this.fields.provider.value = now.provider;
      this.fields.base_url.value = now.base_url === this.usualUrl()
        ? '' : now.base_url;
      this.fields.model.value = now.model;
      if (this.fields.fallback)
        this.fields.fallback.value = now.fallback;
    }
    this.hint();
  }

  provider() {
    return this.providers.find(
      (one) => one.provider === this.fields.provider.value);
  }

  usualUrl() {
    return this.provider() ? this.provider().base_url : '';
  }

  url() {
    return this.fields.base_url.value.trim() || this.usualUrl();
  }

  needsKey() {
    return Boolean(this.provider() && this.provider().requires_key);
  }

  /** Whether provider and place are those that are stored. */
  staysPut() {
    return Boolean(this.stored)
      && this.stored.provider === this.fields.provider.value
      && this.stored.base_url === this.url();
  }

  /** Whether there is a key, and it stays where it was entered for. */
  keepsKey() {
    return this.staysPut() && this.stored.has_key;
  }

  /** Whether what stands here is not what is stored. */
  isChanged() {
    const now = this.stored;
    return !now || this.fields.key.value !== ''
      || now.provider !== this.fields.provider.value
      || now.base_url !== this.url()
      || now.model !== this.fields.model.value.trim()
      || (this.fields.fallback && now.fallback !== this.fields.fallback.value);
  }

  hint() {
    const set = (name, text) => {
      const at = this.form.querySelector(`#${this.fields[name].id}-hint`);
      if (at)
        at.textContent = text;
    };
    set('base_url', `Empty: ${this.usualUrl()}. Public https only; the admin ` +
                    'may allow other places.');
    set('key', this.keepsKey()
      ? 'A key is stored. Leave this empty to keep it; a new one replaces it.'
      : this.needsKey() ? 'It is stored encrypted and never shown again.'
                        : 'Only if your server asks for one.');
  }

  /** Stores what stands here; `more` wins. Throws a Refused. */
  async save(more = {}) {
    const key = this.fields.key.value.trim();
    const body = {
      provider: this.fields.provider.value,
      model: this.fields.model.value.trim(),
      base_url: this.fields.base_url.value.trim(),
      embedding_model: this.stored && this.stored.provider
        === this.fields.provider.value ? this.stored.embedding_model : '',
      ...(this.fields.fallback ? {fallback: this.fields.fallback.value} : {}),
      ...(key ? {key} : {}),
      ...(!key && !this.needsKey() && !this.staysPut() ? {no_key: true} : {}),
      ...more,
    };
    this.stored = await post(`${this.path}/config.set`, body);
    this.fill();
    return this.stored;
  }

  /** Switches what is stored on or off, and nothing else of it. */
  async turn(enabled) {
    const {provider, model, base_url, fallback, embedding_model} = this.stored;
    this.stored = await post(`${this.path}/config.set`, {
      provider, model, base_url, fallback, embedding_model, enabled});
  }

  /** Lists the models that the stored key may use. */
  async listModels(list) {
    const models = await post(`${this.path}/config.models`);
    list.replaceChildren(...models.map((name) => el('option', {value: name})));
    return models;
  }

  /** Says how something ended. */
  say(text, is = '') {
    tell(this.news, text, is);
  }

  refuse(why) {
    tellRefusal(this.news, why, this.form);
  }
}
