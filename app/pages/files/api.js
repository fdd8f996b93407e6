// SPDX-License-Identifier: Apache-2.0
// What the pages ask of byollmd.

/** The session's secret: each request that changes something repeats it. */
let csrf = '';

/** A refusal, with the words of the service. */
export class Refused extends Error {
  constructor(status, error) {
    super(error.message || 'The service gave no reason.');
    this.status = status;
    this.code = error.code || '';
    this.parameter = error.parameter || '';
    this.remedy = error.remedy || '';
  }
}

async function send(method, path, body) {
  const headers = {};
  if (body !== undefined)
    headers['Content-Type'] = 'application/json';
  if (method !== 'GET' && csrf)
    headers['x-byollm-csrf'] = csrf;
  let answer;
  try {
    answer = await fetch(path, {
      method, headers, credentials: 'same-origin', redirect: 'error',
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Refused(0, {message: 'The service does not answer. Is byollmd ' +
                                   'running?'});
  }
  if (answer.ok)
    return answer;
  let told = {};
  try {
    told = (await answer.json()).error || {};
  } catch {
    // An answer without words is a refusal all the same.
  }
  throw new Refused(answer.status, told);
}

export async function get(path) {
  return (await send('GET', path)).json();
}

export async function post(path, body = {}) {
  return (await send('POST', path, body)).json();
}

/** Yields {event, data} of an answer that comes in pieces. */
export async function* events(path, body = {}) {
  const answer = await send('POST', path, body);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const {value, done} = await reader.read();
    if (done)
      return;
    text += value;
    const pieces = text.split('\n\n');
    text = pieces.pop();
    for (const piece of pieces)
      yield parse(piece);
  }
}

function parse(piece) {
  const out = {event: '', data: null};
  for (const line of piece.split('\n')) {
    if (line.startsWith('event: '))
      out.event = line.slice(7);
    if (line.startsWith('data: '))
      out.data = JSON.parse(line.slice(6));
  }
  return out;
}

/** Returns who is logged in, or null. */
export async function session() {
  try {
    const who = await get('/v1/session');
    csrf = who.csrf;
    return who;
  } catch (why) {
    if (why.status === 401)
      return null;
    throw why;
  }
}

export async function logOut() {
  await send('DELETE', '/v1/session');
}
