// SPDX-License-Identifier: Apache-2.0
// What every page has once somebody is logged in: their name, and the way out.
import {logOut, session} from './api.js';
import {whenPressed} from './fields.js';

/**
 * Shows the page to whom it is for, and else how to log in. Returns who is
 * logged in, or null.
 */
export async function enter(is) {
  const at = (id) => document.querySelector(id);
  let who = null;
  try {
    who = await session();
  } catch (why) {
    at('#stranger p').textContent = why.message;
  }
  const may = who !== null && who.is === is;
  if (who !== null) {
    at('#who').textContent = who.is === 'admin'
      ? `Admin ${who.name}` : `${who.user} of ${who.tenant}`;
    at('#out').hidden = false;
    whenPressed(at('#out'), async () => {
      await logOut();
      location.reload();
    });
  }
  at('#stranger').hidden = may;
  at('#page').hidden = !may;
  return may ? who : null;
}
