# SPDX-License-Identifier: Apache-2.0
"""Goal: a host that is killed at any moment sent nothing that is not in the
ledger, told nothing that is not in the ledger, and after the next start every
call is closed, once, and nothing is sent again.

Method: kill_host makes chat turns against an upstream that writes down what
reaches it. kill_shim ends the process before or after its n-th system call of a
kind (24 named points), or we do from outside at any time; then it is opened
again, and some of these recoveries are killed, too. Upstream, acknowledgements
and ledger are compared. A tenth of the rounds; all with BYOLLM_LONG=1.
"""

import collections
import json
import os
import random
import shutil
import signal
import subprocess
import tempfile
import unittest

from upstream import Upstream

HOST = os.environ["BYOLLM_KILL_HOST"]
SHIM = os.environ["BYOLLM_KILL_SHIM"]
BYOLLM = os.environ["BYOLLM"]
LONG = "BYOLLM_LONG" in os.environ
PATIENCE = 60

# What is passed during turns, with how often at least, and while stopping.
RUNNING = {"wal_write": 60, "wal_sync": 12, "wake": 12, "acknowledge": 30,
           "connect": 6, "send": 30, "receive": 30, "wal_truncate": 1}
STOPPING = {"db_write": 3, "db_sync": 1, "wal_unlink": 1}
STARTING = {"own": 1}
MOMENTS = ("before", "after")


