# SPDX-License-Identifier: Apache-2.0
"""Goal: what README.md and docs/ say can be done can be done.

Method: run every ```sh block in a scratch home against the built programs. The
word behind `sh` says how:

    sh                 as it stands
    sh serves          as it stands, until it says that it serves; then Ctrl-C
    sh key             with a key on stdin, and a stand-in LLM in the provider's
                       place: `config set` and `./run` get its base URL
    sh ollama          likewise, in a local Ollama's place
    sh walk ...        not run here but, in order, by who imports e2e/service/walking.py
    sh needs ...       not run; its commands and options must still exist
"""

import os
import re
import shlex
import signal
import stat
import subprocess
import tempfile
import unittest

import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "cli"))

from pages import SOURCE, blocks, documents, read  # noqa: E402
from support import (BYOLLM, PATIENCE, STANDIN, Standin,  # noqa: E402
                     leaks, make_key)

VERIFY = os.environ["BYOLLM_VERIFY"]
BYOLLMD = os.environ["BYOLLMD"]
BUILD = os.environ["BYOLLM_BUILD"]
OLLAMA = "http://127.0.0.1:11434"


# In front of the real program: makes a provider of the stand-in.
WITH_STANDIN = """#!/bin/sh
case "$1 $2" in
  "config set")
    {byollm} origin allow "$STANDIN" >/dev/null
    {byollm} origin allow --platform "$STANDIN" >/dev/null
    exec {byollm} "$@" --base-url "$STANDIN" ;;
esac
exec {byollm} "$@"
"""

WITH_OLLAMA = """#!/bin/sh
for word; do
  [ "$word" != {ollama} ] || word=$STANDIN
  shift
  set -- "$@" "$word"
done
exec {byollm} "$@"
"""

# What ./run ends with, without building, and in the scratch home.
RUN = """#!/bin/sh
PYTHONPATH={source}/app/python exec /usr/bin/python3 -B {source}/app/demo \\
  --fast --build-dir {build} --data-dir "$HOME/demo" "$@" {more}
"""


def until_it_serves(process):
    """Waits until a block of one command serves, then presses Ctrl-C."""
    told = []
    for line in process.stdout:
        told.append(line)
        if line.startswith("Serving until Ctrl-C"):
            process.send_signal(signal.SIGINT)
            break
    return "".join(told)


