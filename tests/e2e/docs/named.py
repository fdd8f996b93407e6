# SPDX-License-Identifier: Apache-2.0
"""Goal: what README.md and docs/ name is there, and what is to be named is.

Method: compare the pages with the tree; nothing is run but CTest's own list.
"""

import functools
import json
import os
import re
import subprocess
import tomllib
import unittest

from pages import SOURCE, anchors, documents, files_under, read

BUILD = os.environ["BYOLLM_BUILD"]


@functools.cache
def registered_tests():
    """Names as CTest has them: what is built here, and in other presets."""
    listed = subprocess.run(
        ["ctest", "-N", "--test-dir", f"{BUILD}/tests/e2e"], text=True,
        capture_output=True, check=True).stdout
    names = set(re.findall(r"Test +#\d+: (\w+)", listed))
    for path in files_under(os.path.join(SOURCE, "tests")):
        if path.endswith("CMakeLists.txt"):
            names.update(re.findall(r"(?:byollm_test\(|NAME )(\w+)",
                                    read(path)))
    return names


class Named(unittest.TestCase):

    def test_every_link_resolves(self):
        for path in documents():
            prose = re.sub(r"^```.*?^```$", "", read(path),
                           flags=re.DOTALL | re.MULTILINE)
            for target in re.findall(r"\]\(([^)\s]+)\)", prose):
                if re.match(r"[a-z]+:", target):
                    continue
                name, _, anchor = target.partition("#")
                meant = os.path.normpath(
                    os.path.join(os.path.dirname(path), name)
                    if name else path)
                said = f"{os.path.relpath(path, SOURCE)} links {target}"
                self.assertTrue(os.path.exists(meant), said)
                if anchor:
                    self.assertIn(anchor, anchors(read(meant)), said)

    def test_every_path_that_is_named_exists(self):
        # In code marks, with a slash, below a folder of ours.
        folders = "messages|actors|providers|app|tests|docs"
        for path in documents():
            for name in re.findall(rf"`((?:{folders})/[\w./-]*)`", read(path)):
                there = os.path.exists(os.path.join(SOURCE, name))
                self.assertTrue(there or "NAME" in name,
                                f"{os.path.relpath(path, SOURCE)}: {name}")

    def test_the_reading_order_is_there(self):
        order = ["messages/protocol/interfaces.hpp",
                 "app/runtime/runtime_impl.cpp", "actors/cascade.cpp",
                 "actors/turn.cpp", "providers/kinds/"]
        text = read("README.md")
        at = [text.index(f"]({name}") for name in order]
        self.assertEqual(at, sorted(at))

    def test_the_smallest_dialect_is_the_one_that_is_named(self):
        kinds = os.path.join(SOURCE, "providers/kinds")
        size = {}
        for name in os.listdir(kinds):
            if name.endswith(".cpp"):
                kind = name.removesuffix(".cpp").split("_")[0]
                size[kind] = size.get(kind, 0) + len(
                    read(f"providers/kinds/{name}").splitlines())
        smallest = min(size, key=size.get)
        self.assertIn(f"](providers/kinds/{smallest}.cpp)", read("README.md"))

    def test_every_verb_is_in_the_protocol_table(self):
        verbs = set(re.findall(r"atom::(\w+)",
                               read("messages/protocol/interfaces.hpp")))
        self.assertGreater(len(verbs), 15)
        rows = set(re.findall(r"^\| `(\w+)` \|", read("docs/architecture.md"),
                              re.MULTILINE))
        self.assertEqual(rows, verbs)

    def test_every_actor_is_in_the_table(self):
        actors = re.findall(r"The ([A-Z ]+) actor interface",
                            read("messages/protocol/interfaces.hpp"))
        self.assertGreater(len(actors), 5)
        for actor in actors:
            self.assertRegex(read("docs/architecture.md"), rf"\n\| {actor} \|")

    def test_every_guarantee_names_what_is_there(self):
        page = read("docs/guarantees.md")
        cells = [row.strip("|").split("|") for row in page.splitlines()
                 if row.startswith("| ") and not row.startswith("| control")]
        self.assertGreater(len(cells), 30)
        mutants = os.path.join(SOURCE, "tests", "mutants")
        names = {name for name in os.listdir(mutants)}
        for name in list(names):
            if name.endswith(".toml"):
                names.update(re.findall(r'^name = "(.*)"', read(
                    f"tests/mutants/{name}"), re.MULTILINE))
        below = [os.path.relpath(path, SOURCE)
                 for path in files_under(os.path.join(SOURCE, "tests"))]
        files = {os.path.basename(path) for path in below}
        for _, tests, removals in cells:
            for name in re.findall(r"`([\w.-]+)`", removals):
                if name != "wipe_registers":
                    self.assertIn(name, names)
            for name in re.findall(r"`([\w/]+\.(?:cpp|py))`", tests):
                self.assertTrue(name in files or name in below, name)
            for name in re.findall(r"`((?:e2e|byollm)_\w+)`", tests):
                self.assertIn(name, registered_tests())

    def test_every_mutant_names_what_is_there(self):
        # Without building any of them, as only ./test --long does.
        tests = "".join(
            re.sub(r'"\s*\n\s*"', "", read(path))
            for path in files_under(os.path.join(SOURCE, "tests"))
            if path.endswith((".cpp", ".py")))
        for path in files_under(os.path.join(SOURCE, "tests", "mutants")):
            if not path.endswith(".toml"):
                continue
            with open(path, "rb") as file:
                for one in tomllib.load(file)["mutant"]:
                    self.assertEqual(read(one["file"]).count(one["old"]), 1,
                                     one["name"])
                    said = json.dumps(one["test"], ensure_ascii=False)
                    self.assertTrue(said in tests
                                    or f"def {one['test']}(" in tests,
                                    one["name"])

    def test_every_bound_is_one(self):
        # docs/architecture.md: all bounds are there, and hold.
        page = read("messages/limits.hpp")
        named = re.findall(r"^inline constexpr [\w:]+ (\w+)", page,
                           re.MULTILINE)
        self.assertGreater(len(named), 100)
        used = set()
        for folder in ("messages", "actors", "providers", "app"):
            for path in files_under(os.path.join(SOURCE, folder)):
                if path.endswith((".cpp", ".hpp")):
                    used.update(re.findall(r"limits::(\w+)", read(path)))
        # Some are made of others.
        self.assertEqual([name for name in named if name not in used
                          and len(re.findall(rf"\b{name}\b", page)) < 2], [])

    def test_every_decision_is_listed(self):
        text = read("docs/architecture.md")
        for name in os.listdir(os.path.join(SOURCE, "docs/adr")):
            self.assertIn(f"](adr/{name})", text)

    def test_every_error_is_documented(self):
        codes = re.findall(r"^  (\w+) = \d+,", read("messages/errors.hpp"),
                           re.MULTILINE)
        codes = codes[codes.index("none") + 1:codes.index("store_corrupt") + 1]
        rows = re.findall(r"^\| `(\w+)` \|", read("docs/operations.md"),
                          re.MULTILINE)
        for code in codes:
            self.assertIn(code, rows)
        self.assertGreater(len(codes), 40)


if __name__ == "__main__":
    unittest.main()
