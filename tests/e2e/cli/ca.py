#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Goal: an admin trusts a tenant's own authority, for that tenant's users only,
and is told plainly what is no such thing.

Method: an LLM over TLS under an authority made for the test, asked through the
CLI by two tenants.
"""

import http.server
import json
import os
import pathlib
import ssl
import subprocess
import threading
import unittest

from support import Case

ANSWER = "".join(f"data: {line}\n\n" for line in (
    json.dumps({"id": "x", "object": "chat.completion.chunk", "model": "m",
                "choices": [{"index": 0, "finish_reason": "stop", "delta": {
                    "role": "assistant", "content": "privately answered"}}]}),
    "[DONE]")).encode()


class Answers(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Content-Length", str(len(ANSWER)))
        self.end_headers()
        self.wfile.write(ANSWER)

    def log_message(self, *_):
        pass


def openssl(*arguments, cwd):
    subprocess.run(["openssl", *arguments], cwd=cwd, check=True,
                   capture_output=True)


def make_authority(folder, name):
    """Makes NAME.pem, and a server's name-server.pem and -key.pem under it."""
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    openssl("req", "-x509", *curve, "-days", "2", "-subj", f"/CN={name}",
            "-keyout", f"{name}-ca.key", "-out", f"{name}.pem", cwd=folder)
    openssl("req", *curve, "-subj", "/CN=server", "-keyout", f"{name}.key",
            "-out", f"{name}.csr", cwd=folder)
    pathlib.Path(folder, "names").write_text("subjectAltName=IP:127.0.0.1\n")
    openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{name}.pem",
            "-CAkey", f"{name}-ca.key", "-CAcreateserial", "-days", "2",
            "-extfile", "names", "-out", f"{name}-server.pem", cwd=folder)


class TenantAuthority(Case):

    def setUp(self):
        super().setUp()
        make_authority(self.root, "theirs")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path("theirs-server.pem"),
                                self.path("theirs.key"))
        self.server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), Answers)
        self.server.socket = context.wrap_socket(
            self.server.socket, server_side=True)
        thread = threading.Thread(target=self.server.serve_forever)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        for tenant in ("theirs", "others"):
            self.configure_own(tenant)

    def path(self, name):
        return os.path.join(self.root, name)

    def configure_own(self, tenant):
        url = f"https://127.0.0.1:{self.server.server_port}"
        self.byollm("--tenant", tenant, "origin", "allow", url)
        self.byollm("--tenant", tenant, "config", "set", "--provider",
                    "openai", "--model", "m", "--base-url", url,
                    stdin="key-of-" + tenant)

    def test_it_serves_that_tenants_users_only(self):
        self.refuses("tls_untrusted", "--tenant", "theirs", "chat", "hello")
        self.byollm("--tenant", "theirs", "ca", "set",
                    self.path("theirs.pem"))
        reply = self.json("--tenant", "theirs", "chat", "hello")
        self.assertEqual(reply["text"], "privately answered")
        self.refuses("tls_untrusted", "--tenant", "others", "chat", "hello")
        self.byollm("--tenant", "theirs", "ca", "rm")
        self.refuses("tls_untrusted", "--tenant", "theirs", "chat", "hello")
        changes = [row["fields"]
                   for row in self.json("ledger", "list", "--all-tenants")
                   if row["fields"].get("subject") == "tenant_ca"]
        self.assertEqual([c["summary"].split()[-1] for c in changes],
                         ["set", "removed"])

    def test_a_running_owner_takes_it_at_once(self):
        with self.serving():
            self.refuses("tls_untrusted", "--tenant", "theirs", "chat", "hi")
            self.byollm("--tenant", "theirs", "ca", "set",
                        self.path("theirs.pem"))
            self.json("--tenant", "theirs", "chat", "hi")
            self.byollm("--tenant", "theirs", "ca", "rm")
            self.refuses("tls_untrusted", "--tenant", "theirs", "chat", "hi")

    def test_it_is_shown(self):
        out, _ = self.byollm("--tenant", "theirs", "ca", "show")
        self.assertIn("none", out)
        self.byollm("--tenant", "theirs", "ca", "set",
                    self.path("theirs.pem"))
        out, _ = self.byollm("--tenant", "theirs", "ca", "show")
        self.assertRegex(out, r"CN=theirs, until \d{4}-\d\d-\d\d")
        self.assertRegex(out, r"sha256:[0-9a-f]{64}")
        shown = self.json("--tenant", "theirs", "ca", "show")
        self.assertEqual(
            shown["pem"], pathlib.Path(self.path("theirs.pem")).read_text())

    def test_what_is_no_authority_is_refused_and_named(self):
        for name, says in (
                ("theirs.key", "holds a private key"),
                ("theirs-server.pem", "not the certificate of an authority"),
                ("names", "no certificate"),
                ("nothing-there", "cannot be read")):
            told = self.refuses("invalid_config", "--tenant", "theirs", "ca",
                                "set", self.path(name))
            self.assertIn(says, told)
        big = pathlib.Path(self.path("big.pem"))
        big.write_text(pathlib.Path(self.path("theirs.pem")).read_text() * 101)
        self.assertIn("100", self.refuses(
            "limit_exceeded", "--tenant", "theirs", "ca", "set", str(big)))
        self.assertIsNone(self.json("--tenant", "theirs", "ca", "show"))
        self.refuses("not_found", "--tenant", "theirs", "ca", "rm")


if __name__ == "__main__":
    unittest.main()
