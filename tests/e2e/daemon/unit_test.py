# SPDX-License-Identifier: Apache-2.0
"""Goal: systemd takes the unit as it is installed, and finds it hardened.

Method: install into a scratch folder; systemd's own tool looks at the unit. No
systemd runs. The programs that it names are those of the installed tree.
"""

import os
import re
import subprocess
import tempfile
import unittest

BUILD = os.environ["BYOLLM_BUILD"]
SOURCE = os.environ["BYOLLM_SOURCE"]

# As systemd counts, in tenths; 10 is 1.0 of 10.
EXPOSURE_MAX = 13


def run(*command, **more):
    return subprocess.run(command, text=True, capture_output=True, timeout=60,
                          check=False, **more)


class Unit(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.holder = tempfile.TemporaryDirectory(prefix="byollm-unit-")
        cls.addClassCleanup(cls.holder.cleanup)
        cls.root = cls.holder.name
        done = run("cmake", "--install", BUILD, "--prefix", cls.root)
        assert done.returncode == 0, done.stderr
        folder = os.path.join(cls.root, "lib", "systemd", "system")
        cls.path = os.path.join(folder, "byollmd.service")
        with open(cls.path, encoding="utf-8") as file:
            cls.text = file.read()

    def setting(self, name):
        """Returns the values of a setting, in order."""
        return re.findall(rf"^{name}=(.*)$", self.text, re.MULTILINE)

    def test_systemd_takes_it(self):
        done = run("systemd-analyze", "verify", "--man=no", self.path)
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))

    def test_it_is_hardened(self):
        done = run("systemd-analyze", "security", "--offline=true",
                   f"--threshold={EXPOSURE_MAX}", self.path)
        self.assertEqual(done.returncode, 0, done.stdout[-500:])
        # And the look at it is one: a unit without anything is exposed.
        bare = os.path.join(self.root, "bare.service")
        with open(bare, "w", encoding="utf-8") as file:
            file.write(f"[Service]\nExecStart={self.program()}\n")
        done = run("systemd-analyze", "security", "--offline=true",
                   f"--threshold={EXPOSURE_MAX}", bare)
        self.assertNotEqual(done.returncode, 0)

    def test_it_is_not_root(self):
        self.assertEqual(self.setting("DynamicUser"), ["yes"])
        self.assertEqual(self.setting("CapabilityBoundingSet"), [""])

    def test_it_may_ask_for_this_machines_addresses(self):
        self.assertIn("AF_NETLINK",
                      self.setting("RestrictAddressFamilies")[0].split())

    def test_a_start_may_take_as_long_as_a_migration(self):
        self.assertEqual(self.setting("TimeoutStartSec"), ["infinity"])

    def program(self):
        return self.setting("ExecStart")[0].split()[0]

    def test_it_starts_what_is_installed(self):
        self.assertEqual(self.program(),
                         os.path.join(self.root, "bin", "byollmd"))
        done = run(self.program(), "--print-config")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_it_waits_longer_than_byollmd_stops(self):
        with open(os.path.join(SOURCE, "messages", "limits.hpp"),
                  encoding="utf-8") as file:
            deadline = re.search(r"stop_deadline = (\d+)s;",
                                 file.read())
        # Outcomes have 5 s more, and the disk 10.
        self.assertGreater(int(self.setting("TimeoutStopSec")[0]),
                           int(deadline.group(1)) + 15)

    def test_the_documented_file_goes_with_it(self):
        with open(os.path.join(SOURCE, "docs", "operations.md"),
                  encoding="utf-8") as file:
            text = re.search(r"```toml\n(# /etc/byollm/byollmd.toml\n.*?)```",
                             file.read(), re.DOTALL).group(1)
        path = os.path.join(self.root, "byollmd.toml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        done = run(self.program(), "--config", path, "--check")
        self.assertEqual(done.returncode, 0, done.stderr)
        # Its places are those that the unit makes.
        for setting, place in (("StateDirectory", "/var/lib/"),
                               ("RuntimeDirectory", "/run/"),
                               ("LogsDirectory", "/var/log/")):
            self.assertIn(f'"{place}{self.setting(setting)[0]}', text)

    def test_its_life_is_told(self):
        self.assertEqual(self.setting("Type"), ["notify"])
        self.assertEqual(self.setting("ExecReload"),
                         ["/bin/kill -HUP $MAINPID"])
        self.assertGreater(int(self.setting("WatchdogSec")[0]), 0)


if __name__ == "__main__":
    unittest.main()
