# SPDX-License-Identifier: Apache-2.0
"""Goal: what Prometheus reads of byollmd is well-formed, says what the ledger
says, is documented to the last name, and does not grow by what somebody types.
Method: calls that end well and ill, and the text beside the ledger's rows; a
strict reader of our own and Debian's.
"""

import collections
import os
import re
import unittest

from prometheus_client.parser import text_string_to_metric_families

from exposition import Metrics
from watching import SOURCE, WatchCase


class Text(WatchCase):

    def test_it_agrees_with_the_ledger(self):
        self.own_llm("ada")
        for user in ("ada", "ada", "bob"):
            self.assertEqual(self.complete(user)[0], 200)
        # One that its provider fails, and one that is refused.
        self.own_llm("eve", url="http://127.0.0.1:9")
        self.assertGreaterEqual(self.complete("eve")[0], 400)
        self.byollm("policy", "set", "platform", "--purpose", "allowed")
        self.assertEqual(self.complete("bob")[0], 403)
        rows = self.json("ledger", "list")
        outcomes = [x["fields"] for x in rows if x["type"] == "outcome"]
        told = self.metrics()
        self.assertGreater(len(outcomes), 3)
        self.assertEqual(told.value("byollm_attempts_total"), len(outcomes))
        self.assertEqual(
            told.value("byollm_attempts_started_total"),
            sum(1 for x in rows if x["type"] == "intent"))
        for status, count in collections.Counter(
                x["status"] for x in outcomes).items():
            self.assertEqual(
                told.value("byollm_attempts_total", status=status), count)
        for paid in ("byollm", "platform"):
            self.assertEqual(
                told.value("byollm_attempts_total", paid_by=paid),
                sum(1 for x in outcomes if x["billing"] == paid))
        self.assertEqual(
            told.value("byollm_refusals_total", cause="forbidden"),
            sum(1 for x in rows if x["type"] == "refusal"))
        self.assertEqual(
            told.value("byollm_attempt_duration_seconds_count"), len(outcomes))
        self.assertGreater(told.value("byollm_tokens_total", kind="output"), 0)
        self.assertEqual(told.value("byollm_ledger_records"),
                         self.json("status")["ledger_records"])
        self.assertEqual(told.value("byollm_ledger_open_intents"), 0)
        self.assertEqual(told.value("byollm_ledger_healthy"), 1)
        self.assertEqual(told.value(
            "byollm_http_requests_total", code="2xx",
            route="/v1/internal/ai/complete"), 3)

    def test_a_reader_of_others_takes_it(self):
        self.complete("bob")
        text = self.scrape()
        ours = Metrics(text)
        theirs = {x.name: x for x in text_string_to_metric_families(text)}
        for name, family in ours.families.items():
            # Theirs names counters without their end.
            found = theirs[name.removesuffix("_total")
                           if family.type == "counter" else name]
            self.assertEqual(found.type, family.type)
            self.assertEqual(
                {(x.name, frozenset(x.labels.items())): x.value
                 for x in found.samples}, family.samples)

    def test_no_name_makes_a_series(self):
        def flood(start):
            for i in range(start, start + 30):
                name = f"invented{i}"
                self.complete(name, purpose=name)
                self.ask("GET", f"/{name}")
                self.ask("GET", f"/v1/models/{name}")
                self.ask("POST", f"/v1/extensions/{name}/attach", {},
                         self.worker_token + name)
                self.ask(name.upper(), f"/{name}")
                self.ask(name.upper(), "/livez")
            return self.metrics()
        first = flood(0).series()
        second = flood(30)
        self.assertEqual(first, second.series())
        self.assertNotIn("invented", self.scrape().lower())
        self.assertGreater(second.value("byollm_http_requests_total"), 300)

    def test_each_is_documented(self):
        self.complete("bob")
        with open(os.path.join(SOURCE, "docs", "operations.md"),
                  encoding="utf-8") as file:
            page = file.read()
        rows = re.findall(r"^\| `(byollm_\w+)` \| (\w+) \|([^|]*)\|", page,
                          re.MULTILINE)
        documented = {name: (kind, set(re.findall(r"`(\w+)`", labels)))
                      for name, kind, labels in rows}
        served = {name: (family.type, family.labels())
                  for name, family in self.metrics().families.items()}
        self.assertEqual(documented, served)


class Doors(WatchCase):

    def test_who_may_read(self):
        self.assertEqual(self.ask("GET", "/metrics")[0], 401)
        self.assertEqual(
            self.ask("GET", "/metrics", token=self.host_token)[0], 403)
        token = self.add_token("prometheus", "metrics")
        status, _, body = self.ask("GET", "/metrics", token=token)
        self.assertEqual(status, 200)
        Metrics(body.decode())
        # And it opens nothing else.
        self.assertEqual(self.ask("GET", "/v1/audit", token=token)[0], 403)

    def test_nothing_else_is_there(self):
        for method, path in (("GET", "/"), ("GET", "/livez"),
                             ("GET", "/metrics/"), ("POST", "/metrics"),
                             ("GET", "/v1/audit"), ("GET", "/admin"),
                             ("POST", "/v1/internal/ai/complete")):
            status, _, body = self.ask(method, path, token=self.host_token,
                                       port=self.metrics_port)
            self.assertEqual((status, body), (404, b""), f"{method} {path}")
        # No page of another name gets at it.
        status, _, _ = self.ask("GET", "/metrics", port=self.metrics_port,
                                headers={"Host": "evil.example.com"})
        self.assertEqual(status, 421)


if __name__ == "__main__":
    unittest.main()
