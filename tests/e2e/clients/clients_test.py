# SPDX-License-Identifier: Apache-2.0
"""Goal: the official clients, unmodified, work on byollmd with each provider
behind it; who leaves, ends the call; what breaks, is told.

Method: the npm packages in scripts beside this file, against byollmd and
byollm-standin, or a provider (provider.py) that refuses, breaks or waits.
Exits with 69 if npm is out of reach.
"""

import os
import re
import subprocess
import sys
import time
import unittest
from collections import Counter

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.environ["BYOLLM_SOURCE"]
sys.path[:0] = [os.path.join(HERE, "..", name) for name in ("service", "cli")]

from provider import Provider  # noqa: E402
from service import PATIENCE, ServiceCase, make_key  # noqa: E402

PACKAGES = os.path.join(SOURCE, ".scripts", "npm-packages")
BUILT = os.path.join(SOURCE, ".build", "clients")

PROVIDERS = ("anthropic", "openai", "local-ollama")


class Clients(ServiceCase):
    SETTINGS = '[listen]\nhttp = "127.0.0.1:0"\n'

    def setUp(self):
        super().setUp()
        port = re.search(r"http://127\.0\.0\.1:(\d+)", self.daemon.first_line)
        self.url = f"http://127.0.0.1:{port.group(1)}"

    def client_token(self, user, *more):
        out, _ = self.byollm("--user", user, "token", "client", *more)
        return out.strip()

    def configure_llm(self, user, provider, *more, url=None, key=None):
        url = url or self.llm.url
        self.byollm("origin", "allow", url)
        self.byollm("--user", user, "config", "set", "--provider", provider,
                    "--model", f"{user}-model", "--base-url", url, *more,
                    stdin=key or make_key())

    def node(self, script, *arguments, **more):
        """Runs a script beside this file; returns what it says."""
        node = subprocess.run([PACKAGES, "--node", "clients"], text=True,
                              capture_output=True, check=True).stdout.strip()
        done = subprocess.run(
            [node, os.path.join(BUILT, script), *arguments], text=True,
            capture_output=True, timeout=PATIENCE, cwd=BUILT,
            env={"PATH": os.environ["PATH"], "BYOLLMD_URL": self.url, **more})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        print(f"{script} {' '.join(arguments)} {more.get('BEHIND', '')}: "
              f"{done.stdout.strip().splitlines()[-1]}")
        return done.stdout

    def run_clients(self, user, provider, *more, key=None):
        self.configure_llm(user, provider, *more, key=key)
        self.byollm("purpose", "set", "title", "--top-p", "0.5")
        about = {"BYOLLM_TOKEN": self.client_token(user), "BEHIND": provider,
                 "MODEL": f"{user}-model"}
        for script in ("openai.mjs", "anthropic.mjs", "vercel.mjs"):
            with self.subTest(script):
                self.node(script, **about)

    def test_anthropic_behind(self):
        self.run_clients("ada", "anthropic")

    def test_openai_behind(self):
        self.run_clients("bob", "openai")

    def test_ollama_behind(self):
        self.run_clients("cleo", "local-ollama", "--no-key",
                         "--embedding-model", "nomic-embed-text", key=" ")

    def snippet(self, page, **more):
        """Runs the JavaScript of a page as it stands; returns what it says."""
        with open(os.path.join(SOURCE, page), encoding="utf-8") as file:
            found = re.findall(r"^```js\n(.*?)^```", file.read(),
                               re.DOTALL | re.MULTILINE)
        self.assertEqual(len(found), 1, page)
        script = os.path.join(BUILT, "snippet.mjs")
        with open(script, "w", encoding="utf-8") as file:
            file.write(found[0])
        self.addCleanup(os.unlink, script)
        return self.node("snippet.mjs", OPENAI_BASE_URL=f"{self.url}/v1", **more)

    def test_what_the_readme_says_as_it_stands(self):
        self.configure_llm("hal", "anthropic")
        token = self.client_token("hal")
        told = self.snippet("README.md", OPENAI_API_KEY=token)
        self.assertIn("You said: hello", told)

    def test_fifty_at_once(self):
        for provider in PROVIDERS:
            user = f"crowd-{provider}"
            with self.subTest(provider):
                self.configure_llm(user, provider)
                self.node("crowd.mjs", BEHIND=provider,
                          BYOLLM_TOKEN=self.client_token(user))
                rows = self.outcomes_of(user, 50)
                self.assertEqual(Counter(row["status"] for row in rows),
                                 {"success": 50})
                self.assertEqual(len({row["turn"] for row in rows}), 50)

    def outcomes_of(self, user, count):
        """Returns what came of this user's calls, once it is so many."""
        until = time.monotonic() + PATIENCE
        while True:
            rows = [row["fields"] for row in self.json(
                "ledger", "list", "--of-user", user, "--limit", "500")
                if row["type"] == "outcome"]
            if len(rows) >= count or time.monotonic() > until:
                return rows

    def test_calls_that_are_cut(self):
        # Ollama tells of no call before it is whole.
        for provider in ("anthropic", "openai"):
            user = f"cut-{provider}"
            with self.subTest(provider), Provider() as llm:
                self.configure_llm(user, provider, url=llm.url)
                self.node("cut.mjs", BEHIND=provider,
                          BYOLLM_TOKEN=self.client_token(user))
                rows = self.outcomes_of(user, 6)
                self.assertEqual(Counter(row["status"] for row in rows),
                                 {"success": 6})

    def test_what_breaks_and_who_leaves(self):
        for provider in PROVIDERS:
            user = f"broken-{provider}"
            with self.subTest(provider), Provider() as llm:
                self.configure_llm(user, provider, url=llm.url)
                self.node("broken.mjs", BEHIND=provider, UPSTREAM=llm.url,
                          BYOLLM_TOKEN=self.client_token(user))
                rows = self.outcomes_of(user, 24)
                self.assertEqual(
                    Counter(row["status"] for row in rows),
                    {"rejected": 12, "partial": 8, "cancelled": 4})


if __name__ == "__main__":
    if subprocess.run([PACKAGES, "clients"]).returncode != 0:
        sys.exit(69)
    unittest.main()
