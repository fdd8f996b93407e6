# SPDX-License-Identifier: Apache-2.0
"""Goal: a caller's trace goes through byollmd to the provider as one chain, its
spans reach a collector in OTLP's JSON as it is specified, hold no words of
anybody, and a dead collector costs nothing but a count. Method: a provider and
a collector of our own over real HTTP, which look at every byte (tracing.py).
"""

import secrets
import socket
import unittest

from tracing import (CLIENT, PARENT, PROMPT, SERVER, Provider, TraceCase,
                     WatchCase, one)


class Chain(TraceCase):

    def test_one_chain_from_the_caller_to_the_provider(self):
        trace, span = secrets.token_hex(16), secrets.token_hex(8)
        status, _ = self.complete("ada", PROMPT, {
            "traceparent": f"00-{trace}-{span}-01", "tracestate": "their=state"})
        self.assertEqual(status, 200)
        sent = PARENT.match(self.provider.header("traceparent"))
        self.assertEqual(self.provider.header("tracestate"), "their=state")
        spans = self.collector.spans(2)
        request, attempt = one(spans, SERVER), one(spans, CLIENT)
        self.assertEqual(request["parentSpanId"], span)
        self.assertEqual(attempt["parentSpanId"], request["spanId"])
        self.assertEqual(sent.groups(), (trace, attempt["spanId"], "01"))
        for each in spans:
            self.assertEqual(each["traceId"], trace)
            self.assertEqual(each["traceState"], "their=state")
        self.assertEqual(request["name"], "POST /v1/internal/ai/complete")
        self.assertEqual(request["attributes"],
                         {"http.request.method": "POST", "url.scheme": "http",
                          "http.route": "/v1/internal/ai/complete",
                          "http.response.status_code": 200})
        self.assertEqual(attempt["name"], "chat ada-model")
        told = attempt["attributes"]
        self.assertTrue(told.pop("byollm.call"))
        self.assertEqual(told, {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "openai",
            "gen_ai.request.model": "ada-model",
            "gen_ai.response.model": "answering-model",
            "gen_ai.response.finish_reasons": ["end_turn"],
            "gen_ai.usage.input_tokens": 9,
            "gen_ai.usage.output_tokens": 3,
            "gen_ai.usage.cache_read.input_tokens": 2,
            "server.address": "127.0.0.1",
            "server.port": self.provider.port,
            "byollm.attempt": 1, "byollm.paid_by": "byollm"})
        # Nested in time, too.
        self.assertLessEqual(int(attempt["endTimeUnixNano"]),
                             int(request["endTimeUnixNano"]) + 1_000_000)

    def test_the_official_clients_routes(self):
        self.own_llm("cyd", url=self.provider.url, provider="anthropic")
        hello = {"model": "byollm",
                 "messages": [{"role": "user", "content": PROMPT}]}
        for user, path, body, name in (
                ("ada", "/v1/chat/completions", hello, "chat ada-model"),
                ("ada", "/v1/messages", {**hello, "max_tokens": 9},
                 "chat ada-model"),
                ("ada", "/v1/embeddings", {"model": "byollm", "input": PROMPT},
                 "embeddings text-embedding-3-small"),
                ("cyd", "/v1/messages/count_tokens", hello,
                 "count_tokens cyd-model")):
            with self.subTest(path):
                self.ask_in_a_trace(user, path, body, name)

    def test_a_list_of_models(self):
        self.byollm("policy", "naming", "allow")
        self.ask_in_a_trace("ada", "/v1/models", None, "list_models ada-model",
                            "GET")

    def ask_in_a_trace(self, user, path, body, name, method="POST"):
        out, _ = self.byollm("--user", user, "token", "client")
        trace, span = secrets.token_hex(16), secrets.token_hex(8)
        before = len(self.collector.spans(0))
        status, _, got = self.ask(
            method, path, body, out.split()[0],
            headers={"traceparent": f"00-{trace}-{span}-01"})
        self.assertEqual(status, 200, got)
        sent = PARENT.match(self.provider.header("traceparent"))
        spans = self.collector.spans(before + 2)[before:]
        request, attempt = one(spans, SERVER), one(spans, CLIENT)
        self.assertEqual(request["name"], f"{method} {path}")
        self.assertEqual(attempt["name"], name)
        self.assertEqual(request["parentSpanId"], span)
        self.assertEqual(attempt["parentSpanId"], request["spanId"])
        self.assertEqual(sent.groups(), (trace, attempt["spanId"], "01"))

    def test_a_failure_says_which(self):
        self.own_llm("eve", url=self.provider.url + "/fails", provider="openai")
        self.complete("eve", PROMPT)
        spans = self.collector.spans(1, SERVER)
        attempt = [x for x in spans if x["kind"] == CLIENT][0]
        self.assertEqual(attempt["attributes"]["error.type"], "rate_limited")
        self.assertEqual(attempt["status"], {"code": 2})
        # A 429 of ours is no fault of ours.
        self.assertEqual(one(spans, SERVER)["status"], {})

    def test_a_malformed_one_is_ignored(self):
        trace = secrets.token_hex(16)
        for given in (f"00-{trace}-{'0' * 16}-01", f"00-{trace}-1-01", "x",
                      f"ff-{trace}-{secrets.token_hex(8)}-01"):
            self.complete("ada", PROMPT, {"traceparent": given,
                                          "tracestate": "their=state"})
            sent = PARENT.match(self.provider.header("traceparent"))
            self.assertNotEqual(sent.group(1), trace)
            self.assertIsNone(self.provider.header("tracestate"))
        for span in self.collector.spans(8):
            self.assertNotEqual(span["traceId"], trace)

    def test_not_sampled_is_not_recorded(self):
        given = f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-00"
        self.complete("ada", PROMPT, {"traceparent": given})
        self.assertEqual(self.provider.header("traceparent"), given)
        # What comes after it is all that arrives.
        self.complete("ada", PROMPT)
        for span in self.collector.spans(2):
            self.assertNotIn(span["traceId"], given)

    def test_no_words_of_anybody(self):
        self.complete("ada", PROMPT, purpose="a-purpose")
        self.collector.spans(2)
        told = b"".join(body for _, _, body in self.collector.asked)
        key = self.provider.header("Authorization").split()[1]
        for word in (PROMPT, "secret answer", key, key[:12], self.TENANT,
                     '"ada"', "a-purpose", self.host_token):
            self.assertNotIn(word.encode(), told)
        for path, headers, _ in self.collector.asked:
            self.assertEqual(path, "/v1/traces")
            self.assertEqual(headers["Content-Type"], "application/json")


