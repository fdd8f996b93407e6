# SPDX-License-Identifier: Apache-2.0
"""What the tests of metrics and traces share: a byollmd that serves HTTP and
metrics on ports that the kernel chose, and requests to it."""

import http.client
import json
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "service"))

from service import PATIENCE, ServiceCase, SOURCE  # noqa: E402, F401
from exposition import Metrics  # noqa: E402


class WatchCase(ServiceCase):

    SETTINGS = '[listen]\nhttp = "127.0.0.1:0"\nmetrics = "127.0.0.1:0"\n'

    def setUp(self):
        super().setUp()
        found = re.search(r"and http://127\.0\.0\.1:(\d+) and metrics at "
                          r"http://127\.0\.0\.1:(\d+)/metrics",
                          self.daemon.first_line)
        self.port, self.metrics_port = map(int, found.groups())

    def ask(self, method, path, body=None, token=None, port=None, headers=()):
        """Returns status, headers and body."""
        peer = http.client.HTTPConnection("127.0.0.1", port or self.port,
                                          timeout=PATIENCE)
        sent = dict(headers)
        if token:
            sent["Authorization"] = f"Bearer {token}"
        data = None
        if body is not None:
            sent["Content-Type"] = "application/json"
            data = json.dumps(body)
        peer.request(method, path, data, sent)
        answer = peer.getresponse()
        got = answer.read()
        peer.close()
        return answer.status, answer.headers, got

    def complete(self, user, prompt="hello", headers=(), **more):
        """A call of the host's own; returns status and body."""
        status, _, body = self.ask(
            "POST", "/v1/internal/ai/complete",
            {"tenant": self.TENANT, "user": user, "prompt": prompt, **more},
            self.host_token, headers=headers)
        return status, json.loads(body)

    def scrape(self):
        """Returns the text of the metrics' own listener."""
        status, headers, body = self.ask("GET", "/metrics",
                                         port=self.metrics_port)
        self.assertEqual(status, 200)
        self.assertEqual(headers["Content-Type"],
                         "text/plain; version=0.0.4; charset=utf-8")
        return body.decode()

    def metrics(self):
        return Metrics(self.scrape())
