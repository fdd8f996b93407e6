# SPDX-License-Identifier: Apache-2.0
"""Goal: a key goes in by stdin or a prompt and comes out nowhere.

Method: store random keys as a user would, then look for any eight characters of
them in all output, in every file of the data directory, in arguments and in
environments.
"""

import os
import pty
import select
import stat
import unittest

from support import Case, Standin, files_under, leaks, make_key, BYOLLM


class Keys(Case):

    def assert_nowhere_on_disk(self, key):
        seen = 0
        for path in files_under(self.data):
            if stat.S_ISSOCK(os.lstat(path).st_mode):
                continue
            with open(path, "rb") as file:
                self.assertFalse(leaks(key, file.read()), path)
            seen += 1
        self.assertGreater(seen, 0)

    def test_a_stored_key_is_in_no_output_and_no_file(self):
        key = make_key()
        with Standin() as llm:
            said = self.byollm("origin", "allow", llm.url)
            said += self.byollm(
                "config", "set", "--provider", "anthropic", "--model", "m",
                "--base-url", llm.url, stdin=key)
            for arguments in (["config", "show"], ["--json", "config", "show"],
                              ["config", "test"], ["chat", "hello"],
                              ["--json", "chat", "hello"],
                              ["resolve", "--explain"],
                              ["--log-level", "debug", "chat", "hello"],
                              ["--log-level", "debug", "--log-format", "json",
                               "chat", "hello"],
                              ["--json", "ledger", "list"], ["ledger", "list"]):
                said += self.byollm(*arguments)
        self.assertFalse(leaks(key, "".join(said).encode()))
        self.assert_nowhere_on_disk(key)

    def test_the_provider_gets_the_very_key(self):
        with Standin() as llm:
            self.configure(llm.url, key="standin-bad")
            self.refuses("authentication", "chat", "hello")
            self.configure(llm.url)
            self.byollm("chat", "hello")

    def test_an_owner_that_serves_shows_no_key_in_arguments_or_environment(self):
        key = make_key()
        with Standin() as llm, self.serving() as owner:
            self.configure(llm.url, key=key)
            self.byollm("chat", "hello")
            for name in ("cmdline", "environ"):
                with open(f"/proc/{owner.pid}/{name}", "rb") as file:
                    self.assertFalse(leaks(key, file.read()), name)
        self.assert_nowhere_on_disk(key)

    def test_there_is_no_option_that_takes_a_key(self):
        for option in ("--key", "--api-key", "-k"):
            self.byollm("config", "set", "--provider", "openai", "--model", "m",
                        option, "something", code=2)
        self.byollm("config", "set", "--provider", "openai", "--model", "m",
                    "--key=something", code=2)

    def test_a_trailing_newline_is_removed_and_said(self):
        key = make_key()
        _, err = self.byollm("config", "set", "--provider", "openai",
                             "--model", "m", stdin=key + "\n")
        self.assertIn("line ends around the key were removed", err)
        self.assertFalse(leaks(key, err.encode()))

    def test_show_tells_that_a_key_is_stored_and_which_version(self):
        self.byollm("config", "set", "--provider", "openai", "--model", "m",
                    stdin=make_key())
        out, _ = self.byollm("config", "show")
        self.assertIn("stored, version 1", out)
        self.byollm("config", "set", "--provider", "openai", "--model", "m",
                    stdin=make_key())
        self.assertEqual(self.json("config", "show")["key_version"], 2)

    def test_the_stored_key_is_kept_for_the_same_origin_only(self):
        with Standin() as llm, Standin() as other:
            self.configure(llm.url, model="one")
            self.byollm("origin", "allow", other.url)
            self.byollm("config", "set", "--provider", "openai", "--model",
                        "two", "--base-url", llm.url, "--keep-key")
            self.assertEqual(self.json("config", "show")["model"], "two")
            self.byollm("chat", "hello")
            self.refuses("key_rebind", "config", "set", "--provider", "openai",
                         "--model", "two", "--base-url", other.url,
                         "--keep-key")

    def test_removing_settings_removes_the_ciphertext(self):
        self.byollm("config", "set", "--provider", "openai", "--model", "m",
                    stdin=make_key())
        self.byollm("config", "rm")
        self.refuses("not_found", "config", "show")

    def test_a_prompt_takes_the_key_without_echo(self):
        key = make_key()
        child, terminal = pty.fork()
        if child == 0:
            os.execv(BYOLLM, self.command("config", "set", "--provider",
                                          "openai", "--model", "m"))
        seen = b""
        answered = False
        while True:
            select.select([terminal], [], [], 60)
            try:
                got = os.read(terminal, 4096)
            except OSError:
                break  # The child closed its end.
            if not got:
                break
            seen += got
            if not answered and b"API key" in seen:
                os.write(terminal, key.encode() + b"\n")
                answered = True
        _, status = os.waitpid(child, 0)
        os.close(terminal)
        self.assertEqual(os.waitstatus_to_exitcode(status), 0, seen)
        self.assertTrue(answered)
        self.assertFalse(leaks(key, seen))
        self.assertTrue(self.json("config", "show")["has_key"])


if __name__ == "__main__":
    unittest.main()
