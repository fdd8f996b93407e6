# SPDX-License-Identifier: Apache-2.0
"""Goal: a real key goes from the environment (or the terminal) into byollmd,
and is nowhere else: not in what is printed or stored, nor in the memory of the
client that plays, nor in the environment of any process.

Method: a provider of our own that the key is sent to, and a look at the files
and the processes afterwards.
"""

import contextlib
import os
import pty
import select
import signal
import sys
import unittest

from demo import HERE, PATIENCE, DemoCase, children_of
from support import Standin, Upstream, files_under, http_answer, leaks, make_key

sys.path.insert(0, os.path.join(HERE, "..", "secrets"))
from process_memory import read_memory  # noqa: E402

REFUSAL = ('{"error":{"message":"no","type":"invalid_request_error",'
           '"code":"invalid_api_key"}}')


@contextlib.contextmanager
def held_still(pid):
    """Stops a child of ours meanwhile, so that what it has stays there."""
    os.kill(pid, signal.SIGSTOP)
    os.waitpid(pid, os.WUNTRACED)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def environment_of(pid):
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            return file.read()
    except PermissionError:
        # byollmd's is for root only.
        return b""


class Key(DemoCase):

    def real(self, url):
        return ("--provider", "openai", "--model", "m", "--base-url", url)

    def test_a_real_provider_runs_on_the_key_of_the_environment(self):
        key = make_key()
        with Upstream(http_answer("401 Unauthorized", REFUSAL)) as provider:
            out, err = self.once(*self.real(provider.url), code=1,
                                 OPENAI_API_KEY=key)
            self.assertIn(f"authorization: bearer {key}".encode().lower(),
                          provider.requests[0].lower())
        self.assertIn("REAL: openai m, on your key", out)
        self.assertIn("authentication", err)
        self.assertFalse(leaks(key, (out + err).encode()))
        for path in files_under(self.data):
            with open(path, "rb") as file:
                self.assertFalse(leaks(key, file.read()), path)

    def test_no_process_but_byollmd_has_seen_it(self):
        key, other = make_key(), make_key()
        with Standin() as provider:
            process, told = self.serve(
                *self.real(provider.url), OPENAI_API_KEY=key,
                ANTHROPIC_API_KEY=other)
            self.assertIn("openai, model m, the user's own LLM", told)
            self.assertIn(b"PYTHONPATH", environment_of(process.pid))
            for pid in (process.pid, *children_of(process.pid)):
                self.assertFalse(leaks(key, environment_of(pid)))
                self.assertFalse(leaks(other, environment_of(pid)))
            with held_still(process.pid):
                memory = [x for _, x in read_memory(process.pid)]
            self.assertFalse(any(leaks(key, x) for x in memory))
            # What is there is found.
            self.assertTrue(any(provider.url.encode() in x for x in memory))
            self.end(process)

    def test_a_missing_key_names_the_variable(self):
        _, err = self.once("--provider", "anthropic", "--model", "m", code=1,
                           ANTHROPIC_API_KEY="")
        self.assertIn("ANTHROPIC_API_KEY", err)

    def test_on_a_terminal_it_asks_without_echo(self):
        key = make_key()
        with Standin() as provider:
            child, terminal = pty.fork()
            if child == 0:
                os.environ.update(self.environment)
                os.environ.pop("OPENAI_API_KEY", None)
                command = self.run_command("--once", *self.real(provider.url))
                os.execv(command[0], command)
            seen = b""
            typed = False
            while select.select([terminal], [], [], PATIENCE)[0]:
                try:
                    seen += os.read(terminal, 4096)
                except OSError:
                    break
                if not typed and b"API key (not shown): " in seen:
                    os.write(terminal, key.encode() + b"\n")
                    typed = True
            _, status = os.waitpid(child, 0)
            os.close(terminal)
        self.assertEqual(os.waitstatus_to_exitcode(status), 0, seen)
        self.assertIn(b"openai, model m, the user's own LLM", seen)
        self.assertFalse(leaks(key, seen))


if __name__ == "__main__":
    unittest.main()
