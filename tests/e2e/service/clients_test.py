# SPDX-License-Identifier: Apache-2.0
"""Goal: a client token calls its user's LLM in both dialects, within its
purposes, until it is revoked; whatever is wrong has the client's own shape.

Method: HTTP as a program without a client library would send it, over loopback.
"""

import http.client
import json
import re
import unittest

from service import PATIENCE, ServiceCase

HELLO = [{"role": "user", "content": "hello"}]
CHAT = "/v1/chat/completions"
MESSAGES = "/v1/messages?beta=true"


class Answer:
    def __init__(self, got):
        self.status = got.status
        self.headers = got.headers
        self.text = got.read().decode()

    @property
    def body(self):
        return json.loads(self.text)


class ClientTokens(ServiceCase):
    SETTINGS = '[listen]\nhttp = "127.0.0.1:0"\n'

    def setUp(self):
        super().setUp()
        self.port = int(re.search(r":(\d+);", self.daemon.first_line).group(1))

    def ask(self, method, path, token=None, body=None, **headers):
        link = http.client.HTTPConnection("127.0.0.1", self.port,
                                          timeout=PATIENCE)
        self.addCleanup(link.close)
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if isinstance(body, dict):
            body = json.dumps(body)
        link.request(method, path, body, headers)
        return Answer(link.getresponse())

    def chat(self, token, **more):
        return self.ask("POST", CHAT, token, {"messages": HELLO, **more})

    def add(self, **more):
        got = self.ask("POST", "/v1/internal/tokens/client", self.host_token,
                       {"tenant": "default", "user": "ada", **more})
        self.assertEqual(got.status, 200, got.text)
        return got.body

    def code(self, got):
        return got.status, got.body["error"]["code"]

    def kind(self, got):
        self.assertEqual(got.body["request_id"], got.headers["request-id"])
        return got.status, got.body["error"]["type"]

    def test_a_token_from_its_making_to_its_end(self):
        self.own_llm("ada")
        made = self.add(purposes=["title"], days=2)
        self.assertEqual((made["user"], made["extension"]), ("ada", "api"))
        token = made.pop("token")
        path = "/v1/internal/tokens/client?tenant=default&user=ada"
        self.assertEqual(self.ask("GET", path, self.host_token).body, [made])
        first = self.chat(token, metadata={"purpose": "title"})
        self.assertEqual(first.headers["x-byollm-key"], "user")
        other = self.ask("POST", MESSAGES, None, {
            "max_tokens": 9, "messages": HELLO}, **{
                "x-api-key": token, "x-byollm-purpose": "title"})
        self.assertEqual(other.body["type"], "message")
        # Each call is a turn of its own.
        turns = {x.headers["x-byollm-turn"] for x in (first, other)}
        self.assertEqual(len(turns), 2)
        row = self.outcomes(first.headers["x-byollm-turn"])[0]
        self.assertEqual((row["user"], row["extension"], row["call"]),
                         ("ada", "api", first.headers["x-byollm-call"]))
        refused = self.chat(token, metadata={"purpose": "other"})
        self.assertEqual(self.code(refused), (403, "forbidden"))
        self.assertEqual(self.code(self.chat(token)), (403, "forbidden"))
        gone = self.ask("DELETE", f"/v1/internal/tokens/client/{made['id']}",
                        self.host_token)
        self.assertEqual(gone.status, 200)
        self.assertEqual(self.code(self.chat(token)), (401, "invalid_api_key"))
        self.assertEqual(self.ask("GET", path, self.host_token).body, [])
        rows = self.json("ledger", "list", "--of-user", "ada", "--limit", "50")
        told = [x["fields"] for x in rows]
        self.assertEqual(len([x for x in rows if x["type"] == "refusal"]), 2)
        changes = [x for x in told if x.get("subject") == "client_token"]
        self.assertEqual([x["actor"] for x in changes], ["service:host"] * 2)

    def test_a_user_leaves(self):
        self.own_llm("ada")
        path = "/v1/internal/tokens/client?tenant=default&user="
        ada, again = (self.add()["token"] for _ in range(2))
        bob = self.add(user="bob")["token"]
        panel = self.add_token("panel", "config")
        users = "/v1/internal/config/llm/users?tenant=default"
        got = self.ask("GET", users, panel)
        self.assertEqual(([x["user"] for x in got.body["users"]],
                          got.body["has_more"]), (["ada"], False))
        self.assertEqual(self.chat(ada).headers["x-byollm-key"], "user")
        self.byollm("--user", "ada", "config", "rm")
        # What is left good would be paid by the platform.
        self.assertEqual(self.chat(ada).headers["x-byollm-key"], "platform")
        gone = self.ask("DELETE", path + "ada", self.host_token)
        self.assertEqual((gone.status, gone.body), (200, {"ok": True}))
        for token in (ada, again):
            self.assertEqual(self.code(self.chat(token)),
                             (401, "invalid_api_key"))
        self.assertEqual(self.chat(bob).status, 200)
        self.byollm("--user", "bob", "token", "revoke-clients")
        self.assertEqual(self.code(self.chat(bob)), (401, "invalid_api_key"))
        got = self.ask("GET", users, panel)
        self.assertEqual(got.body["users"], [])
        # Her calls stay in ledger and usage, and who revoked what, too.
        rows = self.json("ledger", "list", "--of-user", "ada", "--limit", "50")
        last = rows[-1]["fields"]
        self.assertEqual((last["subject"], last["summary"], last["actor"]),
                         ("client_token", "all revoked", "service:host"))
        self.assertTrue([x for x in self.json("usage") if x["user"] == "ada"])

    def test_tokens_of_other_kinds(self):
        call, _ = self.byollm("--user", "ada", "token", "mint", "--calls", "2")
        answers = [self.chat(call.strip()) for _ in range(3)]
        self.assertEqual([x.status for x in answers], [200, 200, 400])
        turns = {x.headers["x-byollm-turn"] for x in answers[:2]}
        self.assertEqual(len(turns), 1)
        self.assertEqual(answers[0].headers["x-byollm-key"], "platform")
        self.assertEqual(self.code(self.chat(self.host_token)),
                         (401, "invalid_api_key"))
        # Nor is a client token any other.
        client = self.add()["token"]
        self.assertEqual(self.ask("GET", "/v1/llm", client).status, 401)
        self.assertEqual(self.ask("GET", "/v1/extensions", client).status, 401)
        narrow = self.add_token("narrow", "turns")
        self.assertEqual(self.ask("POST", "/v1/internal/tokens/client", narrow,
                                  {"tenant": "a", "user": "b"}).status, 403)

    def test_who_answers_changes_from_call_to_call(self):
        client = self.add()["token"]
        before = self.chat(client)
        self.own_llm("ada")
        after = self.chat(client)
        self.assertEqual([x.headers["x-byollm-key"] for x in (before, after)],
                         ["platform", "user"])

    def test_naming_a_model(self):
        client = self.add()["token"]
        self.assertEqual(self.chat(client, model="platform-model").status, 200)
        refused = self.chat(client, model="other")
        self.assertEqual(self.code(refused), (400, "invalid_request"))
        names = [x["id"] for x in
                 self.ask("GET", "/v1/models", client).body["data"]]
        self.assertEqual(names, ["byollm", "platform-model"])
        self.byollm("policy", "naming", "allow")
        named = self.chat(client, model="other")
        self.assertEqual(named.headers["x-byollm-model"], "other")
        names = [x["id"] for x in
                 self.ask("GET", "/v1/models", client).body["data"]]
        self.assertGreater(len(names), 2)
        one = self.ask("GET", f"/v1/models/{names[-1]}", client)
        self.assertEqual(one.body["id"], names[-1])

    def test_what_is_wrong_has_the_clients_shape(self):
        client = self.add()["token"]
        version = {"anthropic-version": "2023-06-01"}
        self.assertEqual(self.code(self.ask("POST", CHAT, None, "{}")),
                         (401, "invalid_api_key"))
        self.assertEqual(self.kind(self.ask("POST", MESSAGES, None, "{}")),
                         (401, "authentication_error"))
        self.assertEqual(self.kind(self.ask("GET", "/v1/models", **version)),
                         (401, "authentication_error"))
        for body in ("", "{", "[]", "nul", '{"a":"\xff"}', "[" * 100_000,
                     '{"messages":' + "[" * 1_000):
            with self.subTest(body[:20]):
                got = self.ask("POST", CHAT, client, body.encode("latin-1"))
                self.assertEqual(got.status, 400)
                self.assertIn("message", got.body["error"])
                self.assertEqual(got.headers["x-should-retry"], "false")
                got = self.ask("POST", MESSAGES, client, body.encode("latin-1"))
                self.assertEqual(self.kind(got), (400, "invalid_request_error"))
        wrong = self.ask("PUT", CHAT, client, "{}")
        self.assertEqual((wrong.status, wrong.headers["Allow"]), (405, "POST"))
        self.assertIn("message", wrong.body["error"])
        wrong = self.ask("GET", MESSAGES, client)
        self.assertEqual(self.kind(wrong), (405, "not_found_error"))
        large = {"Content-Length": str(64 << 20)}
        got = self.ask("POST", CHAT, client, None, **large)
        self.assertEqual(self.code(got), (413, "request_too_large"))
        got = self.ask("POST", MESSAGES, client, None, **large)
        self.assertEqual(self.kind(got), (413, "request_too_large"))

    def test_a_path_that_is_not_there(self):
        version = {"anthropic-version": "2023-06-01"}
        for path in ("/v1/responses", "/v1/files/x", "/v1/chat/none"):
            got = self.ask("POST", path, None, "{}")
            self.assertEqual(self.code(got), (404, "not_found"))
            self.assertEqual(got.body["error"]["type"], "invalid_request_error")
            self.assertTrue(got.headers["x-request-id"])
            got = self.ask("GET", path, **version)
            self.assertEqual(self.kind(got), (404, "not_found_error"))
        got = self.ask("GET", "/v1/messages/batches?limit=1")
        self.assertEqual(self.kind(got), (404, "not_found_error"))
        lacks = "the base URL lacks /v1"
        got = self.ask("POST", "/chat/completions", None, "{}")
        self.assertEqual(self.code(got), (404, "not_found"))
        self.assertIn(lacks, got.body["error"]["message"])
        for path in ("/messages", "/v1/v1/messages"):
            got = self.ask("POST", path, None, "{}", **version)
            self.assertEqual(self.kind(got), (404, "not_found_error"))
        # It is not read, either.
        large = {"Content-Length": str(64 << 20)}
        got = self.ask("POST", "/v1/messages/batches", None, None, **large)
        self.assertEqual(self.kind(got), (413, "request_too_large"))
        for path in ("/v1/llm/none", "/v1/turns/none", "/v1/me", "/none"):
            got = self.ask("POST", path, None, "{}", **version)
            self.assertEqual(self.code(got), (404, "not_found"))
            self.assertIn("remedy", got.body["error"])

    def test_a_stream_tells_the_rest_at_its_end(self):
        client = self.add()["token"]
        got = self.chat(client, stream=True, reasoning_effort="xhigh",
                        temperature=0.5)
        self.assertEqual(got.headers["content-type"], "text/event-stream")
        self.assertEqual(got.headers["x-byollm-provider"], "openai")
        self.assertIn("\n: x-byollm-parameters: temperature=taken\n", got.text)
        self.assertIn("\n: x-byollm-losses: effort", got.text)
        self.assertTrue(got.text.endswith("\n\ndata: [DONE]\n\n"))


if __name__ == "__main__":
    unittest.main()
