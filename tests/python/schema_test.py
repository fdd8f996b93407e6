# SPDX-License-Identifier: Apache-2.0
"""Goal: type hints become JSON Schema, values are checked against the same
hints, and what is wrong is pointed at. Without pydantic.

Method: a row per kind of hint: its schema, what fits, what does not and where.
"""

import dataclasses
import enum
import json
import os
import unittest
from typing import Annotated, Any, Literal, Optional, Sequence

from support import SOURCE

from byollm import Tool
from byollm.models import Mismatch
from byollm.schema import convert, schema_of


WHOLE_NUMBERS = os.path.join(SOURCE, "tests", "unit", "extension",
                             "whole_numbers.json")


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


@dataclasses.dataclass
class Point:
    x: int
    y: float = 0.5
    label: Optional[str] = dataclasses.field(
        default=None, metadata={"description": "Its name."})


@dataclasses.dataclass
class Path:
    points: list[Point]
    color: Color = Color.RED


@dataclasses.dataclass
class Endless:
    inner: "list[Endless]"


ROWS = [  # hint, schema, (value, converted)..., (value, pointer)...
    (str, {"type": "string"}, [("a", "a")], [(1, ""), (None, "")]),
    (int, {"type": "integer"}, [(1, 1), (1.0, 1)],
     [("1", ""), (True, ""), (1.5, "")]),
    (float, {"type": "number"}, [(1, 1.0), (.5, .5)], [("1", ""), (True, "")]),
    (bool, {"type": "boolean"}, [(True, True)], [(1, ""), ("true", "")]),
    (None.__class__, {"type": "null"}, [(None, None)], [(0, "")]),
    (Any, {}, [(None, None), ([1], [1])], []),
    (list[int], {"type": "array", "items": {"type": "integer"}},
     [([], []), ([1, 2], [1, 2])], [([1, "x"], "/1"), ({}, "")]),
    (list, {"type": "array", "items": {}}, [([1, "x"], [1, "x"])], [("x", "")]),
    (tuple[int, ...], {"type": "array", "items": {"type": "integer"}},
     [([1], (1,))], [(["x"], "/0")]),
    (Sequence[str], {"type": "array", "items": {"type": "string"}},
     [(["a"], ["a"])], [("a", "")]),
    (dict[str, int], {"type": "object",
                      "additionalProperties": {"type": "integer"}},
     [({"a": 1}, {"a": 1})], [({"a/b~": "x"}, "/a~1b~0"), ([], "")]),
    (dict, {"type": "object", "additionalProperties": True},
     [({"a": []}, {"a": []})], [("x", "")]),
    (Literal["a", 1], {"enum": ["a", 1]}, [("a", "a"), (1, 1), (1.0, 1)],
     [("b", ""), (True, ""), (1.5, "")]),
    (Color, {"enum": ["red", "blue"]}, [("red", Color.RED)], [("RED", "")]),
    (Optional[int], {"anyOf": [{"type": "integer"}, {"type": "null"}]},
     [(None, None), (1, 1)], [("x", "")]),
    (int | str, {"anyOf": [{"type": "integer"}, {"type": "string"}]},
     [("x", "x")], [([], "")]),
    (list[int] | None, {"anyOf": [{"type": "array",
                                   "items": {"type": "integer"}},
                                  {"type": "null"}]},
     [(None, None)], [(["x"], "/0")]),
    (Annotated[int, "how many"],
     {"type": "integer", "description": "how many"}, [(1, 1)], [("x", "")]),
    (Point, {"type": "object", "additionalProperties": False,
             "required": ["x"], "properties": {
                 "x": {"type": "integer"}, "y": {"type": "number"},
                 "label": {"anyOf": [{"type": "string"}, {"type": "null"}],
                           "description": "Its name."}}},
     [({"x": 1}, Point(1)), ({"x": 1, "y": 2, "label": "a"},
                             Point(1, 2.0, "a"))],
     [({}, "/x"), ({"x": "1"}, "/x"), ({"x": 1, "z": 1}, "/z"), ([], "")]),
]


