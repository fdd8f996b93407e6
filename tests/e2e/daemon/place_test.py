# SPDX-License-Identifier: Apache-2.0
"""Goal: byollmd is on loopback unless its file says that other machines may
reach it; and on a socket that those reach whom its file admits, or it says so.

Method: start it at addresses; none of them is reached from elsewhere here. And
at sockets, whose directories let others pass or not.
"""

import os
import subprocess
import tempfile
import unittest

from living import LivingCase
from service import EXTENSIONS, PACKAGE, Program

# Nobody here.
SOMEBODY = 61_185

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


class Socket(LivingCase):

    BARRED = "listen.socket_mode admits others, and a directory keeps them out"

    def start_daemon(self):
        # Temporary directories are private.
        os.chmod(self.root, 0o755)
        self.START = {**LivingCase.START, **self.listen()}
        return super().start_daemon()

    def listen(self):
        if "barred" in self.id():
            return {"listen.socket_mode": '"0666"'}
        open_to_all = os.path.join(self.root, "run")
        os.mkdir(open_to_all, 0o755)
        self.socket = os.path.join(open_to_all, "byollmd.sock")
        return {"listen.socket_mode": '"0666"',
                "listen.socket": f'"{self.socket}"'}

    def test_a_barred_socket_is_told(self):
        said = self.log()
        self.assertIn(self.BARRED, said)
        self.assertIn(self.data, said.split(self.BARRED)[1].split("\n")[0])

    @unittest.skipUnless(os.geteuid() == 0, "only root is another user, too")
    def test_a_worker_of_another_user_attaches(self):
        program = Program(
            ["setpriv", f"--reuid={SOMEBODY}", f"--regid={SOMEBODY}",
             "--clear-groups", os.environ["DEBIAN_PYTHON"], "-B", "-m",
             "byollm", "run", os.path.join(EXTENSIONS, "first.py"),
             "--socket", self.socket],
            env={"PATH": os.environ["PATH"],
                 "BYOLLM_SERVICE_TOKEN": self.worker_token,
                 "PYTHONPATH": os.pathsep.join(
                     [PACKAGE, os.path.join(EXTENSIONS, "..", "alias")])})
        self.addCleanup(program.stop, None)
        program.wait_for("attached as")

    def test_one_that_is_reached_is_not(self):
        self.assertEqual(self.ask("/livez")[0], 200)
        self.assertNotIn(self.BARRED, self.log())


if __name__ == "__main__":
    unittest.main()
