# SPDX-License-Identifier: Apache-2.0
"""Goal: an extension does what the admin's policy allows, for each user and
day, also after a restart; what it does beyond that is refused, recorded, and
said to its author. Method: a worker, with policies set by the CLI.
"""

import unittest

from service import PATIENCE, ServiceCase


class Policy(ServiceCase):

    def setUp(self):
        super().setUp()
        self.searcher = self.worker("search")

    def ask(self, user="bob", **params):
        got = self.turn(user, "search", "ask", params)
        return got.result["data"]

    def policy(self, *arguments):
        self.byollm("policy", "set", "search", *arguments)

    def refused(self, got, error, code, parameter):
        self.assertEqual(got, {"error": error, "code": code,
                               "parameter": parameter})

    def refusals(self):
        return [row["fields"]["error"] for row in self.json(
            "ledger", "list", "--type", "refusal")]

    def test_purposes(self):
        self.policy("--purpose", "summary", "--purpose", "title")
        self.assertIn("tokens", self.ask(purpose="title"))
        for params in ({"purpose": "chat"}, {}):
            self.refused(self.ask(**params), "ForbiddenError", "forbidden",
                         "purpose")
        self.assertEqual(self.refusals(), ["forbidden"] * 2)
        self.policy("--purpose", "summary", "--without-purpose")
        self.assertIn("tokens", self.ask())

    def test_models(self):
        self.policy("--model", "gpt-*")
        self.refused(self.ask(), "ForbiddenError", "forbidden", "model")
        self.policy("--model", "platform-*")
        self.assertIn("tokens", self.ask())
        # Whoever's LLM it is.
        self.own_llm("ada")
        self.refused(self.ask("ada"), "ForbiddenError", "forbidden", "model")

    def test_calls_of_a_users_day(self):
        self.policy("--calls", "2")
        for _ in range(2):
            self.assertIn("tokens", self.ask())
        self.refused(self.ask(), "AllowanceExhaustedError",
                     "allowance_exhausted", "calls_per_day")
        self.assertEqual(self.refusals(), ["allowance_exhausted"])
        # Nobody uses up another's day.
        self.assertIn("tokens", self.ask("ada"))
        # Nor does a restart give a new one.
        self.daemon.terminate()
        self.daemon.communicate(timeout=PATIENCE)
        self.daemon = self.start_daemon()
        self.searcher.wait_for("attached as", times=2)
        self.refused(self.ask(), "AllowanceExhaustedError",
                     "allowance_exhausted", "calls_per_day")
        self.assertIn("tokens", self.ask("ada"))

    def test_tokens_of_a_users_day(self):
        self.policy("--tokens", "1")
        self.assertIn("tokens", self.ask())
        self.refused(self.ask(), "AllowanceExhaustedError",
                     "allowance_exhausted", "tokens_per_day")

    def test_all_others(self):
        self.byollm("policy", "set", "*", "--calls", "0")
        self.refused(self.ask(), "AllowanceExhaustedError",
                     "allowance_exhausted", "calls_per_day")
        self.policy("--calls", "1")
        self.assertIn("tokens", self.ask())
        self.assertEqual(self.json("policy", "list"), {
            "*": {"calls_per_day": 0}, "search": {"calls_per_day": 1}})
        self.byollm("policy", "rm", "search")
        self.byollm("policy", "rm", "*")
        self.assertIn("tokens", self.ask())
        changes = [row["fields"]["summary"] for row in self.json(
            "ledger", "list", "--type", "change", "--all-tenants")]
        self.assertIn("policy of search removed", changes)

    def test_what_is_no_policy(self):
        for arguments in (("set", "search"), ("set", "no good", "--calls", "1"),
                          ("rm", "search"), ("set", "x", "--purpose", "a b")):
            self.byollm("policy", *arguments, code=1)

    def test_a_loop_on_a_budget(self):
        self.byollm("price", "set", "openai", "platform-model", "--input",
                    "1000000000", "--output", "1000000000")
        got = self.turn("bob", "search", "loop",
                        {"max_cost_micro": 1}).result["data"]
        self.assertEqual((got["stop"], got["rounds"]), ("cost", 1))
        self.assertGreater(got["cost_micro"], 0)
        # What costs nothing meets no such limit.
        self.own_llm("ada")
        got = self.turn("ada", "search", "loop",
                        {"max_cost_micro": 1}).result["data"]
        self.assertEqual((got["stop"], got["cost_micro"]), ("finished", 0))


if __name__ == "__main__":
    unittest.main()
