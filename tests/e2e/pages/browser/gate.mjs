// SPDX-License-Identifier: Apache-2.0
// The stand-in LLM behind a gate: what asks a model waits to be let through.
import {createServer} from 'node:http';
import {buffer} from 'node:stream/consumers';

import {byollm, llm} from './support.mjs';

const passedOn = ['authorization', 'content-type'];

async function passOn(asked, body, to) {
  const headers = Object.fromEntries(
    passedOn.filter((name) => name in asked.headers)
      .map((name) => [name, asked.headers[name]]));
  const answer = await fetch(llm + asked.url, {
    method: asked.method, headers,
    body: asked.method === 'POST' ? body : undefined});
  to.writeHead(answer.status,
               {'content-type': answer.headers.get('content-type')});
  to.end(Buffer.from(await answer.arrayBuffer()));
}

/** A gate in front of the stand-in LLM, where keys may go. */
export class Gate {
  #waiting = [];
  #wanted = [];

  async open() {
    this.server = createServer(async (asked, to) => {
      const body = await buffer(asked);
      if (asked.method === 'POST')
        await new Promise((letThrough) => this.#hold(letThrough));
      await passOn(asked, body, to);
    });
    await new Promise((ready) => this.server.listen(0, '127.0.0.1', ready));
    this.url = `http://127.0.0.1:${this.server.address().port}`;
    byollm('origin', 'allow', this.url);
    return this;
  }

  close() {
    this.server.closeAllConnections();
    this.server.close();
  }

  #hold(letThrough) {
    const wanted = this.#wanted.shift();
    if (wanted)
      wanted(letThrough);
    else
      this.#waiting.push(letThrough);
  }

  /** Resolves once the next question is here, to what lets it through. */
  next() {
    const waiting = this.#waiting.shift();
    return waiting ? Promise.resolve(waiting)
      : new Promise((wanted) => this.#wanted.push(wanted));
  }
}
