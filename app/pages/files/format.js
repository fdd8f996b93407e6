// SPDX-License-Identifier: Apache-2.0
// Numbers, money and moments as people read them.

const whole = new Intl.NumberFormat(undefined, {maximumFractionDigits: 0});
const moment = new Intl.DateTimeFormat(undefined, {
  month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit',
});

/** A count; "unknown" where there is none: unknown is not zero. */
export function count(value) {
  return value === undefined || value === null || value === ''
    ? 'unknown' : whole.format(Number(value));
}

/** Tokens in, those of a provider's cache too; undefined if nobody told. */
export function tokensIn(of) {
  const told = [of.input_uncached, of.cache_read, of.cache_write].filter(
    (one) => one !== undefined && one !== null && one !== '');
  return told.length === 0 ? undefined
    : told.reduce((sum, one) => sum + Number(one), 0);
}

/** Micro-units of the platform's currency, in units. */
export function money(micro) {
  if (micro === undefined || micro === null || micro === '')
    return 'unknown';
  const digits = Number(micro) % 10000 === 0 ? 2 : 6;
  return new Intl.NumberFormat(undefined, {
    minimumFractionDigits: 2, maximumFractionDigits: digits,
  }).format(Number(micro) / 1e6);
}

export function when(unixMs) {
  return unixMs ? moment.format(new Date(Number(unixMs))) : '';
}

/** A UTC day, so many days before today. */
export function dayBefore(days) {
  return new Date(Date.now() - days * 86400000).toISOString().slice(0, 10);
}

const classes = {byollm: 'own key', platform: "platform's key"};

/** Whose bill a call is on. */
export function billing(name) {
  return classes[name] || name;
}
