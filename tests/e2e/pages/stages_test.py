# SPDX-License-Identifier: Apache-2.0
"""Goal: a test of an LLM tells each stage once it is decided, and at the end
what it told. Method: the page's own request, and a provider that waits.
"""

import http.server
import json
import threading
import unittest
import urllib.request

from visitor import PATIENCE, PagesCase, make_key


def event_in(piece):
    """Returns (event, data) of a piece of an event stream."""
    lines = dict(line.split(": ", 1) for line in piece.split("\n") if line)
    return lines["event"], json.loads(lines["data"])


def events(text):
    return [event_in(piece) for piece in text.split("\n\n") if piece]


def next_event(answer):
    """Waits for the next event of an answer under way."""
    lines = []
    while (line := answer.readline().decode()).strip():
        lines.append(line)
    return event_in("".join(lines))


class Waiting:
    """The stand-in LLM, which answers a question once it is let."""

    def __init__(self, llm):
        self.let = threading.Semaphore(0)
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.pass_on(None)

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if outer.let.acquire(timeout=PATIENCE):
                    self.pass_on(body)

            def pass_on(self, body):
                asked = urllib.request.Request(llm + self.path, body, {
                    "Authorization": self.headers["Authorization"],
                    "Content-Type": "application/json"})
                with urllib.request.urlopen(asked, timeout=PATIENCE) as told:
                    raw = told.read()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0),
                                                      Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.let.release(10)
        self.server.shutdown()
        self.thread.join(PATIENCE)
        self.server.server_close()


class Stages(PagesCase):

    def setUp(self):
        super().setUp()
        self.byollm("origin", "allow", self.llm.url)

    def save(self, who, url):
        self.mine(who, "config.set", {
            "provider": "openai", "model": "model-1", "base_url": url,
            "key": make_key()})

    def test_each_is_told_before_the_next_question_is_answered(self):
        ada = self.visitor("ada")
        with Waiting(self.llm.url) as llm, ada.connection() as peer:
            self.byollm("origin", "allow", llm.url)
            self.save(ada, llm.url)
            answer = ada.begin(peer, "POST", "/v1/me/config.test", {})

            def told(*names):
                for name in names:
                    event, data = next_event(answer)
                    self.assertEqual((event, data["stage"]), ("stage", name))
            # Nothing more can come before the provider is let.
            told("syntax", "address", "tls")
            llm.let.release()
            told("authentication", "model", "answer")
            llm.let.release()
            event, result = next_event(answer)
            self.assertEqual((event, result["ok"]), ("result", True))

    def test_the_stages_are_what_the_end_says(self):
        ada = self.visitor("ada")
        self.refused("not_found", ada, "POST", "/v1/me/config.test", {})
        self.save(ada, self.llm.url)
        status, headers, text = ada.send("POST", "/v1/me/config.test", {})
        self.assertEqual(status, 200, text)
        self.assertEqual(headers["Content-Type"], "text/event-stream")
        told = events(text)
        stages = [data for event, data in told if event == "stage"]
        event, result = told[-1]
        self.assertEqual(event, "result")
        self.assertTrue(result["ok"])
        # What was told on the way is what the end says, in order.
        self.assertEqual([one["stage"] for one in stages],
                         ["syntax", "address", "tls", "authentication",
                          "model", "answer"])
        self.assertEqual(stages, result["stages"][:len(stages)])

    def test_a_stage_that_fails_is_the_last_one(self):
        ada = self.visitor("ada")
        self.byollm("origin", "allow", "http://127.0.0.1:1")
        self.save(ada, "http://127.0.0.1:1")
        _, _, text = ada.send("POST", "/v1/me/config.test", {})
        (event, result), = events(text)
        self.assertEqual((event, result["ok"]), ("result", False))
        verdicts = {one["stage"]: one["verdict"] for one in result["stages"]}
        self.assertEqual(verdicts["address"], "failed")
        self.assertEqual(verdicts["answer"], "not_tried")


if __name__ == "__main__":
    unittest.main()
