# SPDX-License-Identifier: Apache-2.0
"""Goal: a second signal to stop ends the waiting, not the flushing: what runs
is cut, and the ledger has how it ended.

Method: a call whose provider never answers, and two SIGTERM.
"""

import os
import signal

from living import PATIENCE, Connection, LivingCase, Silent, main


class Stop(LivingCase):

    def test_a_second_signal_cuts_what_runs(self):
        with Silent() as upstream:
            self.own_llm("ada", url=upstream.url, provider="openai")
            body = {"tenant": self.TENANT, "user": "ada", "prompt": "q",
                    "turn": "the-turn"}
            peer = self.enterContext(Connection(self.socket))
            peer.send("/v1/internal/ai/complete", "POST", body,
                      self.host_token)
            self.assertTrue(upstream.asked.wait(PATIENCE))
            self.daemon.send_signal(signal.SIGTERM)
            self.assertIn("stopping", self.daemon.stdout.readline())
            # What runs may end: nothing is cut by the first one.
            self.assertEqual(self.ask("/readyz")[0], 503)
            self.assertFalse(upstream.gone.is_set())
            self.daemon.send_signal(signal.SIGHUP)
            self.daemon.send_signal(signal.SIGTERM)
            self.assertIn("cut", self.daemon.stdout.readline())
            # Half of what it may wait without the second one.
            self.assertEqual(self.daemon.wait(15), 0)
            self.assertTrue(upstream.gone.wait(PATIENCE))
        self.assertIn("had to be cut", self.log())
        rows = self.rows("the-turn")
        self.assertEqual([row["type"] for row in rows], ["intent", "outcome"])
        self.byollm("ledger", "verify")

    def test_sighup_before_the_end_is_no_end(self):
        self.daemon.send_signal(signal.SIGHUP)
        self.daemon.send_signal(signal.SIGTERM)
        self.assertEqual(self.daemon.wait(PATIENCE), 0)
        self.assertTrue(os.path.exists(self.config))


if __name__ == "__main__":
    main()
