# SPDX-License-Identifier: Apache-2.0
"""Goal: byollmd behind nginx, set up as docs/operations.md says, does what it
does alone: pages, streams, large requests.

Method: that very example, with nginx on a Unix socket and a certificate made
here; TLS through it. Skipped where there is no nginx.
"""

import contextlib
import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
import unittest

from living import Connection, LivingCase, PATIENCE, main
from support import Listener

NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
OPENSSL = shutil.which("openssl")
DOCS = os.path.join(os.environ["BYOLLM_SOURCE"], "docs", "operations.md")
NAME = "llm.example.com"

PIECE = 'data: {"choices": [{"index": 0, "delta": {"content": "%s"}}]}\n\n'
END = ('data: {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}'
       "\n\ndata: [DONE]\n\n")


class Halting(Listener):
    """An LLM that says the rest of its answer when it is told to."""

    def __init__(self):
        self.goes_on = threading.Event()

    def serve(self, peer):
        with peer, contextlib.suppress(OSError):
            peer.recv(65536)
            peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream"
                         b"\r\nConnection: close\r\n\r\n"
                         + (PIECE % "first").encode())
            self.goes_on.wait(PATIENCE)
            peer.sendall((PIECE % "second" + END).encode())


class Tls(Connection):
    """A connection to the proxy."""

    def __enter__(self):
        raw = socket.socket(socket.AF_UNIX)
        raw.settimeout(PATIENCE)
        raw.connect(self.place)
        trusts = ssl.create_default_context(cafile=self.place + ".pem")
        self.peer = trusts.wrap_socket(raw, server_hostname=NAME)
        self.stream = self.peer.makefile("rb")
        return self

    def send(self, *words, **fields):
        return super().send(*words, **{"Host": NAME, **fields})


def example():
    with open(DOCS, encoding="utf-8") as file:
        return re.search(r"^```nginx\n(.*?)^```", file.read(),
                         re.DOTALL | re.MULTILINE).group(1)


@unittest.skipUnless(NGINX and OPENSSL, "no nginx, or no openssl")
class Proxy(LivingCase):

    START = {**LivingCase.START, "listen.public_url": f'"https://{NAME}"'}

    def setUp(self):
        super().setUp()
        self.front = os.path.join(self.root, "front")
        pem = self.front + ".pem"
        subprocess.run(
            [OPENSSL, "req", "-x509", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:P-256", "-nodes", "-days", "1", "-keyout",
             self.front + ".key", "-out", pem, "-subj", f"/CN={NAME}",
             "-addext", f"subjectAltName=DNS:{NAME}"],
            check=True, capture_output=True, timeout=PATIENCE)
        self.start_nginx(self.changed(example(), {
            r"listen 443 ssl;": f"listen unix:{self.front} ssl;",
            r"/etc/ssl/llm\.example\.com\.pem": pem,
            r"/etc/ssl/private/llm\.example\.com\.key": self.front + ".key",
            r"127\.0\.0\.1:8787": f"127.0.0.1:{self.port}"}))
        self.token = self.byollm("--user", "ada", "token",
                                 "client")[0].strip()

    def changed(self, text, places):
        for old, new in places.items():
            text, count = re.subn(old, new, text)
            self.assertEqual(count, 1, old)
        return text

    def start_nginx(self, server):
        folder = os.path.join(self.root, "nginx")
        os.mkdir(folder)
        paths = "".join(f"{name}_temp_path {folder}/{name};\n" for name in (
            "client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        conf = os.path.join(folder, "nginx.conf")
        with open(conf, "w", encoding="utf-8") as file:
            file.write(f"daemon off; pid {folder}/pid; error_log {folder}/log;"
                       "\nevents {}\n"
                       f"http {{\naccess_log off;\n{paths}{server}}}\n")
        # Only a master that is root may change users: workers stay who we are.
        user = ["-g", "user root;"] if os.geteuid() == 0 else []
        runs = subprocess.Popen([NGINX, "-c", conf, "-p", folder, *user],
                                stderr=subprocess.PIPE)

        def stop():
            runs.terminate()
            runs.communicate(timeout=PATIENCE)
        self.addCleanup(stop)
        self.wait_until(lambda: os.path.exists(f"{folder}/pid")
                        or runs.poll() is not None)
        self.assertIsNone(runs.poll(), runs.stderr.read() if
                          runs.poll() is not None else "")

    def chat(self, text, **more):
        return {"model": "byollm", **more,
                "messages": [{"role": "user", "content": text}]}

    def through(self, *words, **more):
        with Tls(self.front) as peer:
            return peer.ask(*words, **more)

    def test_an_admin_logs_in(self):
        link = self.byollm("login-link", "--admin")[0].strip()
        origin, _, ticket = link.partition("/login#ticket=")
        self.assertEqual(origin, f"https://{NAME}")
        self.assertIn("<html", self.through("/login")[1])
        with Tls(self.front) as peer:
            peer.send("/v1/login", "POST", {"ticket": ticket}, Origin=origin,
                      Sec_Fetch_Site="same-origin")
            status, fields = peer.head()
            self.assertEqual(status, 200)
            self.assertIn("Secure", fields["set-cookie"])

    def test_a_stream_is_not_held_back(self):
        with Halting() as slow:
            self.own_llm("ada", slow.url + "/v1", "openai")
            with Tls(self.front) as peer:
                peer.send("/v1/chat/completions", "POST",
                          self.chat("hello", stream=True), self.token)
                self.assertEqual(peer.head()[0], 200)
                said = ""
                # The LLM waits for us: held back, this would never come.
                while "first" not in said:
                    said += peer.chunk()
                self.assertNotIn("second", said)
                slow.goes_on.set()
                said += "".join(iter(peer.chunk, ""))
                self.assertIn("second", said)

    def test_a_large_request_passes(self):
        text = "word " * 600_000
        status, got = self.through("/v1/chat/completions", "POST",
                                   self.chat(text), self.token)
        self.assertEqual(status, 200, got[:300])
        # Larger than any: ours to refuse as well.
        status, _ = self.through("/v1/chat/completions", "POST",
                                 b" " * (34 << 20), self.token)
        self.assertEqual(status, 413)

    def test_it_waits_as_long_as_a_call(self):
        waits = re.search(r"proxy_read_timeout (\d+)s;", example()).group(1)
        limits = os.path.join(os.environ["BYOLLM_SOURCE"], "messages",
                              "limits.hpp")
        with open(limits, encoding="utf-8") as file:
            text = file.read()
        longest = re.search(r"call_timeout_max = ([\d']+)s;", text).group(1)
        self.assertGreaterEqual(int(waits), int(longest.replace("'", "")))
        body = re.search(r"http_body_bytes_max = (\d+)u << 20;", text).group(1)
        self.assertIn(f"client_max_body_size {body}m;", example())


if __name__ == "__main__":
    main()
