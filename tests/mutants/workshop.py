# SPDX-License-Identifier: Apache-2.0
"""Makes a program with one control removed, and runs one test in it.

No source is touched and nothing is configured anew. The mutant's one file is
written changed to .build/mutants, compiled as the build tree compiles it, and
linked before the static libraries: they are asked for what is undefined still,
so the changed object stands for theirs. Should it not define all of theirs, the
linker finds names twice.
"""

import dataclasses
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PRESET = "asan"
BUILD = ROOT / ".build" / PRESET
BENCH = ROOT / ".build" / "mutants"
# Only a test that hangs needs so long.
PATIENCE = 300

# The program that a suite's tests run in, below the build tree.
CATCH = {
    "access": "tests/unit/access/byollm_unit_access",
    "admission": "tests/unit/admission/byollm_unit_admission",
    "actor": "tests/actor/byollm_actor_tests",
    "cascade": "tests/unit/cascade/byollm_unit_cascade",
    "clients": "tests/unit/clients/byollm_unit_clients",
    "compat": "tests/unit/compat/byollm_unit_compat",
    "daemon": "tests/unit/daemon/byollm_unit_daemon",
    "dialects": "tests/unit/dialects/byollm_unit_dialects",
    "extension": "tests/unit/extension/byollm_unit_extension",
    "faults": "tests/e2e/faults/e2e_faults",
    "http": "tests/net/http/byollm_http_tests",
    "messages": "tests/unit/messages/byollm_unit_messages",
    "metrics": "tests/unit/metrics/byollm_unit_metrics",
    "net": "tests/net/byollm_net_tests",
    "pages": "tests/unit/pages/byollm_unit_pages",
    "probe": "tests/unit/probe/byollm_unit_probe",
    "reader": "tests/unit/http/byollm_unit_http",
    "service": "tests/unit/service/byollm_unit_service",
    "store": "tests/unit/store/byollm_unit_store",
    "trace": "tests/unit/trace/byollm_unit_trace",
    "tamper": "tests/verify/byollm_verify_tamper",
}
# A test in Python that asks byollm-verify.
AGREE = "app/verify/byollm-verify"
MAKE_LEDGER = "tests/verify/make_ledger"


@dataclasses.dataclass(frozen=True)
class Mutant:
    name: str
    removes: str  # the control, in a sentence
    file: str
    old: str      # stands in the file exactly once
    new: str
    suite: str    # a name of CATCH, or "agree"
    test: str     # which must fail


@dataclasses.dataclass(frozen=True)
class Found:
    verdict: str  # "killed" is the good one
    seconds: float = 0
    words: str = ""


def program_of(suite):
    return AGREE if suite == "agree" else CATCH[suite]


def quiet(*command, **how):
    return subprocess.run(command, capture_output=True, text=True, **how)


def build(suites):
    """Builds the programs as they are; returns whether that went well."""
    targets = {program_of(suite) for suite in suites}
    if "agree" in suites:
        targets.add(MAKE_LEDGER)
    command = [ROOT / ".scripts/build", PRESET, *sorted(targets)]
    return subprocess.run(command).returncode == 0


# -- running ------------------------------------------------------------------

def catch_name(test):
    """In a test specification, commas and brackets mean something else."""
    return test if test.startswith("[") else re.sub(r"([,\[\]])", r"\\\1", test)


def command_of(suite, program, test):
    if suite == "agree":
        return [sys.executable, "-B", ROOT / "tests/verify/agree.py",
                f"Agree.{test}"]
    return [program, catch_name(test), "--abort", "--warn", "NoTests"]


def environment(program):
    """Counts are low: a mutant must not need many tries."""
    kept = {k: v for k, v in os.environ.items() if k != "BYOLLM_LONG"}
    return {**kept, "BYOLLM_VERIFY": str(program),
            "MAKE_LEDGER": str(BUILD / MAKE_LEDGER)}


def run_test(suite, program, test, patience=PATIENCE):
    """Returns how it ended, as of a mutant: a test that passes lets it live."""
    begin = time.monotonic()
    with subprocess.Popen(command_of(suite, program, test), text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env=environment(program), errors="replace",
                          start_new_session=True) as running:
        try:
            told, _ = running.communicate(timeout=patience)
        except subprocess.TimeoutExpired:
            # With the children that it forked.
            os.killpg(running.pid, signal.SIGKILL)
            return Found("HANGS", time.monotonic() - begin)
    seconds = time.monotonic() - begin
    if running.returncode == 0:
        return Found("SURVIVED", seconds, told)
    failed = re.search(r"([\w.]+:\d+): FAILED|^(?:FAIL|ERROR): (\w+)", told,
                       re.MULTILINE)
    # A program that dies proves nothing about the test; Catch2 reports some
    # deaths as failures.
    if (not failed or "No test cases matched" in told
            or "due to a fatal error condition" in told):
        return Found("DIES", seconds, told)
    return Found("killed", seconds, failed[1] or failed[2])


# -- mutants ------------------------------------------------------------------

def changed_text(mutant):
    """Returns the changed file; None if there is not one place to change."""
    try:
        text = (ROOT / mutant.file).read_text()
    except OSError:
        return None
    if text.count(mutant.old) != 1:
        return None
    return text.replace(mutant.old, mutant.new)


def compile_command(file, source, made):
    """Returns the build tree's own command with another source and output."""
    entries = json.loads((BUILD / "compile_commands.json").read_text())
    found = next(x for x in entries if x["file"] == str(ROOT / file))
    words = shlex.split(found["command"])
    words[words.index("-o") + 1] = str(made)
    words[words.index("-c") + 1] = str(source)
    return [*words, "-w"]


def link_command(target, made, program):
    told = quiet("ninja", "-t", "commands", "-s", target, cwd=BUILD, check=True)
    words = shlex.split(told.stdout)
    # ": && c++ ... -o program ... && :"
    words = words[words.index("&&") + 1:]
    words = words[:words.index("&&")]
    at = words.index("-o")
    return [*words[:at], str(made), "-o", str(program), *words[at + 2:]]


def make(mutant, text, folder):
    """Returns the program and what the compiler said if there is none."""
    source = folder / pathlib.Path(mutant.file).name
    source.write_text(text)
    made, program = source.with_suffix(".o"), folder / "program"
    # As .scripts/build does.
    env = {**os.environ, "CCACHE_SLOPPINESS": "pch_defines,time_macros"}
    for command in (compile_command(mutant.file, source, made),
                    link_command(program_of(mutant.suite), made, program)):
        done = quiet(*command, cwd=BUILD, env=env)
        if done.returncode != 0:
            return None, done.stderr
    return program, ""


def try_out(mutant, patience=PATIENCE):
    text = changed_text(mutant)
    if text is None:
        return Found("DOES NOT APPLY", words=f"not once in {mutant.file}:\n"
                                             f"{mutant.old}")
    folder = BENCH / mutant.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        program, told = make(mutant, text, folder)
        if not program:
            return Found("DOES NOT BUILD", words=told)
        return run_test(mutant.suite, program, mutant.test, patience)
    finally:
        shutil.rmtree(folder)
