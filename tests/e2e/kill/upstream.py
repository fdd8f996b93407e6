# SPDX-License-Identifier: Apache-2.0
"""An OpenAI-shaped upstream that writes down which call asked it, and when."""

import json
import re
import socket
import socketserver
import threading

ANSWER = json.dumps({
    "id": "chatcmpl-1", "object": "chat.completion", "model": "some-model",
    "choices": [{"index": 0, "finish_reason": "stop",
                 "message": {"role": "assistant", "content": "An answer."}}],
    "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5},
}).encode()

RESPONSE = (b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
            b"Content-Length: %d\r\n\r\n" % len(ANSWER)) + ANSWER


class Upstream(socketserver.ThreadingTCPServer):
    """Answers every request. `asked` lists the calls in the order in which their
    first byte arrived; `on_first_byte()` runs before more is read."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, on_first_byte=None):
        super().__init__(("127.0.0.1", 0), Connection)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.on_first_byte = on_first_byte
        self.asked = []
        self.lock = threading.Lock()
        self.left = threading.Condition(self.lock)
        self.present = 0

    def __enter__(self):
        threading.Thread(target=self.serve_forever, args=(0.05,),
                         daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    def process_request(self, *request):
        # Counted by the thread that accepts, in the order of arrival.
        with self.lock:
            self.present += 1
        super().process_request(*request)

    def handle_error(self, *_):
        pass  # a client that is killed breaks its connections

    def settle(self):
        """Waits until nobody is connected: what a client that was killed had
        sent is written down then, also if nobody had accepted it yet."""
        with socket.create_connection(self.server_address) as last:
            last.shutdown(socket.SHUT_WR)
            last.recv(1)
        with self.left:
            self.left.wait_for(lambda: self.present == 0)

    def take(self):
        """Returns what was asked since the last time."""
        with self.lock:
            asked, self.asked = self.asked, []
        return asked


class Connection(socketserver.StreamRequestHandler):

    def finish(self):
        super().finish()
        with self.server.left:
            self.server.present -= 1
            self.server.left.notify_all()

    def handle(self):
        while first := self.rfile.read(1):
            seen = (self.server.on_first_byte()
                    if self.server.on_first_byte else None)
            head = first
            while not head.endswith(b"\r\n\r\n"):
                line = self.rfile.readline()
                if not line:
                    break
                head += line
            length = re.search(rb"content-length: (\d+)", head, re.I)
            body = self.rfile.read(int(length.group(1))) if length else b""
            # A request that broke off after its first byte still arrived.
            call = re.search(rb"call:([\w.-]+);", body)
            with self.server.lock:
                self.server.asked.append(
                    (call.group(1).decode() if call else None, seen))
            if not call:
                return
            self.wfile.write(RESPONSE)
