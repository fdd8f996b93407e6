# SPDX-License-Identifier: Apache-2.0
"""Goal: what `cmake --install` puts down is all a host needs, wherever it is
moved, and the host in docs/embedding.md is true.

Method: install into a scratch prefix, move it, and from there compile the very
text of the document, once by find_package and once by pkg-config; run it
against byollm-standin. Read every #include of what was installed.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "cli"))
sys.path.insert(0, os.path.join(HERE, "..", "..", "verify"))

import links  # noqa: E402
from support import PATIENCE, Standin, files_under, make_key  # noqa: E402

SOURCE = os.environ["BYOLLM_SOURCE"]
BUILD = os.environ["BYOLLM_BUILD"]
CXX = os.environ["BYOLLM_CXX"]
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow",
            "-Werror"]


def run(*command, **how):
    done = subprocess.run(command, capture_output=True, text=True,
                          timeout=4 * PATIENCE, **how)
    if done.returncode != 0:
        raise AssertionError(f"{command}\n{done.stdout}\n{done.stderr}")
    return done


def block(name):
    """Returns the block of docs/embedding.md that is marked with `name`."""
    with open(os.path.join(SOURCE, "docs/embedding.md")) as file:
        found = re.search(
            r"<!-- test: %s -->\n```\w+\n(.*?)^```$" % re.escape(name),
            file.read(), re.DOTALL | re.MULTILINE)
    if not found:
        raise AssertionError(f"docs/embedding.md has no block {name}")
    return found.group(1)


class InstalledTree(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.root = tempfile.mkdtemp(prefix="byollm-installed-")
        cls.addClassCleanup(shutil.rmtree, cls.root)
        first = os.path.join(cls.root, "first")
        run("cmake", "--install", BUILD, "--prefix", first)
        # Elsewhere: nothing in it may know where it was.
        cls.prefix = os.path.join(cls.root, "moved here")
        os.rename(first, cls.prefix)
        cls.lib = cls.find("libbyollm.so")

    @classmethod
    def find(cls, name):
        for path in files_under(cls.prefix):
            if os.path.basename(path) == name:
                return os.path.dirname(path)
        raise AssertionError(f"{name} is not installed")

    def scratch(self, **files):
        directory = tempfile.mkdtemp(dir=self.root)
        for name, content in files.items():
            path = os.path.join(directory, name.replace("_", "."))
            with open(path, "w") as file:
                file.write(content)
        return directory

    def pkg_config(self, *arguments):
        flags = run("pkg-config", *arguments, "byollm", env={
            **os.environ, "PKG_CONFIG_PATH": self.find("byollm.pc")}).stdout
        # pkg-config escapes the space in our prefix for a shell.
        return [x.replace("\0", " ")
                for x in flags.replace("\\ ", "\0").split()]

    def converse(self, host, stdin=""):
        data = os.path.join(tempfile.mkdtemp(dir=self.root), "data")
        with Standin() as standin:
            done = run(host, data, standin.url, input=stdin,
                       env={**os.environ, "LD_LIBRARY_PATH": self.lib})
        self.assertEqual(done.stdout, "", "a host's stdout is its own")
        return done.stderr

    def check_host(self, host):
        told = self.converse(host, make_key() + "\n")
        self.assertIn("anthropic claude-sonnet-4-5, own: 1\n", told)
        self.assertRegex(told, r"future: I am byollm-standin.*Hello\.")
        self.assertRegex(told, r"callback: I am byollm-standin.*in pieces\.")
        self.assertRegex(told, r"coroutine: I am byollm-standin.*awaited\.")
        self.assertIn("log: asked 5 fields\n", told)

    def test_the_documented_host_is_short(self):
        self.assertLess(len(block("host.cpp").splitlines()), 60)

    def test_the_documented_host_runs_by_find_package(self):
        at = self.scratch(host_cpp=block("host.cpp"),
                          CMakeLists_txt=block("CMakeLists.txt"))
        run("cmake", "-S", at, "-B", f"{at}/build",
            f"-DCMAKE_PREFIX_PATH={self.prefix}", f"-DCMAKE_CXX_COMPILER={CXX}",
            "-DCMAKE_CXX_FLAGS=" + " ".join(WARNINGS))
        run("cmake", "--build", f"{at}/build")
        self.check_host(f"{at}/build/host")

    def test_the_documented_host_runs_by_pkg_config(self):
        at = self.scratch(host_cpp=block("host.cpp"))
        run(CXX, "-std=c++20", *WARNINGS, f"{at}/host.cpp", "-o", f"{at}/host",
            *self.pkg_config("--cflags", "--libs"))
        self.check_host(f"{at}/host")

    def test_the_documented_functions_run(self):
        at = self.scratch(functions_cpp=block("functions.cpp"))
        run(CXX, "-std=c++20", *WARNINGS, f"{at}/functions.cpp", "-o",
            f"{at}/functions", *self.pkg_config("--cflags", "--libs"))
        told = self.converse(f"{at}/functions").splitlines()
        self.assertEqual(len(told), 3, told)
        self.assertIn("Summarize in 80 words: It was a stormy night.", told[0])
        self.assertRegex(told[1], r"^validation_rejected \(/max_words\): ")
        # The stand-in says "stand-in" to the tool.
        self.assertRegex(told[2], r"^finished: .*The tool answered: 8$")

    def test_the_documented_adapter_awaits_on_the_hosts_own_loop(self):
        at = self.scratch(adapter_hpp=block("adapter.hpp"))
        run(CXX, "-std=c++20", *WARNINGS, f"-I{at}",
            f"{HERE}/awaitable_host.cpp", "-o", f"{at}/host",
            *self.pkg_config("--cflags", "--libs"))
        self.assertRegex(self.converse(f"{at}/host"), r"awaitable: I am .*asio")

    def test_installed_headers_include_the_standard_library_only(self):
        include = os.path.join(self.prefix, "include")
        headers = [x for x in files_under(include)]
        self.assertGreater(len(headers), 20)
        for header in headers:
            self.assertNotIn("protocol", header)
            with open(header) as file:
                includes = re.findall(r'#\s*include\s*([<"])(.+)[>"]',
                                      file.read())
            for kind, name in includes:
                said = f"{header} includes {name}"
                if kind == "<":
                    # Standard headers have neither a folder nor an ending.
                    self.assertRegex(name, r"^[a-z_]+$", said)
                    continue
                base = include if header == f"{include}/byollm.hpp" else (
                    os.path.dirname(header))
                meant = os.path.normpath(os.path.join(base, name))
                self.assertIn(meant, headers, said)

    def test_each_installed_header_compiles_alone(self):
        include = os.path.join(self.prefix, "include")
        at = self.scratch()
        sources = []
        for header in files_under(include):
            sources.append(f"{at}/{len(sources)}.cpp")
            with open(sources[-1], "w") as file:
                # Twice: it guards itself, too.
                file.write(2 * f'#include "{header}"\n')
        run(CXX, "-std=c++20", *WARNINGS, "-fsyntax-only", f"-I{include}",
            *sources)

    def test_the_library_shows_nothing_but_its_api(self):
        # A host may bring its own Boost and SQLite; ours must not meet them.
        names = run("nm", "-DC", "--defined-only", "-f", "posix",
                    f"{self.lib}/libbyollm.so").stdout.splitlines()
        self.assertGreater(len(names), 20)
        for line in names:
            self.assertRegex(line, r"^byollm::")

    def test_the_auditors_program_has_none_of_our_parts(self):
        program = f"{self.prefix}/bin/byollm-verify"
        self.assertEqual(links.strangers(program)[:links.SHOWN], [])
        # The look at it sees what the others have.
        self.assertIn("libbyollm.so.0",
                      links.strangers(f"{self.prefix}/bin/byollm"))

    def test_the_programs_run_from_where_they_were_moved(self):
        for program in ("byollm", "byollmd", "byollm-standin"):
            done = run(f"{self.prefix}/bin/{program}", "--help")
            self.assertIn("Usage", done.stdout)


if __name__ == "__main__":
    unittest.main()
