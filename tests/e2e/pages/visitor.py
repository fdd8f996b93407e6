# SPDX-License-Identifier: Apache-2.0
"""What the tests of the pages share: byollmd over HTTP, and who visits it."""

import contextlib
import http.client
import json
import os
import sys
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "service"))

from service import PATIENCE, ServiceCase, make_key  # noqa: E402, F401
from support import leaks  # noqa: E402, F401


class Visitor:
    """A browser, as far as byollmd can tell: it keeps a cookie, and says where
    its page is from."""

    def __init__(self, base, port=None, **headers):
        self.base = base
        self.address = urllib.parse.urlsplit(base).hostname
        self.port = port or urllib.parse.urlsplit(base).port
        self.headers = {"Origin": base, "Sec-Fetch-Site": "same-origin",
                        **headers}
        self.cookie = ""
        self.csrf = ""
        self.said = b""

    def begin(self, peer, method, path, body=None, **headers):
        """Returns an answer of which only the head has come. A header of None
        is left out."""
        all_headers = {**self.headers, "Cookie": self.cookie,
                       "x-byollm-csrf": self.csrf, **headers}
        peer.request(
            method, path,
            body=body if body is None or isinstance(body, str)
            else json.dumps(body),
            headers={name: value for name, value in all_headers.items()
                     if value})
        return peer.getresponse()

    def connection(self):
        return contextlib.closing(http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=60))

    def send(self, method, path, body=None, **headers):
        """Returns status, headers and body."""
        with self.connection() as peer:
            answer = self.begin(peer, method, path, body, **headers)
            raw = answer.read()
        self.said += raw
        return answer.status, answer.headers, raw.decode()

    def log_in(self, link):
        """Uses a link as its page does. Returns who is in."""
        ticket = link.partition("#ticket=")[2]
        status, headers, text = self.send("POST", "/v1/login",
                                          {"ticket": ticket})
        if status != 200:
            raise AssertionError(text)
        self.cookie = headers["Set-Cookie"].partition(";")[0]
        self.csrf = json.loads(text)["csrf"]
        return json.loads(text)


class PagesCase(ServiceCase):
    """A byollmd that serves pages."""

    SETTINGS = '[listen]\nhttp = "127.0.0.1:0"\n'

    def setUp(self):
        super().setUp()
        self.base = self.link("ada").partition("/login")[0]

    def link(self, user):
        out, _ = self.byollm("--user", user, "login-link")
        return out.strip()

    def admin_link(self, *more):
        out, _ = self.byollm("login-link", "--admin", *more)
        return out.strip()

    def visitor(self, user=None):
        made = Visitor(self.base)
        if user:
            made.log_in(self.link(user))
        return made

    def admin(self, name="grace"):
        made = Visitor(self.base)
        made.log_in(self.admin_link("--name", name))
        return made

    def ask(self, who, method, path, body=None, status=200, **headers):
        """Returns the answer's JSON."""
        got, _, text = who.send(method, path, body, **headers)
        self.assertEqual(got, status, f"{method} {path}: {text}")
        return json.loads(text) if text else None

    def refused(self, code, who, method, path, body=None, **headers):
        _, _, text = who.send(method, path, body, **headers)
        self.assertEqual(json.loads(text).get("error", {}).get("code"), code,
                         text)

    def mine(self, who, operation, body=None, **more):
        return self.ask(who, "POST", f"/v1/me/{operation}", body or {}, **more)
