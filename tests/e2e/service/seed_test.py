# SPDX-License-Identifier: Apache-2.0
"""Goal: the seed's two Python snippets run as they stand, on the user's own LLM
and on the platform's.

Method: byollmd, a worker for each snippet, a stand-in LLM; ada has an LLM of
her own and bob has none. What answered is in the ledger.
"""

import unittest

from service import ServiceCase

from byollm import ValidationRejectedError

TEXT = "The quick brown fox jumps over the lazy dog."


class Seed(ServiceCase):

    def setUp(self):
        super().setUp()
        self.own_llm("ada")

    def check_bill(self, turn, bill):
        """One call, on this bill; that of the user's own LLM says 0."""
        outcome, = self.outcomes(turn)
        self.assertEqual((outcome["status"], outcome["billing"]),
                         ("success", bill))
        if bill == "byollm":
            self.assertEqual(outcome["cost_micro"], "0")

    def test_the_first(self):
        self.worker("first")
        for user, bill, model in (("ada", "byollm", "ada-model"),
                                  ("bob", "platform", "platform-model")):
            with self.subTest(user):
                got = self.turn(user, "notes", "summarize",
                                {"text": TEXT, "max_words": 7})
                text = got.result["data"]["text"]
                self.assertIn("I am byollm-standin", text)
                self.assertIn(f"model={model}", text)
                self.assertIn(f"Summarize in 7 words:\n\n{TEXT}", text)
                self.check_bill(got.turn, bill)

    def test_its_default(self):
        self.worker("first")
        got = self.turn("bob", "notes", "summarize", {"text": TEXT})
        self.assertIn("Summarize in 80 words", got.result["data"]["text"])

    def test_a_whole_number_is_an_integer(self):
        self.worker("first")
        got = self.turn("bob", "notes", "summarize",
                        {"text": TEXT, "max_words": 7.0})
        self.assertIn("Summarize in 7 words", got.result["data"]["text"])

    def test_its_parameters_are_checked(self):
        self.worker("first")
        for arguments, pointer in (({}, "/text"), ({"text": 7}, "/text"),
                                   ({"text": "x", "max_words": "many"},
                                    "/max_words")):
            with self.assertRaises(ValidationRejectedError) as caught:
                self.turn("ada", "notes", "summarize", arguments)
            self.assertEqual(caught.exception.parameter, pointer)
        rows = self.json("ledger", "list", "--of-user", "ada")
        self.assertEqual([x["fields"]["status"] for x in rows
                          if x["type"] == "refusal"],
                         ["validation_rejected"] * 3)
        self.assertNotIn("intent", [x["type"] for x in rows])

    def test_the_second(self):
        self.worker("second")
        for user, bill in (("ada", "byollm"), ("bob", "platform")):
            with self.subTest(user):
                got = self.turn(user, "drafts", "summarize",
                                message="What is new?")
                self.assertIn("You said: What is new?",
                              got.result["data"]["text"])
                self.check_bill(got.turn, bill)
                self.assertEqual(self.log().count("Using user's own LLM"), 1)

    def test_the_second_when_the_user_said_nothing(self):
        self.worker("second")
        got = self.turn("bob", "drafts", "summarize", {"topic": "foxes"})
        self.assertIn('{"topic": "foxes"}', got.result["data"]["text"])


if __name__ == "__main__":
    unittest.main()
