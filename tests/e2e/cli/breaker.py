# SPDX-License-Identifier: Apache-2.0
"""Goal: an endpoint that is dead is left alone, and used again once it is back,
by itself or when its user tests it; a colleague notices nothing.

Method: an owner with one loop, a port on which nobody listens, and later a
byollm-standin on that same port.
"""

import contextlib
import json
import os
import socket
import subprocess
import time
import unittest

from support import Case, PATIENCE, Standin, make_key


class DeadEndpoint:
    """A port that is taken and refuses everybody, until it is let go."""

    def __enter__(self):
        self.taken = socket.socket()
        self.taken.bind(("127.0.0.1", 0))
        self.port = self.taken.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        return self

    def __exit__(self, *_):
        self.taken.close()

    def comes_back(self):
        self.taken.close()
        return Standin(port=self.port)


class Breaker(Case):

    @contextlib.contextmanager
    def owner(self):
        """An owner with one loop; yields the file that it logs to."""
        name = os.path.join(self.root, "log")
        with open(name, "w", encoding="utf-8") as log, self.serving(
                "--loops", "1", "--log-level", "info", "--log-format", "json",
                log=log):
            yield name

    def chat(self, *more):
        """Returns None after an answer, and otherwise what failed."""
        done = subprocess.run(
            self.command("--json", *more, "chat", "--turn", "asked", "hello"),
            capture_output=True, timeout=PATIENCE)
        if done.returncode == 0:
            return None
        return json.loads(done.stdout + done.stderr)

    def fail_until_left_alone(self):
        for _ in range(20):
            why = self.chat()
            if why["code"] == "circuit_open":
                return why
            self.assertEqual(why["code"], "connect_failed")
        return self.fail("a dead endpoint is asked again and again")

    def events(self, log):
        with open(log, encoding="utf-8") as file:
            lines = [json.loads(line) for line in file]
        return [x for x in lines if "answers again" in x["text"]
                or "left alone" in x["text"]]

    def test_it_comes_back_by_itself(self):
        with DeadEndpoint() as dead, Standin() as other:
            with self.owner() as log:
                self.configure(dead.url)
                self.byollm("origin", "allow", other.url)
                self.byollm("--user", "bob", "config", "set", "--provider",
                            "openai", "--model", "m", "--base-url", other.url,
                            stdin=make_key())
                why = self.fail_until_left_alone()
                self.assertEqual(why["sent"], "no")
                self.assertLessEqual(why["retry_after_ms"], 30_000)
                self.assertGreater(why["retry_after_ms"], 0)
                last = self.rows("asked")[-1]["fields"]
                self.assertEqual(
                    [last["error"], last["status"], last["sent"]],
                    ["circuit_open", "refused", "no"])
                self.assertIsNone(self.chat("--user", "bob"))
                with dead.comes_back():
                    until = time.monotonic() + PATIENCE
                    while (why := self.chat()) and time.monotonic() < until:
                        self.assertEqual(why["code"], "circuit_open")
                    self.assertIsNone(why)
                    self.assertIsNone(self.chat())
                opened, closed = self.events(log)
                self.assertEqual(opened["level"], "warning")
                self.assertEqual(opened["origin"], dead.url)
                self.assertEqual(opened["error"], "connect_failed")
                self.assertEqual(closed["user"], "me")
            self.assertTrue(self.json("ledger", "verify")["intact"])

    def test_a_test_asks_it_at_once(self):
        with DeadEndpoint() as dead, self.owner() as log:
            self.configure(dead.url)
            self.fail_until_left_alone()
            said = self.json("config", "test", code=1)
            stages = {s["stage"]: s["verdict"] for s in said["stages"]}
            self.assertEqual(stages["address"], "failed")
            with dead.comes_back():
                self.assertTrue(self.json("config", "test")["ok"])
                self.assertIsNone(self.chat())
            self.assertEqual(len(self.events(log)), 2)


if __name__ == "__main__":
    unittest.main()
