# SPDX-License-Identifier: Apache-2.0
"""What the tests of the programs share: starting them, and things they talk to.

Everything is on loopback with ports that the kernel chose, and everything that
is started is ended by its own handle.
"""

import contextlib
import json
import os
import random
import socket
import string
import subprocess
import tempfile
import threading
import unittest

BYOLLM = os.environ["BYOLLM"]
STANDIN = os.environ["BYOLLM_STANDIN"]

# A hang ends here; no verdict depends on it.
PATIENCE = 60


def make_key():
    """Returns a key that looks like nobody's and is new each time."""
    letters = string.ascii_letters + string.digits
    return "key-" + "".join(random.SystemRandom().choices(letters, k=40))


def windows(secret, size=8):
    """Returns every part of `secret` that would give it away."""
    raw = secret.encode()
    return {raw[i:i + size] for i in range(len(raw) - size + 1)}


def leaks(secret, data):
    """Returns whether any window of `secret` is in `data`."""
    return any(part in data for part in windows(secret))


def files_under(directory):
    for base, _, names in os.walk(directory):
        for name in names:
            yield os.path.join(base, name)


class Standin:
    """byollm-standin, for as long as the `with` block lasts."""

    def __init__(self, *arguments, port=0):
        self.port = port
        delay = () if "--token-delay-ms" in arguments else (
            "--token-delay-ms", "0")
        self.arguments = delay + arguments

    def __enter__(self):
        self.process = subprocess.Popen(
            [STANDIN, "--port", str(self.port), "--until-stdin-closes", *self.arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        self.url = "http://" + line.split()[-1]
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(PATIENCE)
        self.process.stdout.close()


class Listener:
    """Takes connections on loopback, on a thread of its own; `serve` is called
    with each, one after the other."""

    def __enter__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        # Wakes accept, which close alone would not.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join(PATIENCE)
        self.listener.close()

    def _accept(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            self.serve(peer)


class Upstream(Listener):
    """A provider that answers every request with the same bytes and hangs up.

    With `listens=False` it answers before it was asked.
    """

    def __init__(self, answer, listens=True):
        self.answer = answer
        self.listens = listens
        self.requests = []

    def serve(self, peer):
        with peer, contextlib.suppress(OSError):
            if self.listens:
                self.requests.append(self._read_request(peer))
            peer.sendall(self.answer)

    @staticmethod
    def _read_request(peer):
        data = b""
        while b"\r\n\r\n" not in data:
            got = peer.recv(65536)
            if not got:
                return data
            data += got
        head, body = data.split(b"\r\n\r\n", 1)
        length = 0
        for line in head.split(b"\r\n"):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        while len(body) < length:
            got = peer.recv(65536)
            if not got:
                break
            body += got
        return head + b"\r\n\r\n" + body


def http_answer(status, body, content_type="application/json"):
    raw = body.encode()
    return (f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\n"
            f"Content-Length: {len(raw)}\r\n\r\n").encode() + raw


@contextlib.contextmanager
def serving(command, log=None, **how):
    """A program of ours that serves, for as long as the `with` block lasts.

    `log` is a file for its stderr, for who expects more than a pipe holds.
    """
    process = subprocess.Popen(command, text=True, stdout=subprocess.PIPE,
                               stderr=log or subprocess.PIPE, **how)

    def said(err):
        if not log:
            return err
        with open(log.name, encoding="utf-8") as file:
            return file.read()
    try:
        line = process.stdout.readline()
        if not line.startswith("serving"):
            process.kill()
            raise AssertionError(
                f"{line!r} {said(process.communicate(timeout=PATIENCE)[1])}")
        process.first_line = line
        yield process
    finally:
        process.terminate()
        out, err = process.communicate(timeout=PATIENCE)
    if process.returncode != 0:
        raise AssertionError(
            f"ended with {process.returncode}: {out}{said(err)}")


class Case(unittest.TestCase):
    """A test with a data directory of its own."""

    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="byollm-e2e-")
        self.addCleanup(holder.cleanup)
        self.root = holder.name
        self.data = os.path.join(self.root, "data")

    def command(self, *arguments):
        return [BYOLLM, "--data-dir", self.data, *arguments]

    def byollm(self, *arguments, stdin="", code=0):
        """Runs byollm to its end and checks the exit code."""
        done = subprocess.run(
            self.command(*arguments), input=stdin.encode(),
            capture_output=True, timeout=PATIENCE)
        out, err = done.stdout.decode(), done.stderr.decode()
        self.assertEqual(done.returncode, code,
                         f"{arguments}\nstdout: {out}\nstderr: {err}")
        return out, err

    def json(self, *arguments, **how):
        """Runs byollm --json; stdout must be JSON and nothing else."""
        out, _ = self.byollm("--json", *arguments, **how)
        return json.loads(out)

    def refuses(self, code, *arguments, stdin=""):
        """Runs byollm, which must fail and name `code` and a remedy."""
        out, err = self.byollm(*arguments, stdin=stdin, code=1)
        self.assertIn(code, err)
        self.assertRegex(err, r"\S\. [A-Z]", "a remedy follows the cause")
        return out + err

    def configure(self, url, provider="openai", key=None, model="some-model",
                  *more):
        self.byollm("origin", "allow", url)
        self.byollm("config", "set", "--provider", provider, "--model", model,
                    "--base-url", url, *more, stdin=key or make_key())

    def rows(self, turn):
        return self.json("ledger", "list", "--turn", turn)

    def serving(self, *arguments, log=None):
        """byollm serve, for as long as the `with` block lasts."""
        return serving(self.command("serve", *arguments), log)
