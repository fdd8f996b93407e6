# SPDX-License-Identifier: Apache-2.0
"""Goal: what an author writes is what the daemon is told, and a mistake is
named where it is made.

Method: small extensions, and the file loader on files of the test's.
"""

import contextvars
import dataclasses
import json
import os
import tempfile
import threading
import unittest

from support import HERE  # noqa: F401

from byollm import ActionResult, ChatExtension
from byollm.loading import load
from byollm.models import Mismatch
from byollm.service import encode

inherited = contextvars.ContextVar("inherited", default="")


@dataclasses.dataclass
class Params:
    text: str
    times: int = 1


class Registering(unittest.TestCase):

    def setUp(self):
        self.chat = ChatExtension("notes")

    def test_what_the_daemon_is_told(self):
        @self.chat.function(description="Says.", action_type="write",
                            name="notes.say")
        async def say(ctx, params: Params):
            return params.text
        self.assertEqual(json.loads(encode(self.chat.functions["notes.say"])), {
            "name": "notes.say", "description": "Says.",
            "action_type": "write", "parameters": {
                "type": "object", "additionalProperties": False,
                "required": ["text"], "properties": {
                    "text": {"type": "string"},
                    "times": {"type": "integer"}}}})
        # The decorator gives the function back as it was.
        self.assertEqual(say.__name__, "say")

    def test_parameters_of_every_kind(self):
        function = self.chat.function(description="d")

        @function
        def nothing(ctx):
            pass

        @function
        def anything(ctx, params):
            pass

        @function
        def some(ctx, params: dict, more=1):
            pass
        self.assertEqual(
            [x.parameters for x in self.chat.functions.values()],
            [{"type": "object", "additionalProperties": False},
             {"type": "object", "additionalProperties": True},
             {"type": "object", "additionalProperties": True}])

    def test_mistakes_are_named(self):
        function = self.chat.function(description="d")

        def no_context():
            pass

        def too_many(ctx, a, b):
            pass

        def odd(ctx, params: int):
            pass
        for handler in (no_context, too_many, odd):
            with self.assertRaisesRegex(TypeError, handler.__name__):
                function(handler)
        with self.assertRaisesRegex(ValueError, "action_type 'delete'"):
            self.chat.function(description="d", action_type="delete")
        self.chat.function(description="d", name="twice")(lambda ctx: 1)
        with self.assertRaisesRegex(ValueError, "two functions 'twice'"):
            self.chat.function(description="d", name="twice")(lambda ctx: 1)
        for name in ("", "a b", "a/b", "x" * 129):
            with self.assertRaises(ValueError):
                ChatExtension(name)


class Calling(unittest.IsolatedAsyncioTestCase):

    def registered(self, handler):
        chat = ChatExtension("notes")
        chat.function(description="d", name="f")(handler)
        return chat.functions["f"]

    async def test_async_and_sync(self):
        threads = []

        async def here(ctx, params: Params):
            threads.append(threading.current_thread())
            return params.text * params.times

        def there(ctx, params: Params):
            threads.append(threading.current_thread())
            return inherited.get() + params.text
        inherited.set("from the task: ")
        arguments = {"text": "x", "times": 2}
        self.assertEqual((await self.registered(here)(None, arguments)).text,
                         "xx")
        self.assertEqual((await self.registered(there)(None, arguments)).text,
                         "from the task: x")
        self.assertIs(threads[0], threading.main_thread())
        self.assertIsNot(threads[1], threading.main_thread())
        # A handler that hangs does not keep the process.
        self.assertTrue(threads[1].daemon)

    async def test_arguments_are_checked_first(self):
        ran = []

        def handler(ctx, params: Params):
            ran.append(params)
        with self.assertRaises(Mismatch) as caught:
            await self.registered(handler)(None, {"text": 1})
        self.assertEqual((caught.exception.pointer, ran), ("/text", []))

    async def test_what_a_thread_raises(self):
        for error in (KeyError("k"), StopIteration(), SystemExit(1)):
            def raiser(error):
                def handler(ctx):
                    raise error
                return handler
            with self.assertRaises((KeyError, RuntimeError)):
                await self.registered(raiser(error))(None, {})

    def test_results(self):
        for value, wanted in (
                ("a", {"ok": True, "text": "a"}),
                ({"text": "a"}, {"ok": True, "data": {"text": "a"}}),
                ([1], {"ok": True, "data": [1]}),
                (None, {"ok": True}),
                (Params("a"), {"ok": True, "data": {"text": "a", "times": 1}}),
                (ActionResult.success([1], "a"),
                 {"ok": True, "data": [1], "text": "a"}),
                (ActionResult.error("no"), {"ok": False, "text": "no"})):
            self.assertEqual(json.loads(encode(ActionResult.of(value))),
                             wanted)


class Loading(unittest.TestCase):

    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="byollm-py-")
        self.addCleanup(holder.cleanup)
        self.root = holder.name

    def file(self, text, name="notes.py"):
        path = os.path.join(self.root, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def test_the_only_one(self):
        path = self.file("from byollm import ChatExtension\n"
                         "from beside import name\n"
                         "chat = also = ChatExtension(name)\n")
        self.file("name = 'told'", "beside.py")
        self.assertEqual(load(path).name, "told")
        self.assertEqual(load(path, "told").name, "told")
        with self.assertRaisesRegex(ValueError, "none called 'x', but told"):
            load(path, "x")

    def test_none_or_two(self):
        path = self.file("from byollm import ChatExtension as E\n"
                         "a, b = E('a'), E('b')\n")
        self.assertEqual(load(path, "b").name, "b")
        with self.assertRaisesRegex(ValueError, "more than one, but a, b"):
            load(path)
        with self.assertRaisesRegex(ValueError, "no ChatExtension"):
            load(self.file("", "none.py"))
        with self.assertRaises(OSError):
            load(self.root + "/absent.py")
        with self.assertRaises(ValueError):
            load(self.file("", "notes.txt"))


if __name__ == "__main__":
    unittest.main()
