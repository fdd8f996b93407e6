# SPDX-License-Identifier: Apache-2.0
"""Goal: who asks for more than their share is refused at once, in the words of
their own client and with a time to come back; others are served meanwhile, and
so are they when there is room again. A refused call is counted, and one of a
second's is in the ledger.

Method: a provider that holds its answers until the test lets it go on, so that
calls are in flight for as long as the test wants.
"""

import http.client
import http.server
import json
import re
import select
import socket
import threading
import unittest

from service import PATIENCE, ServiceCase

HELLO = {"messages": [{"role": "user", "content": "hello"}]}
CHAT = "/v1/chat/completions"
MESSAGES = "/v1/messages"
OWN = "/v1/llm/messages"
ANSWER = json.dumps({
    "id": "x", "object": "chat.completion", "model": "m",
    "choices": [{"index": 0, "finish_reason": "stop",
                 "message": {"role": "assistant", "content": "held"}}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
}).encode()


class Holding:
    """A provider in OpenAI's dialect that answers nobody before `let_go`."""

    def __enter__(self):
        self.news = threading.Condition()
        self.asked = 0
        self.may_answer = threading.Event()
        held = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                with held.news:
                    held.asked += 1
                    held.news.notify_all()
                held.may_answer.wait(PATIENCE)
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(ANSWER)))
                self.end_headers()
                self.wfile.write(ANSWER)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.let_go()
        self.server.shutdown()
        self.thread.join(PATIENCE)
        self.server.server_close()

    def wait_for(self, calls):
        with self.news:
            if not self.news.wait_for(lambda: self.asked >= calls, PATIENCE):
                raise AssertionError(f"{self.asked} of {calls} calls came")

    def let_go(self):
        self.may_answer.set()


class Call(threading.Thread):
    """A request in a thread of its own."""

    def __init__(self, ask):
        super().__init__()
        self.ask = ask
        self.got = None
        self.start()

    def run(self):
        try:
            self.got = self.ask().status
        except (OSError, http.client.HTTPException) as error:
            self.got = error

    def end(self):
        self.join(PATIENCE)
        return self.got


class Answer:
    def __init__(self, got):
        self.status = got.status
        self.headers = got.headers
        self.body = json.loads(got.read())


