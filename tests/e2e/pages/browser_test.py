# SPDX-License-Identifier: Apache-2.0
"""Goal: people with a browser do what the pages are for. Method: byollmd and
the stand-in LLM, and Chromium as browser/*.mjs drives it. Exits with 69
without Chromium, or the npm packages that drive it.
"""

import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
import unittest

from visitor import HERE, PATIENCE, PagesCase

SCRIPTS = os.path.join(os.environ["BYOLLM_SOURCE"], ".scripts")
CHROMIUM = shutil.which("chromium")
PLACE = os.path.join(os.environ["BYOLLM_SOURCE"], ".build", "pages")


def packages(*arguments):
    return subprocess.run(
        [os.path.join(SCRIPTS, "npm-packages"), *arguments, "pages"],
        stdout=subprocess.PIPE, text=True, check=False)


class InABrowser(PagesCase):

    def drive(self, script):
        self.byollm("origin", "allow", self.llm.url)
        # Beside its packages, where Node looks for them.
        shutil.copytree(os.path.join(HERE, "browser"), PLACE,
                        dirs_exist_ok=True)
        done = subprocess.run(
            [packages("--node").stdout.strip(), "--test",
             "--test-reporter=spec", os.path.join(PLACE, script)],
            capture_output=True, text=True, timeout=400,
            env={**os.environ, "DATA": self.data, "LLM_URL": self.llm.url,
                 "CHROMIUM": CHROMIUM})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_the_settings_page(self):
        self.drive("settings.mjs")

    def test_what_ran(self):
        self.drive("recent.mjs")

    def test_the_stages_of_a_test(self):
        self.drive("stages.mjs")

    def test_switched_off(self):
        self.drive("switched_off.mjs")

    def test_the_admins_page(self):
        self.drive("admin.mjs")

    def test_the_admins_limits(self):
        self.drive("limits.mjs")

    def test_the_admins_parameters(self):
        self.drive("parameters.mjs")

    def test_the_admins_ledger(self):
        self.drive("ledger.mjs")

    def test_an_edited_ledger(self):
        self.daemon.terminate()
        self.daemon.wait(PATIENCE)
        with contextlib.closing(sqlite3.connect(
                os.path.join(self.data, "byollm.db"))) as db, db:
            first, records = db.execute(
                "SELECT first_seq, records FROM ledger_batch "
                "ORDER BY first_seq LIMIT 1").fetchone()
            # Any byte of the first record's payload.
            db.execute("UPDATE ledger_batch SET records = ? "
                       "WHERE first_seq = ?",
                       (records[:-1] + bytes([records[-1] ^ 1]), first))
        self.daemon = self.start_daemon()
        self.drive("ledger_edited.mjs")

    def test_the_admins_usage(self):
        self.drive("usage.mjs")


if __name__ == "__main__":
    if not CHROMIUM or packages().returncode != 0:
        sys.exit(69)
    unittest.main()
