# SPDX-License-Identifier: Apache-2.0
"""Goal: bad input and bad providers end in a named cause, a remedy, and 1.

Method: a table of wrong inputs against the real program; providers that fail
are a few bytes behind a loopback socket.
"""

import json
import os
import socket
import sqlite3
import subprocess
import unittest

from support import (PATIENCE, Case, Standin, Upstream, http_answer, leaks,
                     make_key)


def chunked_stream(*events):
    """Returns a stream that starts well and never ends: the socket closes."""
    body = b"".join(b"data: " + json.dumps(e).encode() + b"\n\n"
                    for e in events)
    return (b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n"
            + b"%x\r\n" % len(body) + body + b"\r\n")


def openai_piece(text):
    return {"id": "x", "object": "chat.completion.chunk", "created": 1,
            "model": "m", "choices": [{"index": 0, "finish_reason": None,
                                       "delta": {"role": "assistant",
                                                 "content": text}}]}


class BadSettings(Case):

    def set(self, *arguments, key=None):
        words = ["config", "set"]
        if "--provider" not in arguments:
            words += ["--provider", "openai"]
        return [*words, "--model", "m", *arguments], (
            make_key() if key is None else key)

    def assert_refused(self, code, *arguments, key=None):
        words, stdin = self.set(*arguments, key=key)
        said = self.refuses(code, *words, stdin=stdin)
        if len(stdin) >= 8:
            self.assertFalse(leaks(stdin, said.encode()))
        self.refuses("not_found", "config", "show")

    def test_an_unknown_provider_is_named(self):
        self.assert_refused("invalid_config", "--provider", "nobody")

    def test_a_bad_url_is_named(self):
        for url in ("not a url", "ftp://example.com", "https://",
                    "https://user@example.com", "https://example.com:99999",
                    "https://example.com/?x=1", "http://127.1"):
            self.assert_refused("invalid_config", "--base-url", url)

    def test_a_url_where_no_key_may_go_is_refused(self):
        for url in ("http://example.com", "http://127.0.0.1:11434",
                    "https://192.168.1.1", "https://169.254.169.254",
                    "https://[::1]"):
            self.assert_refused("origin_denied", "--base-url", url)

    def test_an_empty_key_is_no_key_only_if_that_is_said(self):
        for key in ("", "\n", "  \n"):
            self.assert_refused("invalid_key", key=key)
        self.assert_refused("invalid_key", "--no-key", key="")

    def test_a_malformed_key_is_refused(self):
        for key in ("two\nlines-of-key", "a space inside", "nul\0inside",
                    "caf\u00e9-key-caf\u00e9", "tab\tinside"):
            self.assert_refused("invalid_key", key=key)

    def test_a_key_that_is_too_long_is_refused(self):
        for size in (4_097, 100_000):
            self.assert_refused("invalid_key", key="k" * size)

    def test_wrong_usage_is_exit_code_2(self):
        for arguments in ([], ["nonsense"], ["config"], ["config", "set"],
                          ["chat", "--temperature", "hot", "hello"],
                          ["purpose", "set", "narrate"],
                          ["purpose", "set", "--temperature", "1"],
                          ["--log-level", "loud", "config", "show"],
                          ["config", "set", "--provider", "openai", "--model",
                           "m", "--fallback", "maybe"]):
            self.byollm(*arguments, code=2)

    def test_values_out_of_range_are_refused_when_set(self):
        for option, value in (("--temperature", "2.1"), ("--top-p", "0"),
                              ("--max-tokens", "0"),
                              ("--presence-penalty", "-3")):
            said = self.refuses("invalid_request", "purpose", "set", "narrate",
                                option, value)
            self.assertIn(option[2:].replace("-", "_"), said)

    def test_names_outside_the_alphabet_are_refused(self):
        self.refuses("invalid_request", "--user", "a b", "chat", "hello")


