# SPDX-License-Identifier: Apache-2.0
"""Goal: byollmd is on loopback unless its file says that other machines may
reach it.

Method: start it at addresses; none of them is reached from elsewhere here.
"""

import os
import subprocess
import tempfile
import unittest

BYOLLMD = os.environ["BYOLLMD"]


class Place(unittest.TestCase):

    def refusal(self, listen):
        with tempfile.TemporaryDirectory(prefix="byollm-place-") as root:
            path = os.path.join(root, "byollmd.toml")
            with open(path, "w", encoding="utf-8") as file:
                file.write(f'data_directory = "data"\n[listen]\n{listen}\n')
            done = subprocess.run([BYOLLMD, "--config", path], text=True,
                                  capture_output=True, timeout=60, check=False)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        return done.stderr

    def test_other_machines_need_leave(self):
        for address in ("0.0.0.0:0", "[::]:0", "192.0.2.1:0"):
            said = self.refusal(f'http = "{address}"')
            self.assertIn("listen.http", said)
            self.assertIn("remote = true", said)

    def test_with_leave_the_system_says_what_is_wrong(self):
        # An address of documentation: no machine has it.
        said = self.refusal('http = "192.0.2.1:0"\nremote = true')
        self.assertIn("cannot be listened on", said)

    def test_leave_is_not_for_metrics(self):
        said = self.refusal('http = "127.0.0.1:0"\nremote = true\n'
                            'metrics = "0.0.0.0:0"')
        self.assertIn("other machines reach this address", said)


if __name__ == "__main__":
    unittest.main()
