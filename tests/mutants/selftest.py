#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Goal: the runner tells apart a mutant that is killed and every way in which
one can prove nothing.

Method: one mutant of each kind, of a file that is quick to compile.
"""

import contextlib
import io
import pathlib
import unittest

import run
import workshop

FILE = "messages/prices.cpp"
TEST = "the entry of the model and the moment counts"


def mutant(old, new, test=TEST, file=FILE, name="selftest"):
    return workshop.Mutant(name, "a control of the self-test", file, old, new,
                           "messages", test)


def judged(*mutants):
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        left = run.judge(list(mutants))
    return left, told.getvalue()


class Runner(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.before = (workshop.ROOT / FILE).read_bytes()

    def tearDown(self):
        self.assertEqual((workshop.ROOT / FILE).read_bytes(), self.before)
        self.assertEqual(list(workshop.BENCH.glob("selftest*")), [])

    def check(self, made, verdict, patience=workshop.PATIENCE):
        found = workshop.try_out(made, patience)
        self.assertEqual(found.verdict, verdict, found.words)
        return found

    def first_statement(self, new, **how):
        """`find_price` begins with it."""
        return mutant("  auto begins_later = ",
                      f"  {new}\n  auto begins_later = ", **how)

    def test_a_removed_control_is_killed_and_the_place_is_told(self):
        found = self.check(self.first_statement("return nullptr;"), "killed")
        self.assertRegex(found.words, r"^prices_test\.cpp:\d+$")

    def test_a_change_of_nothing_survives(self):
        self.check(self.first_statement("// as before"), "SURVIVED")

    def test_a_test_that_looks_elsewhere_lets_it_live(self):
        self.check(mutant("return {{}, 0, unpriced::no_price};",
                          "return {0, 0, unpriced::none};",
                          "amounts are those of 128-bit arithmetic"),
                   "SURVIVED")

    def test_what_does_not_compile_proves_nothing(self):
        self.check(self.first_statement("not C++"), "DOES NOT BUILD")

    def test_a_text_that_is_not_there_once_is_an_error(self):
        self.check(mutant("no such text", ""), "DOES NOT APPLY")
        self.check(mutant("return", ""), "DOES NOT APPLY")
        self.check(mutant("x", "", file="messages/none.cpp"), "DOES NOT APPLY")

    def test_a_program_that_dies_unheard_proves_nothing(self):
        self.check(self.first_statement("__builtin__exit(3);"), "DIES")

    def test_a_program_that_crashes_proves_nothing(self):
        self.check(self.first_statement("__builtin_trap();"), "DIES")

    def test_a_test_that_hangs_proves_nothing(self):
        self.check(self.first_statement("for (;;) asm volatile(\"\");"),
                   "HANGS", patience=5)

    def test_one_that_lives_fails_the_run(self):
        left, told = judged(self.first_statement("return nullptr;"),
                            self.first_statement("// as before",
                                                 name="selftest-lives"))
        self.assertEqual(left, 1, told)
        self.assertIn("SURVIVED", told)
        self.assertIn("a control of the self-test", told)

    def test_a_test_that_fails_unchanged_fails_the_run(self):
        left, told = judged(mutant("return", "", "no such test"))
        self.assertEqual(left, 1)
        self.assertIn("1 fail unchanged", told)

    def test_every_table_reads_and_names_its_sources(self):
        found = run.tables()
        self.assertGreater(len(found), 30)
        for each in found:
            with self.subTest(each.name):
                self.assertIsNotNone(workshop.changed_text(each))
                self.assertNotEqual(each.old, each.new)
                self.assertTrue(workshop.program_of(each.suite))


if __name__ == "__main__":
    workshop.build({"messages"})
    unittest.main(verbosity=2)
