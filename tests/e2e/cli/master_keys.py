# SPDX-License-Identifier: Apache-2.0
"""Goal: an admin rotates the master key, sees how it goes, retires the old one,
and is told what is wrong; a stored row that is not what was stored last is
never used.

Method: `byollm keys` alone and beside an owner, with keys in files and in the
environment; the database edited while nobody has it open.
"""

import os
import resource
import secrets
import sqlite3
import unittest

from support import Case, Standin, make_key


class MasterKeys(Case):

    def versions(self):
        return [(k["version"], k["current"], k["wraps"])
                for k in self.json("keys", "list")]

    def edit(self, *statements):
        database = sqlite3.connect(os.path.join(self.data, "byollm.db"))
        with database:
            for statement in statements:
                database.execute(statement)
        database.close()

    def test_a_rotation_wraps_every_key_and_says_so(self):
        with Standin() as llm:
            self.configure(llm.url)
            self.byollm("--user", "bob", "config", "set", "--provider",
                        "openai", "--model", "m", stdin=make_key())
            out, _ = self.byollm("keys", "rotate")
            self.assertIn("master key 2: 2 wrapped, 0 left", out)
            self.assertEqual(self.versions(), [(1, False, 0), (2, True, 2)])
            self.assertIn("may be retired", self.byollm("keys", "list")[0])
            self.byollm("chat", "hello")
            self.byollm("keys", "retire", "1")
            self.assertFalse(os.path.exists(f"{self.data}/master.key"))
            self.assertEqual(self.versions(), [(2, True, 2)])
            self.byollm("chat", "hello")
        changes = [r["fields"]["summary"] for r in self.json("ledger", "list",
                                                             "--all-tenants")
                   if r["fields"].get("subject") == "master_key"]
        self.assertEqual(changes, ["version 2 added", "version 1 retired"])
        self.byollm("ledger", "verify")

    def test_an_owner_rotates_while_it_serves(self):
        with Standin() as llm, self.serving():
            self.configure(llm.url)
            self.byollm("keys", "rotate")
            self.byollm("chat", "hello")
            self.byollm("keys", "retire", "1")
            self.byollm("chat", "hello")
            self.assertEqual(self.versions(), [(2, True, 1)])

    def test_what_cannot_be_retired_is_refused_with_the_reason(self):
        self.byollm("config", "set", "--provider", "openai", "--model", "m",
                    stdin=make_key())
        self.assertIn("rotate first", self.refuses(
            "invalid_config", "keys", "retire", "1"))
        self.refuses("not_found", "keys", "retire", "7")
        self.byollm("keys", "retire", code=2)
        self.byollm("keys", "retire", "one", code=2)
        self.refuses("invalid_request", "keys", "retire", "0")

    def test_master_keys_come_from_the_environment(self):
        first, second = secrets.token_hex(32), secrets.token_hex(32)
        os.environ["BYOLLM_MASTER_KEY"] = first
        self.addCleanup(os.environ.pop, "BYOLLM_MASTER_KEY", None)
        self.byollm("config", "set", "--provider", "openai", "--model", "m",
                    stdin=make_key())
        self.assertFalse(os.path.exists(f"{self.data}/master.key"))
        said = self.refuses("invalid_config", "keys", "rotate")
        self.assertIn("2:", said)
        os.environ["BYOLLM_MASTER_KEY"] = f"1:{first},2:{second}"
        self.byollm("keys", "rotate")
        self.byollm("keys", "retire", "1")
        os.environ["BYOLLM_MASTER_KEY"] = f"2:{second}"
        self.assertEqual(self.versions(), [(2, True, 1)])
        os.environ["BYOLLM_MASTER_KEY"] = f"2:{first}"
        self.refuses("store_unavailable", "keys", "list")
        os.environ["BYOLLM_MASTER_KEY"] = "nonsense"
        self.assertNotIn("nonsense", self.refuses("invalid_config", "keys",
                                                  "list"))

    def test_an_owner_keeps_no_master_key_in_its_environment(self):
        key = secrets.token_hex(32)
        os.environ["BYOLLM_MASTER_KEY"] = key
        self.addCleanup(os.environ.pop, "BYOLLM_MASTER_KEY", None)
        with self.serving() as owner:
            with open(f"/proc/{owner.pid}/environ", "rb") as file:
                self.assertNotIn(key.encode(), file.read())

    def test_an_owner_leaves_no_core_dump(self):
        with self.serving() as owner:
            limit = resource.prlimit(owner.pid, resource.RLIMIT_CORE)
            self.assertEqual(limit, (0, 0))

    def test_the_directory_is_owned_before_its_ring_is_read(self):
        """Or a ring could be read that its owner is about to replace."""
        self.byollm("keys", "list")
        with self.serving():
            # Nobody is asked without the socket, and a ring that is read fails.
            os.rename(f"{self.data}/owner.sock", f"{self.data}/aside.sock")
            os.rename(f"{self.data}/master.ring", f"{self.data}/aside.ring")
            with open(f"{self.data}/master.ring", "w", encoding="ascii") as ring:
                ring.write("no ring")
            os.chmod(f"{self.data}/master.ring", 0o600)
            self.refuses("store_owned", "keys", "list")
            os.rename(f"{self.data}/aside.ring", f"{self.data}/master.ring")
        self.byollm("keys", "list")

    def test_an_old_row_put_back_is_never_used(self):
        with Standin() as llm:
            self.configure(llm.url, key="standin-bad")
            self.edit("CREATE TABLE aside AS SELECT * FROM llm_config")
            self.configure(llm.url)
            self.byollm("chat", "hello")
            self.edit("INSERT OR REPLACE INTO llm_config SELECT * FROM aside")
            said = self.refuses("secret_integrity", "chat", "hello")
            self.assertIn("enter them again", said)
            # Nor is it "no LLM of their own", which would be the platform's.
            self.edit("DELETE FROM llm_config")
            self.refuses("secret_integrity", "chat", "hello")
            self.configure(llm.url)
            self.byollm("chat", "hello")


if __name__ == "__main__":
    unittest.main()
