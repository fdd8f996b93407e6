# SPDX-License-Identifier: Apache-2.0
"""Goal: people with a browser do what the pages are for. Method: byollmd and
the stand-in LLM, and Chromium as browser/*.mjs drives it.
"""

import contextlib
import os
import sqlite3

from browsing import drive, main
from visitor import PATIENCE, PagesCase


class InABrowser(PagesCase):

    def drive(self, script):
        self.byollm("origin", "allow", self.llm.url)
        drive(self, script, DATA=self.data, LLM_URL=self.llm.url)

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
    main()
