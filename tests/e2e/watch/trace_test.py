# SPDX-License-Identifier: Apache-2.0
"""Goal: a caller's trace goes through byollmd to the provider as one chain, its
spans reach a collector in OTLP's JSON as it is specified, hold no words of
anybody, and a dead collector costs nothing but a count. Method: a provider and
a collector of our own over real HTTP, which look at every byte.
"""

import http.server
import json
import re
import secrets
import socket
import threading
import unittest

from watching import PATIENCE, WatchCase

SERVER, CLIENT = 2, 3
PROMPT = "what nobody else may read"
PARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})\Z")


class Answering:
    """An HTTP server that keeps what it was asked."""

    def __init__(self):
        self.asked = []
        self.news = threading.Condition()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, answer = outer.answer(self.path, json.loads(body))
                with outer.news:
                    outer.asked.append((self.path, self.headers, body))
                    outer.news.notify_all()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.thread = threading.Thread(target=self.server.serve_forever)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.thread.join(PATIENCE)
        self.server.server_close()

    def header(self, name):
        """Returns a header of the last request."""
        return self.asked[-1][1][name]


class Provider(Answering):
    """Speaks OpenAI's dialect, and counts tokens as Anthropic does."""

    def answer(self, path, _):
        if path.endswith("/count_tokens"):
            return 200, b'{"input_tokens":4}'
        if path.endswith("/embeddings"):
            return 200, json.dumps(
                {"data": [{"index": 0, "embedding": [1.0]}], "model": "vectors",
                 "usage": {"prompt_tokens": 4}}).encode()
        if "fails" in path:
            return 429, b'{"error":{"message":"slow down"}}'
        return 200, json.dumps(
            {"id": "c", "model": "answering-model", "choices": [
                {"index": 0, "finish_reason": "stop",
                 "message": {"role": "assistant", "content": "secret answer"}}],
             "usage": {"prompt_tokens": 9, "completion_tokens": 3,
                       "prompt_tokens_details": {"cached_tokens": 2}}}).encode()


class Collector(Answering):

    def answer(self, *_):
        return 200, b'{"partialSuccess":{}}'

    def spans(self, count, kind=None):
        """Returns all spans, once there are so many (of a kind)."""
        def all_of_them():
            return [span for _, _, body in self.asked
                    for span in read_export(json.loads(body))]

        def are_there():
            found = [x for x in all_of_them() if kind in (None, x["kind"])]
            return len(found) >= count
        with self.news:
            if not self.news.wait_for(are_there, PATIENCE):
                raise AssertionError(f"only {all_of_them()}")
            return all_of_them()


# -- OTLP's JSON, strictly ----------------------------------------------------

def members(value, required, optional=()):
    names = set(value)
    if not set(required) <= names <= set(required) | set(optional):
        raise ValueError(f"members {sorted(names)}, not {required}")
    return value


def hex_id(text, size):
    if not re.fullmatch(f"[0-9a-f]{{{size}}}", text) or set(text) == {"0"}:
        raise ValueError(f"no id of {size} digits: {text}")
    return text


def nanos(value):
    if not isinstance(value, str) or not re.fullmatch("[1-9][0-9]{18}", value):
        raise ValueError(f"no time: {value!r}")
    return int(value)


def read_value(value):
    (kind, held), = value.items()
    if kind == "stringValue" and isinstance(held, str):
        return held
    if kind == "intValue" and re.fullmatch("-?[0-9]+", held):
        return int(held)
    if kind == "arrayValue":
        return [read_value(x) for x in members(held, ["values"])["values"]]
    raise ValueError(f"no value: {value}")


def read_attributes(rows):
    made = {}
    for row in rows:
        key = members(row, ["key", "value"])["key"]
        if key in made:
            raise ValueError(f"{key} comes twice")
        made[key] = read_value(row["value"])
    return made


def read_span(span):
    members(span, ["traceId", "spanId", "flags", "name", "kind",
                   "startTimeUnixNano", "endTimeUnixNano", "attributes",
                   "status"], ["parentSpanId", "traceState"])
    hex_id(span["traceId"], 32)
    hex_id(span["spanId"], 16)
    if "parentSpanId" in span:
        hex_id(span["parentSpanId"], 16)
    if span["kind"] not in (SERVER, CLIENT) or type(span["flags"]) is not int:
        raise ValueError("enumerations and flags are numbers")
    if nanos(span["startTimeUnixNano"]) > nanos(span["endTimeUnixNano"]):
        raise ValueError("ends before it begins")
    members(span["status"], [], ["code"])
    if span["status"].get("code", 2) != 2:
        raise ValueError(f"status {span['status']}")
    return {**span, "attributes": read_attributes(span["attributes"])}


def read_export(body):
    spans = []
    for resource in members(body, ["resourceSpans"])["resourceSpans"]:
        members(resource, ["resource", "scopeSpans"])
        about = read_attributes(resource["resource"]["attributes"])
        if about["service.name"] != "byollmd":
            raise ValueError(about)
        for scope in resource["scopeSpans"]:
            members(scope, ["scope", "spans"])
            members(scope["scope"], ["name", "version"])
            spans += map(read_span, scope["spans"])
    return spans


def one(spans, kind):
    found, = (x for x in spans if x["kind"] == kind)
    return found


# -- tests --------------------------------------------------------------------

class TraceCase(WatchCase):

    RATIO = "1.0"

    def setUp(self):
        self.collector = self.enterContext(Collector())
        self.provider = self.enterContext(Provider())
        self.SETTINGS = (WatchCase.SETTINGS + "[trace]\n"
                         f'endpoint = "{self.endpoint()}"\n'
                         f"ratio = {self.RATIO}\n")
        super().setUp()
        self.own_llm("ada", url=self.provider.url, provider="openai")

    def endpoint(self):
        return self.collector.url


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

    def ask_in_a_trace(self, user, path, body, name):
        out, _ = self.byollm("--user", user, "token", "client")
        trace, span = secrets.token_hex(16), secrets.token_hex(8)
        before = len(self.collector.spans(0))
        status, _, got = self.ask(
            "POST", path, body, out.split()[0],
            headers={"traceparent": f"00-{trace}-{span}-01"})
        self.assertEqual(status, 200, got)
        sent = PARENT.match(self.provider.header("traceparent"))
        spans = self.collector.spans(before + 2)[before:]
        request, attempt = one(spans, SERVER), one(spans, CLIENT)
        self.assertEqual(request["name"], f"POST {path}")
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
        self.assertEqual(
            self.metrics().value("byollm_trace_spans_dropped_total"), 0)


if __name__ == "__main__":
    unittest.main()
