# SPDX-License-Identifier: Apache-2.0
"""Goal: each command does what its help says.

Method: the stand-in LLM as provider and platform, commands run one after the
other on one data directory, results read as JSON where a program would.
"""

import contextlib
import os
import unittest

from support import Case, Standin, make_key


class Commands(Case):

    def setUp(self):
        super().setUp()
        llm = Standin()
        self.url = llm.__enter__().url
        self.addCleanup(llm.__exit__)

    def set_platform(self):
        self.byollm("origin", "allow", "--platform", self.url)
        self.byollm("config", "set", "--platform", "--provider", "openai",
                    "--model", "platform-model", "--base-url", self.url,
                    stdin=make_key())

    def test_without_any_llm_nobody_answers(self):
        self.refuses("no_provider", "chat", "hello")

    def test_a_user_without_own_llm_gets_the_platforms(self):
        self.set_platform()
        reply = self.json("chat", "hello")
        self.assertFalse(reply["is_byollm"])
        self.assertEqual(reply["billing"], "platform")
        self.assertEqual(reply["provider"], "openai")
        self.assertIn("stand-in", reply["text"])

    def test_an_own_llm_answers_instead_and_costs_nothing(self):
        self.set_platform()
        for provider in ("anthropic", "openai"):
            self.configure(self.url, provider)
            reply = self.json("chat", "hello")
            self.assertTrue(reply["is_byollm"])
            self.assertEqual(reply["provider"], provider)
            self.assertEqual(reply["billing"], "byollm")
            rows = self.rows(reply["turn"])
            self.assertEqual([r["type"] for r in rows], ["intent", "outcome"])
            self.assertEqual(rows[1]["fields"]["cost_micro"], "0")
            self.assertEqual(rows[1]["fields"]["status"], "success")

    def test_an_admin_disables_a_users_own_llm(self):
        self.set_platform()
        self.configure(self.url)
        self.byollm("--user", "me", "config", "disable")
        self.assertTrue(self.json("config", "show")["admin_disabled"])
        self.assertEqual(self.json("chat", "hello")["billing"], "platform")
        # Neither a new key nor a detour undoes it.
        self.configure(self.url)
        self.byollm("config", "rm")
        self.configure(self.url)
        self.assertEqual(self.json("chat", "hello")["billing"], "platform")
        changes = [row["fields"]["summary"] for row in
                   self.json("ledger", "list", "--type", "change")]
        self.assertEqual(changes[-3],
                         "removed; stays disabled by the admin")
        self.byollm("config", "enable")
        self.assertEqual(self.json("chat", "hello")["billing"], "byollm")
        self.refuses("not_found", "--user", "bob", "config", "disable")

    def test_users_with_an_own_llm_are_listed(self):
        self.byollm("origin", "allow", self.url)
        for user in ("eve", "ada", "bob"):
            self.byollm("--user", user, "config", "set", "--provider",
                        "openai", "--model", f"of-{user}", "--base-url",
                        self.url, stdin=make_key())
        self.byollm("--user", "bob", "config", "disable")
        page = self.json("config", "list", "--limit", "2")
        self.assertEqual([(x["user"], x["model"], x["admin_disabled"])
                          for x in page["users"]],
                         [("ada", "of-ada", False), ("bob", "of-bob", True)])
        self.assertTrue(page["has_more"])
        page = self.json("config", "list", "--after", "bob")
        self.assertEqual([x["user"] for x in page["users"]], ["eve"])
        self.assertFalse(page["has_more"])
        out, _ = self.byollm("config", "list", "--limit", "2")
        self.assertRegex(out,
                         r"bob +openai +of-bob +yes +disabled by the admin")
        self.assertRegex(out, "--after bob$")
        self.assertEqual(self.json("--tenant", "other", "config", "list"),
                         {"users": [], "has_more": False})

    def test_a_second_choice_is_shown_as_itself(self):
        self.set_platform()
        self.refuses("not_found", "config", "show", "--second-choice")
        self.byollm("config", "set", "--second-choice", "--provider", "openai",
                    "--model", "spare", "--base-url", self.url,
                    stdin=make_key())
        for whose, model in (("--second-choice", "spare"),
                             ("--platform", "platform-model")):
            shown = self.json("config", "show", whose)
            self.assertEqual(shown["model"], model)

    def test_the_platforms_rules_are_set_and_shown(self):
        self.set_platform()
        self.configure(self.url)
        self.assertEqual(self.json("policy", "rules"), {
            "when_disabled": "platform", "caller_may_name_model": False,
            "ambiguous_retries": 1, "unknown_price": "unpriced"})
        self.byollm("policy", "rules", "--when-disabled", "refuse",
                    "--ambiguous-retries", "0")
        self.byollm("policy", "rules", "--naming", "allow")
        self.byollm("price", "unknown", "refuse")
        self.assertEqual(self.json("policy", "rules"), {
            "when_disabled": "refuse", "caller_may_name_model": True,
            "ambiguous_retries": 0, "unknown_price": "refuse"})
        self.assertRegex(self.byollm("policy", "rules")[0],
                         r"admin disabled +the call is refused")
        self.byollm("config", "disable")
        self.refuses("provider_disabled", "chat", "hello")
        self.byollm("policy", "rules", "--ambiguous-retries", "2", code=2)

    def test_an_ollama_takes_no_key(self):
        self.byollm("origin", "allow", self.url)
        self.byollm("config", "set", "--provider", "local-ollama", "--model",
                    "llama", "--base-url", self.url, "--no-key")
        self.assertFalse(self.json("config", "show")["has_key"])
        self.assertTrue(self.json("chat", "hello")["is_byollm"])

    def test_the_answer_streams_to_stdout_and_the_rest_goes_to_stderr(self):
        self.configure(self.url)
        out, err = self.byollm("chat", "say", "something")
        self.assertIn("You said: say something", out)
        self.assertNotIn("--", out)
        self.assertIn("your own LLM", err)
        whole, _ = self.byollm("chat", "--no-stream", "say", "something")
        self.assertEqual(out, whole)

    def test_the_message_may_come_from_stdin(self):
        self.configure(self.url)
        out, _ = self.byollm("chat", stdin="from a pipe\n")
        self.assertIn("You said: from a pipe", out)

    def test_each_rung_of_the_cascade_is_told(self):
        self.configure(self.url)
        self.byollm("purpose", "set", "--global", "--temperature", "0.7",
                    "--top-p", "0.9")
        self.byollm("purpose", "set", "chain_narrator", "--temperature", "0.4",
                    "--max-tokens", "800", "--stop", "END")
        self.byollm("purpose", "set", "--ceiling", "--max-tokens", "500")
        reply = self.json("chat", "--purpose", "chain_narrator", "--top-p",
                          "0.5", "hello")
        params = {p["parameter"]: p for p in reply["params"]}
        self.assertEqual(params["temperature"]["set_by"], "purpose")
        self.assertEqual(params["temperature"]["value"], 0.4)
        self.assertEqual(params["top_p"]["set_by"], "call")
        self.assertEqual(params["max_tokens"]["fate"], "clamped")
        self.assertEqual(params["max_tokens"]["value"], 500)
        self.assertEqual(params["stop_sequences"]["value"], ["END"])

    def test_a_ceiling_of_tokens_is_sent_where_nobody_set_any(self):
        self.configure(self.url)
        self.byollm("purpose", "set", "--ceiling", "--max-tokens", "500")
        reply = self.json("chat", "hello")
        params = {p["parameter"]: p for p in reply["params"]}
        self.assertEqual(params["max_tokens"]["set_by"], "ceiling")
        self.assertEqual(params["max_tokens"]["fate"], "clamped")
        self.assertEqual(params["max_tokens"]["value"], 500)
        out, _ = self.byollm("resolve", "--explain")
        self.assertIn("max_tokens = 500: nobody set it, so it is the admin's"
                      " ceiling.", out)

    def test_resolve_explains_the_plan_that_the_call_runs_on(self):
        self.configure(self.url, "anthropic")
        self.byollm("purpose", "set", "narrate", "--temperature", "0.4")
        self.byollm("purpose", "set", "--for-extension", "cli", "--max-tokens",
                    "77")
        ask = ("--purpose", "narrate", "--frequency-penalty", "1")
        plan = self.json("resolve", *ask)
        reply = self.json("chat", *ask, "hello")
        self.assertEqual(plan["params"], reply["params"])
        self.assertTrue(plan["is_byollm"])
        self.assertTrue(plan["reasons"])
        out, _ = self.byollm("resolve", "--explain", *ask)
        self.assertIn("anthropic", out)
        self.assertRegex(out, r"temperature +0.4 +purpose")
        self.assertRegex(out, r"max_tokens +77 +extension")
        self.assertRegex(out, r"frequency_penalty +\S+ +call +dropped: \w")

    def test_parameters_are_listed_and_cleared(self):
        self.byollm("purpose", "set", "narrate", "--temperature", "0.4")
        self.assertIn("temperature=0.4", self.byollm("purpose", "list")[0])
        self.byollm("purpose", "set", "narrate", "--clear")
        self.assertEqual(self.json("purpose", "list")["per_purpose"], {})

    def test_an_allowed_origin_is_listed_until_it_is_removed(self):
        self.byollm("origin", "allow", self.url)
        self.assertEqual(self.json("origin", "list"), [self.url])
        self.byollm("origin", "rm", self.url)
        self.assertEqual(self.json("origin", "list"), [])

    def test_an_origin_stays_while_the_platforms_llm_listens_there(self):
        self.set_platform()
        self.refuses("origin_denied", "origin", "rm", "--platform", self.url)
        # The data directory still opens, and the platform still answers.
        self.assertEqual(self.json("chat", "hello")["billing"], "platform")
        self.byollm("config", "rm", "--platform")
        self.byollm("origin", "rm", "--platform", self.url)
        self.assertEqual(self.json("origin", "list", "--platform"), [])

    def test_status_says_that_all_is_well(self):
        self.configure(self.url)
        self.byollm("chat", "hello")
        rows = self.json("ledger", "list", "--all-tenants")
        for one in (contextlib.nullcontext(), self.serving()):
            with one:
                status = self.json("status")
                self.assertTrue(status["healthy"])
                self.assertTrue(status["takes_calls"])
                self.assertEqual(status["ledger_records"], len(rows))
                self.assertEqual(status["ledger_open"], 0)
                self.assertEqual(status["problems"], [])
                out, err = self.byollm("status")
                self.assertRegex(out, r"calls +taken, 0 running")
                self.assertRegex(
                    out, rf"ledger +well, {len(rows)} records, 0 intents open")
                self.assertRegex(out, r"anchors +none")
                self.assertRegex(out, r"room +\d+ MiB free")
                self.assertEqual(err, "")
        # The command before last signed what it found when it closed.
        self.assertRegex(
            out, rf"checkpoint +of {len(rows)} records, root \S{{43}}=")

    def test_status_fails_when_a_part_is_not_well(self):
        # A directory is no file for anchors.
        with self.serving("--anchor-file", self.root):
            status = self.json("status", code=1)
            self.assertFalse(status["healthy"])
            self.assertFalse(status["anchors_healthy"])
            self.assertTrue(status["takes_calls"])
            self.assertEqual([p["part"] for p in status["problems"]],
                             ["anchors"])
            out, err = self.byollm("status", code=1)
            self.assertRegex(out, r"anchors +1, checkpoints wait for one")
            self.assertIn("byollm: anchors: ", err)

    def test_status_tells_a_dead_owner_from_a_healthy_store(self):
        self.configure(self.url)
        self.json("status")
        self.refuses("store_unavailable", "status", "--served")
        with self.serving():
            self.assertTrue(self.json("status", "--served")["healthy"])

    def test_status_fails_when_the_store_does_not_open(self):
        self.byollm("purpose", "list")
        with open(os.path.join(self.data, "byollm.db"), "r+b") as file:
            file.write(b"no database")
        self.refuses("store_corrupt", "status")

    def test_the_ledger_lists_what_happened_and_verifies(self):
        self.configure(self.url)
        self.byollm("chat", "--turn", "my-turn", "hello")
        rows = self.rows("my-turn")
        self.assertEqual([r["type"] for r in rows], ["intent", "outcome"])
        out, _ = self.byollm("ledger", "list")
        self.assertIn("my-turn", out)
        verdict = self.json("ledger", "verify")
        self.assertTrue(verdict["intact"])
        self.assertGreaterEqual(verdict["records"], 4)
        self.assertIn("intact", self.byollm("ledger", "verify")[0])

    def test_help_teaches_with_examples(self):
        for words, example in (
                ([], "byollm config test"),
                (["config", "set"], "byollm config set --provider"),
                (["chat"], "byollm chat hello"),
                (["purpose", "set"], "byollm purpose set chain_narrator")):
            out, _ = self.byollm(*words, "--help")
            self.assertIn(example, out)
        self.assertIn("Exit codes: 0", self.byollm("--help")[0])


if __name__ == "__main__":
    unittest.main()