class Hints(unittest.TestCase):

    def test_schemas(self):
        for kind, schema, _, _ in ROWS:
            with self.subTest(kind):
                self.assertEqual(schema_of(kind), schema)

    def test_what_fits(self):
        for kind, _, fits, _ in ROWS:
            for value, wanted in fits:
                with self.subTest(kind, value=value):
                    got = convert(kind, value)
                    self.assertEqual(got, wanted)
                    self.assertIs(type(got), type(wanted))

    def test_what_does_not(self):
        for kind, _, _, wrong in ROWS:
            for value, pointer in wrong:
                with self.subTest(kind, value=value):
                    with self.assertRaises(Mismatch) as caught:
                        convert(kind, value)
                    self.assertEqual(caught.exception.pointer, pointer)

    def test_an_integer_is_what_the_service_takes_for_one(self):
        with open(WHOLE_NUMBERS) as file:
            table = json.load(file)
        places = ((int, "", lambda x: x), (list[int], "/1", lambda x: [1, x]),
                  (Optional[int], "", lambda x: x))
        for kind, pointer, at in places:
            for text, wanted in table["taken"]:
                with self.subTest(kind, text=text):
                    got = convert(kind, at(json.loads(text)))
                    self.assertEqual(json.dumps(got), json.dumps(at(wanted)))
            for text in table["refused"]:
                with self.subTest(kind, text=text):
                    with self.assertRaises(Mismatch) as caught:
                        convert(kind, at(json.loads(text)))
                    self.assertEqual(caught.exception.pointer, pointer)

    def test_the_place_of_what_is_deep(self):
        self.assertEqual(convert(Path, {"points": [{"x": 1}],
                                        "color": "blue"}),
                         Path([Point(1)], Color.BLUE))
        with self.assertRaises(Mismatch) as caught:
            convert(Path, {"points": [{"x": 1}, {"x": 1, "y": "far"}]})
        self.assertEqual(caught.exception.pointer, "/points/1/y")

    def test_hints_without_a_schema(self):
        for kind in (bytes, object(), set[int], tuple[int, str], Endless):
            with self.subTest(kind), self.assertRaises(TypeError):
                schema_of(kind)


def search(query: str, limit: Annotated[int, "At most so many."] = 5,
           *, tags: list[str] | None = None) -> list[str]:
    """Searches the notes
    of the user.

    More that the LLM need not know.

    Args:
        query: What to look for.
        tags (list): Only with all of these.

    Returns: texts.
    """
    return [query] * limit + (tags or [])


class Tools(unittest.IsolatedAsyncioTestCase):

    async def test_a_function_describes_itself(self):
        tool = Tool.of(search)
        self.assertEqual(tool.definition(), {
            "name": "search", "description": "Searches the notes of the user.",
            "input_schema": {
                "type": "object", "additionalProperties": False,
                "required": ["query"], "properties": {
                    "query": {"type": "string",
                              "description": "What to look for."},
                    "limit": {"type": "integer",
                              "description": "At most so many."},
                    "tags": {"anyOf": [{"type": "array",
                                        "items": {"type": "string"}},
                                       {"type": "null"}],
                             "description": "Only with all of these."}}}})
        self.assertEqual(await tool({"query": "a", "limit": 1,
                                     "tags": ["b"]}), ["a", "b"])

    async def test_arguments_are_checked_before_it_runs(self):
        ran = []

        def tool(n: int):
            ran.append(n)
        for wrong, pointer in (({"n": "1"}, "/n"), ({}, "/n"), ([], ""),
                               ({"n": 1, "m": 2}, "/m"), (None, "")):
            with self.assertRaises(Mismatch) as caught:
                await Tool.of(tool)(wrong)
            self.assertEqual(caught.exception.pointer, pointer)
        self.assertEqual(ran, [])

    async def test_bound_methods_lambdas_and_overrides(self):
        class Box:
            async def get(self, key: str) -> str:
                """Gets."""
                return key
        tool = Tool.of(Box().get, name="box_get", description="Looks.")
        self.assertEqual((tool.name, tool.description), ("box_get", "Looks."))
        self.assertEqual(await tool({"key": "k"}), "k")
        self.assertEqual(await Tool.of(lambda a: a)({"a": [1]}), [1])

    def test_what_cannot_be_a_tool(self):
        def positional(a, /):
            return a

        def rest(*a):
            return a

        def more(**a):
            return a

        def odd(a: bytes):
            return a
        for function in (positional, rest, more, odd):
            with self.subTest(function), self.assertRaises(TypeError):
                Tool.of(function)


if __name__ == "__main__":
    unittest.main()
