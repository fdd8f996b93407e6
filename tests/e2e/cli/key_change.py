# SPDX-License-Identifier: Apache-2.0
"""Goal: a user's new key takes the old one out of use, also for a call that
runs with it. Method: the served program and a stand-in that answers slowly.
"""

import subprocess
import unittest

from support import Case, Standin, make_key, PATIENCE


class KeyChange(Case):

    def start_chat(self, turn):
        """Starts a chat and waits until its first byte arrived."""
        chat = subprocess.Popen(
            self.command("chat", "--turn", turn, "word " * 200), bufsize=0,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(chat.communicate)
        self.addCleanup(chat.kill)
        self.assertTrue(chat.stdout.read(1))
        return chat

    def change_key(self, llm):
        self.byollm("config", "set", "--provider", "openai", "--model", "m",
                    "--base-url", llm.url, stdin=make_key())

    def test_without_a_drain_a_running_call_is_cut(self):
        with (Standin("--token-delay-ms", "200") as llm,
              self.serving("--key-drain", "0")):
            self.configure(llm.url)
            chat = self.start_chat("cut")
            self.change_key(llm)
            _, err = chat.communicate(timeout=PATIENCE)
            self.assertEqual(chat.returncode, 1)
            self.assertIn(b"config_changed", err)
            rows = self.rows("cut")
            self.byollm("chat", "hello")
        self.assertEqual([row["type"] for row in rows], ["intent", "outcome"])
        self.assertEqual(rows[-1]["fields"]["error"], "config_changed")
        self.assertEqual(rows[-1]["fields"]["status"], "partial")

    def test_else_it_goes_on_to_its_end(self):
        with Standin("--token-delay-ms", "20") as llm, self.serving():
            self.configure(llm.url)
            chat = self.start_chat("drains")
            self.change_key(llm)
            chat.communicate(timeout=PATIENCE)
            self.assertEqual(chat.returncode, 0)
            rows = self.rows("drains")
        self.assertEqual(rows[-1]["fields"]["status"], "success")

    def test_a_drain_has_bounds(self):
        for wrong in ("-1", "86401", "soon"):
            self.byollm("serve", "--key-drain", wrong, code=2)


if __name__ == "__main__":
    unittest.main()
