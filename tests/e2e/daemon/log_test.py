# SPDX-License-Identifier: Apache-2.0
"""Goal: who reads byollmd's log and stops reading stops nobody else, and hears
of what was lost once it reads on.

Method: byollmd writes to a pipe that is full, and serves and ends all the same.
"""

import fcntl
import json
import os
import signal
import threading

from living import PATIENCE, Connection, LivingCase, main
from service import BYOLLMD, serving


class Log(LivingCase):

    def start_with(self, path):
        self.reads, self.writes = os.pipe()
        self.addCleanup(os.close, self.reads)
        fcntl.fcntl(self.writes, fcntl.F_SETPIPE_SZ, 4096)
        daemon = self.enterContext(
            serving([BYOLLMD, "--config", path], self.writes))
        os.close(self.writes)
        return daemon

    def fill(self, lines):
        """Has lines logged by who may: more than a pipe takes."""
        token = self.mint()
        with Connection(self.socket) as peer:
            for number in range(lines):
                status, _ = peer.ask(
                    "/v1/log", "POST",
                    {"text": f"line {number} " + "x" * 8000}, token)
                self.assertEqual(status, 204)

    def mint(self):
        status, body = self.ask("/v1/tokens", "POST", {
            "tenant": self.TENANT, "user": "ada", "extension": "notes"},
            self.host_token)
        self.assertIn(status, (200, 201))
        return json.loads(body)["token"]

    def read_all(self):
        """Returns what comes until byollmd has gone."""
        said = []
        while piece := os.read(self.reads, 65536):
            said.append(piece)
        return b"".join(said).decode()

    def test_a_reader_that_stopped_stops_nobody(self):
        # 2.4 MB, of which 1 MiB may wait.
        self.fill(300)
        self.assertEqual(self.ask("/readyz")[0], 200)
        got = []
        reader = threading.Thread(target=lambda: got.append(self.read_all()))
        self.daemon.send_signal(signal.SIGTERM)
        reader.start()
        self.assertEqual(self.daemon.wait(PATIENCE), 0)
        reader.join(PATIENCE)
        self.assertIn("line 0 ", got[0])
        self.assertRegex(got[0], r"\d+ lines of this log are lost")

    def test_it_ends_though_nobody_reads(self):
        self.fill(20)
        self.daemon.send_signal(signal.SIGTERM)
        self.assertEqual(self.daemon.wait(PATIENCE), 0)


if __name__ == "__main__":
    main()
