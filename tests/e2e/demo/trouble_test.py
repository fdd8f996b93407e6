# SPDX-License-Identifier: Apache-2.0
"""Goal: what ./run cannot do, it says, and leaves nothing running.

Method: take away in turn what it needs.
"""

import os
import socket
import unittest

from demo import PACKAGE, DemoCase


class Trouble(DemoCase):

    def fails(self, *arguments, code=1, **environment):
        """Runs it, which must fail; returns what it said of that."""
        out, err = self.once(*arguments, code=code, **environment)
        self.assertNotIn("Traceback", err)
        self.assertNotIn("1  ada", out)
        return err

    def test_a_port_that_is_taken(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            err = self.fails("--port", str(taken.getsockname()[1]))
        self.assertIn("cannot be listened on: Address already in use", err)
        self.assertIn("./run: byollmd did not start", err)

    def test_a_directory_that_is_in_use(self):
        process, _ = self.serve()
        err = self.fails()
        self.assertIn("another process owns the data directory", err)
        # Whoever had it first is unharmed.
        self.json("status", "--served")
        self.end(process)

    def test_a_directory_that_cannot_be_made(self):
        self.data = os.path.join("/proc", "demo")
        self.assertIn("/proc/demo", self.fails())

    def test_no_pydantic(self):
        # As Python sees it if the package is not there.
        with open(os.path.join(self.root, "sitecustomize.py"), "w",
                  encoding="utf-8") as file:
            file.write("import sys\nsys.modules['pydantic'] = None\n")
        err = self.fails(PYTHONPATH=f"{self.root}:{PACKAGE}")
        self.assertIn("apt-get install python3-pydantic", err)

    def test_programs_that_are_not_built(self):
        err = self.fails("--build-dir", self.root)
        self.assertIn("byollm is not built; ./run builds it", err)

    def test_wrong_usage(self):
        for arguments in (["--model", "m"], ["--provider", "openai"],
                          ["--base-url", "http://127.0.0.1:1"],
                          ["--port", "65536"], ["--port", "x"],
                          ["--provider", "nobody", "--model", "m"]):
            with self.subTest(arguments):
                self.assertIn("usage: ./run", self.fails(*arguments, code=2))


if __name__ == "__main__":
    unittest.main()
