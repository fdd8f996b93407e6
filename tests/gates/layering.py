#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Goal: the diamond of docs/architecture.md holds in every source file.

Method: reads all `#include` lines and a few forbidden words of the sources
under the root (argument 1, default: this checkout), prints each line that
breaks a rule with the rule, and exits 1 if there is one.
"""

import pathlib
import re
import sys

FOLDERS = ("messages", "providers", "actors", "app", "tests")
SOURCES = {".hpp", ".cpp", ".h", ".ipp"}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
STD = re.compile(r"^[a-z][a-z0-9_]*$")


def is_std(name):
    """C++ standard headers have neither a folder nor an ending."""
    return STD.match(name) is not None


def has_prefix(name, *prefixes):
    return name.startswith(prefixes)


def in_vocabulary(name):
    return has_prefix(name, "messages/") and not has_prefix(
        name, "messages/protocol/"
    )


def is_posix(name):
    return name.endswith(".h") and not has_prefix(name, "sqlite3", "caf/")


def messages_may(name):
    return is_std(name) or in_vocabulary(name)


def protocol_may(name):
    return is_std(name) or has_prefix(name, "messages/", "caf/")


def providers_may(name):
    ours = in_vocabulary(name) or has_prefix(name, "providers/")
    theirs = has_prefix(name, "boost/", "openssl/", "rapidjson/")
    others = has_prefix(name, "actors/", "app/", "tests/", "messages/")
    return is_std(name) or ours or theirs or (is_posix(name) and not others)


def actors_may(name):
    return is_std(name) or has_prefix(name, "messages/", "actors/", "caf/")


def host_may(name):
    """What a host compiles must not bring our libraries' versions along."""
    return is_std(name) or in_vocabulary(name) or re.match(r"app/[^/]+$", name)


# First match wins: where, what may be included there, and the rule in words.
INCLUDE_RULES = [
    ("messages/protocol/", protocol_may,
     "messages/protocol/ includes std, CAF and messages/ only"),
    ("messages/", messages_may, "messages/ includes std only"),
    ("providers/", providers_may,
     "providers/ includes messages/, Boost, OpenSSL, RapidJSON; never CAF, "
     "messages/protocol/, actors/ or app/"),
    ("actors/", actors_may,
     "actors/ includes messages/ and CAF; never Boost, RapidJSON, OpenSSL, "
     "SQLite, providers/ or app/"),
]
HOST_RULE = "headers that a host installs include std only"

# Where, where not, what, and the rule in words.
TEXT_RULES = [
    ("", None, r"caf/all\.hpp", "nothing includes caf/all.hpp: build time"),
    ("actors/", None,
     r"\bsleep_(for|until)\b|std::(recursive_|shared_|timed_)?mutex\b"
     r"|std::condition_variable|std::(shared_)?future\b|\b[io]?fstream\b"
     r"|\.await\(|caf::detached|<\s*detached|caf::blocking|scoped_actor",
     "nothing in actors/ blocks: no sleep, lock, future, file or await"),
    ("", r"^actors/ledger\.cpp$",
     r"\b(class|struct)\s+receipt_office\b(?!\s*;)",
     "only actors/ledger.cpp makes receipts"),
    ("", r"^actors/auth_gateway\.cpp$",
     r"\b(class|struct)\s+lease_office\b(?!\s*;)",
     "only actors/auth_gateway.cpp makes leases"),
    ("", r"^tests/",
     r"(?<!friend class )\btest_receipt_office\b",
     "test_receipt_office lives under tests/ only"),
    ("", None,
     r"(&&|\|\|)\s*!?\s*\(?\s*co_await\b",
     "no co_await behind && or ||: GCC 12 runs it anyway"),
]


def include_rule(path):
    if re.match(r"app/[^/]+\.hpp$", path):
        return host_may, HOST_RULE
    for folder, may, rule in INCLUDE_RULES:
        if path.startswith(folder):
            return may, rule
    return None, None


def resolve(root, file, quote, name):
    """Returns what an include names, from the root if it is ours."""
    if quote == '"':
        beside = (file.parent / name).resolve()
        if beside.is_file() and root in beside.parents:
            return beside.relative_to(root).as_posix()
    return name


def check_file(root, file):
    path = file.relative_to(root).as_posix()
    may, rule = include_rule(path)
    for number, line in enumerate(
        file.read_text(encoding="utf-8").splitlines(), 1
    ):
        where = f"{path}:{number}: {line.strip()}"
        match = INCLUDE.match(line)
        if match and may and not may(resolve(root, file, *match.groups())):
            yield f"{where}\n  breaks: {rule}"
        code = line if match else line.split("//")[0]
        for folder, excepted, pattern, words in TEXT_RULES:
            if excepted and re.search(excepted, path):
                continue
            if path.startswith(folder) and re.search(pattern, code):
                yield f"{where}\n  breaks: {words}"


def check(root):
    """Returns the broken rules and the number of files looked at."""
    root = pathlib.Path(root).resolve()
    files = [
        file
        for folder in FOLDERS
        for file in sorted((root / folder).rglob("*"))
        if file.suffix in SOURCES and "node_modules" not in file.parts
    ]
    return [broken for file in files for broken in check_file(root, file)], len(
        files
    )


def main():
    here = pathlib.Path(__file__).resolve().parents[2]
    broken, count = check(sys.argv[1] if len(sys.argv) > 1 else here)
    for text in broken:
        print(text)
    print(f"layering: {count} files, {len(broken)} broken rules")
    return 1 if broken or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
