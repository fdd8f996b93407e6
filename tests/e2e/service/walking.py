# SPDX-License-Identifier: Apache-2.0
"""Does what a page says, block by block, in an empty directory, with the built
programs in the path and a stand-in LLM in the provider's place. The words
behind `sh walk` say how a block is run: `serve` goes on running, `key` has a
key on stdin.
"""

import os
import re
import shlex
import socket
import subprocess

from service import (BYOLLMD, PACKAGE, PATIENCE, SOURCE, Case, Program,
                     Standin, make_key)
from support import BYOLLM

BLOCK = re.compile(r"(?:^<!-- walk: (\S+) -->\n)?^```(\w+) ?(.*)\n"
                   r"((?:.*\n)*?)^```$", re.MULTILINE)
# In front of the real program: makes a provider of the stand-in.
WITH_STANDIN = """#!/bin/sh
case "$1 $2" in
  "config set")
    {byollm} origin allow "$STANDIN" >&2
    exec {byollm} "$@" --base-url "$STANDIN" ;;
esac
exec {byollm} "$@"
"""


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


class Walk(Case):

    def setUp(self):
        super().setUp()
        self.llm = self.enterContext(Standin())
        self.bin = os.path.join(self.root, "bin")
        self.here = os.path.join(self.root, "here")
        os.mkdir(self.bin)
        os.mkdir(self.here)
        self.script("byollm", WITH_STANDIN.format(byollm=shlex.quote(BYOLLM)))
        self.script("byollmd", f'#!/bin/sh\nexec {shlex.quote(BYOLLMD)} "$@"\n')
        self.environment = {
            "PATH": f"{self.bin}:/usr/bin:/bin", "HOME": self.root,
            "STANDIN": self.llm.url, "PYTHONPATH": PACKAGE,
            "PYTHONDONTWRITEBYTECODE": "1"}
        self.exports = ""

    def script(self, name, text):
        path = os.path.join(self.bin, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, 0o700)

    def run_block(self, text, key):
        """Runs a block in a shell that has what earlier ones exported."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", self.exports + text],
            cwd=self.here,
            input=make_key() + "\n" if key else "", capture_output=True,
            text=True, timeout=PATIENCE, env=self.environment)
        self.assertEqual(done.returncode, 0,
                         f"{text}\n{done.stdout}\n{done.stderr}")
        self.exports += "".join(re.findall(r"^export .*\n", text,
                                           re.MULTILINE))
        return done.stdout

    def serve(self, text):
        """Starts what goes on running; returns once it says that it does."""
        # What byollmd says, it says on stdout.
        program = Program(["bash", "-euo", "pipefail", "-c",
                           f"{self.exports}exec {text.strip()} >&2"],
                          cwd=self.here, env=self.environment)
        self.addCleanup(program.stop)
        program.wait_for("serving" if "byollmd" in text.split()
                         else "attached as")

    def page(self, *name):
        with open(os.path.join(SOURCE, *name), encoding="utf-8") as file:
            return file.read()
