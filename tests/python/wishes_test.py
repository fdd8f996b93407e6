# SPDX-License-Identifier: Apache-2.0
"""Goal: what is wished of a call goes out as docs/service.md has it.

Method: a service on a socket that keeps what it is asked.
"""

import dataclasses
import unittest

from llm_case import LlmCase
from support import reply

from byollm import LLMError


class Embeddings(LlmCase):

    async def test_texts(self):
        await self.answering(lambda asked: {
            "embeddings": ["AAAAPw=="] * len(asked.body["input"]), "model": "e",
            "usage": {"source": "provider", "input_uncached": 2},
            "provider": "openai", "is_byollm": False, "billing": "platform",
            "call": "c", "turn": "t"})
        got = await self.ctx.llm.embed(["a", "b"], dimensions=1, purpose="rag")
        self.assertEqual(got.embeddings, [[0.5], [0.5]])
        self.assertEqual(got.usage.input_uncached, 2)
        body = self.asked[0].body
        self.assertTrue(body.pop("id"))
        self.assertEqual(body, {"input": ["a", "b"], "dimensions": 1,
                                "encoding_format": "base64",
                                "purpose": "rag"})
        await self.ctx.llm.embed("a")
        self.assertEqual(self.asked[1].body["input"], ["a"])

    async def test_what_are_no_vectors(self):
        for bad in ([], ["AAAAPw=="], ["AAAAPw==", [0.5]],
                    ["AAAAPw==", "AAAA"], ["AAAAPw==", "????"], "AAAAPw=="):
            await self.answering(lambda asked: {
                "embeddings": bad, "model": "e", "provider": "p", "call": "c",
                "is_byollm": True, "billing": "byollm", "turn": "t"})
            with self.subTest(bad), self.assertRaises(LLMError) as caught:
                await self.ctx.llm.embed(["a", "b"])
            self.assertEqual(caught.exception.code, "protocol")


class Wishes(LlmCase):

    async def body(self, **params):
        await self.answering(lambda asked: reply())
        await self.ctx.llm.create_message("q", **params)
        return self.asked[0].body

    async def test_an_output_of_a_type(self):
        @dataclasses.dataclass
        class City:
            name: str
            people: int = 0
        body = await self.body(output=City)
        self.assertEqual(body["output"], {"name": "City", "schema": {
            "type": "object", "additionalProperties": False,
            "properties": {"name": {"type": "string"},
                           "people": {"type": "integer"}},
            "required": ["name"]}})

    async def test_an_output_as_it_is(self):
        wanted = {"schema": {"type": "array"}, "strict": True}
        self.assertEqual((await self.body(output=wanted))["output"], wanted)

    async def test_thinking(self):
        self.assertEqual((await self.body(thinking="low"))["thinking"],
                         {"effort": "low"})

    async def test_in_a_providers_own_words(self):
        extra = {"dialect": "anthropic", "fields": {"top_k": 5}}
        body = await self.body(extra=extra, seed=7)
        self.assertEqual((body["extra"], body["seed"]), (extra, 7))

    async def test_a_count(self):
        await self.answering(lambda asked: {"tokens": 17})
        self.assertEqual(await self.ctx.llm.count_tokens("q", system="s"), 17)
        self.assertEqual(self.asked[0].target, "/v1/llm/count_tokens")
        self.assertEqual(self.asked[0].body["system"], "s")


if __name__ == "__main__":
    unittest.main()
