# SPDX-License-Identifier: Apache-2.0
"""Goal: the package installs from the tree without a network, is typed for its
users, and every file of it can be read.

Method: pip and mypy, as an author would run them; where a Python has neither,
their test says so and is skipped.
"""

import ast
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

from support import PACKAGE, PATIENCE

AUTHOR = '''
from byollm import ActionResult, ChatExtension, Context, RateLimitedError

chat = ChatExtension("notes")


@chat.function(description="d")
async def summarize(ctx: Context, params: dict[str, str]) -> ActionResult:
    try:
        reply = await ctx.llm.create_message(..., purpose="p")
    except RateLimitedError as error:
        return ActionResult.error(f"Again in {error.retry_after or 0.0} s.")
    async for delta in ctx.llm.stream("q"):
        ctx.log.info(delta.text, kind=delta.kind)
    vector: list[float] = (await ctx.llm.embed("q")).embeddings[0]
    result = await ctx.llm.run("q", tools=[len], max_rounds=2)
    return ActionResult.success([vector, result.stop.value], reply.text)
'''


class Package(unittest.TestCase):

    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="byollm-py-")
        self.addCleanup(holder.cleanup)
        self.root = holder.name

    def run_python(self, *arguments, **more):
        done = subprocess.run([sys.executable, *arguments], cwd=self.root,
                              capture_output=True, text=True,
                              timeout=PATIENCE, **more)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def needs(self, *modules):
        for module in modules:
            if importlib.util.find_spec(module) is None:
                self.skipTest(f"this Python has no {module}")

    def test_it_installs(self):
        self.needs("pip", "setuptools", "wheel")
        # A build writes beside the sources.
        tree = shutil.copytree(PACKAGE, os.path.join(self.root, "tree"))
        there = os.path.join(self.root, "there")
        self.run_python("-m", "pip", "install", "-q", "--no-index",
                        "--no-build-isolation", "--no-deps", "--target", there,
                        tree)
        self.assertEqual(
            sorted(x for x in os.listdir(PACKAGE + "/byollm")
                   if x != "__pycache__"),
            sorted(x for x in os.listdir(there + "/byollm")
                   if x != "__pycache__"))
        told = self.run_python("-m", "byollm", "run", "--help",
                               env={"PYTHONPATH": there})
        self.assertIn("FILE.py", told)

    def test_it_is_typed(self):
        self.needs("mypy")
        author = os.path.join(self.root, "author.py")
        with open(author, "w", encoding="utf-8") as file:
            file.write(AUTHOR)
        self.run_python("-m", "mypy", "--strict", "--python-version", "3.11",
                        author, PACKAGE + "/byollm",
                        env={**os.environ, "MYPYPATH": PACKAGE})

    def test_every_file_can_be_read(self):
        seen = 0
        for name in sorted(os.listdir(PACKAGE + "/byollm")):
            if not name.endswith(".py"):
                continue
            seen += 1
            with self.subTest(name), open(f"{PACKAGE}/byollm/{name}",
                                          encoding="utf-8") as file:
                lines = file.read().split("\n")
                self.assertEqual(lines[0],
                                 "# SPDX-License-Identifier: Apache-2.0")
                self.assertLessEqual(max(map(len, lines)), 80)
                self.check_words(ast.parse("\n".join(lines)))
        self.assertGreater(seen, 20)

    def check_words(self, tree):
        """Each module and public class says what it is for, and only what the
        standard library has is imported."""
        self.assertTrue(ast.get_docstring(tree))
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for name in node.names:
                    self.assertIn(name.name.split(".")[0],
                                  sys.stdlib_module_names)
            elif isinstance(node, ast.ImportFrom) and not node.level:
                self.assertIn(node.module.split(".")[0],
                              sys.stdlib_module_names)


if __name__ == "__main__":
    unittest.main()