class Quiet(TraceCase):
    """Nobody wants traces that begin here."""

    RATIO = "0"

    def test_only_the_callers_are_recorded(self):
        self.complete("ada", PROMPT)
        trace = secrets.token_hex(16)
        self.complete("ada", PROMPT, {
            "traceparent": f"00-{trace}-{secrets.token_hex(8)}-01"})
        self.assertEqual({x["traceId"] for x in self.collector.spans(2)},
                         {trace})


class Dead(TraceCase):
    """The collector's port is bound, and nobody listens."""

    def endpoint(self):
        self.bound = self.enterContext(socket.socket())
        self.bound.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{self.bound.getsockname()[1]}"

    def test_it_costs_a_count(self):
        for _ in range(5):
            self.assertEqual(self.complete("ada", PROMPT)[0], 200)
        while self.metrics().value("byollm_trace_spans_dropped_total") == 0:
            pass
        self.assertEqual(self.complete("ada", PROMPT)[0], 200)
        told = self.metrics()
        self.assertEqual(told.value("byollm_trace_spans_sent_total"), 0)
        self.assertEqual(told.value("byollm_trace_spans_dropped_total")
                         + told.value("byollm_trace_spans_waiting"), 12)


class Off(WatchCase):
    """Without a collector nothing is made, and a trace passes unchanged."""

    def test_it_passes_unchanged(self):
        provider = self.enterContext(Provider())
        self.own_llm("ada", url=provider.url, provider="openai")
        given = f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"
        self.complete("ada", PROMPT, {"traceparent": given})
        self.assertEqual(provider.header("traceparent"), given)
        self.complete("ada", PROMPT)
        self.assertIsNone(provider.header("traceparent"))
        self.complete("ada", PROMPT, {"traceparent": "00-malformed"})
        self.assertIsNone(provider.header("traceparent"))
        # So it does by a worker, whether that knows of traces or not.
        self.worker("trouble")
        for function in ("traced", "untraced"):
            self.turn("ada", "trouble", function, message=PROMPT,
                      traceparent=given)
            self.assertEqual(provider.header("traceparent"), given)
            self.turn("ada", "trouble", function, message=PROMPT)
            self.assertIsNone(provider.header("traceparent"))
        self.assertEqual(
            self.metrics().value("byollm_trace_spans_dropped_total"), 0)


if __name__ == "__main__":
    unittest.main()
