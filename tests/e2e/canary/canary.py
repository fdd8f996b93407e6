# SPDX-License-Identifier: Apache-2.0
"""Goal: a key goes to its provider and nowhere else, whatever the provider
says.

Method: a key with a recognisable body is stored as a user would; a hostile
provider repeats it in every place of an answer; then everything that leaves the
process is scanned for any eight characters of it, in every usual form. What a
model says in its answer's words is its user's own and passes: that is looked at
apart, and is in no other sink.
"""

import os
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "cli"))

from scanner import Scanner, body_of, forms_of, make_canary  # noqa: E402
from shapes import anthropic_reply, chunked, http, shapes  # noqa: E402
from shapes import openai_stream  # noqa: E402
from support import Case, PATIENCE, Upstream  # noqa: E402

HOST = os.environ["BYOLLM_CANARY_HOST"]


class Sinks:
    """Everything that came out, and what of the key is in it."""

    def __init__(self, case, key):
        self.case = case
        self.scanner = Scanner(key)
        self.names = set()
        self.windows = 0

    def take(self, name, data, what):
        self.names.add(name)
        found = self.scanner.find(data)
        self.windows += len(found)
        if found:
            self.case.errors.append(f"{name}: {what}: {found[:3]}")

    def take_files(self, directory):
        found, seen = self.scanner.find_in_files(directory)
        self.case.assertGreater(seen, 3)
        for base, _, names in os.walk(directory):
            self.names.update(f"file {name}" for name in names)
        for path, parts in found.items():
            self.windows += len(parts)
            self.case.errors.append(f"{path}: {parts[:3]}")


class Canary(Case):

    def setUp(self):
        super().setUp()
        self.errors = []
        self.key = make_canary()
        self.sinks = Sinks(self, self.key)

    def run_all(self, what, *commands, stdin=""):
        """Runs commands, whatever their end, and scans what they say."""
        for arguments in commands:
            done = subprocess.run(self.command(*arguments),
                                  input=stdin.encode(), capture_output=True,
                                  timeout=PATIENCE)
            # One sink, whoever the user and wherever the provider is.
            name = " ".join(x for x in arguments
                            if not any(c.isdigit() for c in x))
            self.sinks.take(f"stdout of {name}", done.stdout, what)
            self.sinks.take(f"stderr of {name}", done.stderr, what)

    def plant(self, user, provider, url):
        # A fallback is what the log tells of.
        self.run_all(user, ["--user", user, "config", "set", "--provider",
                            provider, "--model", "m", "--base-url", url,
                            "--fallback", "platform"], stdin=self.key)

    def plant_platform(self, url):
        self.run_all("platform", ["origin", "allow", url],
                     ["origin", "allow", "--platform", url])
        self.run_all("platform", ["config", "set", "--platform", "--provider",
                                  "anthropic", "--model", "m", "--base-url",
                                  url], stdin=self.key)

    def ask(self, user, what, *more):
        me = ["--user", user, *more]
        self.run_all(what, [*me, "chat", "hi"],
                     [*me, "chat", "--no-stream", "hi"],
                     [*me, "config", "test"], [*me, "config", "models"])

    def read_back(self):
        self.run_all("afterwards", ["config", "show", "--platform"],
                     ["ledger", "list"],
                     ["--json", "ledger", "list", "--all-tenants"],
                     ["ledger", "export", os.path.join(self.root, "export")],
                     ["ledger", "stats"], ["--json", "usage"], ["status"],
                     ["--json", "status"], ["resolve", "--explain"],
                     ["ledger", "verify"])

    def host(self, url, provider):
        """A host in its own process says all that the C++ API tells it."""
        done = subprocess.run(
            [HOST, os.path.join(self.root, "host"), url, provider],
            input=self.key.encode(), capture_output=True, timeout=PATIENCE)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return done.stdout + done.stderr

    def test_no_sink_has_a_window_of_the_key(self):
        everything = list(shapes(self.key))
        kinds = len(everything)
        self.assertGreaterEqual(kinds, 30)
        logs = (["--log-level", "debug"],
                ["--log-level", "debug", "--log-format", "json"])
        with Upstream(b"") as llm:
            self.plant_platform(llm.url)
            for log, part in zip(logs, (everything[::2], everything[1::2])):
                said = os.path.join(self.root, f"log {log[-1]}")
                with open(said, "w") as file, self.serving(*log, log=file):
                    self.assertTrue(self.json("status", "--served")["healthy"])
                    for index, (what, provider, answer) in enumerate(part):
                        user = f"{log[-1]}{index}"
                        self.plant(user, provider, llm.url)
                        llm.answer = answer
                        llm.requests.clear()
                        self.ask(user, what, *["--json"] * (index % 2))
                        # The provider did get the key to repeat.
                        self.assertTrue(all(self.key.encode() in x
                                            for x in llm.requests))
                        self.assertGreaterEqual(len(llm.requests), 5, what)
                    self.read_back()
                    self.sinks.take_files(self.data)
                self.assertGreater(os.path.getsize(said), 0)
            for what, provider, answer in everything:
                llm.answer = answer
                self.sinks.take("C++ API", self.host(llm.url, provider), what)
        self.sinks.take_files(self.root)
        print(f"echo shapes {kinds}, sinks {len(self.sinks.names)}, "
              f"windows found {self.sinks.windows}")
        self.assertEqual(self.errors, [])

    def test_what_a_model_says_reaches_its_user_and_nobody_else(self):
        with Upstream(b"") as llm:
            self.byollm("origin", "allow", llm.url)
            self.plant("me", "anthropic", llm.url)
            reply = anthropic_reply()
            reply["content"][0]["text"] = self.key
            llm.answer = http(body=reply)
            out, err = self.byollm("chat", "--no-stream", "hi")
            self.assertIn(self.key, out)
            self.sinks.take("stderr", err, "chat")
        self.read_back()
        self.sinks.take_files(self.root)
        self.assertEqual(self.errors, [])

    def test_good_names_are_kept(self):
        """What is struck out is the key, not whatever comes from outside."""
        with Upstream(b"") as llm:
            self.byollm("origin", "allow", llm.url)
            self.plant("me", "openai", llm.url)
            llm.answer = http("400 No", {"error": {"code": "some_code"}},
                              ["x-request-id: req_0123456789abcdef01234567"])
            _, err = self.byollm("chat", "hi", code=1)
            self.assertIn("some_code", err)
            llm.answer = chunked(openai_stream("gpt-5-2026-01-01"))
            self.byollm("chat", "hi")
        rows = self.json("ledger", "list")
        self.assertEqual(rows[-1]["fields"]["model"], "gpt-5-2026-01-01")
        self.assertIn("req_0123456789abcdef01234567",
                      [r["fields"].get("provider_request_id") for r in rows])


