# SPDX-License-Identifier: Apache-2.0
"""Goal: what an extension wishes of a model arrives at whoever answers its
user, and what does not is told. Method: the same call on an own LLM of each
dialect.
"""

import unittest

from service import ServiceCase


class Wishes(ServiceCase):

    WISHES = {"seed": 1, "thinking": "low", "metadata": {"a": "b"},
              "output": {"schema": {"type": "object"}},
              "extra": {"dialect": "anthropic", "fields": {"top_k": 5}}}

    def setUp(self):
        super().setUp()
        self.worker("search")
        self.own_llm("ada", provider="anthropic")
        self.own_llm("bob", provider="openai")

    def ask(self, user, function="ask", **params):
        return self.turn(user, "search", function, params).result["data"]

    def test_losses_differ_by_who_answers(self):
        self.assertEqual(self.ask("ada", **self.WISHES)["losses"],
                         ["seed", "metadata"])
        self.assertEqual(self.ask("bob", **self.WISHES)["losses"],
                         ["metadata", "extra"])

    def test_what_is_ours_is_no_extra(self):
        got = self.ask("ada", extra={"dialect": "anthropic",
                                     "fields": {"model": "x"}})
        self.assertEqual((got["code"], got["parameter"]),
                         ("invalid_request", "extra"))

    def test_the_platform_pays_for_no_wishes(self):
        tier = {"dialect": "openai", "fields": {"service_tier": "priority"}}
        self.assertEqual(self.ask("bob", extra=tier)["losses"], [])
        # Cleo has no LLM of her own.
        self.assertEqual(self.ask("cleo", extra=tier)["losses"], ["extra"])

    def test_a_count_is_the_providers(self):
        count = self.ask("ada", "count", text="Count these five words.")
        self.assertGreater(count["tokens"], 3)
        self.assertEqual(self.ask("bob", "count", text="q"),
                         {"error": "UnsupportedError"})
        kinds = [row["fields"].get("kind") for row in self.json(
            "ledger", "list", "--of-user", "ada", "--type", "intent")]
        self.assertEqual(kinds, ["count"])


if __name__ == "__main__":
    unittest.main()
