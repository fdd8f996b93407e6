# SPDX-License-Identifier: Apache-2.0
"""What holds with pydantic 1 and with pydantic 2: models_test.py runs this with
each that it finds. Prints pydantic's version."""

import json
import sys
import unittest
from decimal import Decimal
from typing import List, Optional

import support  # noqa: F401
import pydantic
from pydantic import BaseModel, Field

from byollm import ActionResult, ChatExtension, Tool
from byollm.models import Mismatch, model_schema
from byollm.service import encode

chat = ChatExtension("notes")


class Tag(BaseModel):
    name: str


class Node(BaseModel):
    children: List["Node"] = []


getattr(Node, "model_rebuild", getattr(Node, "update_forward_refs", None))()


class Params(BaseModel):
    text: str = Field(description="The content.")
    max_words: int = Field(80, description="Target length.")
    tags: List[Tag] = []
    note: Optional[str] = None


@chat.function(description="Counts.")
async def count(ctx, params: Params):
    return {"words": params.max_words, "kind": type(params).__name__,
            "tags": params.tags}


class Models(unittest.IsolatedAsyncioTestCase):

    def test_the_schema(self):
        schema = chat.functions["count"].parameters
        self.assertEqual(schema["type"], "object")
        self.assertEqual(schema["required"], ["text"])
        self.assertEqual(schema["properties"]["text"]["description"],
                         "The content.")
        self.assertEqual(schema["properties"]["max_words"]["default"], 80)
        # By name where one version has `definitions`, the other `$defs`.
        self.assertIn("Tag", json.dumps(schema))
        json.dumps(schema)

    async def test_a_decimal(self):
        class Price(BaseModel):
            amount: Decimal

        def tool(price: Price):
            return price.amount
        made = Tool.of(tool)
        # Version 2 describes it with a look-around, which byollmd refuses.
        self.assertNotIn("(?", json.dumps(made.input_schema))
        self.assertEqual(await made({"amount": "1.50"}), Decimal("1.50"))
        with self.assertRaises(Mismatch) as caught:
            await made({"amount": "1.5.0"})
        self.assertEqual(caught.exception.pointer, "/amount")

    def test_only_patterns_that_are_not_regular_go(self):
        class Described:
            @staticmethod
            def model_json_schema():
                return {"properties": {
                    "pattern": {"type": "string", "pattern": r"^\d+(?:a|b)$"},
                    "ahead": {"anyOf": [{"pattern": "^(?!x)"}]},
                    "behind": {"pattern": "(?<=x)y"},
                    "again": {"pattern": r"(a)\1"},
                    "named": {"pattern": "(?P<n>a)(?P=n)"}}}
        self.assertEqual(model_schema(Described), {"properties": {
            "pattern": {"type": "string", "pattern": r"^\d+(?:a|b)$"},
            "ahead": {"anyOf": [{}]}, "behind": {}, "again": {},
            "named": {}}})

    async def test_the_handler_gets_a_model(self):
        result = await chat.functions["count"](
            None, {"text": "x", "tags": [{"name": "a"}]})
        self.assertEqual(json.loads(encode(result)), {"ok": True, "data": {
            "words": 80, "kind": "Params", "tags": [{"name": "a"}]}})

    async def test_what_does_not_fit_is_pointed_at(self):
        for arguments, pointer in (({}, "/text"), ({"text": []}, "/text"),
                                   ({"text": "x", "tags": [{"name": "a"}, {}]},
                                    "/tags/1/name")):
            with self.assertRaises(Mismatch) as caught:
                await chat.functions["count"](None, arguments)
            self.assertEqual(caught.exception.pointer, pointer)

    async def test_the_value_is_not_repeated(self):
        with self.assertRaises(Mismatch) as caught:
            await chat.functions["count"](None, {"text": "x", "max_words":
                                                 "what the user said"})
        self.assertNotIn("what the user said", str(caught.exception))

    async def test_a_model_as_the_parameter_of_a_tool(self):
        def tool(params: Params):
            return params.text
        made = Tool.of(tool)
        self.assertEqual(made.input_schema["required"], ["text"])
        self.assertEqual(await made({"text": "x"}), "x")
        with self.assertRaises(Mismatch):
            await made({})

    async def test_a_model_beside_other_parameters(self):
        def tool(tag: Tag, n: int = 1):
            return tag.name * n
        made = Tool.of(tool)
        self.assertEqual(await made({"tag": {"name": "a"}, "n": 2}), "aa")
        with self.assertRaises(Mismatch) as caught:
            await made({"tag": {}})
        self.assertEqual(caught.exception.pointer, "/tag/name")

    def test_a_model_inside_of_another_schema(self):
        class Shelf(BaseModel):
            tag: Tag
            more: List[Tag] = []

        def tool(shelf: Shelf, tags: List[Tag], n: int = 1):
            return n
        schema = Tool.of(tool).input_schema
        self.assertNotIn("$ref", json.dumps(schema))
        self.assertNotIn("efinitions", json.dumps(schema))
        shelf = schema["properties"]["shelf"]["properties"]
        for tag in (shelf["tag"], shelf["more"]["items"],
                    schema["properties"]["tags"]["items"]):
            # One version writes `allOf` around what it refers to.
            tag = tag.get("allOf", [tag])[0]
            self.assertEqual(tag["properties"]["name"]["type"], "string")
            self.assertEqual(tag["required"], ["name"])

    def test_a_model_that_holds_itself_is_refused_there(self):
        def tool(node: Node, n: int = 1):
            return n
        with self.assertRaisesRegex(TypeError, "holds itself"):
            Tool.of(tool)

    def test_a_model_as_a_result(self):
        result = ActionResult.of(Tag(name="a"))
        self.assertEqual(json.loads(encode(result)),
                         {"ok": True, "data": {"name": "a"}})


if __name__ == "__main__":
    print("pydantic", pydantic.VERSION, file=sys.stderr)
    unittest.main()
