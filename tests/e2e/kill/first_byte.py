# SPDX-License-Identifier: Apache-2.0
"""Goal: when the first byte of a request reaches the provider, its intent is on
the disk already.

Method: with the first byte the upstream stops the host (SIGSTOP) and copies its
data directory; what the copy holds was there before. The calls' names arrive
with the rest.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import threading
import unittest

from kills import HOST, PATIENCE, Host
from upstream import Upstream


class FirstByte(unittest.TestCase):

    def test_the_intent_is_there_when_the_first_byte_arrives(self):
        with tempfile.TemporaryDirectory(prefix="byollm-first-") as root:
            self.root = root
            self.copies = 0
            self.process = None
            self.one_at_a_time = threading.Lock()
            with Upstream(self.stop_and_copy) as upstream:
                self.run_host(upstream)
                asked = upstream.take()
            self.assertEqual(len(asked), 12)
            for call, copy in asked:
                self.assertIn(call, self.intents(copy, upstream))

    def stop_and_copy(self):
        with self.one_at_a_time:
            self.process.send_signal(signal.SIGSTOP)
            os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WNOWAIT)
            copy = os.path.join(self.root, f"copy-{self.copies}")
            self.copies += 1
            shutil.copytree(os.path.join(self.root, "data"),
                            os.path.join(copy, "data"))
            self.process.send_signal(signal.SIGCONT)
        return copy

    def run_host(self, upstream):
        self.process = subprocess.Popen(
            ["/bin/sh", "-c", 'exec "$0" "$@" 3>&1 >&2', HOST,
             os.path.join(self.root, "data"), upstream.url, "12"],
            stdout=subprocess.DEVNULL)
        self.assertEqual(self.process.wait(PATIENCE), 0)

    def intents(self, copy, upstream):
        host = Host(copy, upstream)
        return [row["fields"]["call"] for row in host.rows()
                if row["type"] == "intent"]


if __name__ == "__main__":
    unittest.main(verbosity=2)