class Runnable(unittest.TestCase):

    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="byollm-docs-")
        self.addCleanup(holder.cleanup)
        self.root = holder.name

    def script(self, name, text):
        path = os.path.join(self.root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)
        os.chmod(path, stat.S_IRWXU)

    def script_run(self, more=""):
        self.script("run", RUN.format(source=shlex.quote(SOURCE),
                                      build=shlex.quote(BUILD), more=more))

    def run_block(self, marker, text):
        """Runs a block as a reader would, in a home of its own."""
        names = {"byollm": shlex.quote(BYOLLM), "ollama": OLLAMA}
        key = make_key()
        with Standin() as standin:
            program = "#!/bin/sh\nexec {byollm} \"$@\"\n"
            if marker == "key":
                program = WITH_STANDIN
            elif marker == "ollama":
                program = WITH_OLLAMA
            self.script("bin/byollm", program.format(**names))
            for name, path in (("byollm-verify", VERIFY),
                               ("byollmd", BYOLLMD)):
                self.script(f"bin/{name}",
                            f"#!/bin/sh\nexec {shlex.quote(path)} \"$@\"\n")
            self.script_run('--base-url "$STANDIN"' * (marker == "key"))
            serves = marker == "serves"
            runs = subprocess.Popen(
                # What serves is one command, and gets the signal itself.
                ["bash", "-euo", "pipefail", "-c", "exec " * serves + text],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE, text=True, cwd=self.root, env={
                    "HOME": self.root, "STANDIN": standin.url,
                    "BYOLLM_DATA": os.path.join(self.root, "data"),
                    "PATH": f"{self.root}/bin:/usr/bin:/bin"})
            began = until_it_serves(runs) if serves else ""
            out, err = runs.communicate(
                key + "\n" if marker == "key" else "", PATIENCE)
        out = began + out
        self.assertFalse(leaks(key, out.encode()))
        self.assertEqual(runs.returncode, 0, f"{text}\n{out}\n{err}")
        return out

    def test_every_block_runs(self):
        ran = 0
        for path in documents():
            for line, marker, text in blocks(path):
                if marker in ("needs", "walk"):
                    continue
                with self.subTest(f"{os.path.relpath(path, SOURCE)}:{line}"):
                    self.assertIn(marker, ("", "serves", "key", "ollama"))
                    self.setUp()
                    self.run_block(marker, text)
                    ran += 1
        self.assertGreater(ran, 4)

    def test_a_data_directory_behind_a_link_is_backed_up(self):
        # As systemd has it for a user that it makes.
        found = [text for _, _, text in blocks("docs/operations.md")
                 if "cp -a" in text and "backup/" in text]
        self.assertEqual(len(found), 2)
        for text in found:
            self.setUp()
            there = os.path.join(self.root, "private", "data")
            os.makedirs(there)
            os.chmod(there, stat.S_IRWXU)
            os.symlink("private/data", os.path.join(self.root, "data"))
            self.run_block("", text)
            backup = os.path.join(self.root, "backup")
            self.assertFalse(os.path.islink(backup))
            for place in (backup, there):
                self.assertTrue(
                    os.path.isfile(os.path.join(place, "byollm.db")))
                self.assertEqual(stat.S_IMODE(os.stat(place).st_mode), 0o700)
            self.assertTrue(os.path.islink(os.path.join(self.root, "data")))

    def test_a_newcomer_gets_an_answer_on_their_own_key(self):
        found = [text for _, marker, text in
                 blocks(os.path.join(SOURCE, "README.md")) if marker == "key"]
        told = self.run_block("key", found[0])
        self.assertIn("REAL: anthropic claude-sonnet-4-5, on your key", told)
        self.assertIn("byollm, cost 0", told)
        told = self.run_block("key", found[1])
        self.assertRegex(told, r"I am byollm-standin.*You said: Say hello")
        self.assertIn("the user's own LLM", told)
        self.assertRegex(told, r"intact: \d+ records")

    def test_names_are_as_the_pages_say(self):
        page = read("docs/embedding.md")
        for path in ("docs/embedding.md", "docs/service.md",
                     "app/context.hpp"):
            self.assertIn("1 to 128 bytes of `[A-Za-z0-9._:@-]`", read(path))
        refused = re.search(r"`(\S+)` and `(\S+)` are no users here",
                            page).groups()
        taken = re.search(r"two hex digits \(`(\S+)`, `(\S+)`\)",
                          page).groups()

        def show(user):
            done = subprocess.run(
                [BYOLLM, "--data-dir", os.path.join(self.root, "data"),
                 "--user", user, "config", "show"], text=True,
                capture_output=True, timeout=PATIENCE, check=False)
            return done.stderr
        for before, after in zip(refused, taken, strict=True):
            self.assertEqual(re.sub(r"[^A-Za-z0-9._@-]",
                                    lambda x: f":{ord(x[0]):02X}", before),
                             after)
            self.assertIn("invalid_request (user)", show(before))
            self.assertIn("not_found", show(after))
        self.assertIn("invalid_request (user)", show("x" * 129))
        self.assertIn("not_found", show("x" * 128))

    def help_of(self, words):
        # Subcommands; what is none (a value, a message) ends the search.
        command = {"byollm": [BYOLLM], "byollm-verify": [VERIFY],
                   "byollmd": [BYOLLMD], "byollm-standin": [STANDIN],
                   "./run": [os.path.join(self.root, "run")]}[words[0]]
        told = ""
        for word in ["", *(x for x in words[1:]
                           if re.fullmatch("[a-z][a-z-]*", x))]:
            deeper = command + [word] * bool(word)
            done = subprocess.run([*deeper, "--help"], capture_output=True,
                                  text=True, timeout=PATIENCE)
            if done.returncode == 0 and done.stdout not in told:
                command = deeper
                told += done.stdout
        return told

    def test_every_option_that_is_named_exists(self):
        programs = ("byollm", "byollm-standin", "./run", "byollm-verify",
                    "byollmd")
        self.script_run()
        seen = 0
        for path in documents():
            for line, _, text in blocks(path):
                whole = text.replace("\\\n", " ")
                for command in re.split(r"\n|&&|\|\|", whole):
                    words = shlex.split(command, comments=True)
                    while words and re.match(r"\w+=", words[0]):
                        words.pop(0)
                    if not words or words[0] not in programs:
                        continue
                    told = self.help_of(words)
                    for word in words[1:]:
                        if word.startswith("--"):
                            self.assertIn(word, told, f"{path}:{line}")
                            seen += 1
        self.assertGreater(seen, 10)


if __name__ == "__main__":
    unittest.main()
