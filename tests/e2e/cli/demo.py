# SPDX-License-Identifier: Apache-2.0
"""Goal: the demo shows the main job, ends by itself, and says what is real.

Method: run it as ./run does: with stdin that is no terminal, and on a terminal
of our own; look for what the ledger must have told.
"""

import os
import pty
import re
import select
import subprocess
import unittest

from support import (Case, DEMO, PATIENCE, Upstream, files_under, http_answer,
                     leaks, make_key)


class Demo(Case):

    def run_demo(self, *arguments, code=0, **environment):
        done = subprocess.run(
            [DEMO, "--data-dir", self.data, *arguments], capture_output=True,
            stdin=subprocess.DEVNULL, timeout=PATIENCE, text=True,
            env={**os.environ, **environment}, cwd=self.root)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout, done.stderr

    def test_it_shows_who_answered_which_rung_and_whose_bill(self):
        out, err = self.run_demo()
        self.assertEqual(err, "")
        self.assertNotIn("\x1b", out)
        self.assertIn(self.data, out)
        self.assertIn("stand-in", out)
        self.assertRegex(out, r"anthropic, model \S+, the user's own LLM")
        self.assertRegex(out, r"openai, model \S+, the platform's LLM")
        self.assertRegex(out, r"local-ollama, model \S+, the user's own LLM")
        self.assertIn("byollm, cost 0 ", out)
        self.assertNotIn("unpriced", out)
        # 2 micro-units a token in, 8 a token out, as the demo's price says.
        bills = re.findall(
            r"(byollm|platform), cost (\d+) micro-units, tokens (\d+) in, "
            r"(\d+) out", out)
        self.assertEqual(len(bills), 6)
        for whose, cost, tokens_in, tokens_out in bills:
            due = 2 * int(tokens_in) + 8 * int(tokens_out)
            self.assertEqual(int(cost), due if whose == "platform" else 0)
        for told in ("temperature=0.7 (global", "temperature=0.4 (purpose",
                     "temperature=0.9 (call", "max_tokens=800 (purpose"):
            self.assertIn(told, out)
        self.assertRegex(out, r"max_tokens=4000 \(call, clamped")
        self.assertRegex(out, r"verified: intact: \d+ records")

    def test_its_ledger_rows_are_those_of_its_turns(self):
        out, _ = self.run_demo()
        table = re.findall(r"^\d+ +(intent|outcome) +demo/(\w+) ", out,
                           re.MULTILINE)
        users = ["ada", "bob", "ada", "bob", "bob", "cleo"]
        self.assertEqual(table, [(kind, user) for user in users
                                 for kind in ("intent", "outcome")])

    def test_it_runs_again_on_the_same_directory(self):
        self.run_demo()
        out, _ = self.run_demo()
        self.assertRegex(out, r"verified: intact")
        # The dead stand-in's origin is allowed no longer.
        origins = self.json("--tenant", "demo", "origin", "list")
        self.assertEqual(len(origins), 1)

    def test_its_directory_is_readable_by_the_command_line(self):
        self.run_demo()
        settings = self.json("--tenant", "demo", "--user", "ada", "config",
                             "show")
        self.assertEqual(settings["provider"], "anthropic")

    def test_a_real_provider_runs_on_the_key_of_the_environment(self):
        key = make_key()
        body = ('{"error":{"message":"no","type":"invalid_request_error",'
                '"code":"invalid_api_key"}}')
        with Upstream(http_answer("401 Unauthorized", body)) as provider:
            out, err = self.run_demo(
                "--provider", "openai", "--model", "m", "--base-url",
                provider.url, code=1, OPENAI_API_KEY=key)
            self.assertIn(f"authorization: bearer {key}".encode().lower(),
                          provider.requests[0].lower())
        self.assertIn("REAL", out)
        self.assertIn("authentication", err)
        self.assertFalse(leaks(key, (out + err).encode()))
        for path in files_under(self.data):
            with open(path, "rb") as file:
                self.assertFalse(leaks(key, file.read()), path)

    def test_a_missing_key_names_the_variable(self):
        _, err = self.run_demo("--provider", "anthropic", "--model", "m",
                               code=1, ANTHROPIC_API_KEY="")
        self.assertIn("ANTHROPIC_API_KEY", err)

    def test_on_a_terminal_it_chats_until_the_end_of_input(self):
        child, terminal = pty.fork()
        if child == 0:
            os.execv(DEMO, [DEMO, "--data-dir", self.data])
        seen = b""
        script = [(b"ada> ", b"first words\n"),
                  (b"You said: first words", b"/bob\n"),
                  (b"bob> ", b"second words\n"),
                  (b"You said: second words", b"\x04")]
        # The scenes say "ada>" too: the chat begins behind this line.
        script.insert(0, (b"Ctrl-D", b""))
        searched = 0
        while True:
            ready, _, _ = select.select([terminal], [], [], PATIENCE)
            self.assertTrue(ready, seen)
            try:
                got = os.read(terminal, 4096)
            except OSError:
                break
            if not got:
                break
            seen += got
            while script and script[0][0] in seen[searched:]:
                wanted, words = script.pop(0)
                searched = seen.index(wanted, searched) + len(wanted)
                os.write(terminal, words)
        _, status = os.waitpid(child, 0)
        os.close(terminal)
        self.assertEqual(os.waitstatus_to_exitcode(status), 0, seen)
        self.assertEqual(script, [])
        self.assertIn(b"\x1b[1m", seen)


if __name__ == "__main__":
    unittest.main()
