# SPDX-License-Identifier: Apache-2.0
"""Goal: docs/extensions.md leads from nothing to an answer. Method: walking.py.
"""

import os
import unittest

from walking import BLOCK, Walk


class Extension(Walk):

    def test_from_nothing_to_an_answer(self):
        page = self.page("docs", "extensions.md")
        told = []
        for name, language, how, text in BLOCK.findall(page):
            if name:
                with open(os.path.join(self.here, name), "w",
                          encoding="utf-8") as file:
                    file.write(text)
            elif language == "sh":
                words = how.split()
                self.assertEqual(words[0], "walk", text)
                if "serve" in words:
                    self.serve(text)
                else:
                    told.append(self.run_block(text, "key" in words))
        self.assertIn("I am byollm-standin", told[-1])
        self.assertIn("Summarize in 5 words:", told[-1])
        self.assertRegex(told[-1], r"byollm")
        self.assertGreater(len(told), 3)


if __name__ == "__main__":
    unittest.main()
