# SPDX-License-Identifier: Apache-2.0
"""What the tests of traces share: a provider and a collector over real HTTP,
which keep every byte, and a reader of OTLP's JSON that is as strict as its
specification."""

import http.server
import json
import re
import threading

from watching import PATIENCE, WatchCase  # noqa: F401

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
                self.reply(body, *outer.answer(self.path, json.loads(body)))

            def do_GET(self):
                self.reply(b"", *outer.answer(self.path, None))

            def reply(self, body, status, answer):
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
        if path.endswith("/models"):
            return 200, b'{"data":[{"id":"another-model"}]}'
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

    def spans(self, count, kind=None, trace=None):
        """Returns all spans (of a trace), once there are so many (of a kind).
        """
        def all_of_them():
            return [span for _, _, body in self.asked
                    for span in read_export(json.loads(body))
                    if trace in (None, span["traceId"])]

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


# -- what the tests stand on ---------------------------------------------------

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
