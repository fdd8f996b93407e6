# SPDX-License-Identifier: Apache-2.0
"""Goal: ./run --once shows the main job through byollmd, an extension
included, and ends everything that it started.

Method: run it, and look for what the ledger must have told.
"""

import importlib.util
import json
import os
import re
import subprocess
import sys
import unittest

from demo import DEMO, PACKAGE, PATIENCE, DemoCase

ANSWERED = ["ada", "bob", "ada", "bob", "bob", "cleo", "ada", "bob"]


class Once(DemoCase):

    def test_it_shows_who_answered_which_rung_and_whose_bill(self):
        out, err = self.once()
        self.assertEqual(err, "")
        self.assertNotIn("\x1b", out)
        self.assertIn(self.data, out)
        self.assertIn("stand-in", out)
        self.assertRegex(out, r"anthropic, model \S+, the user's own LLM")
        self.assertRegex(out, r"openai, model \S+, the platform's LLM")
        self.assertRegex(out, r"local-ollama, model \S+, the user's own LLM")
        self.assertNotIn("unpriced", out)
        # 2 micro-units a token in, 8 a token out, as the admin's price says.
        bills = re.findall(
            r"(byollm|platform), cost (\d+) micro-units, tokens (\d+) in, "
            r"(\d+) out", out)
        self.assertEqual(len(bills), len(ANSWERED))
        for user, (whose, cost, tokens_in, tokens_out) in zip(ANSWERED, bills):
            due = 2 * int(tokens_in) + 8 * int(tokens_out)
            self.assertEqual(whose, "platform" if user == "bob" else "byollm")
            self.assertEqual(int(cost), due if whose == "platform" else 0)
        for told in ("temperature=0.7 (global", "temperature=0.4 (purpose",
                     "temperature=0.9 (call", "max_tokens=800 (purpose"):
            self.assertIn(told, out)
        self.assertRegex(out, r"max_tokens=4000 \(call, clamped")
        self.assertRegex(out, r"\nintact: \d+ records")

    def test_an_extension_asks_for_ada_and_for_bob(self):
        out, _ = self.once()
        self.assertEqual(out.count("summarize of notes, read"), 3)
        answers = re.findall(r"notes> (I am byollm-standin.*)", out)
        self.assertEqual(len(answers), 2)
        self.assertIn("standin-own", answers[0])
        self.assertIn("standin-platform", answers[1])
        for answer in answers:
            self.assertIn("Summarize in 12 words", answer)

    def test_an_extension_is_refused_before_it_runs(self):
        out, _ = self.once()
        self.assertRegex(out, r"notes> validation_rejected: .*/text")
        self.assertIn("refused   validation_rejected at /text", out)
        self.assertRegex(out, r"notes> confirmation_required: ")
        self.assertIn("forget of notes, destructive", out)

    def test_its_ledger_rows_are_those_of_its_turns(self):
        out, _ = self.once()
        table = re.findall(r"^\d+ +(intent|outcome|refusal) +demo/(\w+) ", out,
                           re.MULTILINE)
        self.assertEqual(
            table, [(kind, user) for user in ANSWERED
                    for kind in ("intent", "outcome")]
            + [("refusal", "bob")] * 2)

    def test_it_runs_again_on_the_same_directory(self):
        self.once()
        out, err = self.once()
        self.assertEqual(err, "")
        self.assertRegex(out, r"\nintact: \d+ records")
        # The dead stand-in's origin is allowed no longer, nor is there a token
        # or a second price.
        self.assertEqual(
            len(self.json("--tenant", "demo", "origin", "list")), 1)
        self.assertEqual(len(self.json("origin", "list", "--platform")), 1)
        self.assertEqual(self.json("token", "list"), [])
        self.assertEqual(len(self.json("price", "list")["prices"]), 1)

    def test_its_file_is_byollmds_own_with_every_setting(self):
        self.once()
        told = subprocess.run(
            [os.environ["BYOLLMD"], "--print-config"], text=True,
            stdout=subprocess.PIPE, timeout=PATIENCE, check=True).stdout
        with open(os.path.join(self.data, "demo.toml"),
                  encoding="utf-8") as file:
            lines = file.read().splitlines()
        ours = [x for x in lines if x not in told.splitlines()]
        self.assertEqual(len(lines), len(told.splitlines()))
        self.assertEqual(ours, [f"data_directory = {json.dumps(self.data)}",
                                'http = "127.0.0.1:0"', 'level = "warning"'])


class Source(unittest.TestCase):

    def test_it_is_typed(self):
        if importlib.util.find_spec("mypy") is None:
            self.skipTest("this Python has no mypy")
        files = [os.path.join(DEMO, x) for x in sorted(os.listdir(DEMO))
                 if x.endswith(".py") and x != "notes.py"]
        done = subprocess.run(
            [sys.executable, "-m", "mypy", "--strict", "--python-version",
             "3.11", "--cache-dir", os.devnull, *files], capture_output=True,
            text=True, timeout=PATIENCE, cwd=DEMO,
            env={**os.environ, "MYPYPATH": PACKAGE})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertGreater(len(files), 10)


if __name__ == "__main__":
    unittest.main()
