# SPDX-License-Identifier: Apache-2.0
"""Goal: the ledger's commands show, count, export and prove what was recorded,
and both verifiers believe what they print.

Method: chat turns on the stand-in LLM, alone and beside `byollm serve`;
byollm-verify and tests/verify/verify.py judge the very files that the commands
print; then somebody changes a file.
"""

import csv
import io
import json
import os
import pathlib
import re
import shutil
import socket
import sqlite3
import subprocess
import unittest

from support import PATIENCE, Case, Standin

VERIFY = os.environ["BYOLLM_VERIFY"]
BY_PAGE = [os.environ["DEBIAN_PYTHON"], "-B",
           str(pathlib.Path(__file__).parents[2] / "verify" / "verify.py")]


def ends(command, *arguments):
    done = subprocess.run([*command, *arguments], capture_output=True,
                          text=True, timeout=PATIENCE)
    return done.returncode, done.stdout


class Ledger(Case):

    def setUp(self):
        super().setUp()
        llm = Standin()
        self.url = llm.__enter__().url
        self.addCleanup(llm.__exit__)
        self.configure(self.url)
        self.replies = [self.json("chat", "--purpose", purpose, "hello")
                        for purpose in ("narrate", "narrate", "title")]
        self.key = os.path.join(self.data, "ledger.pub")

    def write(self, name, text):
        path = os.path.join(self.root, name)
        pathlib.Path(path).write_bytes(text.encode())
        return path

    def judge(self, export, *anchors, code=0):
        """Returns the first line that both verifiers say of an export."""
        path = self.write("export", export)
        mine, said = ends([VERIFY], "--key", self.key, *(
            x for a in anchors for x in ("--anchor", a)), path)
        self.assertEqual(mine, code, said)
        page, words = ends(BY_PAGE, self.key, path, *anchors)
        self.assertEqual(page, code, words)
        self.assertEqual(re.split(":|\n", said)[0], re.split(":|\n", words)[0])
        return said

    def call_of(self, reply):
        return reply["call"]

    # -- showing --------------------------------------------------------------

    def list(self, *filters):
        return self.json("ledger", "list", *filters)

    def test_filters_are_of_the_attempt(self):
        self.assertEqual(len(self.list("--purpose", "narrate")), 4)
        self.assertEqual(len(self.list("--purpose", "title")), 2)
        self.assertEqual(len(self.list("--provider", "openai")), 6)
        self.assertEqual(self.list("--provider", "anthropic"), [])
        self.assertEqual(len(self.list("--status", "success")), 6)
        self.assertEqual(self.list("--status", "failed"), [])
        self.assertEqual(len(self.list("--type", "outcome")), 3)
        self.assertEqual(len(self.list("--type", "change")), 2)
        self.assertEqual(self.list("--of-user", "nobody"), [])
        self.assertEqual(len(self.list("--of-extension", "cli")), 6)
        self.assertEqual(self.list("--until", "2001-01-01"), [])
        self.assertEqual(len(self.list("--since", "2001-01-01T00:00:00Z")), 8)
        self.assertEqual(len(self.list("--purpose", "narrate", "--limit",
                                       "3")), 3)
        rows = self.list("--purpose", "title", "--type", "outcome")
        self.assertEqual(rows[0]["fields"]["turn"], self.replies[2]["turn"])
        self.byollm("ledger", "list", "--status", "odd", code=2)
        self.byollm("ledger", "list", "--since", "yesterday", code=2)

    def test_one_call_is_shown_whole(self):
        call = self.call_of(self.replies[0])
        out, _ = self.byollm("ledger", "show", call)
        self.assertRegex(out, r"record \d+, intent\n")
        self.assertRegex(out, r"record \d+, outcome\n")
        self.assertRegex(out, r"purpose +narrate")
        self.refuses("not_found", "ledger", "show", "no-such-call")

    def test_attempts_and_tokens_are_counted(self):
        rows = self.json("ledger", "stats")
        self.assertEqual([(r["purpose"], r["attempts"], r["succeeded"])
                          for r in rows], [("narrate", 2, 2), ("title", 1, 1)])
        self.assertEqual({r["billing"] for r in rows}, {"byollm"})
        self.assertEqual({r["provider"] for r in rows}, {"openai"})
        usage = [r["usage"] for r in self.replies[:2]]
        for name in ("output", "input_uncached"):
            self.assertEqual(rows[0][name], sum(u.get(name) or 0
                                                for u in usage))
        self.assertEqual(len(self.json("ledger", "stats", "--purpose",
                                       "title")), 1)
        self.assertIn("narrate", self.byollm("ledger", "stats")[0])

    # -- exporting ------------------------------------------------------------

    def test_an_export_is_intact_and_a_filtered_one_too(self):
        whole, _ = self.byollm("ledger", "export", "--all-tenants")
        self.assertIn("8 records, 1 of them withheld"
                      if '"seq":3,"leaf"' in whole else "0 of them withheld",
                      self.judge(whole))
        part, _ = self.byollm("ledger", "export", "--purpose", "title")
        said = self.judge(part)
        records = whole.count('{"seq"')
        self.assertIn(f"intact: {records} records, {records - 2} of them "
                      "withheld", said)
        self.assertEqual(re.search("root .*", said).group(),
                         re.search("root .*", self.judge(whole)).group())

    def test_a_changed_export_is_named(self):
        whole, _ = self.byollm("ledger", "export", "--all-tenants")
        lines = whole.splitlines(keepends=True)
        # An intent: no checkpoint comes between it and its outcome.
        at = next(i for i, x in enumerate(lines) if x.startswith('{"seq":3,'))
        self.assertTrue(lines[at + 1].startswith('{"seq":4,'))
        changed = lines[:at] + [lines[at].replace('"leaf":"', '"leaf":"x', 1)]
        self.assertIn("edited at record 3",
                      self.judge("".join(changed + lines[at + 1:]), code=1))
        self.assertIn("missing at record 3", self.judge(
            "".join(lines[:at] + lines[at + 1:]), code=1))

    def test_views_for_tools_have_every_row_and_field(self):
        out, _ = self.byollm("ledger", "export", "--format", "jsonl",
                             "--all-tenants")
        rows = [json.loads(line) for line in out.splitlines()]
        self.assertEqual([r["seq"] for r in rows],
                         list(range(1, len(rows) + 1)))
        done = subprocess.run(
            self.command("ledger", "export", "--format", "csv",
                         "--all-tenants"), capture_output=True,
            timeout=PATIENCE)
        text = done.stdout.decode()
        self.assertEqual(text.count("\r\n"), len(rows) + 1)
        table = list(csv.DictReader(io.StringIO(text, newline="")))
        self.assertEqual(len(table), len(rows))
        for row, cells in zip(rows, table):
            for name, value in row["fields"].items():
                found = cells.get(name, "").removeprefix("'")
                if name not in cells:
                    self.assertIn(f"{name}={value}", cells["more"])
                else:
                    self.assertEqual(found, value)

    def test_a_cell_is_no_formula(self):
        self.byollm("--user", "@SUM", "chat", "--purpose", "=1+1", "hi",
                    code=1)
        out, _ = self.byollm("ledger", "export", "--format", "csv",
                             "--all-tenants")
        for row in csv.DictReader(io.StringIO(out, newline="")):
            for value in row.values():
                self.assertNotRegex(value, r"^[=+@\t\r]|^-\D")

    # -- proving --------------------------------------------------------------

    def test_a_call_is_proven_to_both(self):
        proof, _ = self.byollm("ledger", "prove",
                               self.call_of(self.replies[1]))
        self.assertEqual(proof.count("c2sp.org/tlog-proof@v1\n"), 2)
        path = self.write("proof", proof)
        code, said = ends([VERIFY], "--key", self.key, "--proof", path)
        self.assertEqual(code, 0, said)
        self.assertEqual(said.count("proven: record"), 2)
        code, words = ends(BY_PAGE, self.key, "--proof", path)
        self.assertEqual((code, words.count("proven")), (0, 2))
        self.refuses("not_found", "ledger", "prove", "no-such-call")
        self.byollm("ledger", "prove", code=2)

    # -- checkpoints and anchors ----------------------------------------------

    @property
    def anchors(self):
        return os.path.join(self.root, "anchors")

    def serve_once(self, *how):
        process = subprocess.Popen(
            self.command("serve", "--anchor-file", self.anchors, *how),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.assertIn("serving", process.stdout.readline())
        return process

    def stop(self, process):
        process.terminate()
        out, err = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 0, out + err)
        return err

    def test_a_served_ledger_is_anchored_at_start_and_stop(self):
        process = self.serve_once()
        whole, _ = self.byollm("ledger", "export", "--all-tenants")
        self.json("chat", "more")
        proof, _ = self.byollm("ledger", "prove", "--since",
                               str(whole.count('{"seq"')))
        self.stop(process)
        lines = pathlib.Path(self.anchors).read_text().splitlines()
        self.assertGreaterEqual(len(lines), 2)
        self.assertIn("intact", self.byollm("ledger", "verify", "--anchor",
                                            self.anchors)[0])
        newer, _ = self.byollm("ledger", "export", "--all-tenants")
        self.assertIn(f"{len(lines)} anchors", self.judge(newer, self.anchors))
        self.assertIn("rolled back",
                      self.judge(whole, self.anchors, code=1))
        code, said = ends([VERIFY], "--key", self.key, "--anchor",
                          self.anchors, "--extends", self.write("x", proof))
        self.assertEqual(code, 0, said)

    def test_a_database_that_was_put_back_is_told_by_the_anchor(self):
        old = os.path.join(self.root, "old")
        shutil.copytree(self.data, old)
        self.stop(self.serve_once())
        process = self.serve_once()
        self.json("chat", "more")
        self.stop(process)
        shutil.rmtree(self.data)
        shutil.copytree(old, self.data)
        _, err = self.byollm("ledger", "verify", "--anchor", self.anchors,
                             code=1)
        self.assertIn("rolled back", err)
        # Alone it does not know better.
        self.byollm("ledger", "verify")
        # It serves, and signs nothing that would contradict the anchor.
        before = pathlib.Path(self.anchors).read_text()
        process = self.serve_once()
        self.json("chat", "life goes on")
        err = self.stop(process)
        self.assertIn("rolled back", err)
        self.assertEqual(pathlib.Path(self.anchors).read_text(), before)

    def test_an_anchor_that_fails_stops_nothing_and_is_caught_up(self):
        os.mkdir(self.anchors)
        process = self.serve_once()
        self.json("chat", "no anchor")
        os.rmdir(self.anchors)
        self.json("chat", "an anchor again")
        err = self.stop(process)
        self.assertIn("an anchor of the ledger fails", err)
        lines = pathlib.Path(self.anchors).read_text().splitlines()
        # What was signed before is there, too.
        whole, _ = self.byollm("ledger", "export", "--all-tenants")
        self.assertEqual(whole.count('{"checkpoint"'), len(lines))
        self.judge(whole, self.anchors)

    def test_an_anchor_is_found_in_a_long_log_of_others(self):
        self.stop(self.serve_once())
        line = pathlib.Path(self.anchors).read_bytes()
        noise = b"Nov 26 host app[7]: caf\xe9 was \"opened\" 12 times\n"
        more = noise * (40_000_000 // len(noise))
        log = b"Nov 26 host byollm[7]: "
        with open(self.anchors, "wb") as file:
            file.write(more + log + line + noise)
        out, err = self.byollm("ledger", "verify", "--anchor", self.anchors)
        self.assertIn("intact", out)
        self.assertEqual(err, "")
        # More anchors than a request has room for: the newest count.
        words = line.splitlines()[-1].split(b" ")
        others = b" ".join([words[0], b"1", *words[2:]]) + b"\n"
        count = 20_000_000 // len(others)
        with open(self.anchors, "wb") as file:
            file.write(others * count + log + line)
        out, err = self.byollm("ledger", "verify", "--anchor", self.anchors)
        self.assertIn("intact", out)
        self.assertRegex(err, r"the oldest \d+ lines of .* were left out")

    def test_an_anchor_file_without_anchors_is_no_evidence(self):
        empty = self.write("none", "nothing here\n")
        self.refuses("not_found", "ledger", "verify", "--anchor", empty)

    def test_an_edited_database_is_named(self):
        with sqlite3.connect(os.path.join(self.data, "byollm.db")) as db:
            # The first row's first record: any byte of its payload's salt.
            row, records = db.execute(
                "SELECT first_seq, records FROM ledger_batch "
                "ORDER BY first_seq LIMIT 1").fetchone()
            changed = bytearray(records)
            changed[-1] ^= 1
            db.execute("UPDATE ledger_batch SET records = ? "
                       "WHERE first_seq = ?", (bytes(changed), row))
        db.close()
        _, err = self.byollm("ledger", "verify", code=1)
        self.assertIn("NOT INTACT at record 1: edited", err)

    def test_an_edited_checkpoint_is_named(self):
        self.byollm("ledger", "export")
        with sqlite3.connect(os.path.join(self.data, "byollm.db")) as db:
            db.execute("UPDATE ledger_checkpoint SET note = replace(note, "
                       "char(10) || size || char(10), char(10) || '1' || size "
                       "|| char(10)) WHERE size = (SELECT min(size) FROM "
                       "ledger_checkpoint)")
        db.close()
        _, err = self.byollm("ledger", "verify", code=1)
        self.assertIn("edited: the checkpoint", err)

    def test_keys_are_made_once(self):
        key = pathlib.Path(self.data, "ledger.key")
        self.assertEqual(len(key.read_bytes()), 32)
        self.assertEqual(key.stat().st_mode & 0o777, 0o600)
        before = key.read_bytes(), pathlib.Path(self.key).read_bytes()
        self.json("chat", "again")
        self.assertEqual(before, (key.read_bytes(),
                                  pathlib.Path(self.key).read_bytes()))
        key.unlink()
        self.refuses("store_corrupt", "ledger", "list")
        key.write_bytes(bytes(32))
        key.chmod(0o600)
        self.refuses("store_corrupt", "ledger", "list")


if __name__ == "__main__":
    unittest.main()
