// SPDX-License-Identifier: Apache-2.0
// A test of an LLM, as its stages come in.
import {events, Refused} from './api.js';
import {el, sentence} from './fields.js';

const stages = [
  ['syntax', 'Settings'], ['address', 'Address'],
  ['tls', 'Secure connection'], ['authentication', 'Key'],
  ['model', 'Model'], ['answer', 'Answer'], ['tool_use', 'Tools'],
];

const verdicts = {
  passed: ['✓', 'passed', 'good'],
  failed: ['✗', 'failed', 'bad'],
  inconclusive: ['?', 'not certain', 'warn'],
  not_applicable: ['–', 'does not apply', 'none'],
  not_tried: ['·', 'not tried', 'none'],
  waiting: ['…', 'waiting', 'none'],
};

function show(list, stage, verdict, text) {
  const [mark, words, is] = verdicts[verdict];
  const at = list.querySelector(`[data-stage="${stage}"]`);
  at.dataset.verdict = verdict;
  at.replaceChildren(
    el('span', {class: `mark is-${is}`, 'aria-hidden': 'true'}, mark),
    el('span', {}, stages.find(([name]) => name === stage)[1]),
    el('span', {}, el('span', {class: `is-${is}`}, words),
       text ? `: ${text}` : ''));
}

/**
 * Tests the stored LLM and shows each stage once it is decided. Resolves to the
 * whole result. Throws a Refused.
 */
export async function runTest(path, list, news) {
  list.replaceChildren(...stages.map(([name]) => el(
    'li', {'data-stage': name})));
  for (const [name] of stages)
    show(list, name, 'waiting', '');
  news.textContent = 'The test runs.';
  for await (const {event, data} of events(`${path}/config.test`)) {
    if (event === 'error')
      throw new Refused(200, data.error);
    if (event === 'stage')
      show(list, data.stage, data.verdict, data.text);
    if (event !== 'result')
      continue;
    for (const stage of data.stages)
      show(list, stage.stage, stage.verdict, stage.text);
    const failed = data.stages.find((one) => one.verdict === 'failed');
    news.textContent = data.ok ? 'The model answers.'
      : failed ? sentence(failed.text) : 'The model did not answer.';
    return data;
  }
  throw new Refused(0, {message: 'The test was cut off.'});
}
