# SPDX-License-Identifier: Apache-2.0
"""Goal: byollm-verify is the record format and OpenSSL, and nothing else of
ours: an auditor need not trust what wrote the ledger.

Method: what the program asks the loader for, and every symbol in it.
"""

import os
import re
import subprocess
import unittest

# What it may ask the loader for; a sanitizer brings its own.
NEEDED = re.compile(r"(libcrypto|libstdc\+\+|libm|libgcc_s|libc|ld-linux[-\w]*"
                    r"|lib[aut][bs]?san)\.so\.\d+")
# What it may have no symbol of, here or elsewhere.
STRANGERS = re.compile(r"\b(caf|boost|rapidjson|spdlog|CLI)::|\bsqlite3_|\bSSL_")

# Of a whole library the first few say enough.
SHOWN = 10


def ask(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True,
                          timeout=60).stdout


def needed(program):
    return re.findall(r"\(NEEDED\).*\[(.+)\]", ask("readelf", "-d", program))


def symbols(*arguments):
    return re.findall(r"^[0-9a-f]* +\w (.+)$", ask("nm", "-C", *arguments),
                      re.MULTILINE)


def strangers(program):
    """Returns what is in the program and should not be."""
    return ([x for x in needed(program) if not NEEDED.fullmatch(x)]
            + [x for x in symbols(program) if STRANGERS.search(x)])


def own(*files):
    return {x for x in symbols("--defined-only", *files) if "byollm::" in x}


class Links(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.program = os.environ["BYOLLM_VERIFY"]
        cls.parts = os.environ["BYOLLM_VERIFY_PARTS"].split(os.pathsep)

    def test_there_is_no_stranger_in_it(self):
        self.assertIn("libcrypto.so.3", needed(self.program))
        self.assertEqual(strangers(self.program)[:SHOWN], [])

    def test_what_is_ours_is_the_record_format(self):
        found = own(self.program)
        # Of a program without symbols nothing could be said.
        self.assertGreater(len(found), 100)
        self.assertEqual(sorted(found - own(*self.parts))[:SHOWN], [])


if __name__ == "__main__":
    unittest.main()
