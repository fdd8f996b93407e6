# SPDX-License-Identifier: Apache-2.0
"""Goal: the memory of an idle process holds no user's key, though it was used
a thousand times over TLS.

Method: memory_host makes the calls to a TLS server of ours; then this process
reads all of its memory and looks for every eight bytes of the key and for its
encoded forms. A host that keeps a copy proves that they would be found.
"""

import base64
import datetime
import http.server
import ipaddress
import os
import secrets
import ssl
import subprocess
import tempfile
import threading
import unittest

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from process_memory import read_memory

HOST = os.environ["BYOLLM_MEMORY_HOST"]
CALLS = 1000
WINDOW = 8

ANSWER = (b'{"id":"c","object":"chat.completion","model":"m","choices":[{'
          b'"index":0,"finish_reason":"stop","message":{"role":"assistant",'
          b'"content":"Hi."}}],"usage":{"prompt_tokens":3,'
          b'"completion_tokens":2,"total_tokens":5}}')


def make_certificate(directory):
    """Writes a self-signed certificate of localhost; returns both files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.utcnow()
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(hours=1))
            .not_valid_after(now + datetime.timedelta(hours=1))
            .add_extension(x509.SubjectAlternativeName([
                x509.DNSName("localhost"),
                x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
            .add_extension(x509.BasicConstraints(True, None), True)
            .sign(key, hashes.SHA256()))
    files = [os.path.join(directory, x) for x in ("ca.pem", "key.pem")]
    with open(files[0], "wb") as file:
        file.write(made.public_bytes(serialization.Encoding.PEM))
    with open(files[1], "wb") as file:
        file.write(key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption()))
    return files


class Provider(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        right = self.headers["Authorization"] == f"Bearer {self.server.key}"
        with self.server.lock:
            self.server.seen += right
        self.send_response(200 if right else 401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(ANSWER)))
        self.end_headers()
        self.wfile.write(ANSWER)

    def log_message(self, *_):
        pass


def forms_of(key):
    """Every eight bytes of the key, and forms that it could be encoded in."""
    raw = key.encode()
    found = {raw[i:i + WINDOW] for i in range(len(raw) - WINDOW + 1)}
    found.add(raw.hex().encode())
    for before in range(3):  # wherever the key begins in what is encoded
        inside = base64.b64encode(b"\0" * before + raw)[4:-4]
        found.add(inside)
    return found


class Memory(unittest.TestCase):

    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="byollm-memory-")
        self.addCleanup(holder.cleanup)
        self.root = holder.name
        self.ca, key = make_certificate(self.root)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.ca, key)
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0),
                                                      Provider)
        self.server.daemon_threads = True
        self.server.socket = context.wrap_socket(self.server.socket,
                                                 server_side=True)
        self.server.key = "sk-MEMORY-" + secrets.token_hex(16)
        self.server.lock = threading.Lock()
        self.server.seen = 0
        threading.Thread(target=self.server.serve_forever, args=(0.05,),
                         daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)

    def look(self, *more):
        """Returns what was found in an idle host, and how much was read."""
        data = os.path.join(self.root, "data" + "".join(more))
        url = f"https://localhost:{self.server.server_address[1]}"
        host = subprocess.Popen(
            [HOST, data, url, self.ca, str(CALLS), *more],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        host.stdin.write(self.server.key.encode() + b"\n")
        host.stdin.flush()
        self.assertEqual(host.stdout.readline(), b"idle\n")
        forms = forms_of(self.server.key)
        found, size = [], 0
        for name, content in read_memory(host.pid):
            size += len(content)
            found += [(name, form) for form in forms if form in content]
        host.stdin.close()
        self.assertEqual(host.wait(60), 0)
        host.stdout.close()
        return found, size

    def test_an_idle_process_holds_no_key(self):
        found, size = self.look()
        self.assertEqual(self.server.seen, CALLS)
        self.assertEqual(found, [])
        print(f"{CALLS} TLS calls, {size >> 20} MiB read, key found 0 times")

    def test_a_key_that_is_kept_is_found(self):
        found, _ = self.look("plant")
        whole = len(self.server.key) - WINDOW + 1
        self.assertGreaterEqual(len(found), whole)


if __name__ == "__main__":
    unittest.main(verbosity=2)
