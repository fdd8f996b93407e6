# SPDX-License-Identifier: Apache-2.0
"""Goal: root administers a byollmd that runs as a user of its own, as the unit
has it, and is not led to anybody else's.

Method: byollmd under another user, in a directory below the build tree that a
link leads to, as /var/lib/byollm does; byollm as root. Only root can do that:
for everybody else there is nothing to see here.
"""

import os
import stat
import tempfile
import unittest

from living import LivingCase, main, make_key

BUILD = os.environ["BYOLLM_BUILD"]

# Of those that systemd gives to a DynamicUser; nobody has it here.
DAEMON = 61_184


def is_roots(path):
    """Whether root alone can have put `path` where it is."""
    found = os.stat(path)
    return (found.st_uid == 0
            and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
            and (path == "/" or is_roots(os.path.dirname(path))))


@unittest.skipUnless(os.geteuid() == 0, "only root acts for another user")
@unittest.skipUnless(is_roots(BUILD), "the build tree is not root's alone")
class Root(LivingCase):

    PREFIX = ["setpriv", f"--reuid={DAEMON}", f"--regid={DAEMON}",
              "--clear-groups", "--bounding-set=-all", "--no-new-privs"]

    def start_daemon(self):
        # The test's own folder is below one where everybody may write.
        holder = tempfile.TemporaryDirectory(prefix="root-", dir=BUILD)
        self.addCleanup(holder.cleanup)
        self.above = holder.name
        os.chmod(self.above, 0o755)
        os.chmod(self.root, 0o755)
        self.private = os.path.join(self.above, "private")
        os.mkdir(self.private, 0o755)
        self.home = os.path.join(self.private, "byollm")
        os.mkdir(self.home, 0o700)
        os.chown(self.home, DAEMON, DAEMON)
        self.data = os.path.join(self.above, "byollm")
        os.symlink("private/byollm", self.data)
        self.socket = os.path.join(self.data, "byollmd.sock")
        return super().start_daemon()

    def test_root_administers(self):
        with open(f"/proc/{self.daemon.pid}/status", encoding="utf-8") as file:
            self.assertIn(f"Uid:\t{DAEMON}\t{DAEMON}", file.read())
        self.byollm("status", "--served")
        self.assertIn("platform-model", self.byollm("config", "show",
                                                    "--platform")[0])
        self.assertIn("host", self.byollm("token", "list")[0])
        self.assertIn("http://", self.byollm("login-link", "--admin")[0])
        self.assertTrue(self.json("ledger", "verify")["intact"])
        # By its own path, too.
        self.data = self.home
        self.byollm("status", "--served")

    def test_a_key_of_roots_reaches_nobody_elses_directory(self):
        def denied():
            told = self.refuses("store_unavailable", "config", "set",
                                "--platform", "--provider", "openai",
                                "--model", "other-model", stdin=make_key())
            self.assertIn("is served by another user", told)
            self.assertIn("is served by another user", self.refuses(
                "store_unavailable", "status", "--served"))

        self.byollm("status", "--served")
        for mode in (0o775, 0o1777):
            os.chmod(self.above, mode)
            denied()
        os.chmod(self.above, 0o755)
        # Who serves it is not whose it is.
        os.chown(self.home, DAEMON + 1, DAEMON + 1)
        denied()
        os.chown(self.home, DAEMON, DAEMON)
        os.lchown(self.data, DAEMON + 1, DAEMON + 1)
        denied()
        os.lchown(self.data, 0, 0)
        self.byollm("status", "--served")

    def test_alone_root_leaves_it_to_its_user(self):
        self.daemon.terminate()
        self.daemon.wait()
        told = self.refuses("store_unavailable", "ledger", "verify")
        self.assertIn("run as its owner", told)
        owners = {os.lstat(os.path.join(self.home, name)).st_uid
                  for name in os.listdir(self.home)}
        self.assertEqual(owners, {DAEMON})


if __name__ == "__main__":
    main()
