# SPDX-License-Identifier: Apache-2.0
"""A provider of a few lines in the dialects of all three, by the path that is
asked. It does what the prompt says, which `byollm-standin` does not:

refuse the key, refuse for money, refuse the model: in the provider's own words
then hang up: after a word of the answer
then fail: after a word, with an error of the provider's
then cut a call: after a word, of a tool, at max_tokens
then wait: after a word, until who asked has hung up

Scripts ask it, too: `GET /waiting` tells how many wait, and `GET /gone` answers
once another one of those has hung up.
"""

import contextlib
import json
import re
import threading

from dialects import DIALECTS
from support import Listener

# Four times this, for as many clients, is within the time of a script.
PATIENCE = 12


def whole(status, kind, body):
    return (f"HTTP/1.1 {status} Because\r\nContent-Type: {kind}\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
            f"{body}").encode()


def chunk(text):
    return f"{len(text.encode()):x}\r\n{text}\r\n".encode()


def begun(dialect):
    return (f"HTTP/1.1 200 OK\r\nContent-Type: {dialect.KIND}\r\n"
            "Transfer-Encoding: chunked\r\n\r\n").encode() + chunk(dialect.WORD)


class Provider(Listener):

    def __init__(self):
        self.gone = threading.Semaphore(0)
        self.waiting = 0
        self.counting = threading.Lock()

    def serve(self, peer):
        # Those that wait must not keep others out.
        threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer):
        with peer:
            path, prompt = self._read_request(peer)
            if path in DIALECTS:
                self._answer(peer, DIALECTS[path], prompt)
            else:
                peer.sendall(self._tell(path))

    @staticmethod
    def _read_request(peer):
        got = b""
        while b"\r\n\r\n" not in got:
            got += peer.recv(65536)
        head, body = got.split(b"\r\n\r\n", 1)
        length = re.search(rb"(?i)content-length: (\d+)", head)
        while len(body) < int(length.group(1) if length else 0):
            body += peer.recv(65536)
        return head.split(b" ")[1].decode(), body.decode()

    def _answer(self, peer, dialect, prompt):
        for what, (status, *why) in dialect.REFUSALS.items():
            if f"refuse {what}" in prompt:
                body = json.dumps(dialect.error(*why))
                return peer.sendall(whole(status, "application/json", body))
        if "then wait" in prompt:
            return self._wait(peer, dialect)
        rest = b""
        if "then fail" in prompt:
            rest = chunk(dialect.ERROR)
        if "then cut a call" in prompt:
            rest = chunk(dialect.CUT) + b"0\r\n\r\n"
        peer.sendall(begun(dialect) + rest)

    def _wait(self, peer, dialect):
        self._count(1)
        peer.sendall(begun(dialect))
        with contextlib.suppress(OSError):
            while peer.recv(65536):
                pass
        self._count(-1)
        self.gone.release()

    def _count(self, more):
        with self.counting:
            self.waiting += more

    def _tell(self, path):
        if path == "/waiting":
            return whole(200, "text/plain", str(self.waiting))
        if path == "/gone" and self.gone.acquire(timeout=PATIENCE):
            return whole(200, "text/plain", "gone")
        return whole(504, "text/plain", "nobody")
