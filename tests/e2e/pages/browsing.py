# SPDX-License-Identifier: Apache-2.0
"""Chromium, as browser/*.mjs drives it."""

import os
import shutil
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.environ["BYOLLM_SOURCE"]
CHROMIUM = shutil.which("chromium")
PLACE = os.path.join(SOURCE, ".build", "pages")


def packages(*arguments):
    return subprocess.run(
        [os.path.join(SOURCE, ".scripts", "npm-packages"), *arguments, "pages"],
        stdout=subprocess.PIPE, text=True, check=False)


def drive(test, script, **environment):
    """Runs one of the scripts; `test` fails if it does."""
    # Beside its packages, where Node looks for them.
    shutil.copytree(os.path.join(HERE, "browser"), PLACE, dirs_exist_ok=True)
    done = subprocess.run(
        [packages("--node").stdout.strip(), "--test", "--test-reporter=spec",
         os.path.join(PLACE, script)],
        capture_output=True, text=True, timeout=400, check=False,
        env={**os.environ, "CHROMIUM": CHROMIUM, **environment})
    test.assertEqual(done.returncode, 0, done.stdout + done.stderr)


def main():
    """Exits with 69 without Chromium, or the npm packages that drive it."""
    if not CHROMIUM or packages().returncode != 0:
        sys.exit(69)
    unittest.main()
