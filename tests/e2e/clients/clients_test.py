# SPDX-License-Identifier: Apache-2.0
"""Goal: the official clients, unmodified, work on byollmd with each provider
behind it; who leaves, ends the call; what breaks, is told.

Method: the npm packages in scripts beside this file, against byollmd and
byollm-standin, or a provider of a few lines that breaks or does not end.
Exits with 69 if npm is out of reach.
"""

import os
import re
import socket
import subprocess
import sys
import threading
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.environ["BYOLLM_SOURCE"]
sys.path.insert(0, os.path.join(HERE, "..", "service"))

from service import PATIENCE, ServiceCase, make_key  # noqa: E402

PACKAGES = os.path.join(SOURCE, ".scripts", "npm-packages")
BUILT = os.path.join(SOURCE, ".build", "clients")

CHUNK = ('data: {"id":"c","object":"chat.completion.chunk","created":1,'
         '"model":"m","choices":[{"index":0,"delta":{"content":"word "},'
         '"finish_reason":null}]}\n\n')
HEAD = ("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
        "Transfer-Encoding: chunked\r\n\r\n")


def chunked(text):
    return f"{len(text.encode()):x}\r\n{text}\r\n".encode()


class Streaming:
    """A provider that answers each request with the head of a stream and a
    word. Then it hangs up, or if it `waits`, keeps silent until who asked
    does, and tells so."""

    def __init__(self, waits):
        self.waits = waits

    def __enter__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.gone = threading.Semaphore(0)
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join(PATIENCE)
        self.listener.close()

    def _accept(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(peer,),
                             daemon=True).start()

    def _serve(self, peer):
        with peer:
            self._read_request(peer)
            peer.sendall(HEAD.encode() + chunked(CHUNK))
            if not self.waits:
                return
            try:
                while peer.recv(65536):
                    pass
            except OSError:
                pass
        self.gone.release()

    @staticmethod
    def _read_request(peer):
        got = b""
        while b"\r\n\r\n" not in got:
            got += peer.recv(65536)
        head, body = got.split(b"\r\n\r\n", 1)
        length = int(re.search(rb"(?i)content-length: (\d+)", head).group(1))
        while len(body) < length:
            body += peer.recv(65536)


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
        self.configure_llm("dan", "anthropic")
        self.node("crowd.mjs", BYOLLM_TOKEN=self.client_token("dan"))
        rows = [row["fields"] for row in self.json(
            "ledger", "list", "--of-user", "dan", "--limit", "500")
            if row["type"] == "outcome"]
        self.assertEqual(len(rows), 50)
        self.assertEqual({row["status"] for row in rows}, {"success"})
        self.assertEqual(len({row["turn"] for row in rows}), 50)

    def test_a_stream_that_breaks(self):
        with Streaming(waits=False) as llm:
            self.configure_llm("eve", "openai", url=llm.url)
            self.node("broken.mjs", "cut",
                      BYOLLM_TOKEN=self.client_token("eve"))

    def test_who_leaves_ends_the_call(self):
        with Streaming(waits=True) as llm:
            self.configure_llm("fay", "openai", url=llm.url)
            told = self.node("broken.mjs", "slow",
                             BYOLLM_TOKEN=self.client_token("fay"))
            self.assertEqual(told.count("left"), 2)
            for _ in range(2):
                self.assertTrue(llm.gone.acquire(timeout=PATIENCE))

    def test_no_money_is_asked_once(self):
        self.configure_llm("gil", "openai", key="standin-unpaid")
        self.node("broken.mjs", "unpaid",
                  BYOLLM_TOKEN=self.client_token("gil"))
        rows = [row for row in self.json("ledger", "list", "--of-user", "gil",
                                         "--limit", "100")
                if row["type"] == "outcome"]
        self.assertEqual(len(rows), 2)


if __name__ == "__main__":
    if subprocess.run([PACKAGES, "clients"]).returncode != 0:
        sys.exit(69)
    unittest.main()
