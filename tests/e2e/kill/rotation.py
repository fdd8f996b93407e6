# SPDX-License-Identifier: Apache-2.0
"""Goal: while the master key is rotated under load, no call fails and no call
comes with another key than its own; and wherever a rotation is killed, every
stored key opens at the next start, which goes on with it.

Method: rotation_host with 1,000 users' keys against an upstream that takes a
request only with the key that it names. kill_shim ends it at 20 places of the
rotation. A tenth of the users and of the places; all with BYOLLM_LONG=1.
"""

import http.server
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import unittest

from upstream import ANSWER

HOST = os.environ["BYOLLM_ROTATION_HOST"]
SHIM = os.environ["BYOLLM_KILL_SHIM"]
BYOLLM = os.environ["BYOLLM"]
LONG = "BYOLLM_LONG" in os.environ
USERS = 1000 if LONG else 100
PATIENCE = 300

# What a rotation passes: the new key's file, the ring's replacement, commits
# of wrapped keys and of the calls beside them, the old key's removal.
PLACES = [f"{name}.{moment}:{nth}"
          for name, nths in (("key_create", (1,)), ("ring_replace", (1, 2)),
                             ("key_remove", (1,)), ("wal_write", (2, 9, 30)),
                             ("wal_sync", (1, 3, 6)))
          for moment in ("before", "after") for nth in nths]


class Checker(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        named = re.search(rb"key:([a-z0-9-]+);", body).group(1).decode()
        right = self.headers["Authorization"] == "Bearer " + named
        with self.server.lock:
            self.server.seen[right] += 1
        self.send_response(200 if right else 401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(ANSWER)))
        self.end_headers()
        self.wfile.write(ANSWER)

    def log_message(self, *_):
        pass


class Upstream(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Checker)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.lock = threading.Lock()
        self.seen = {True: 0, False: 0}

    def handle_error(self, *_):
        pass  # a client that is killed breaks its connections


class Rotation(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.upstream = Upstream()
        threading.Thread(target=cls.upstream.serve_forever, args=(0.05,),
                         daemon=True).start()
        cls.holder = tempfile.TemporaryDirectory(prefix="byollm-rotation-")
        cls.fresh = os.path.join(cls.holder.name, "fresh")
        code, told, said = cls.start(cls.fresh, "setup")
        assert code == 0, (told, said)

    @classmethod
    def tearDownClass(cls):
        cls.upstream.shutdown()
        cls.upstream.server_close()
        cls.holder.cleanup()

    @classmethod
    def start(cls, data, what, at=None, stdin=""):
        """Runs the host; returns exit code, what it told, what it said."""
        environment = dict(os.environ)
        if at:
            environment.update(LD_PRELOAD=SHIM, KILL_AT=at)
        process = subprocess.Popen(
            ["/bin/sh", "-c", 'exec "$0" "$@" 3>&1 >&2', HOST, data,
             cls.upstream.url, str(USERS), what],
            env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)
        process.stdin.write(stdin)
        process.stdin.close()
        with process.stdout as told:
            lines = told.read().splitlines()
        said = process.stderr.read()
        process.stderr.close()
        return process.wait(PATIENCE), lines, said

    def copy(self, name):
        data = os.path.join(self.holder.name, name)
        shutil.copytree(self.fresh, data)
        self.addCleanup(shutil.rmtree, data)
        return data

    def keys(self, data):
        done = subprocess.run(
            [BYOLLM, "--data-dir", data, "--json", "keys", "list"],
            capture_output=True, check=True, timeout=PATIENCE)
        return json.loads(done.stdout)

    def check_all_open(self, data, told):
        changed = [line.split()[1] for line in told
                   if line.startswith("changed ")]
        # A change that was not acknowledged may have become durable: such a
        # user is asked with either key.
        code, lines, said = self.start(data, "check", stdin="\n".join(changed))
        failed = {line.split()[1] for line in lines
                  if line.startswith("failed ")}
        if failed:
            code, lines, said = self.start(
                data, "check", stdin="\n".join(set(changed) | failed))
            unknown = failed - set(changed)
            self.assertLessEqual(len(unknown), 1, lines)
            lines = [x for x in lines if x.startswith("failed ")]
        self.assertEqual([x for x in lines if x.startswith("failed ")], [])
        self.assertEqual((code, said), (0, ""))

    def test_no_call_fails_while_the_master_key_is_rotated(self):
        data = self.copy("loaded")
        wrong = self.upstream.seen[False]
        code, told, said = self.start(data, "rotate")
        self.assertEqual((code, said), (0, ""), told)
        self.assertEqual([x for x in told if x.startswith("failed")], [])
        self.assertIn("retired 1", told)
        self.assertEqual(self.upstream.seen[False], wrong)
        self.assertEqual(self.keys(data), [
            {"version": 2, "current": True, "wraps": USERS}])
        self.check_all_open(data, told)
        print(f"{USERS} keys rotated under load, "
              f"{self.upstream.seen[True]} calls, 0 failed")

    def test_every_key_opens_wherever_a_rotation_is_killed(self):
        places = PLACES if LONG else PLACES[::7]
        killed = 0
        for place in places:
            data = self.copy(place)
            code, told, said = self.start(data, "rotate", at=place)
            with self.subTest(place=place):
                self.assertIn(code, (0, -signal.SIGKILL), said)
                killed += code == -signal.SIGKILL
                self.assertEqual([x for x in told if x.startswith("failed")],
                                 [])
                self.check_all_open(data, told)
                # The next rotation finds what this one left.
                code, told, said = self.start(data, "rotate")
                self.assertEqual((code, said), (0, ""), told)
                self.assertEqual({k["wraps"] for k in self.keys(data)
                                  if not k["current"]} - {0}, set(), told)
        self.assertEqual(killed, len(places), "a place was not passed")
        print(f"killed at {killed} places of a rotation of {USERS} keys, "
              "0 unreadable")


if __name__ == "__main__":
    unittest.main(verbosity=2)
