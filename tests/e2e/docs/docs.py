# SPDX-License-Identifier: Apache-2.0
"""Goal: what README.md and docs/ say can be done can be done, and what they
name is there.

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

import functools
import json
import os
import re
import shlex
import signal
import stat
import subprocess
import tempfile
import tomllib
import unittest

import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "cli"))

from support import (BYOLLM, PATIENCE, STANDIN, Standin,  # noqa: E402
                     files_under, leaks, make_key)

SOURCE = os.environ["BYOLLM_SOURCE"]
VERIFY = os.environ["BYOLLM_VERIFY"]
BYOLLMD = os.environ["BYOLLMD"]
BUILD = os.environ["BYOLLM_BUILD"]
OLLAMA = "http://127.0.0.1:11434"


@functools.cache
def registered_tests():
    """Names as CTest has them: what is built here, and in other presets."""
    listed = subprocess.run(
        ["ctest", "-N", "--test-dir", f"{BUILD}/tests/e2e"], text=True,
        capture_output=True, check=True).stdout
    names = set(re.findall(r"Test +#\d+: (\w+)", listed))
    for path in files_under(os.path.join(SOURCE, "tests")):
        if path.endswith("CMakeLists.txt"):
            names.update(re.findall(r"(?:byollm_test\(|NAME )(\w+)",
                                    read(path)))
    return names


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


def documents():
    yield os.path.join(SOURCE, "README.md")
    for path in files_under(os.path.join(SOURCE, "docs")):
        if path.endswith(".md"):
            yield path


def read(path):
    with open(os.path.join(SOURCE, path)) as file:
        return file.read()


def blocks(path):
    """Yields line, marker and text of each ```sh block."""
    text = read(path)
    for found in re.finditer(r"^```sh *(.*)\n((?:.*\n)*?)```$", text,
                             re.MULTILINE):
        line = text[:found.start()].count("\n") + 1
        yield line, found.group(1).split(" ")[0], found.group(2)


def anchors(text):
    """Returns the anchors of a document's headings, as a reader sees them."""
    found = re.findall(r"^#+ +(.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", x.lower()).replace(" ", "-") for x in found}


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


class Named(unittest.TestCase):

    def test_every_link_resolves(self):
        for path in documents():
            prose = re.sub(r"^```.*?^```$", "", read(path),
                           flags=re.DOTALL | re.MULTILINE)
            for target in re.findall(r"\]\(([^)\s]+)\)", prose):
                if re.match(r"[a-z]+:", target):
                    continue
                name, _, anchor = target.partition("#")
                meant = os.path.normpath(
                    os.path.join(os.path.dirname(path), name)
                    if name else path)
                said = f"{os.path.relpath(path, SOURCE)} links {target}"
                self.assertTrue(os.path.exists(meant), said)
                if anchor:
                    self.assertIn(anchor, anchors(read(meant)), said)

    def test_every_path_that_is_named_exists(self):
        # In code marks, with a slash, below a folder of ours.
        folders = "messages|actors|providers|app|tests|docs"
        for path in documents():
            for name in re.findall(rf"`((?:{folders})/[\w./-]*)`", read(path)):
                there = os.path.exists(os.path.join(SOURCE, name))
                self.assertTrue(there or "NAME" in name,
                                f"{os.path.relpath(path, SOURCE)}: {name}")

    def test_the_reading_order_is_there(self):
        order = ["messages/protocol/interfaces.hpp",
                 "app/runtime/runtime_impl.cpp", "actors/cascade.cpp",
                 "actors/turn.cpp", "providers/kinds/"]
        text = read("README.md")
        at = [text.index(f"]({name}") for name in order]
        self.assertEqual(at, sorted(at))

    def test_the_smallest_dialect_is_the_one_that_is_named(self):
        kinds = os.path.join(SOURCE, "providers/kinds")
        size = {}
        for name in os.listdir(kinds):
            if name.endswith(".cpp"):
                kind = name.removesuffix(".cpp").split("_")[0]
                size[kind] = size.get(kind, 0) + len(
                    read(f"providers/kinds/{name}").splitlines())
        smallest = min(size, key=size.get)
        self.assertIn(f"](providers/kinds/{smallest}.cpp)", read("README.md"))

    def test_every_verb_is_in_the_protocol_table(self):
        verbs = set(re.findall(r"atom::(\w+)",
                               read("messages/protocol/interfaces.hpp")))
        self.assertGreater(len(verbs), 15)
        rows = set(re.findall(r"^\| `(\w+)` \|", read("docs/architecture.md"),
                              re.MULTILINE))
        self.assertEqual(rows, verbs)

    def test_every_actor_is_in_the_table(self):
        actors = re.findall(r"The ([A-Z ]+) actor interface",
                            read("messages/protocol/interfaces.hpp"))
        self.assertGreater(len(actors), 5)
        for actor in actors:
            self.assertRegex(read("docs/architecture.md"), rf"\n\| {actor} \|")

    def test_every_guarantee_names_what_is_there(self):
        page = read("docs/guarantees.md")
        cells = [row.strip("|").split("|") for row in page.splitlines()
                 if row.startswith("| ") and not row.startswith("| control")]
        self.assertGreater(len(cells), 30)
        mutants = os.path.join(SOURCE, "tests", "mutants")
        names = {name for name in os.listdir(mutants)}
        for name in list(names):
            if name.endswith(".toml"):
                names.update(re.findall(r'^name = "(.*)"', read(
                    f"tests/mutants/{name}"), re.MULTILINE))
        below = [os.path.relpath(path, SOURCE)
                 for path in files_under(os.path.join(SOURCE, "tests"))]
        files = {os.path.basename(path) for path in below}
        for _, tests, removals in cells:
            for name in re.findall(r"`([\w.-]+)`", removals):
                if name != "wipe_registers":
                    self.assertIn(name, names)
            for name in re.findall(r"`([\w/]+\.(?:cpp|py))`", tests):
                self.assertTrue(name in files or name in below, name)
            for name in re.findall(r"`((?:e2e|byollm)_\w+)`", tests):
                self.assertIn(name, registered_tests())

    def test_every_mutant_names_what_is_there(self):
        # Without building any of them, as only ./test --long does.
        tests = "".join(
            re.sub(r'"\s*\n\s*"', "", read(path))
            for path in files_under(os.path.join(SOURCE, "tests"))
            if path.endswith((".cpp", ".py")))
        for path in files_under(os.path.join(SOURCE, "tests", "mutants")):
            if not path.endswith(".toml"):
                continue
            with open(path, "rb") as file:
                for one in tomllib.load(file)["mutant"]:
                    self.assertEqual(read(one["file"]).count(one["old"]), 1,
                                     one["name"])
                    said = json.dumps(one["test"], ensure_ascii=False)
                    self.assertTrue(said in tests
                                    or f"def {one['test']}(" in tests,
                                    one["name"])

    def test_every_decision_is_listed(self):
        text = read("docs/architecture.md")
        for name in os.listdir(os.path.join(SOURCE, "docs/adr")):
            self.assertIn(f"](adr/{name})", text)

    def test_every_error_is_documented(self):
        codes = re.findall(r"^  (\w+) = \d+,", read("messages/errors.hpp"),
                           re.MULTILINE)
        codes = codes[codes.index("none") + 1:codes.index("store_corrupt") + 1]
        rows = re.findall(r"^\| `(\w+)` \|", read("docs/operations.md"),
                          re.MULTILINE)
        for code in codes:
            self.assertIn(code, rows)
        self.assertGreater(len(codes), 40)


if __name__ == "__main__":
    unittest.main()
