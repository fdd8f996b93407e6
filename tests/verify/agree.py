# SPDX-License-Identifier: Apache-2.0
"""Goal: two verifiers, one in C++ and one made from the page alone, say the
same about every export, and what they say is right.

Method: an honest export, and every way to tamper with it that we know: bits
flipped in each line, lines deleted, doubled, swapped and spliced from another
history, hashes made to match, and what a thief of the signing key can sign.
"""

import base64
import contextlib
import hashlib
import io
import os
import pathlib
import random
import re
import runpy
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).parent
VERIFY = os.environ["BYOLLM_VERIFY"]
MAKE = os.environ["MAKE_LEDGER"]
RECORDS = 120
STEP = 40
FLIPS = 40 if os.environ.get("BYOLLM_LONG") else 4


def by_program(*arguments):
    done = subprocess.run([VERIFY, *arguments], capture_output=True, text=True,
                          timeout=60)
    return done.stdout.split("\n")[0], done.returncode


def by_page(*arguments):
    """Runs verify.py in this process: starting Python takes longer than it."""
    out, code = io.StringIO(), 0
    before = sys.argv
    sys.argv = ["verify.py", *arguments]
    try:
        with contextlib.redirect_stdout(out):
            runpy.run_path(str(HERE / "verify.py"))
    except SystemExit as end:
        code = end.code or 0
    finally:
        sys.argv = before
    return out.getvalue().split("\n")[0], code


def verdict(words):
    """The part that both must agree on: kind and record."""
    return re.match(r"[a-z ]+?(?: at record [0-9]+|(?=:)|$)", words).group()