class ScannerItself(unittest.TestCase):

    def test_it_finds_a_planted_window_in_every_form(self):
        key = make_canary()
        scanner = Scanner(key)
        body = body_of(key)
        for at in range(len(body) - 7):
            for name, form in forms_of(body[at:at + 8]):
                for around in (b"", b"x", b"yz"):
                    self.assertTrue(scanner.find(around + form + around),
                                    f"{name} at {at}")

    def test_it_finds_the_whole_key_encoded_at_every_alignment(self):
        import base64
        key = make_canary()
        scanner = Scanner(key)
        for lead in range(3):
            text = base64.b64encode(b"\xff" * lead + key.encode() + b"\xfe")
            self.assertTrue(scanner.find(text))
        self.assertTrue(scanner.find(key))
        self.assertTrue(scanner.find(key.encode().hex()))

    def test_it_finds_nothing_of_another_key(self):
        key = make_canary()
        scanner = Scanner(key)
        self.assertEqual(scanner.find(make_canary() * 2), [])
        self.assertEqual(scanner.find("sk-CANARY-" + body_of(key)[:7].decode()),
                         [])
        self.assertEqual(scanner.find(os.urandom(1 << 20)), [])

    def test_it_finds_what_lies_in_a_file(self):
        import tempfile
        key = make_canary()
        with tempfile.TemporaryDirectory() as root:
            os.makedirs(os.path.join(root, "below"))
            with open(os.path.join(root, "below", "file"), "wb") as file:
                file.write(os.urandom(4096) + body_of(key)[9:17] + b"\0")
            found, seen = Scanner(key).find_in_files(root)
        self.assertEqual((len(found), seen), (1, 1))


if __name__ == "__main__":
    unittest.main()
