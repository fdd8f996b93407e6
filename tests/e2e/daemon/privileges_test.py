# SPDX-License-Identifier: Apache-2.0
"""Goal: byollmd needs nothing that only root may do.

Method: run it without any capability, and without a way to get one; who is not
root here has none to begin with.
"""

import os
import re

from living import LivingCase, main

ROOT = os.geteuid() == 0


class Privileges(LivingCase):

    PREFIX = ["setpriv", "--bounding-set=-all", "--inh-caps=-all",
              "--no-new-privs"] if ROOT else []

    def test_it_answers_without_any(self):
        with open(f"/proc/{self.daemon.pid}/status", encoding="utf-8") as file:
            has = re.findall(r"^Cap(?:Prm|Eff|Amb):\t(.*)$", file.read(),
                             re.MULTILINE)
        self.assertEqual([int(each, 16) for each in has], [0, 0, 0])
        token = self.byollm("--user", "ada", "token", "client")[0].strip()
        body = {"model": "byollm",
                "messages": [{"role": "user", "content": "hello"}]}
        status, got = self.ask("/v1/chat/completions", "POST", body, token,
                               place=self.port)
        self.assertEqual(status, 200, got)
        self.reload()
        self.assertEqual(self.ask("/livez", place=self.port)[0], 200)


if __name__ == "__main__":
    main()