class Agree(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        holder = tempfile.TemporaryDirectory(prefix="byollm-verify-")
        cls.addClassCleanup(holder.cleanup)
        cls.root = pathlib.Path(holder.name)
        subprocess.run([MAKE, cls.root, str(RECORDS)], check=True, timeout=60)
        cls.honest = (cls.root / "export").read_bytes()
        cls.random = random.Random(20261125)

    def file(self, name):
        return str(self.root / name)

    def lines(self, name="export"):
        return (self.root / name).read_bytes().splitlines(keepends=True)

    def index(self, lines, seq):
        return next(i for i, line in enumerate(lines)
                    if line.startswith(b'{"seq":%d,' % seq))

    def ask(self, key, export, anchors=()):
        """Returns what both say."""
        program, program_code = by_program(
            "--key", self.file(key), *(x for a in anchors for x in
                                       ("--anchor", self.file(a))), export)
        page, page_code = by_page(self.file(key), export,
                                  *(self.file(a) for a in anchors))
        self.assertEqual(verdict(program), verdict(page))
        self.assertEqual(program_code, page_code)
        self.assertEqual(program_code, 0 if "intact" in page else 1)
        return verdict(page)

    def ask_of(self, content, *anchors):
        changed = self.root / "changed"
        changed.write_bytes(b"".join(content) if isinstance(content, list)
                            else content)
        return self.ask("key", str(changed), anchors)

    # -- nothing is wrong -----------------------------------------------------

    def test_an_honest_export_is_intact(self):
        self.assertEqual(self.ask("key", self.file("export")), "intact")
        self.assertEqual(
            self.ask("key", self.file("export"), ["anchors"]), "intact")

    def test_an_older_anchor_and_a_log_around_it_are_fine(self):
        old = (self.root / "anchors").read_text().splitlines()[0]
        (self.root / "log").write_text(
            f"Nov 25 host other: hello\nNov 25 host byollm[7]: {old}\n{old[:-9]}")
        self.assertEqual(self.ask_of(self.honest, "log"), "intact")

    # -- what somebody without the key can do ---------------------------------

    def test_every_line_with_a_flipped_bit_is_found(self):
        lines = self.lines()
        for at, line in enumerate(lines):
            for _ in range(FLIPS):
                bit = self.random.randrange(len(line) * 8)
                flipped = bytearray(line)
                flipped[bit // 8] ^= 1 << bit % 8
                with self.subTest(line=at, bit=bit):
                    said = self.ask_of(lines[:at] + [bytes(flipped)]
                                       + lines[at + 1:])
                    before = sum(x.startswith(b'{"seq"') for x in lines[:at])
                    found = int(said.rpartition(" ")[2])
                    if b"public" in line:
                        self.assertEqual(found, before + 1)
                    elif line.startswith(b'{"seq"'):
                        # Withheld: of its leaf only the checkpoint knows.
                        self.assertIn(found, (before + 1,
                                              before // STEP * STEP + 1))
                    elif line.startswith(b'{"end"'):
                        # Another number of records, and what follows it.
                        self.assertIn(found, range(1, before + 2))
                    else:
                        self.assertIn(found, (before - STEP + 1, before + 1,
                                              before, 1))

    def test_a_malformed_member_is_not_a_missing_one(self):
        leaf = re.search(rb',"leaf.*', self.lines()[1]).group()
        for member in (b',"public":"????"', b',"public":"', b',"public":""',
                       b',"public":"AQEA","payload":"?"',
                       b',"public":"AQEA","payload":"?","payload_hash":"'
                       + b"A" * 43 + b'="'):
            lines = self.lines()
            lines[1] = b'{"seq":1' + member + leaf + b"\n"
            self.assertEqual(self.ask_of(lines), "edited at record 1")

    def test_a_deleted_record_is_missing(self):
        for seq in (1, 2, 41, 77, RECORDS):
            lines = self.lines()
            del lines[self.index(lines, seq)]
            # The last has nothing behind it but what counts it.
            kind = "truncated" if seq == RECORDS else "missing"
            self.assertEqual(self.ask_of(lines), f"{kind} at record {seq}")

    def test_a_swapped_record_is_reordered(self):
        for one, other in ((1, 2), (4, 7), (39, 41), (5, RECORDS)):
            lines = self.lines()
            i, j = self.index(lines, one), self.index(lines, other)
            lines[i], lines[j] = lines[j], lines[i]
            self.assertEqual(self.ask_of(lines), f"reordered at record {one}")

    def test_a_doubled_record_is_reordered(self):
        lines = self.lines()
        lines.insert(self.index(lines, 9), lines[self.index(lines, 8)])
        self.assertEqual(self.ask_of(lines), "reordered at record 9")

    def test_a_renumbered_record_is_reordered(self):
        lines = self.lines()
        at = self.index(lines, 13)
        lines[at] = lines[self.index(lines, 12)].replace(b":12,", b":13,", 1)
        self.assertEqual(self.ask_of(lines), "reordered at record 13")

    def test_an_edit_with_a_matching_hash_is_found_by_the_checkpoint(self):
        lines = self.lines()
        at = self.index(lines, 50)
        public, payload = (base64.b64decode(x) for x in re.search(
            rb'"public":"(.*)","payload":"(.*)","leaf', lines[at]).groups())
        public = public.replace(b"acme", b"acmf")
        leaf = hashlib.sha256(
            b"\0" + public + hashlib.sha256(payload).digest()).digest()
        lines[at] = b'{"seq":50,"public":"%s","payload":"%s","leaf":"%s"}\n' % (
            base64.b64encode(public), base64.b64encode(payload),
            base64.b64encode(leaf))
        self.assertEqual(self.ask_of(lines), "edited at record 41")

    def test_a_splice_of_another_history_is_found_by_the_checkpoint(self):
        other = self.lines("fork.export")
        for seq in range(RECORDS // 2, RECORDS + 1, 7):
            lines = self.lines()
            lines[self.index(lines, seq)] = other[self.index(other, seq)]
            start = (seq - 1) // STEP * STEP + 1
            self.assertEqual(self.ask_of(lines), f"edited at record {start}")

    def test_an_export_that_was_cut_off_is_truncated(self):
        lines = self.lines()
        self.assertEqual(self.ask_of(lines[:-1]),
                         f"truncated at record {RECORDS + 1}")
        self.assertEqual(self.ask_of(lines[:20]), "truncated at record 20")
        self.assertEqual(self.ask_of(lines[:20] + lines[-1:]),
                         "truncated at record 20")
        self.assertEqual(self.ask_of(lines[:20] + lines[-2:]),
                         "truncated at record 20")
        self.assertEqual(self.ask_of([]), "truncated at record 1")

    def test_a_torn_last_line_is_edited(self):
        self.assertEqual(self.ask_of(self.honest[:-1]),
                         f"edited at record {RECORDS + 1}")

    def test_something_behind_the_end_is_edited(self):
        lines = self.lines()
        self.assertEqual(self.ask_of(lines + lines[1:2]),
                         f"edited at record {RECORDS + 1}")

    def test_an_end_that_counts_less_is_edited(self):
        lines = self.lines()
        lines[-1] = b'{"end":%d}\n' % (RECORDS - 1)
        self.assertEqual(self.ask_of(lines), f"edited at record {RECORDS}")

    def test_without_checkpoints_every_record_misses_one(self):
        kept = [x for x in self.lines() if not x.startswith(b'{"check')]
        self.assertEqual(self.ask_of(kept), "missing at record 1")
        lines = self.lines()
        del lines[-2]
        self.assertEqual(self.ask_of(lines), "missing at record 81")

    def test_a_checkpoint_out_of_its_place_is_named(self):
        lines = self.lines()
        lines.insert(50, lines[self.index(lines, 40) + 1])
        self.assertEqual(self.ask_of(lines)[:9], "reordered")

    def test_another_key_signed_nothing(self):
        self.assertEqual(self.ask("stranger.key", self.file("export")),
                         "edited at record 1")
        self.assertEqual(self.ask("key", self.file("stranger.export")),
                         "edited at record 1")

    def test_an_export_that_ends_early_is_told_by_an_anchor(self):
        lines = self.lines()
        early = lines[:self.index(lines, 80) + 2] + [b'{"end":80}\n']
        self.assertEqual(self.ask_of(early), "intact")
        self.assertEqual(self.ask_of(early, "anchors"),
                         "rolled back at record 81")

    # -- what a thief of the key can do ---------------------------------------

    def test_a_newer_anchor_means_rolled_back(self):
        self.assertEqual(self.ask_of(self.honest, "longer.anchors"),
                         f"rolled back at record {RECORDS + 1}")

    def test_another_signed_history_is_a_fork(self):
        fork = (self.root / "fork.export").read_bytes()
        self.assertEqual(self.ask_of(fork), "intact")
        self.assertEqual(self.ask_of(fork, "anchors"), "forked at record 80")
        self.assertEqual(self.ask_of(self.honest, "fork.anchors"),
                         "forked at record 80")

    def test_two_checkpoints_of_one_size_are_a_fork(self):
        lines, fork = self.lines(), self.lines("fork.export")
        lines.insert(-1, fork[-2])
        self.assertEqual(self.ask_of(lines), f"forked at record {RECORDS}")

    def test_a_checkpoint_of_another_history_alone_is_an_edit(self):
        lines, fork = self.lines(), self.lines("fork.export")
        lines[-2] = fork[-2]
        self.assertEqual(self.ask_of(lines), "edited at record 81")

    # -- proofs ---------------------------------------------------------------

    def prove(self, content):
        changed = self.root / "changed.proof"
        changed.write_bytes(content)
        program, code = by_program("--key", self.file("key"), "--proof",
                                   str(changed))
        page, page_code = by_page(self.file("key"), "--proof", str(changed))
        self.assertEqual(code, page_code)
        self.assertEqual(program.split(":")[0], page.split(":")[0])
        self.assertEqual(code, 0 if program.startswith("proven") else 1)
        return code == 0

    def test_proofs_hold_and_changed_ones_do_not(self):
        proofs = (self.root / "proofs").read_bytes()
        self.assertTrue(self.prove(proofs))
        for _ in range(FLIPS * 50):
            flipped = bytearray(proofs)
            bit = self.random.randrange(len(proofs) * 8)
            flipped[bit // 8] ^= 1 << bit % 8
            with self.subTest(bit=bit):
                self.assertFalse(self.prove(bytes(flipped)))
        lines = proofs.splitlines(keepends=True)
        for at in range(len(lines)):
            with self.subTest(without=at):
                self.assertFalse(self.prove(
                    b"".join(lines[:at] + lines[at + 1:])))

    def test_an_extension_is_proven_against_an_anchor(self):
        def ask(extension, anchors):
            return by_program("--key", self.file("key"), "--anchor",
                              self.file(anchors), "--extends",
                              self.file(extension))

        words, code = ask("extension", "anchors")
        self.assertEqual(code, 0, words)
        self.assertIn("begin with the anchor's 40", words)
        (self.root / "late.anchors").write_text(
            "".join((self.root / "anchors").read_text().splitlines(True)[1:]))
        self.assertEqual(ask("extension", "late.anchors")[1], 1)

    # -- what cannot be judged ------------------------------------------------

    def test_without_key_or_anchor_there_is_no_verdict(self):
        (self.root / "empty").write_text("")
        for arguments in (["--key", self.file("empty"), self.file("export")],
                          ["--key", self.file("none"), self.file("export")],
                          ["--key", self.file("key"), self.file("none")],
                          ["--key", self.file("key"), "--anchor",
                           self.file("empty"), self.file("export")]):
            self.assertEqual(by_program(*arguments), ("", 3))
        self.assertEqual(by_program(), ("", 2))
        self.assertEqual(
            by_page(self.file("key"), self.file("export"), self.file("empty")),
            ("", 3))

    def test_the_page_takes_fewer_than_150_lines(self):
        self.assertLess(len((HERE / "verify.py").read_text().splitlines()), 150)


if __name__ == "__main__":
    unittest.main()
