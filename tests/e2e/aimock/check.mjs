// SPDX-License-Identifier: Apache-2.0
// A test runner of twenty lines: named checks, a line each, a sum at the end.
import assert from "node:assert/strict";

let passed = 0;
let failed = 0;

export async function check(name, body) {
  try {
    await body();
    passed += 1;
  } catch (error) {
    failed += 1;
    console.log(`FAILED: ${name}\n  ${error.stack ?? error}`);
  }
}

/// Expects `promise` to be rejected with HTTP `status`.
export async function refused(status, promise) {
  await assert.rejects(promise, (error) => {
    assert.equal(error.status ?? error.status_code, status);
    return true;
  });
}

export function finish() {
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed === 0 && passed > 0 ? 0 : 1);
}
