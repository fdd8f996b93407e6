# SPDX-License-Identifier: Apache-2.0
"""Goal: prices become costs, an own LLM costs nothing, and usage adds up.

Method: the stand-in as the platform's LLM and as a user's own; prices, calls
and usage through the command line, amounts computed here once more.
"""

import datetime
import unittest

from support import Case, Standin, make_key


class Bill(Case):

    def setUp(self):
        super().setUp()
        llm = Standin()
        self.url = llm.__enter__().url
        self.addCleanup(llm.__exit__)
        self.byollm("origin", "allow", "--platform", self.url)
        self.byollm("config", "set", "--platform", "--provider", "openai",
                    "--model", "m", "--base-url", self.url, stdin=make_key())

    def set_price(self, *more, model="m"):
        self.byollm("price", "set", "openai", model, "--input", "2000000",
                    "--output", "8000000", *more)

    def outcome(self, reply):
        return self.rows(reply["turn"])[-1]["fields"]

    def test_a_platform_call_costs_what_its_tokens_cost(self):
        self.set_price()
        reply = self.json("--user", "bob", "chat", "hello")
        used = reply["usage"]
        due = 2 * used["input_uncached"] + 8 * used["output"]
        self.assertGreater(due, 0)
        fields = self.outcome(reply)
        self.assertEqual(fields["cost_micro"], str(due))
        version = self.json("price", "list")["prices"][0]["version"]
        self.assertEqual(fields["price_version"], str(version))
        self.configure(self.url)
        own = self.json("chat", "hello")
        self.assertEqual(self.outcome(own)["cost_micro"], "0")
        rows = self.json("usage")
        self.assertEqual([(r["user"], r["billing"], r["cost_micro"])
                          for r in rows],
                         [("bob", "platform", due), ("me", "byollm", 0)])
        self.assertEqual(rows[0]["input_uncached"], used["input_uncached"])
        self.assertEqual(rows[0]["output"], used["output"])
        self.assertEqual(rows[0]["extension"], "cli")
        out, _ = self.byollm("usage")
        self.assertIn(f"cost {due} micro-units; 0 attempts are unpriced", out)
        self.assertTrue(self.json("ledger", "verify")["intact"])

    def test_usage_is_asked_for_by_its_columns(self):
        self.set_price()
        self.byollm("--user", "bob", "chat", "--purpose", "narrate", "hello")
        self.byollm("--user", "eve", "--extension", "writer", "chat", "hello")
        self.byollm("--tenant", "other", "chat", "hello")
        day = self.json("usage")[0]["day"]
        self.assertLessEqual(
            abs(datetime.date.fromisoformat(day)
                - datetime.datetime.now(datetime.timezone.utc).date()),
            datetime.timedelta(days=1))
        for words, count in (
                (["--all-tenants"], 3), ([], 2), (["--user", "bob"], 1),
                (["--user", "me"], 0), (["--day", day], 2),
                (["--day", "2001-01-31"], 0), (["--first-day", day], 2),
                (["--last-day", "2001-01-31"], 0), (["--bill", "byollm"], 0),
                (["--purpose", "narrate"], 1), (["--model", "m"], 2),
                (["--of-extension", "writer"], 1), (["--provider", "x"], 0)):
            self.assertEqual(len(self.json("usage", *words)), count, words)
        _, err = self.byollm("usage", "--day", "2026-02-30", code=2)
        self.assertIn("a day is written as", err)

    def test_a_call_without_a_price_is_held_or_refused(self):
        reply = self.json("chat", "hello")
        self.assertEqual(self.outcome(reply)["cost_micro"], "unpriced")
        row = self.json("usage")[0]
        self.assertEqual((row["cost_micro"], row["unpriced"]), (0, 1))
        self.byollm("price", "unknown", "refuse")
        self.refuses("price_unknown", "chat", "hello")
        self.refuses("price_unknown", "resolve")
        self.set_price("--from", "2999-01-01")
        self.refuses("price_unknown", "chat", "hello")
        self.set_price()
        self.byollm("chat", "hello")
        # An own LLM needs none.
        self.byollm("price", "remove", "openai", "m")
        self.configure(self.url)
        self.byollm("chat", "hello")
        self.byollm("config", "rm")
        self.byollm("price", "unknown", "unpriced")
        self.byollm("chat", "hello")

    def test_prices_are_listed_and_who_set_them_is_in_the_ledger(self):
        self.set_price("--from", "2026-01-01", "--cache-read", "0")
        self.set_price("--from", "2026-02-01")
        view = self.json("price", "list")
        self.assertEqual(view["unknown_price"], "unpriced")
        first, second = view["prices"]
        self.assertEqual(first["cache_read"], 0)
        self.assertNotIn("cache_read", second)
        self.assertNotIn("cache_write", first)
        self.assertEqual(first["from_unix_ms"], 1767225600000)
        out, _ = self.byollm("price", "list")
        self.assertRegex(out, r"openai +m +2026-01-01 +\d+ +2000000 +0 +- ")
        self.byollm("price", "remove", "openai", "m", "--from", "2026-01-01")
        self.assertEqual(self.json("price", "list")["prices"], [second])
        told = [row["fields"] for row in
                self.json("ledger", "list", "--all-tenants")
                if row["fields"].get("summary", "").startswith("price")]
        self.assertEqual(len(told), 3)
        self.assertEqual({fields["actor"] for fields in told}, {"cli"})
        self.assertIn("price set openai m v", told[0]["summary"])
        self.assertIn("input_uncached=2000000", told[0]["summary"])
        self.assertIn("price removed openai m v", told[2]["summary"])

    def test_a_wrong_price_is_refused(self):
        self.refuses("invalid_config", "price", "set", "openai", "m")
        self.refuses("invalid_config", "price", "set", "nobody", "m",
                     "--input", "1")
        self.refuses("invalid_config", "price", "set", "openai", "m",
                     "--input", "1000000000001")
        self.refuses("not_found", "price", "remove", "openai", "m")
        for wrong in ("-1", "1.5", "many"):
            self.byollm("price", "set", "openai", "m", "--input", wrong, code=2)
        for wrong in ("2026-13-01", "1969-12-31", "today"):
            self.byollm("price", "set", "openai", "m", "--input", "1",
                        "--from", wrong, code=2)


if __name__ == "__main__":
    unittest.main()
