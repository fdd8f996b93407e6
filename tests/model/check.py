#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Goal: the ledger's protocol keeps its invariants, whatever is interleaved and
wherever it crashes; and each mistake that the model can make is found.

Method: Spin searches every state of ledger_protocol.pml. The search must be
complete. With each mistake planted, the invariant that the model names for it
must break. Every invariant must be named by a mistake: what cannot break is not
checked.
"""

import os
import re
import shutil
import subprocess
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor

MODEL = "ledger_protocol.pml"
HERE = os.path.dirname(os.path.abspath(__file__))
PATIENCE = 120
DEPTH_MAX = 10_000
MEGABYTES_MAX = 1_000

# Anything of this in the output: the search saw less than everything.
INCOMPLETE = ("Search not completed", "search depth too small",
              "out of memory", "memory limit", "aborting", "truncated",
              "Bit statespace")


def source():
    with open(os.path.join(HERE, MODEL)) as file:
        return file.read()


def mistakes():
    """Returns each mistake with the invariant it breaks."""
    return dict(re.findall(r"^  (\w+),? +/\* breaks (\w+) \*/$", source(),
                           re.MULTILINE))


def run(folder, *command):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True,
                          timeout=PATIENCE)
    told = done.stdout + done.stderr
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command)}: {told}")
    return told


def search(mistake, *how):
    """Returns what the search said, and the steps to an error if any."""
    planted = f"-DMISTAKE={mistake}"
    with tempfile.TemporaryDirectory(prefix="byollm-model-") as folder:
        shutil.copy(os.path.join(HERE, MODEL), folder)
        run(folder, "spin", planted, "-a", MODEL)
        run(folder, "gcc", "-w", "-DSAFETY", f"-DMEMLIM={MEGABYTES_MAX}", *how,
            "-o", "pan", "pan.c")
        told = run(folder, "./pan", f"-m{DEPTH_MAX}")
        steps = ""
        if os.path.exists(os.path.join(folder, MODEL + ".trail")):
            steps = run(folder, "spin", planted, "-t", "-p", MODEL)
    return told, steps


def number(pattern, told):
    return int(float(re.search(pattern, told).group(1)))


def count(told):
    states = number(r"([\d.e+]+) states, stored", told)
    depth = number(r"depth reached (\d+)", told)
    return f"{states:,} states, {depth} steps deep"


def broken(told):
    """Returns the invariant that an error broke, if there was one."""
    found = re.search(r"^pan:\d+: assertion violated (\w+) ", told,
                      re.MULTILINE)
    return found and found.group(1)


class Protocol(unittest.TestCase):

    def test_every_interleaving_keeps_the_invariants(self):
        told, steps = search("none", "-O2")
        self.assertIn("Full statespace search", told)
        if broken(told):
            # The search above finds some way; the shortest tells more.
            told, steps = search("none", "-DBFS")
        self.assertIn("errors: 0", told, told + steps)
        for words in INCOMPLETE:
            self.assertNotIn(words, told)
        self.assertLess(number(r"depth reached (\d+)", told), DEPTH_MAX)
        print(f"all interleavings: {count(told)}, 0 errors")

    def test_each_mistake_breaks_its_invariant(self):
        # Breadth first: what breaks is the nearest, and the same every time.
        expected = mistakes()
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            found = pool.map(lambda x: search(x, "-DBFS"), expected)
            for (mistake, invariant), (told, _) in zip(expected.items(), found):
                with self.subTest(mistake):
                    self.assertEqual(broken(told), invariant, told)
                    print(f"{mistake} breaks {invariant}: {count(told)}")

    def test_the_list_of_mistakes_is_complete(self):
        expected = mistakes()
        self.assertGreater(len(expected), 3)
        self.assertEqual(set(expected),
                         set(re.findall(r"\bwrong\((\w+)\)", source()))
                         - {"name"})
        self.assertEqual(set(expected.values()),
                         set(re.findall(r"\bholds\((\w+), *", source()))
                         - {"invariant"})


if __name__ == "__main__":
    unittest.main(verbosity=2)
