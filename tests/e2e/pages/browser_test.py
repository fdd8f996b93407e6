# SPDX-License-Identifier: Apache-2.0
"""Goal: people with a browser do what the pages are for. Method: byollmd and
the stand-in LLM, and Chromium as browser/*.mjs drives it.
"""

from browsing import drive, main
from visitor import PagesCase


class InABrowser(PagesCase):

    def drive(self, script):
        self.byollm("origin", "allow", self.llm.url)
        drive(self, script, DATA=self.data, LLM_URL=self.llm.url)

    def test_the_settings_page(self):
        self.drive("settings.mjs")

    def test_what_ran(self):
        self.drive("recent.mjs")

    def test_the_stages_of_a_test(self):
        self.drive("stages.mjs")

    def test_switched_off(self):
        self.drive("switched_off.mjs")

    def test_the_admins_page(self):
        self.drive("admin.mjs")

    def test_the_admins_limits(self):
        self.drive("limits.mjs")

    def test_the_admins_usage(self):
        self.drive("usage.mjs")


if __name__ == "__main__":
    main()
