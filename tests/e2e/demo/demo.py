# SPDX-License-Identifier: Apache-2.0
"""What the tests of the demonstration share: running it as ./run does."""

import os
import re
import signal
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.normpath(os.path.join(HERE, "..", "..", ".."))
PACKAGE = os.path.join(SOURCE, "app", "python")
DEMO = os.path.join(SOURCE, "app", "demo")
sys.path[:0] = [os.path.join(HERE, "..", "cli"), PACKAGE]

from support import Case, PATIENCE  # noqa: E402

BUILD = os.environ["BYOLLM_BUILD"]
SERVING = "Serving until Ctrl-C"


class DemoCase(Case):
    """A test with a data directory of its own, which need not exist."""

    def setUp(self):
        super().setUp()
        self.data = os.path.join(self.root, "state", "demo")
        self.environment = {**os.environ, "PYTHONPATH": PACKAGE}

    def run_command(self, *arguments):
        return [sys.executable, "-B", DEMO, "--build-dir", BUILD, "--fast",
                "--data-dir", self.data, *arguments]

    def once(self, *arguments, code=0, **environment):
        """Runs it to its end; returns stdout and stderr."""
        done = subprocess.run(
            self.run_command("--once", *arguments), capture_output=True,
            stdin=subprocess.DEVNULL, timeout=PATIENCE, text=True,
            env={**self.environment, **environment}, cwd=self.root)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout, done.stderr

    def serve(self, *arguments, **environment):
        """Starts it; returns the process and what it said until it serves."""
        process = subprocess.Popen(
            self.run_command(*arguments), stdin=subprocess.DEVNULL, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={**self.environment, **environment}, cwd=self.root)
        self.addCleanup(self.end, process)
        told = ""
        # The invitation ends with an empty line behind its last command.
        while not re.search(r"/v1/turns .*\n\n$", told):
            line = process.stdout.readline()
            if not line:
                self.fail(told + process.stderr.read())
            told += line
        return process, told

    def end(self, process, number=signal.SIGINT, code=0):
        """Ends it by a signal; returns the rest of what it said."""
        if process.stdout.closed:
            return "", ""
        if process.poll() is None:
            process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, code, out + err)
        return out, err


def children_of(pid):
    """Returns the processes that `pid` started and that still run."""
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return [int(x) for x in file.read().split()]


def is_running(pid):
    """Whether a process is there, and no zombie."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
