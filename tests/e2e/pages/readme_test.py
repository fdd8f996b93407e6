# SPDX-License-Identifier: Apache-2.0
"""Goal: README.md leads a user and an admin with a browser, and a developer
with a client, each to a first answer. Method: its commands in a shell
(walking.py), its links in Chromium.
"""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "service"))

from browsing import drive, main  # noqa: E402
from walking import BLOCK, Walk, free_port  # noqa: E402


class Readme(Walk):

    def blocks(self):
        for _, language, how, text in BLOCK.findall(self.page("README.md")):
            if language == "sh" and how.startswith("walk"):
                yield how.split(), text

    def use(self, links):
        """Does in a browser what the page says a user and an admin do."""
        user, admin = links.splitlines()
        # A real provider needs no leave.
        self.run_block('byollm origin allow "$STANDIN"\n'
                       'byollm origin allow --platform "$STANDIN"', False)
        drive(self, "readme.mjs", USER_LINK=user, ADMIN_LINK=admin,
              LLM_URL=self.llm.url)

    def test_each_gets_an_answer(self):
        # The port may be taken here.
        port = str(free_port())
        for how, text in self.blocks():
            text = text.replace("8787", port)
            if "serve" in how:
                self.serve(text)
                continue
            told = self.run_block(text, False)
            if "login-link" in text:
                self.use(told)
        answer = json.loads(told)
        self.assertEqual(answer["model"], "model-1")
        self.assertIn("You said: hello",
                      answer["choices"][0]["message"]["content"])
        # Bob has no LLM of his own: the one that the admin set answers.
        self.assertIn("model-2", self.run_block(
            "byollm --user bob resolve --explain", False))
        self.run_block('byollm --user bob chat "hello"', False)


if __name__ == "__main__":
    main()
