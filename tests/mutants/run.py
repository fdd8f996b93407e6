#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Goal: whoever removes any one control of the ledger, the bill or the calls
that they record makes a test fail.

Method: the tables beside this file name controls, each with the edit that
removes it and the test that must notice. Every test passes as the sources are;
with the edit it must fail. Usage: run.py [NAME...], or run.py --list
"""

import concurrent.futures
import os
import pathlib
import sys
import time
import tomllib

import workshop

HERE = pathlib.Path(__file__).resolve().parent


def tables():
    """Returns the mutants of all tables, in order."""
    found = []
    for file in sorted(HERE.glob("*.toml")):
        for row in tomllib.loads(file.read_text())["mutant"]:
            found.append(workshop.Mutant(**row))
    names = [mutant.name for mutant in found]
    if len(set(names)) != len(names):
        raise ValueError("two mutants have one name")
    return found


def each(work, items):
    """Yields (item, result) in order, one piece of work for each core."""
    items = list(items)
    with concurrent.futures.ThreadPoolExecutor(
            len(os.sched_getaffinity(0))) as pool:
        yield from zip(items, pool.map(work, items))


def show(words, lines=30):
    for line in words.splitlines()[-lines:]:
        print(f"    {line}")


def tests_that_fail(mutants):
    """Runs each named test as the sources are."""

    def run(test):
        suite, name = test
        program = workshop.BUILD / workshop.program_of(suite)
        return workshop.run_test(suite, program, name)

    # The longest first would need times; in order is near enough.
    tests = dict.fromkeys((x.suite, x.test) for x in mutants)
    failed = set()
    for test, found in each(run, tests):
        if found.verdict != "SURVIVED":
            failed.add(test)
            print(f"unchanged, a test fails: {test[0]}: {test[1]}")
            show(found.words)
    print(f"{len(tests)} tests, {len(failed)} fail unchanged", flush=True)
    return failed


def judge(mutants):
    """Prints a line for each mutant; returns how many were not killed."""
    if not workshop.build({x.suite for x in mutants}):
        print("the tests do not build")
        return len(mutants)
    failed = tests_that_fail(mutants)
    left = 0
    usable = [x for x in mutants if (x.suite, x.test) not in failed]
    for mutant, found in each(workshop.try_out, usable):
        good = found.verdict == "killed"
        print(f"{found.verdict:15} {mutant.name:34} {found.seconds:5.1f} s   "
              f"{found.words if good else mutant.removes}", flush=True)
        if not good:
            left += 1
            show(found.words)
    return left + len(mutants) - len(usable)


def main():
    mutants = tables()
    wanted = sys.argv[1:]
    if wanted == ["--list"]:
        for mutant in mutants:
            print(f"{mutant.name:34} {mutant.removes}")
        return 0
    unknown = set(wanted) - {x.name for x in mutants}
    if unknown:
        print(f"no such mutant: {', '.join(sorted(unknown))}; see --list")
        return 2
    mutants = [x for x in mutants if not wanted or x.name in wanted]
    begin = time.monotonic()
    left = judge(mutants)
    print(f"{len(mutants) - left} of {len(mutants)} mutants killed in "
          f"{time.monotonic() - begin:.0f} s")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
