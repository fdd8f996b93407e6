# SPDX-License-Identifier: Apache-2.0
"""Goal: the same parameters have one schema, whether they are described in C++
or in Python.

Method: a C++ program prints its schemas; here are the twins of its structs, as
dataclasses and, of the seed's, as the seed's own pydantic model. What only
annotates is set aside: titles, and defaults, which a dataclass does not tell.
"""

import dataclasses
import json
import os
import subprocess
import sys
import unittest
from typing import Optional

from pydantic import BaseModel, Field

sys.path.insert(0, os.path.join(os.environ["BYOLLM_SOURCE"], "app", "python"))

from byollm import ChatExtension  # noqa: E402

PRINTER = os.environ["SCHEMA_PRINTER"]
chat = ChatExtension("all")


def described(text, **default):
    return dataclasses.field(metadata={"description": text}, **default)


class SummarizeParams(BaseModel):
    text: str = Field(description="The content to summarize.")
    max_words: int = Field(80, description="Target summary length.")


@dataclasses.dataclass
class Summarize:
    text: str = described("The content to summarize.")
    max_words: int = described("Target summary length.", default=80)


@dataclasses.dataclass
class Point:
    x: int
    y: float = 0.5
    label: Optional[str] = described("Its name.", default=None)


@dataclasses.dataclass
class Path:
    points: list[Point] = described("Where it goes.")
    tags: list[str] = dataclasses.field()
    origin: Point = dataclasses.field()
    closed: bool = False


@chat.function(description="")
async def summarize(ctx, params: SummarizeParams):
    pass


@chat.function(description="", name="summarize-dataclass")
async def summarize_dataclass(ctx, params: Summarize):
    pass


@chat.function(description="")
async def path(ctx, params: Path):
    pass


@chat.function(description="")
async def nothing(ctx):
    pass


def meaning(schema, *, without=("title", "default")):
    """Returns what a schema demands, in one form."""
    if isinstance(schema, list):
        return [meaning(x, without=without) for x in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: {name: meaning(x, without=without)
                  for name, x in value.items()} if key == "properties"
            else meaning(value, without=without)
            for key, value in schema.items()
            if key not in without
            and (key, value) not in (("properties", {}), ("required", []))}


class Parity(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        done = subprocess.run([PRINTER], capture_output=True, text=True,
                              timeout=60, check=True)
        cls.ours = json.loads(done.stdout)

    def theirs(self, name):
        return chat.functions[name].parameters

    def test_the_seeds_parameters(self):
        ours = self.ours["summarize"]
        # A model ignores what it does not know; we say that it is wrong.
        self.assertIs(ours["additionalProperties"], False)
        # Even the default is the same.
        self.assertEqual(ours["properties"]["max_words"]["default"], 80)
        self.assertEqual(
            meaning(ours, without=("additionalProperties",)),
            meaning(self.theirs("summarize"), without=("title",)))

    def test_the_seeds_parameters_as_a_dataclass(self):
        self.assertEqual(meaning(self.ours["summarize"]),
                         meaning(self.theirs("summarize-dataclass")))

    def test_lists_structs_and_optionals(self):
        self.assertEqual(meaning(self.ours["path"]),
                         meaning(self.theirs("path")))

    def test_no_parameters(self):
        self.assertEqual(meaning(self.ours["nothing"]),
                         meaning(self.theirs("nothing")))


if __name__ == "__main__":
    unittest.main()