class BadProviders(Case):

    def ask(self, code, answer, *more):
        key = make_key()
        with Upstream(answer) as provider:
            self.configure(provider.url, key=key)
            said = self.refuses(code, "chat", "--turn", "asked", *more, "hello")
        self.assertFalse(leaks(key, said.encode()))
        rows = self.rows("asked")
        self.assertEqual(rows[-1]["type"], "outcome")
        self.assertEqual(rows[-1]["fields"]["error"], code)
        self.assertTrue(self.json("ledger", "verify")["intact"])
        return said

    def test_a_refused_key_is_told(self):
        body = json.dumps({"error": {"message": "no", "code": "invalid_api_key",
                                     "type": "invalid_request_error"}})
        said = self.ask("authentication",
                        http_answer("401 Unauthorized", body))
        self.assertIn("HTTP 401", said)

    def test_what_a_provider_says_in_an_error_is_not_repeated(self):
        echo = json.dumps({"error": {"message": "your key was SECRETECHO"}})
        for status in ("401 Unauthorized", "400 Bad Request"):
            with Upstream(http_answer(status, echo)) as provider:
                self.configure(provider.url)
                out, err = self.byollm("chat", "hello", code=1)
            self.assertNotIn("SECRETECHO", out + err)

    def test_a_failing_provider_is_told(self):
        self.ask("provider_fault",
                 http_answer("500 Internal Server Error", "{}"))

    def test_a_redirect_is_not_followed(self):
        self.ask("redirected", b"HTTP/1.1 302 Found\r\nLocation: http://other/"
                 b"\r\nContent-Length: 0\r\n\r\n")

    def test_a_stream_that_is_cut_is_not_taken_for_an_answer(self):
        cut = chunked_stream(openai_piece("Half an "))
        with Upstream(cut) as provider:
            self.configure(provider.url)
            out, err = self.byollm("chat", "--turn", "cut", "hello", code=1)
        self.assertEqual(out, "Half an \n")
        self.assertIn("truncated", err)
        rows = self.rows("cut")
        self.assertEqual(rows[-1]["fields"]["status"], "partial")

    def test_something_else_that_answers_there_is_told(self):
        self.ask("protocol", http_answer("200 OK", "<html></html>",
                                         "text/html"), "--no-stream")

    def test_a_host_that_nobody_listens_on_is_told(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        self.configure(f"http://127.0.0.1:{port}")
        self.refuses("connect_failed", "chat", "hello")

    def test_a_name_that_does_not_resolve_is_told(self):
        self.configure("https://nowhere.invalid")
        self.refuses("dns_failed", "chat", "hello")

    def test_a_port_without_tls_is_told(self):
        with Upstream(b"220 mail.example ready\r\n", listens=False) as provider:
            url = f"https://127.0.0.1:{provider.port}"
            self.configure(url)
            self.refuses("tls_failed", "chat", "hello")


class BadDirectories(Case):

    def store(self):
        """Returns the SQLite file of the data directory."""
        self.byollm("purpose", "list")
        for name in os.listdir(self.data):
            path = os.path.join(self.data, name)
            if os.path.isfile(path):
                with open(path, "rb") as file:
                    if file.read(15) == b"SQLite format 3":
                        return path
        return self.fail("there is no store")

    def test_a_directory_that_cannot_be_made_is_told(self):
        blocker = os.path.join(self.root, "file")
        with open(blocker, "w", encoding="ascii"):
            pass
        for below in ("data", "deep/data"):
            self.data = os.path.join(blocker, below)
            self.refuses("store_unavailable", "purpose", "list")

    def test_a_file_instead_of_a_directory_is_told(self):
        with open(self.data, "w", encoding="ascii"):
            pass
        self.refuses("store_unavailable", "purpose", "list")

    def test_a_store_of_a_newer_version_is_left_alone(self):
        path = self.store()
        with sqlite3.connect(path) as store:
            store.execute("PRAGMA user_version = 999")
        store.close()
        self.refuses("store_newer", "purpose", "list")
        with sqlite3.connect(path) as store:
            self.assertEqual(
                store.execute("PRAGMA user_version").fetchone(), (999,))
        store.close()

    def test_a_store_that_is_no_store_is_told(self):
        path = self.store()
        with open(path, "r+b") as file:
            file.write(b"not a database at all" * 200)
        self.byollm("purpose", "list", code=1)

    def test_a_very_long_path_still_serves(self):
        self.data = os.path.join(self.root, *["long-directory-name"] * 8)
        with Standin() as llm, self.serving():
            self.configure(llm.url)
            self.byollm("chat", "hello")


class Unheard(Case):

    def test_who_cannot_be_told_is_no_success(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run(
                self.command("token", "add", "host", "--scopes", "turns"),
                stdout=full, stderr=subprocess.PIPE, text=True,
                timeout=PATIENCE, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("stdout takes no more", done.stderr)


if __name__ == "__main__":
    unittest.main()
