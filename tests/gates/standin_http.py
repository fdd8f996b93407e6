#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Goal: byollm-standin frames HTTP strictly, checks keys, and ends when told.

Method: starts the program (argument 1), sends raw bytes on raw sockets, whole
and one byte at a time, and looks at what comes back. The official clients
check the dialects (tests/e2e/aimock/clients.mjs).
"""

import json
import signal
import socket
import subprocess
import sys
import unittest

PROGRAM = sys.argv.pop(1)
CHAT = json.dumps({
    "model": "m-1",
    "max_tokens": 50,
    "stream": False,
    "messages": [{"role": "user", "content": "hello"}],
}).encode()


def request(line, body=b"", *fields):
    head = [line + b" HTTP/1.1", b"host: x", *fields]
    if body:
        head.append(b"content-length: %d" % len(body))
    return b"\r\n".join(head) + b"\r\n\r\n" + body


def start(*options):
    program = subprocess.Popen(
        [PROGRAM, "--until-stdin-closes", "--token-delay-ms", "0", *options],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )
    line = program.stdout.readline()
    assert line.startswith("listening on 127.0.0.1:"), line
    return program, int(line.rsplit(":", 1)[1])


class standin_http(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.program, cls.port = start()

    @classmethod
    def tearDownClass(cls):
        cls.program.stdin.close()
        assert cls.program.wait(10) == 0
        cls.program.stdout.close()

    def talk(self, data, port=None, piece=1 << 20):
        """Sends `data`, then reads until the other side closes."""
        answer = b""
        address = ("127.0.0.1", port or self.port)
        with socket.create_connection(address, timeout=20) as link:
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for at in range(0, len(data), piece):
                link.sendall(data[at:at + piece])
            while part := link.recv(65536):
                answer += part
        return answer

    def status(self, data):
        return int(self.talk(data).split(b" ", 2)[1])

    def test_pipelined_requests_are_answered_in_order(self):
        chunks = b"".join(
            b"%x\r\n%s\r\n" % (len(CHAT[i:i + 9]), CHAT[i:i + 9])
            for i in range(0, len(CHAT), 9)
        ) + b"0\r\n\r\n"
        both = request(b"POST /api/chat", b"", b"transfer-encoding: chunked")
        both += chunks + request(b"GET /", b"", b"connection: close")
        for piece in (len(both), 1):
            answer = self.talk(both, piece=piece)
            self.assertEqual(answer.count(b"HTTP/1.1 200 OK"), 2)
            first = answer.index(b"You said: hello")
            self.assertLess(first, answer.index(b"is running"))

    def test_what_two_readers_could_read_differently_is_refused(self):
        chunked = b"transfer-encoding: chunked"
        post = request(b"POST /", b"", chunked)
        for data, status in [
            (b"GET / HTTP/1.0\r\nhost: x\r\n\r\n", 505),
            (b"GET / HTTP/1.1\r\n\r\n", 400),
            (request(b"GET /", b"", b"host: y"), 400),
            (request(b"POST /", b"x", chunked), 400),
            (request(b"POST /", b"x", b"content-length: 2"), 400),
            (request(b"POST /", b"", b"content-length: +1"), 400),
            (request(b"POST /", b"", b"transfer-encoding: gzip"), 400),
            (request(b"GET /", b"", b"a\nb: c"), 400),
            (request(b"GET /", b"", b"a : c"), 400),
            (request(b"GET /", b"", b"a: b", b" folded"), 400),
            (post + b"3\r\nabcd\r\n", 400),
            (post + b"3;x=y\r\nabc\r\n", 400),
            (post + b"0\r\ntrailer: x\r\n\r\n", 400),
            (request(b"POST /", b"", b"content-length: 99999999"), 413),
            (post + b"fffffff\r\n", 413),
            (b"x" * 70000, 431),
        ]:
            with self.subTest(data=data[:60]):
                self.assertEqual(self.status(data), status)

    def test_a_body_is_asked_for_if_the_client_waits(self):
        address = ("127.0.0.1", self.port)
        fields = (b"expect: 100-continue", b"connection: close")
        head, body = request(b"POST /api/chat", CHAT, *fields).split(
            b"\r\n\r\n"
        )
        with socket.create_connection(address, timeout=20) as link:
            link.sendall(head + b"\r\n\r\n")
            self.assertTrue(link.recv(99).startswith(b"HTTP/1.1 100 "))
            link.sendall(body)
            self.assertTrue(link.recv(99).startswith(b"HTTP/1.1 200 "))

    def test_keys_are_checked_as_each_provider_does(self):
        close = b"connection: close"
        version = b"anthropic-version: 2023-06-01"
        for path, fields, status in [
            (b"/v1/chat/completions", [], 401),
            (b"/v1/chat/completions", [b"authorization: Bearer standin-bad"], 401),
            (b"/v1/chat/completions", [b"authorization: Bearer k"], 200),
            (b"/v1/messages", [version], 401),
            (b"/v1/messages", [version, b"x-api-key: standin-bad"], 401),
            (b"/v1/messages", [version, b"x-api-key: k"], 200),
            (b"/v1/messages", [b"x-api-key: k"], 400),
            (b"/api/chat", [], 200),
            (b"/api/chat", [b"authorization: Bearer standin-bad"], 401),
        ]:
            with self.subTest(path=path, fields=fields):
                data = request(b"POST " + path, CHAT, close, *fields)
                self.assertEqual(self.status(data), status)

    def test_a_key_never_comes_back(self):
        key = b"a-secret-nobody-may-see"
        for path in (b"/v1/chat/completions", b"/v1/messages", b"/v1/x"):
            answer = self.talk(request(
                b"POST " + path, CHAT, b"connection: close", b"x-api-key: " + key,
                b"authorization: Bearer " + key,
            ))
            self.assertNotIn(key, answer)

    def test_bad_json_and_deep_json_are_refused(self):
        for body in (b"{", b"[]", b'{"model":"\xff"}', b"[" * 200000):
            data = request(b"POST /api/chat", body, b"connection: close")
            self.assertEqual(self.status(data), 400)

    def test_a_canned_stream_has_its_chunks_and_its_end(self):
        program, port = start("--chunks", "7", "--chunk-interval-ms", "1")
        end = {
            b"/v1/chat/completions": b"data: [DONE]\n\n",
            b"/v1/messages": b"event: message_stop",
            b"/api/chat": b'"done":true',
        }
        body = CHAT.replace(b'"stream": false', b'"stream": true')
        for path, marker in end.items():
            answer = self.talk(
                request(b"POST " + path, body, b"connection: close"), port
            )
            self.assertEqual(answer.count(b"@"), 7, answer)
            self.assertNotIn(b"@0000000000000000000", answer)
            self.assertIn(marker, answer)
            self.assertTrue(answer.endswith(b"0\r\n\r\n"))
        program.stdin.close()
        self.assertEqual(program.wait(10), 0)
        program.stdout.close()

    def test_a_signal_ends_it_in_the_middle_of_a_stream(self):
        program, port = start("--chunks", "9999", "--chunk-interval-ms", "9")
        body = CHAT.replace(b'"stream": false', b'"stream": true')
        with socket.create_connection(("127.0.0.1", port), timeout=20) as link:
            link.sendall(request(b"POST /api/chat", body))
            self.assertTrue(link.recv(99).startswith(b"HTTP/1.1 200 "))
            program.send_signal(signal.SIGTERM)
            self.assertEqual(program.wait(10), 0)
        program.stdin.close()
        program.stdout.close()


if __name__ == "__main__":
    unittest.main(verbosity=2)
