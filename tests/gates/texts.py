#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Goal: no file is too long to read, unfinished, or carries a secret.

Method: reads every text file of the checkout (argument 1, default: this one)
and prints the lines that break a rule. `--selftest` plants one line of each
kind in a temporary folder and expects to see it.
"""

import os
import pathlib
import re
import sys
import tempfile

SKIPPED_FOLDERS = {".git", ".build", ".state", "node_modules", "corpus"}
LINES_MAX = 400
CODE = {".cpp", ".hpp", ".h", ".py", ".mjs", ".sh", ".cmake", ".txt", ""}

# Split in the middle so that this file does not find itself.
RULES = [
    (r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b|place" r"holder|not (yet )?impl"
     r"emented|lorem ip" r"sum", "nothing unfinished"),
    (r"sk-" r"[A-Za-z0-9_-]{20,}", "no key-like literal"),
    (r"AK" r"IA[0-9A-Z]{16}|gh[pousr]" r"_[A-Za-z0-9]{36}|AI" r"za"
     r"[0-9A-Za-z_-]{35}|xox[baprs]" r"-[0-9A-Za-z-]{10,}",
     "no key-like literal"),
    (r"-----BEGIN [A-Z ]*PRIVATE" r" KEY-----", "no private key"),
    (r"(?<![\w.])/(ro" r"ot|ho" r"me|wo" r"rk)/\w", "no path of one machine"),
    (r"registry\.npm" r"js|\"resolved\":", "no registry address"),
]


def text_files(root):
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(set(folders) - SKIPPED_FOLDERS)
        for name in sorted(names):
            file = pathlib.Path(folder) / name
            try:
                yield file, file.read_text(encoding="utf-8")
            except (UnicodeDecodeError, OSError):
                continue


def check(root):
    """Returns the broken rules and the number of files looked at."""
    root = pathlib.Path(root)
    broken = []
    count = 0
    for file, text in text_files(root):
        count += 1
        path = file.relative_to(root).as_posix()
        lines = text.splitlines()
        if len(lines) > LINES_MAX and file.suffix in CODE:
            broken.append(f"{path}: {len(lines)} lines, at most {LINES_MAX}")
        for number, line in enumerate(lines, 1):
            for pattern, rule in RULES:
                if match := re.search(pattern, line):
                    # A secret is not printed, not even here.
                    seen = match.group(0)[:4]
                    broken.append(f"{path}:{number}: {seen}...: {rule}")
    return broken, count


SELFTEST = {
    "unfinished.cpp": "// TO" "DO later",
    "key.md": "sk-" + "a" * 20,
    "cloud.cpp": "AK" "IA" + "A" * 16,
    "pem.txt": "-----BEGIN EC PRIVATE" " KEY-----",
    "path.py": "open('/ro" "ot/x')",
    "lock.json": '"resolved"' ": 1",
    "long.cpp": "\n" * (LINES_MAX + 1),
}


def selftest():
    with tempfile.TemporaryDirectory() as folder:
        for name, text in SELFTEST.items():
            (pathlib.Path(folder) / name).write_text(text)
        (pathlib.Path(folder) / "good.cpp").write_text("int x;\n")
        broken, _ = check(folder)
    missed = [n for n in SELFTEST if not any(b.startswith(n) for b in broken)]
    wrong = [b for b in broken if b.startswith("good.cpp")]
    print(f"texts self-test: missed {missed}, wrong {wrong}")
    return 1 if missed or wrong else 0


def main():
    if "--selftest" in sys.argv:
        return selftest()
    here = pathlib.Path(__file__).resolve().parents[2]
    broken, count = check(sys.argv[1] if len(sys.argv) > 1 else here)
    for text in broken:
        print(text)
    print(f"texts: {count} files, {len(broken)} broken rules")
    return 1 if broken or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
