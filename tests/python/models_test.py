# SPDX-License-Identifier: Apache-2.0
"""Goal: the package works with pydantic 1, with pydantic 2, and without.

Method: models_cases.py under every Python of this machine that has one; the
package imports under a Python that is shown none. Debian has version 1; where
no Python has version 2, its test says so and is skipped.
"""

import glob
import os
import subprocess
import sys
import unittest

from support import HERE, PACKAGE, PATIENCE

VERSION = "import pydantic; print(pydantic.VERSION)"


def pythons():
    """Returns every python3 in the path that is new enough, ours first."""
    names = [sys.executable]
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        names += [os.path.join(folder, "python3")]
        names += sorted(glob.glob(os.path.join(folder, "python3.1[1-9]")))
    return list(dict.fromkeys(x for x in names if os.access(x, os.X_OK)))


def with_pydantic(major):
    """Returns a Python whose pydantic has this major version."""
    for python in pythons():
        done = subprocess.run([python, "-c", VERSION], capture_output=True,
                              text=True, timeout=PATIENCE)
        if done.returncode == 0 and done.stdout.startswith(major + "."):
            return python
    raise unittest.SkipTest(f"no Python here has pydantic {major}")


class Versions(unittest.TestCase):

    def cases(self, major):
        done = subprocess.run(
            [with_pydantic(major), "-B", os.path.join(HERE, "models_cases.py")],
            capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f"pydantic {major}.", done.stderr)
        self.assertRegex(done.stderr, r"Ran [1-9]\d* tests")

    def test_pydantic_1(self):
        self.cases("1")

    def test_pydantic_2(self):
        self.cases("2")

    def test_no_pydantic(self):
        # -S: without what was installed for this Python.
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-B", "-c",
             f"import sys; sys.path.insert(0, {PACKAGE!r})\n"
             "import byollm, byollm.__main__\n"
             "assert 'pydantic' not in sys.modules\n"
             "try:\n    import pydantic\n"
             "except ImportError:\n    print('none')"],
            capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(done.stdout, "none\n", done.stderr)


if __name__ == "__main__":
    unittest.main()
