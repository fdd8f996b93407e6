// SPDX-License-Identifier: Apache-2.0
// Shows whom a link lets in, and uses it only when a person says so: whatever
// looks at links before people do uses nothing up, and nobody is logged in as
// somebody else unseen.
import {post} from './api.js';
import {whenPressed} from './fields.js';

const whose = document.querySelector('#whose');
const ticket = new URLSearchParams(location.hash.slice(1)).get('ticket') || '';
// Out of the address bar, and of the history.
history.replaceState(null, '', '/login');

function name(who) {
  return who.is === 'admin' ? `the admin ${who.name}`
                            : `${who.user} of ${who.tenant}`;
}

try {
  const who = await post('/v1/login/ticket', {ticket});
  whose.textContent = `This link logs you in as ${name(who)}.`;
  document.querySelector('#may').hidden = false;
} catch (why) {
  whose.textContent = ticket
    ? `This link does not log you in: ${why.message} Ask for a new one.`
    : 'There is no link here. Ask your platform for one.';
}

whenPressed(document.querySelector('#in'), async () => {
  try {
    const who = await post('/v1/login', {ticket});
    location.replace(who.is === 'admin' ? '/admin' : '/settings/llm');
  } catch (why) {
    whose.textContent = `${why.message} Ask for a new link.`;
  }
});
