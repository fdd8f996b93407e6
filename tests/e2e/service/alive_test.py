# SPDX-License-Identifier: Apache-2.0
"""Goal: while a provider has nothing to show but that it is at work, the client
of a stream hears that, and whoever stands between does not hang up. Method: an
upstream that sends its answer only when the client has heard its sign of life.
"""

import json
import socket
import threading
import unittest

from service import ServiceCase

PIECE = {"choices": [{"index": 0, "delta": {"content": "done"}}]}
END = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}


def chunk(text):
    data = text.encode()
    return b"%x\r\n%s\r\n" % (len(data), data)


class Upstream:
    """Speaks OpenAI's dialect to one client."""

    def __init__(self, sign):
        self.sign = sign
        self.heard = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.heard.set()
        self.listener.close()

    def _serve(self):
        peer, _ = self.listener.accept()
        with peer:
            asked = b""
            while b"\r\n\r\n" not in asked:
                asked += peer.recv(65536)
            peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream"
                         b"\r\nTransfer-Encoding: chunked\r\n\r\n")
            peer.sendall(chunk(self.sign))
            self.heard.wait(60)
            events = "".join(f"data: {json.dumps(x)}\n\n" for x in (PIECE, END))
            peer.sendall(chunk(events + "data: [DONE]\n\n") + b"0\r\n\r\n")


class Alive(ServiceCase):

    def stream(self, sign):
        """Returns the events of an answer; the upstream goes on when the client
        has heard a comment."""
        with Upstream(sign) as upstream:
            self.own_llm("ada", url=upstream.url, provider="openai")
            body = json.dumps({"tenant": self.TENANT, "user": "ada",
                               "prompt": "hello", "stream": True}).encode()
            with socket.socket(socket.AF_UNIX) as peer:
                peer.settimeout(30)
                peer.connect(self.socket)
                peer.sendall(
                    b"POST /v1/internal/ai/complete HTTP/1.1\r\nHost: localhost"
                    b"\r\nConnection: close\r\nAuthorization: Bearer "
                    + self.host_token.encode()
                    + b"\r\nContent-Type: application/json\r\nContent-Length: "
                    + b"%d\r\n\r\n" % len(body) + body)
                got = b""
                while piece := peer.recv(65536):
                    got += piece
                    if b"\n: " in got:
                        upstream.heard.set()
                return got.decode()

    def test_a_comment_is_passed_on(self):
        for sign in (": WORKING\n\n", "event: keepalive\ndata: none\n\n"):
            got = self.stream(sign)
            self.assertIn(": keep-alive\n\n", got)
            self.assertLess(got.index(": keep-alive"), got.index('"done"'))
            self.assertIn("event: reply", got)
            # What the provider's sign says is its own.
            self.assertNotIn("WORKING", got)


if __name__ == "__main__":
    unittest.main()
