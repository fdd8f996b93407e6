# SPDX-License-Identifier: Apache-2.0
"""Goal: what the pages ask is what the command line does, and a key goes in and
never comes out. Method: the pages' own requests, without a browser.
"""

import json
import os
import subprocess
import unittest

from visitor import PagesCase, leaks, make_key


class Operations(PagesCase):

    def setUp(self):
        super().setUp()
        self.byollm("origin", "allow", self.llm.url)

    def save(self, who, **more):
        return self.mine(who, "config.set", {
            "provider": "openai", "model": "model-1",
            "base_url": self.llm.url, **more})

    def test_a_key_goes_in_and_never_comes_out(self):
        ada = self.visitor("ada")
        key = make_key()
        self.save(ada, key=key)
        self.mine(ada, "config.show")
        self.mine(ada, "config.models")
        ada.send("POST", "/v1/me/config.test", {})
        self.mine(ada, "ledger.list", {"limit": 1000})
        self.mine(ada, "config.set", {
            "provider": "openai", "model": "m " + key, "key": key},
            status=400)
        self.mine(ada, "config.rm")
        self.assertFalse(leaks(key, ada.said))
        self.assertFalse(leaks(key, self.log().encode()))

    def test_a_key_first_and_a_model_then(self):
        ada = self.visitor("ada")
        saved = self.save(ada, model="", enabled=False, key=make_key())
        self.assertEqual((saved["model"], saved["enabled"]), ("", False))
        self.assertIn("model-1", self.mine(ada, "config.models"))
        self.mine(ada, "config.test", status=400)  # of which model?
        # Nothing runs on it yet.
        out = self.json("--user", "ada", "resolve")
        self.assertFalse(out["is_byollm"])
        self.mine(ada, "config.set", {"provider": "openai", "model": "",
                                      "base_url": self.llm.url}, status=400)
        saved = self.save(ada)
        self.assertEqual((saved["enabled"], saved["notices"]),
                         (False, ["it is switched off"]))
        saved = self.save(ada, enabled=True)
        self.assertEqual((saved["enabled"], saved["notices"]), (True, []))
        self.assertTrue(self.json("--user", "ada", "resolve")["is_byollm"])

    def test_a_refused_key_is_shown_until_it_works(self):
        ada = self.visitor("ada")
        self.save(ada, key="standin-bad")
        ada.send("POST", "/v1/me/config.test", {})
        shown = self.mine(ada, "config.show")
        self.assertEqual(shown["refused"]["code"], "authentication")
        self.save(ada, key=make_key())
        ada.send("POST", "/v1/me/config.test", {})
        self.assertNotIn("refused", self.mine(ada, "config.show"))

    def test_a_fallback_that_is_switched_off_is_not_promised(self):
        ada = self.visitor("ada")
        self.save(ada, key=make_key(), fallback="platform")
        last = lambda: self.json(  # noqa: E731
            "--user", "ada", "resolve")["reasons"][-1]
        self.assertEqual(self.mine(ada, "platform.state"),
                         {"llm": "on", "when_disabled": "platform"})
        self.assertIn("answers, and bills: you agreed.", last())
        self.byollm("config", "set", "--platform", "--provider", "openai",
                    "--model", "platform-model", "--base-url", self.llm.url,
                    "--keep-key", "--disabled")
        self.assertEqual(self.mine(ada, "platform.state")["llm"], "off")
        self.assertIn("the admin has switched the platform's LLM off, so "
                      "there is no fallback now.", last())
        self.byollm("config", "rm", "--platform")
        self.byollm("policy", "rules", "--when-disabled", "refuse")
        self.assertEqual(self.mine(ada, "platform.state"),
                         {"llm": "none", "when_disabled": "refuse"})
        self.assertIn("the platform has no LLM, so there is no fallback now.",
                      last())

    def test_an_admin_disables_a_users_llm_and_sets_who_answers_then(self):
        ada = self.visitor("ada")
        self.save(ada, key=make_key())
        admin = self.admin()
        ask = lambda name, body=None, **more: self.ask(  # noqa: E731
            admin, "POST", f"/v1/admin/{name}", body or {}, **more)
        whose = {"tenant": "default", "user": "ada"}
        listed = ask("config.list", {"tenant": "default"})["users"]
        self.assertEqual([x["user"] for x in listed], ["ada"])
        ask("config.disable", whose)
        self.assertTrue(self.mine(ada, "config.show")["admin_disabled"])
        # Nothing that she does undoes it.
        self.save(ada, key=make_key())
        self.mine(ada, "config.rm")
        self.save(ada, key=make_key())
        self.assertTrue(self.mine(ada, "config.show")["admin_disabled"])
        self.ask(ada, "POST", "/v1/me/config.disable", {"disabled": False},
                 status=404)
        ask("rules.set", {"when_disabled": "refuse"})
        self.assertEqual(ask("rules.show")["when_disabled"], "refuse")
        self.refuses("provider_disabled", "--user", "ada", "chat", "hello")
        ask("rules.set", {"ambiguous_retries": 2}, status=400)
        ask("rules.set", status=400)
        ask("config.disable", {**whose, "disabled": False})
        out = self.json("--user", "ada", "resolve")
        self.assertTrue(out["is_byollm"])
        changes = self.json("ledger", "list", "--type", "change",
                            "--of-user", "ada")
        self.assertIn("admin:", changes[-1]["fields"]["actor"])

    def test_what_the_admin_sets_is_what_the_command_line_shows(self):
        admin = self.admin()
        ask = lambda name, body=None, **more: self.ask(  # noqa: E731
            admin, "POST", f"/v1/admin/{name}", body or {}, **more)
        ask("purpose.set", {"scope": "purpose", "name": "title",
                            "values": {"temperature": 0.4}})
        ask("purpose.set", {"scope": "ceiling",
                            "values": {"max_tokens": 100}})
        ask("policy.set", {"extension": "notes", "calls_per_day": 9})
        ask("price.set", {"provider": "openai", "model": "platform-model",
                          "input_uncached": 2_000_000})
        ask("origin.allow", {"tenant": "acme", "url": "http://127.0.0.1:9"})
        self.assertEqual(ask("purpose.list"), self.json("purpose", "list"))
        self.assertEqual(ask("policy.list"), self.json("policy", "list"))
        self.assertEqual(ask("price.list"), self.json("price", "list"))
        self.assertEqual(ask("origin.list", {"tenant": "acme"}),
                         ["http://127.0.0.1:9"])
        plan = ask("resolve", {"tenant": "default", "user": "ada",
                               "extension": "notes", "purpose": "title"})
        temperature = next(one for one in plan["params"]
                           if one["parameter"] == "temperature")
        self.assertEqual((temperature["value"], temperature["set_by"]),
                         (0.4, "purpose"))
        self.assertTrue(ask("ledger.verify")["intact"])
        ask("price.remove", {"provider": "openai", "model": "platform-model",
                             "from_unix_ms":
                             ask("price.list")["prices"][0]["from_unix_ms"]})
        self.assertEqual(ask("price.list")["prices"], [])
        ask("policy.remove", {"extension": "notes"})
        self.assertEqual(ask("policy.list"), {})
        ask("purpose.set", {"scope": "global",
                            "values": {"temperature": 99}}, status=400)

    def test_the_export_verifies_offline(self):
        for _ in range(3):
            self.byollm("chat", "hello")
        admin = self.admin()
        path = "/v1/admin/ledger/export"
        status, headers, text = admin.send("GET", path + "?format=proof")
        self.assertEqual(status, 200)
        self.assertIn("attachment", headers["Content-Disposition"])
        file = os.path.join(self.root, "export.jsonl")
        with open(file, "w", encoding="utf-8") as out:
            out.write(text)
        done = subprocess.run(
            [os.environ["BYOLLM_VERIFY"], "--key",
             os.path.join(self.data, "ledger.pub"), file],
            capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("intact", done.stdout)
        _, _, text = admin.send("GET", path + "?format=rows&type=outcome")
        rows = [json.loads(line) for line in text.splitlines()]
        self.assertEqual([row["type"] for row in rows], ["outcome"] * 3)
        self.refused("invalid_request", admin, "GET", path + "?format=xml")
        self.refused("invalid_request", admin, "GET", path + "?user=a&user=b")

    def test_a_long_export_comes_whole(self):
        admin = self.admin()
        for i in range(700):  # more than one piece
            self.ask(admin, "POST", "/v1/admin/purpose.set", {
                "scope": "global", "values": {"max_tokens": i + 1}})
        _, _, text = admin.send("GET",
                                "/v1/admin/ledger/export?format=rows")
        seqs = [json.loads(line)["seq"] for line in text.splitlines()]
        self.assertEqual(seqs, list(range(1, len(seqs) + 1)))
        self.assertGreater(len(seqs), 700)


if __name__ == "__main__":
    unittest.main()
