#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Goal: layering.py sees every kind of violation and names its line.

Method: copies the sources, plants one violating line at a time at the end of a
file, and expects exactly that line in the findings.
"""

import pathlib
import shutil
import sys
import tempfile

import layering

# The file, and the line that must not be in it.
PLANTS = [
    ("messages/chat.hpp", "#include <caf/actor.hpp>"),
    ("messages/ids.cpp", '#include "messages/protocol/type_ids.hpp"'),
    ("messages/chat.hpp", "#include <unistd.h>"),
    ("messages/protocol/planted.hpp", '#include "actors/turn.hpp"'),
    ("messages/protocol/planted.hpp", "#include <boost/asio.hpp>"),
    ("providers/dialect.hpp", "#include <caf/actor.hpp>"),
    ("providers/dialect.hpp", '#include "messages/protocol/type_ids.hpp"'),
    ("providers/dialect.hpp", '#include "actors/turn.hpp"'),
    ("providers/dialect.hpp", "#include <sqlite3.h>"),
    ("providers/dialect.hpp", '#include "app/byollm.hpp"'),
    ("actors/planted.cpp", "#include <boost/asio.hpp>"),
    ("actors/planted.cpp", "#include <rapidjson/document.h>"),
    ("actors/planted.cpp", "#include <openssl/evp.h>"),
    ("actors/planted.cpp", "#include <sqlite3.h>"),
    ("actors/planted.cpp", '#include "providers/dialect.hpp"'),
    ("actors/planted.cpp", '#include "app/byollm.hpp"'),
    ("app/byollm.hpp", "#include <caf/actor.hpp>"),
    ("app/byollm.hpp", '#include "messages/protocol/type_ids.hpp"'),
    ("app/planted.cpp", "#include <caf/all.hpp>"),
    ("actors/planted.cpp", "std::this_thread::sleep_for(1s);"),
    ("actors/planted.cpp", "std::mutex lock;"),
    ("actors/planted.cpp", "std::future<int> later;"),
    ("actors/planted.cpp", "std::ifstream file;"),
    ("actors/planted.cpp", "self->request(x, t, y).await([] {});"),
    ("actors/planted.cpp", "spawn<caf::detached>(f);"),
    ("actors/turn_planted.cpp", "class receipt_office {"),
    ("actors/ledger.cpp", "class lease_office {"),
    ("providers/planted.cpp", "struct lease_office {"),
    ("app/planted.cpp", "test_receipt_office::make();"),
    ("app/planted.cpp", "if (a && co_await b())"),
    ("providers/planted.cpp", "while (a || !co_await b())"),
]

# What looks like a violation and is none.
INNOCENT = [
    ("messages/planted.hpp", "friend class test_receipt_office;"),
    ("actors/planted.cpp", "// no std::mutex here"),
    ("actors/ledger.cpp", "class receipt_office {"),
    ("providers/planted.cpp", "#include <sys/socket.h>"),
    ("tests/unit/planted.cpp", "test_receipt_office::make();"),
]


def copy_sources(to):
    root = pathlib.Path(__file__).resolve().parents[2]
    for folder in layering.FOLDERS:
        if not (root / folder).is_dir():
            continue
        shutil.copytree(
            root / folder,
            to / folder,
            ignore=shutil.ignore_patterns("node_modules", "corpus"),
        )


def findings(root, file):
    return list(layering.check_file(root, file)) if file.exists() else []


def planted(root, path, line):
    """Returns the findings that a planted line adds to its file."""
    file = root / path
    known = findings(root, file)
    before = file.read_text() if file.exists() else None
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text((before or "") + "\n" + line + "\n")
    found = [x for x in findings(root, file) if x not in known]
    if before is None:
        file.unlink()
    else:
        file.write_text(before)
    return found


def main():
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder).resolve()
        copy_sources(root)
        for path, line in PLANTS:
            found = planted(root, path, line)
            if len(found) != 1 or path not in found[0] or line not in found[0]:
                failures.append(f"not seen: {path}: {line}: {found}")
        for path, line in INNOCENT:
            if found := planted(root, path, line):
                failures.append(f"wrongly seen: {path}: {line}: {found}")
    for failure in failures:
        print(failure)
    print(f"layering self-test: {len(PLANTS) + len(INNOCENT)} plants, "
          f"{len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