class Overload(ServiceCase):
    SETTINGS = ('[listen]\nhttp = "127.0.0.1:0"\n'
                '[runtime]\ncalls_per_tenant = 2\ncalls = 40\n')

    def setUp(self):
        super().setUp()
        self.port = int(re.search(r":(\d+);", self.daemon.first_line).group(1))
        self.holder = self.enterContext(Holding())
        self.own_llm("ada", self.holder.url, "openai")
        self.token = self.client_token("default", "ada")

    def client_token(self, tenant, user):
        got = self.ask("/v1/internal/tokens/client", self.host_token,
                       {"tenant": tenant, "user": user})
        return got.body["token"]

    def ask(self, path, token, body, **headers):
        link = http.client.HTTPConnection("127.0.0.1", self.port,
                                          timeout=PATIENCE)
        try:
            link.request("POST", path, json.dumps(body), {
                "Authorization": f"Bearer {token}", **headers})
            return Answer(link.getresponse())
        finally:
            link.close()

    def chat(self, token=None):
        return self.ask(CHAT, token or self.token, HELLO)

    def fill(self, calls=2):
        """Has as many calls in flight as the tenant may have."""
        running = [Call(self.chat) for _ in range(calls)]
        self.holder.wait_for(calls)
        return running

    def comes_back(self, got):
        """Checks when a refused client may come back."""
        self.assertIn(got.headers["Retry-After"], ("1", "2", "3"))
        if "retry-after-ms" in got.headers:
            ms = int(got.headers["retry-after-ms"])
            self.assertTrue(500 <= ms < 2500, ms)
        self.assertIsNone(got.headers["x-should-retry"])

    def test_each_dialect_and_the_next_call(self):
        call, _ = self.byollm("--user", "ada", "token", "mint")
        running = self.fill()
        refused = self.chat()
        self.assertEqual((refused.status, refused.body["error"]["code"]),
                         (429, "rate_limit_exceeded"))
        self.comes_back(refused)
        self.assertIn("retry-after-ms", refused.headers)
        refused = self.ask(MESSAGES, self.token, {**HELLO, "max_tokens": 9})
        self.assertEqual((refused.status, refused.body["error"]["type"]),
                         (429, "rate_limit_error"))
        self.comes_back(refused)
        refused = self.ask(OWN, call.strip(), HELLO)
        self.assertEqual((refused.status, refused.body["error"]["code"]),
                         (429, "overloaded"))
        self.comes_back(refused)
        # Others have their own.
        other = self.client_token("other", "bob")
        self.assertEqual(self.chat(other).status, 200)
        more = [self.chat().status for _ in range(20)]
        self.assertEqual(more, [429] * 20)
        self.holder.let_go()
        self.assertEqual([x.end() for x in running], [200, 200])
        self.assertEqual(self.chat().status, 200)
        self.assertEqual(self.holder.asked, 3)
        self.check_what_is_left(23)

    def check_what_is_left(self, refused):
        """Every refused call is counted; some have a row, which counts those
        before it."""
        status = self.json("status")
        self.assertEqual(status["shed_at_tenant_limit"], refused)
        self.assertEqual(status["shed_for_scarcity"], 0)
        rows = [x["fields"] for x in
                self.json("ledger", "list", "--type", "refusal",
                          "--limit", "100")]
        self.assertTrue(rows)
        before = 0
        for row in rows:
            self.assertEqual((row["error"], row["tenant"], row["user"]),
                             ("overloaded", "default", "ada"))
            before += int(re.search(r"so were (\d+) before it",
                                    row["detail"]).group(1))
        self.assertLessEqual(len(rows) + before, refused)
        self.assertIn("calls are refused: too many in flight", self.log())

    def head(self, token, length=1_000_000):
        """Sends the head of a large request and nothing of its body."""
        link = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
        self.addCleanup(link.close)
        link.sendall(f"POST {CHAT} HTTP/1.1\r\nHost: localhost\r\n"
                     f"Authorization: Bearer {token}\r\n"
                     f"Content-Length: {length}\r\n\r\n".encode())
        return link

    def rest(self, link):
        """Reads until the other side closes."""
        got = b""
        while piece := link.recv(65536):
            got += piece
        return got.decode()

    def test_a_large_body_is_refused_by_its_head(self):
        got = self.rest(self.head("wrong"))
        self.assertTrue(got.startswith("HTTP/1.1 401 "), got)
        self.assertIn('"code":"invalid_api_key"', got)
        running = self.fill()
        # The call that is to have a second's row is read to its end: that may
        # be any one, but not each.
        for _ in range(20):
            self.assertEqual(self.chat().status, 429)
            link = self.head(self.token)
            if select.select([link], [], [], 1)[0]:
                break
        got = self.rest(link)
        self.assertTrue(got.startswith("HTTP/1.1 429 "), got)
        self.assertIn('"code":"rate_limit_exceeded"', got)
        self.assertIn("\r\nRetry-After: ", got.replace("retry-after",
                                                       "Retry-After"))
        self.holder.let_go()
        self.assertEqual([x.end() for x in running], [200, 200])


class FewFiles(Overload):
    """O08: 64 open files."""

    PREFIX = ["prlimit", "--nofile=64:64"]
    SETTINGS = '[listen]\nhttp = "127.0.0.1:0"\n'

    test_each_dialect_and_the_next_call = None
    test_a_large_body_is_refused_by_its_head = None

    def connect(self):
        link = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
        self.addCleanup(link.close)
        return link

    def test_the_listener_survives(self):
        self.holder.let_go()
        # Nobody of those who only wait keeps others out.
        idle = [self.connect() for _ in range(100)]
        self.assertEqual(self.chat().status, 200)
        for link in (self.connect() for _ in range(100)):
            link.sendall(b"POST /v1/chat/comp")
            idle.append(link)
        self.assertEqual(self.chat().status, 200)
        # More calls than there are files: refused or answered, and then over.
        self.holder.may_answer.clear()
        calls = [Call(self.chat) for _ in range(4)]
        self.holder.wait_for(2 + len(calls))
        calls += [Call(self.chat) for _ in range(56)]
        self.holder.let_go()
        got = [x.end() for x in calls]
        self.assertEqual(got[:4], [200] * 4)
        for each in got:
            if isinstance(each, int):
                self.assertIn(each, (200, 429, 502, 503))
        self.assertIsNone(self.daemon.poll())
        for link in idle:
            link.close()
        self.assertEqual(self.chat().status, 200)
        self.byollm("ledger", "verify")


if __name__ == "__main__":
    unittest.main()
