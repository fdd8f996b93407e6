# SPDX-License-Identifier: Apache-2.0
"""Goal: the platform's panel and SDK work against byollmd, and nobody gets at
what is not theirs. Method: the endpoints over the Unix socket, with tokens of
each scope.
"""

import http.client
import json
import os
import socket
import unittest

from service import ServiceCase, make_key
from support import leaks


class Unix(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost")
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


class Panel(ServiceCase):

    def setUp(self):
        super().setUp()
        self.panel = self.add_token("panel", "config,audit")

    def ask(self, method, path, body=None, token=None, status=200):
        peer = Unix(self.socket)
        self.addCleanup(peer.close)
        headers = {}
        if token != "":
            headers["Authorization"] = f"Bearer {token or self.panel}"
        peer.request(method, path, headers=headers,
                     body=None if body is None else json.dumps(body))
        got = peer.getresponse()
        text = got.read().decode()
        self.assertEqual(got.status, status, text)
        return json.loads(text) if text else None

    def error(self, *arguments, **more):
        return self.ask(*arguments, **more)["error"]

    CONFIG = "/v1/internal/config/llm"
    ADA = CONFIG + "?tenant=default&user=ada"

    def save(self, **more):
        return self.ask("PUT", self.CONFIG, {
            "tenant": "default", "user": "ada", "provider": "openai",
            "model": "m", "base_url": self.llm.url, **more})

    def test_a_key_goes_in_and_never_comes_back(self):
        self.byollm("origin", "allow", self.llm.url)
        key = make_key()
        self.assertEqual(self.error("GET", self.ADA, status=404)["code"],
                         "not_found")
        said = [self.save(key=key), self.ask("GET", self.ADA)]
        for shown in said:
            self.assertEqual(shown["api_key"], "********")
            self.assertEqual(shown["provider"], "openai")
            self.assertTrue(shown["configured"])
        self.assertFalse(leaks(key, json.dumps(said).encode()))
        self.assertFalse(leaks(key, self.log().encode()))
        # Without a key the stored one stays; a new place needs it again.
        self.assertEqual(self.save(model="n")["key_version"], 1)
        moved = self.error("PUT", self.CONFIG, {
            "tenant": "default", "user": "ada", "provider": "openai",
            "model": "m", "base_url": "https://example.com"}, status=400)
        self.assertEqual(moved["code"], "key_rebind")
        rows = self.json("ledger", "list", "--type", "change")
        actors = {row["fields"]["actor"] for row in rows}
        self.assertIn("service:panel", actors)
        self.ask("DELETE", self.ADA)
        self.ask("GET", self.ADA, status=404)

    def test_a_host_disables_a_users_llm_and_says_who_answers_then(self):
        self.own_llm("ada", provider="openai")
        ada = {"tenant": "default", "user": "ada"}
        rules = self.CONFIG + "/rules"
        self.assertEqual(self.ask("GET", rules), self.json("policy", "rules"))
        self.ask("PUT", rules, {"when_disabled": "refuse"})
        self.assertEqual(self.ask("GET", rules)["when_disabled"], "refuse")
        self.assertEqual(self.ask("POST", self.CONFIG + "/disable", ada),
                         {"ok": True})
        self.assertTrue(self.ask("GET", self.ADA)["admin_disabled"])
        self.refuses("provider_disabled", "--user", "ada", "chat", "hello")
        # What she removes and enters again stays disabled.
        self.ask("DELETE", self.ADA)
        self.save(key=make_key())
        self.assertTrue(self.ask("GET", self.ADA)["admin_disabled"])
        self.ask("POST", self.CONFIG + "/enable", ada)
        self.assertTrue(self.json("--user", "ada", "resolve")["is_byollm"])
        rows = self.json("ledger", "list", "--type", "change", "--of-user",
                         "ada")
        self.assertEqual(rows[-1]["fields"]["actor"], "service:panel")
        rows = self.json("ledger", "list", "--type", "change",
                         "--all-tenants")
        self.assertIn(("service:panel", "rules when_disabled=refuse"), [
            (row["fields"]["actor"], row["fields"]["summary"])
            for row in rows])

    def test_what_is_wrong_with_a_switch_or_a_rule_is_named(self):
        switch = self.CONFIG + "/disable"
        bob = {"tenant": "default", "user": "bob"}
        self.assertEqual(self.error("POST", switch, bob, status=404)["code"],
                         "not_found")
        for body, parameter in (({"tenant": "default"}, "user"),
                                ({**bob, "user": 7}, "user")):
            self.assertEqual(self.error("POST", switch, body, status=400)
                             ["parameter"], parameter)
        # Neither who acts nor which way it goes is the body's to say.
        for more in ({"disabled": False}, {"actor": "root"},
                     {"op": "config.rm"}):
            self.error("POST", switch, {**bob, **more}, status=400)
        rules = self.CONFIG + "/rules"
        for body, parameter in (({}, "when_disabled"),
                                ({"when_disabled": "maybe"}, "when_disabled"),
                                ({"ambiguous_retries": 2},
                                 "ambiguous_retries")):
            self.assertEqual(self.error("PUT", rules, body, status=400)
                             ["parameter"], parameter)
        self.ask("DELETE", rules, status=405)
        audit = self.add_token("audit", "audit")
        for method, path, body in (("POST", switch, bob),
                                   ("POST", self.CONFIG + "/enable", bob),
                                   ("GET", rules, None), ("PUT", rules, {})):
            self.assertEqual(self.error(method, path, body, token=audit,
                                        status=403)["code"], "forbidden")

    def test_a_test_tells_whether_it_works(self):
        self.own_llm("ada", provider="openai")
        whose = {"tenant": "default", "user": "ada"}
        tested = self.ask("POST", self.CONFIG + "/test", whose)
        self.assertTrue(tested["ok"])
        self.assertTrue(tested["tool_use_supported"])
        self.assertIsInstance(tested["latency_ms"], int)
        self.assertTrue(self.ask("POST", self.CONFIG + "/test-tools",
                                 whose)["ok"])
        self.ask("POST", self.CONFIG + "/test",
                 {"tenant": "default", "user": "bob"}, status=404)

    def test_who_used_what(self):
        host = self.host_token
        got = self.ask("POST", "/v1/internal/ai/complete", {
            "tenant": "default", "user": "ada", "prompt": "hello",
            "max_tokens": 20}, token=host)
        self.assertIn("You said: hello", got["text"])
        self.assertEqual(got["billing"], "platform")
        # What is of another type is not as if it were not there.
        for member, value in (("extension", ["notes"]), ("prompt", 7),
                              ("turn", 7), ("user", 7)):
            self.assertEqual(
                self.error("POST", "/v1/internal/ai/complete", {
                    "tenant": "default", "user": "ada", "prompt": "hello",
                    member: value}, token=host, status=400)["parameter"],
                member)
        rows = self.ask("GET", f"/v1/audit?tenant=default&turn={got['turn']}")
        self.assertEqual([row["type"] for row in rows], ["intent", "outcome"])
        day = self.json("usage", "--all-tenants")[0]["day"]
        for path in (f"/usage?tenant=default&date={day}",
                     f"/usage/ada?tenant=default&date={day}"):
            used = self.ask("GET", self.CONFIG + path)
            self.assertEqual(used[0]["user"], "ada")
        self.assertEqual(self.ask("GET", self.CONFIG + "/usage/bob?date="
                                  + day), [])
        self.ask("GET", self.CONFIG + "/usage?date=soon", status=400)

    def test_each_scope_opens_its_own_doors_only(self):
        doors = {
            "config": [("GET", self.CONFIG + "/providers", None)],
            "audit": [("GET", "/v1/audit", None)],
            "turns": [("GET", "/v1/extensions", None)],
            "tokens": [("POST", "/v1/tokens", {
                "tenant": "default", "user": "ada", "extension": "x"})],
        }
        tokens = {scope: self.add_token(scope, scope) for scope in doors}
        for scope, asked in doors.items():
            for method, path, body in asked:
                self.ask(method, path, body, token=tokens[scope])
                for other, token in tokens.items():
                    if other != scope:
                        self.assertEqual(
                            self.error(method, path, body, token=token,
                                       status=403)["code"], "forbidden")
                for wrong in ("", "nonsense", tokens[scope][:-1] + "_"):
                    self.assertEqual(
                        self.error(method, path, body, token=wrong,
                                   status=401)["code"], "unauthenticated")
        self.byollm("token", "revoke", "audit")
        self.ask("GET", "/v1/audit", token=tokens["audit"], status=401)

    def test_a_call_token_is_for_its_user(self):
        self.own_llm("ada", provider="openai")
        made = self.ask("POST", "/v1/tokens", {
            "tenant": "default", "user": "ada", "extension": "notes",
            "purposes": ["title"], "calls": 1}, token=self.host_token)
        token = made["token"]
        shown = self.ask("GET", "/v1/llm", token=token)
        self.assertEqual((shown["user"], shown["is_byollm"]), ("ada", True))
        say = {"messages": [{"role": "user", "content": "hello"}]}
        for more, code in (({"user": "bob"}, "invalid_request"),
                           ({"tenant": "other"}, "invalid_request")):
            self.assertEqual(
                self.error("POST", "/v1/llm/messages", {**say, **more},
                           token=token, status=400)["code"], code)
        self.assertEqual(self.error("POST", "/v1/llm/messages", say,
                                    token=token, status=403)["code"],
                         "forbidden")
        say["purpose"] = "title"
        self.assertTrue(self.ask("POST", "/v1/llm/messages", say,
                                 token=token)["is_byollm"])
        self.assertEqual(self.error("POST", "/v1/llm/messages", say,
                                    token=token, status=400)["parameter"],
                         "calls")
        # What was refused is in the ledger, too.
        rows = self.rows(made["turn"])
        refused = [row for row in rows if row["type"] == "refusal"]
        self.assertEqual([row["fields"]["error"] for row in refused],
                         ["forbidden", "limit_exceeded"])
        for path in ("/v1/audit", "/v1/extensions", self.CONFIG):
            self.ask("GET", path, token=token, status=401)
        self.ask("DELETE", "/v1/llm", token=token, status=204)

    SAY = {"messages": [{"role": "user", "content": "hello"}]}

    def mint(self, **more):
        return self.ask("POST", "/v1/tokens", {
            "tenant": "default", "user": "ada", "extension": "notes", **more},
            token=self.host_token)["token"]

    def test_a_turn_that_was_ended_takes_its_token_with_it(self):
        token = self.mint(calls=1)
        self.ask("POST", "/v1/llm/messages", self.SAY, token=token)
        self.ask("DELETE", "/v1/llm", token=token, status=204)
        for method, path, body in (("POST", "/v1/llm/messages", self.SAY),
                                   ("GET", "/v1/llm", None),
                                   ("POST", "/v1/log", {"text": "late"})):
            self.assertEqual(self.error(method, path, body, token=token,
                                        status=401)["code"],
                             "unauthenticated")
        unused = self.mint()
        self.ask("DELETE", "/v1/llm", token=unused, status=204)
        self.ask("GET", "/v1/llm", token=unused, status=401)

    def test_a_single_use_token_is_used_up_by_a_call(self):
        token = self.mint(single_use=True)
        self.ask("GET", "/v1/llm", token=token)
        self.ask("POST", "/v1/llm/messages", {"messages": 5, "stream": 1},
                 token=token, status=400)
        token = self.mint(single_use=True)
        self.ask("POST", "/v1/llm/messages", self.SAY, token=token)
        self.assertEqual(self.error("POST", "/v1/llm/messages", self.SAY,
                                    token=token, status=401)["code"],
                         "unauthenticated")

    def test_a_workers_token_is_for_its_extension(self):
        notes = self.add_token("notes", "extensions", "--for", "notes")
        offer = {"functions": [{"name": "f"}]}
        for extension, status in (("drafts", 403), ("no/tes", 404),
                                  ("no%20tes", 403)):
            self.ask("POST", f"/v1/extensions/{extension}/attach", offer,
                     token=notes, status=status)
        self.refuses("invalid_request", "token", "add", "x", "--scopes",
                     "extensions")
        self.refuses("invalid_request", "token", "add", "x", "--scopes",
                     "turns", "--for", "notes")
        self.ask("POST", "/v1/extensions/notes/attach", {"functions": [{
            "name": "f", "parameters": {"$ref": "#"}}]}, token=notes,
            status=400)

    def test_a_log_line_has_bounds_and_no_names_of_ours(self):
        token = self.mint()
        self.ask("POST", "/v1/log", {"text": "mine", "fields": {"a": "b"}},
                 token=token, status=204)
        self.assertIn("mine", self.log())
        for body in ({"text": "x", "fields": {"tenant": "other"}},
                     {"text": "x", "fields": {"level": "error"}},
                     {"text": "x" * 9000},
                     {"text": "x", "fields": {str(i): "" for i in range(40)}}):
            self.ask("POST", "/v1/log", body, token=token, status=400)
        self.assertNotIn("other", self.log())

    def test_wrong_paths_methods_and_bodies(self):
        self.assertEqual(self.error("GET", "/v1/nothing",
                                    status=404)["code"], "not_found")
        self.ask("PATCH", "/v1/audit", status=405)
        peer = Unix(self.socket)
        self.addCleanup(peer.close)
        for body in ("", "[]", "{", '{"a":1}{', "\xff", "[" * 100_000):
            peer.request("POST", "/v1/tokens", body=body.encode("latin-1"),
                         headers={"Authorization":
                                  f"Bearer {self.host_token}"})
            got = peer.getresponse()
            code = json.loads(got.read())["error"]["code"]
            self.assertEqual(got.status, 400, body[:20])
            self.assertIn(code, ("invalid_request", "limit_exceeded"))

    def test_it_tells_how_it_is(self):
        self.assertTrue(self.ask("GET", "/livez", token="")["live"])
        self.assertTrue(self.ask("GET", "/readyz", token="")["ready"])
        self.assertEqual(os.stat(self.socket).st_mode & 0o777, 0o600)


if __name__ == "__main__":
    unittest.main()