class Host:
    """kill_host on one data directory, started as often as it takes."""

    def __init__(self, root, upstream):
        self.data = os.path.join(root, "data")
        self.upstream = upstream
        self.runs = 0
        self.told = []

    def run(self, turns, at=None, armed=False, kill_after=None):
        """Runs the host to its end; returns its exit code."""
        self.runs += 1
        environment = dict(os.environ)
        if at:
            environment.update(LD_PRELOAD=SHIM, KILL_AT=at)
        if armed:
            environment.update(KILL_ARMED="1")
        # Descriptor 3 is where the host tells what it acknowledged.
        process = subprocess.Popen(
            ["/bin/sh", "-c", 'exec "$0" "$@" 3>&1 >&2', HOST, self.data,
             self.upstream.url, str(turns), f"r{self.runs}-"],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        lines = []
        for line in process.stdout:
            lines.append(line.decode().strip())
            if kill_after is not None and len(lines) > kill_after:
                process.kill()
        _, self.said = process.communicate(timeout=PATIENCE)
        self.told += lines
        return process.returncode

    def rows(self):
        """Every ledger row, read by the owner of the directory."""
        rows, start = [], 1
        while True:
            done = subprocess.run(
                [BYOLLM, "--data-dir", self.data, "--json", "ledger", "list",
                 "--all-tenants", "--from", str(start), "--limit", "10000"],
                capture_output=True, check=True, timeout=PATIENCE)
            page = json.loads(done.stdout)
            rows += page
            if len(page) < 10000:
                return rows
            start = page[-1]["seq"] + 1


def count_by_attempt(rows, kind):
    return collections.Counter(
        (r["fields"]["call"], r["fields"]["attempt"])
        for r in rows if r["type"] == kind)


class Kills(unittest.TestCase):

    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="byollm-kill-")
        self.addCleanup(holder.cleanup)
        self.root = holder.name
        self.upstream = Upstream()
        self.upstream.__enter__()
        self.addCleanup(self.upstream.__exit__)
        self.asked = []
        self.random = random.Random(7)

    def fresh_host(self):
        shutil.rmtree(os.path.join(self.root, "data"), ignore_errors=True)
        self.asked = []
        return Host(self.root, self.upstream)

    def recover(self, host):
        """Opens the store again, once or twice killed on the way there."""
        self.upstream.settle()
        self.asked += self.upstream.take()
        for _ in range(self.random.randrange(3)):
            at = self.random.choice(("wal_write", "wal_sync", "own", "wake"))
            host.run(0, f"{at}.{self.random.choice(MOMENTS)}:"
                        f"{self.random.randrange(1, 4)}", armed=True)
        self.assertEqual(host.run(0), 0, host.said)
        self.upstream.settle()
        self.assertEqual(self.upstream.take(), [], "recovery sent something")

    def check(self, host):
        rows = host.rows()
        verdict = subprocess.run(
            [BYOLLM, "--data-dir", host.data, "ledger", "verify"],
            capture_output=True, timeout=PATIENCE)
        self.assertEqual(verdict.returncode, 0, verdict.stderr)
        intents = count_by_attempt(rows, "intent")
        outcomes = count_by_attempt(rows, "outcome")
        self.assertEqual(intents, outcomes, "an intent has not one outcome")
        self.assertLessEqual(set(intents.values()), {1})
        per_call = collections.Counter(call for call, _ in intents)
        sent = collections.Counter(call for call, _ in self.asked if call)
        for call, times in sent.items():
            self.assertLessEqual(times, per_call[call],
                                 f"{call} was sent without an intent")
        # A request that broke off before its name counts, too.
        self.assertLessEqual(len(self.asked), sum(intents.values()))
        self.check_told(host, rows)

    def check_told(self, host, rows):
        ended = collections.defaultdict(list)
        changed = collections.defaultdict(list)
        for row in rows:
            fields = row["fields"]
            if row["type"] in ("outcome", "refusal"):
                ended[fields.get("call")].append(fields["status"])
            elif row["type"] == "change":
                changed[fields.get("user")].append(fields.get("summary"))
        for line in host.told:
            what, _, rest = line.partition(" ")
            name = rest.split(" ")[0]
            if what == "reply":
                self.assertIn("success", ended[name], line)
            elif what == "error":
                self.assertTrue(ended[name], line)
            elif what in ("set", "removed"):
                self.assertTrue(changed[name], line)
            if what == "removed":
                self.assertIn("removed", changed[name], line)

    def rounds(self, many):
        return many if LONG else max(1, many // 10)

    def kill_at(self, name, moment, bound):
        """20 rounds at one point; returns how many were killed there."""
        killed = 0
        for number in range(self.rounds(20)):
            if number % 5 == 0:
                host = self.fresh_host()
            nth = self.random.randrange(1, bound + 1)
            turns = 40 if name in RUNNING else 6
            code = host.run(turns, f"{name}.{moment}:{nth}",
                            armed=name in STARTING)
            with self.subTest(point=f"{name}.{moment}:{nth}"):
                self.assertIn(code, (0, -signal.SIGKILL), host.said)
                killed += code == -signal.SIGKILL
                self.recover(host)
                self.check(host)
        return killed

    def test_no_kill_at_a_named_point_loses_or_invents_anything(self):
        points = {**RUNNING, **STOPPING, **STARTING}
        self.assertEqual(len(points) * len(MOMENTS), 24)
        for name, bound in points.items():
            for moment in MOMENTS:
                killed = self.kill_at(name, moment, bound)
                self.assertGreater(killed, 0,
                                   f"nobody was killed at {name}.{moment}")

    def test_no_kill_at_any_time_loses_or_invents_anything(self):
        for number in range(self.rounds(1000)):
            if number % 20 == 0:
                host = self.fresh_host()
            # Counted in acknowledgements, so that every round gets somewhere.
            code = host.run(400, kill_after=self.random.randrange(60))
            with self.subTest(round=number):
                self.assertEqual(code, -signal.SIGKILL, host.said)
                self.recover(host)
                self.check(host)

    def test_a_host_that_nobody_kills_stops_well(self):
        host = self.fresh_host()
        self.assertEqual(host.run(40), 0, host.said)
        self.asked += self.upstream.take()
        self.assertEqual(len(self.asked), 40)
        self.check(host)


if __name__ == "__main__":
    unittest.main(verbosity=2)
