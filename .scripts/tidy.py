#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs clang-tidy over our sources as .build/release compiles them.

A file that was clean stays clean until it, a header of ours that it includes,
its flags, .clang-tidy or the tool change: .build/tidy-cache holds one empty
file for each clean state. The others are read several as one (tidy_batches.py);
where that does not compile or is not clean, each is looked at by itself.
Usage: tidy.py [--singly] [JOBS [PART-OF-A-PATH...]]
"""

import argparse
import concurrent.futures
import functools
import hashlib
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

import tidy_batches

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
    """Returns the command without its source and object, and without what only
    GCC knows: warnings and PCHs."""
    words = shlex.split(entry["command"])
    result = []
    skip = False
    for word, following in zip(words, words[1:] + [""]):
        if skip or word.startswith("-W") or word.endswith("ccache"):
            skip = False
        elif word == "-o" or (word == "-include" and "cmake_pch" in following):
            skip = True
        elif word not in ("-c", entry["file"]):
            result.append(word)
    for word in ("-analyzer-config", ANALYZER):
        result += ["-Xclang", word]
    return tuple(result)


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


def run_batch(source, files):
    """Returns what clang-tidy has to say of each file."""
    if len(files) > 1:
        if not run_tool(source):
            return dict.fromkeys(files, "")
        print(f"  tidy: file by file, {source.name} is not clean or does not "
              "compile as one", file=sys.stderr)
    return {file: run_tool(file) for file in files}


def load_work(parts):
    """Returns {file: (flags, directory)} of what we check."""
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
    return work


def write_sources(batches, work):
    """Writes each batch, and how all is compiled. Returns {source: files}."""
    shutil.rmtree(DATABASE, ignore_errors=True)
    DATABASE.mkdir(parents=True)
    commands = {file: (*work[file], ()) for files in batches for file in files}
    sources = {}
    for number, files in enumerate(batches):
        source = DATABASE / f"batch_{number}.cpp"
        source.write_text(tidy_batches.as_one(files), encoding="utf-8")
        beside = [f"-iquote{folder}" for folder in
                  sorted({str(file.parent) for file in files})]
        commands[source] = (*work[files[0]], beside)
        sources[source] = files
    (DATABASE / "compile_commands.json").write_text(json.dumps([
        {"file": str(file), "directory": directory,
         "arguments": [*flags, *more, "-c", str(file)]}
        for file, (flags, directory, more) in commands.items()
    ]))
    return sources


def main():
    usage = argparse.ArgumentParser()
    usage.add_argument("--singly", action="store_true")
    usage.add_argument("jobs", type=int, nargs="?", default=os.cpu_count())
    usage.add_argument("parts", nargs="*")
    asked = usage.parse_args()
    CACHE.mkdir(parents=True, exist_ok=True)
    version = subprocess.run(
        [TOOL, "--version"], capture_output=True, check=True
    ).stdout
    work = load_work(asked.parts)
    todo = {}
    for file, (flags, _) in work.items():
        key = key_of(file, flags, version + b"singly" * asked.singly)
        if not (CACHE / key).exists():
            todo[file] = key
    batches = [[file] for file in todo] if asked.singly else \
        tidy_batches.batches(list(todo), work.get, asked.jobs)
    bad = 0
    with concurrent.futures.ThreadPoolExecutor(asked.jobs) as pool:
        running = [pool.submit(run_batch, source, files)
                   for source, files in write_sources(batches, work).items()]
        for number, done in enumerate(
            concurrent.futures.as_completed(running), 1
        ):
            for file, text in done.result().items():
                if text:
                    bad += 1
                    print(f"{file.relative_to(ROOT)}:\n{text}", flush=True)
                else:
                    (CACHE / todo[file]).touch()
            if number % 5 == 0:
                print(f"  tidy: {number} of {len(running)}", file=sys.stderr)
    print(f"tidy: {len(work)} files, {len(todo)} looked at in {len(batches)} "
          f"batches, {bad} not clean")
    return 1 if bad or not work else 0


if __name__ == "__main__":
    sys.exit(main())
