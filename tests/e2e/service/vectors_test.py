# SPDX-License-Identifier: Apache-2.0
"""Goal: an extension with an index gets vectors from whoever's LLM answers its
user, recorded and billed as what they are. Method: a worker that searches, on
an own LLM of each dialect and on the platform's.
"""

import unittest

from service import ServiceCase

TEXTS = ["the fox", "the night", "a stormy sea"]


class Vectors(ServiceCase):

    def setUp(self):
        super().setUp()
        self.worker("search")

    def search(self, user, **more):
        got = self.turn(user, "search", "nearest",
                        {"query": "the night", "texts": TEXTS, **more})
        return got.result["data"], got.turn

    def intents(self, turn):
        return [row["fields"]
                for row in self.json("ledger", "list", "--turn", turn)
                if row["type"] == "intent"]

    def test_an_own_llm(self):
        self.own_llm("ada", provider="openai")
        found, turn = self.search("ada")
        self.assertEqual(found["text"], "the night")
        self.assertEqual(found["model"], "text-embedding-3-small")
        self.assertEqual((found["is_byollm"], found["cost_micro"]), (True, 0))
        self.assertGreater(found["tokens"], 0)
        intents = self.intents(turn)
        self.assertEqual([x["kind"] for x in intents], ["embeddings"] * 2)
        self.assertEqual([x["purpose"] for x in intents], ["index", "query"])
        for outcome in self.outcomes(turn):
            self.assertEqual(
                (outcome["status"], outcome["billing"], outcome["cost_micro"],
                 outcome["output"]), ("success", "byollm", "0", "0"))

    def test_dimensions(self):
        self.own_llm("ada", provider="openai")
        self.assertEqual(self.search("ada", dimensions=3)[0]["dimensions"], 3)

    def test_an_ollama_wants_a_model(self):
        self.byollm("origin", "allow", self.llm.url)
        ollama = ("--user", "cleo", "config", "set", "--provider",
                  "local-ollama", "--model", "llama", "--no-key",
                  "--base-url", self.llm.url)
        self.byollm(*ollama)
        self.assertEqual(self.search("cleo")[0], {
            "error": "InvalidRequestError", "code": "invalid_config",
            "parameter": "embedding_model"})
        self.byollm(*ollama, "--embedding-model", "nomic-embed-text")
        found, _ = self.search("cleo")
        self.assertEqual((found["text"], found["model"]),
                         ("the night", "nomic-embed-text"))
        shown = self.json("--user", "cleo", "config", "show")
        self.assertEqual(shown["embedding_model"], "nomic-embed-text")

    def test_who_has_none(self):
        # Agreeing to a fallback is no wish for another model's vectors.
        self.own_llm("eve")
        self.byollm("--user", "eve", "config", "set", "--provider", "anthropic",
                    "--model", "m", "--base-url", self.llm.url, "--keep-key",
                    "--fallback", "platform")
        found, turn = self.search("eve")
        self.assertEqual(found, {"error": "UnsupportedError",
                                 "code": "unsupported",
                                 "parameter": "embeddings"})
        rows = self.json("ledger", "list", "--turn", turn)
        self.assertEqual([x["type"] for x in rows], ["refusal"])

    def test_the_platforms_cost(self):
        self.byollm("price", "set", "openai", "text-embedding-3-small",
                    "--input", "1000000")
        found, turn = self.search("bob")
        self.assertFalse(found["is_byollm"])
        self.assertEqual(found["cost_micro"], found["tokens"])
        self.assertEqual(self.outcomes(turn)[0]["cost_micro"],
                         str(found["tokens"]))
        self.byollm("ledger", "verify")


if __name__ == "__main__":
    unittest.main()
