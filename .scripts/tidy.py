#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs clang-tidy over our sources as .build/release compiles them.

A file that was clean stays clean until it, a header of ours that it includes,
its flags, .clang-tidy or the tool change: .build/tidy-cache holds one empty
file for each clean state. Usage: tidy.py [JOBS [PART-OF-A-PATH...]]
"""

import concurrent.futures
import functools
import hashlib
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
BUILD = ROOT / ".build" / os.environ.get("BYOLLM_TIDY_BUILD", "release")
CACHE = ROOT / ".build" / "tidy-cache"
DATABASE = ROOT / ".build" / "tidy"
TOOL = "clang-tidy-14"
# Tests are Catch2 macros for the most part, and compile with -Werror.
FOLDERS = ("messages/", "providers/", "actors/", "app/")
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)

# The analyzer follows our functions, not the templates of Asio and CAF: a third
# of the time, and nothing of ours is lost.
ANALYZER = "c++-template-inlining=false,max-nodes=40000"
FINDING = re.compile(r"^(/[^:]+):\d+:\d+: (?:error|warning): (.*)$", re.MULTILINE)


def flags_of(entry):
    """Returns the command without what only GCC knows: warnings and PCHs."""
    words = shlex.split(entry["command"])
    result = []
    skip = False
    for word, following in zip(words, words[1:] + [""]):
        if skip or word.startswith("-W") or word.endswith("ccache"):
            skip = False
        elif word == "-include" and "cmake_pch" in following:
            skip = True
        else:
            result.append(word)
    for word in ("-analyzer-config", ANALYZER):
        result += ["-Xclang", word]
    return result


@functools.lru_cache(maxsize=None)
def includes(file):
    """Returns the headers of ours that a file names."""
    text = file.read_text(encoding="utf-8")
    found = []
    for name in INCLUDE.findall(text):
        for folder in (file.parent, ROOT):
            header = (folder / name).resolve()
            if header.is_file():
                found.append(header)
                break
    return found


def closure(file):
    seen = {file}
    todo = [file]
    while todo:
        for header in includes(todo.pop()):
            if header not in seen:
                seen.add(header)
                todo.append(header)
    return sorted(seen)


@functools.lru_cache(maxsize=None)
def digest_of(file):
    return hashlib.sha256(file.read_bytes()).digest()


def key_of(file, flags, tool):
    state = hashlib.sha256(tool)
    state.update(" ".join(flags).encode())
    for part in (ROOT / ".clang-tidy", *closure(file)):
        state.update(str(part.relative_to(ROOT)).encode() + digest_of(part))
    return state.hexdigest()


def is_ours(finding):
    """What the analyzer finds inside Asio's coroutines is Asio's."""
    return finding[0].startswith(f"{ROOT}/") or "clang-diagnostic" in finding[1]


def run_tool(file):
    """Returns what clang-tidy has to say, or "" for a clean file."""
    done = subprocess.run(
        [TOOL, "--quiet", "-p", DATABASE, file],
        capture_output=True, text=True, check=False,
    )
    if done.returncode == 0:
        return ""
    findings = FINDING.findall(done.stdout)
    if findings and not any(map(is_ours, findings)):
        return ""
    return done.stdout or done.stderr or "failed"


def load_work(parts):
    """Returns [file, flags] of what we check, and writes the flags down."""
    entries = json.loads((BUILD / "compile_commands.json").read_text())
    work = {}
    for entry in entries:
        file = pathlib.Path(entry["file"]).resolve()
        if ROOT not in file.parents:
            continue
        path = file.relative_to(ROOT).as_posix()
        if path.startswith(FOLDERS) and (
            not parts or any(part in path for part in parts)
        ):
            work[file] = (flags_of(entry), entry["directory"])
    DATABASE.mkdir(parents=True, exist_ok=True)
    (DATABASE / "compile_commands.json").write_text(json.dumps([
        {"file": str(file), "directory": directory, "arguments": flags}
        for file, (flags, directory) in work.items()
    ]))
    return {file: flags for file, (flags, _) in work.items()}


def main():
    jobs = int(sys.argv[1]) if len(sys.argv) > 1 else os.cpu_count()
    CACHE.mkdir(parents=True, exist_ok=True)
    version = subprocess.run(
        [TOOL, "--version"], capture_output=True, check=True
    ).stdout
    work = load_work(sys.argv[2:])
    todo = {}
    for file, flags in work.items():
        key = key_of(file, flags, version)
        if not (CACHE / key).exists():
            todo[file] = key
    bad = 0
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        running = {pool.submit(run_tool, file): file for file in todo}
        for number, done in enumerate(
            concurrent.futures.as_completed(running), 1
        ):
            file = running[done]
            if text := done.result():
                bad += 1
                print(f"{file.relative_to(ROOT)}:\n{text}", flush=True)
            else:
                (CACHE / todo[file]).touch()
            if number % 20 == 0:
                print(f"  tidy: {number} of {len(todo)}", file=sys.stderr)
    print(f"tidy: {len(work)} files, {len(todo)} looked at, {bad} not clean")
    return 1 if bad or not work else 0


if __name__ == "__main__":
    sys.exit(main())
