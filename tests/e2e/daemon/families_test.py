# SPDX-License-Identifier: Apache-2.0
"""Goal: the unit lets byollmd know this machine's own addresses, and where it
may not know them it says so.

Method: byollmd with the address families of the unit and no others, by the
kernel's filter; and with one less.
"""

import os
import re
import sys
import unittest

import confined
from living import LivingCase, main

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.environ["BYOLLM_SOURCE"]


def of_the_unit():
    path = os.path.join(SOURCE, "app", "daemon", "byollmd.service.in")
    with open(path, encoding="utf-8") as file:
        return re.search(r"^RestrictAddressFamilies=(.*)$", file.read(),
                         re.MULTILINE).group(1).split()


def with_only(families):
    return [sys.executable, "-B", os.path.join(HERE, "confined.py"),
            ",".join(families), "--"]


@unittest.skipUnless(confined.is_possible(), "no filter for this machine")
class Families(LivingCase):

    SAID = "own addresses cannot be read"

    def start_daemon(self):
        families = of_the_unit()
        if "without" in self.id():
            families.remove("AF_NETLINK")
        self.PREFIX = with_only(families)
        return super().start_daemon()

    def test_the_unit_lets_it_know_its_addresses(self):
        self.assertEqual(self.ask("/livez", place=self.port)[0], 200)
        self.assertNotIn(self.SAID, self.log())

    def test_without_that_family_it_says_so_and_serves(self):
        self.assertEqual(self.ask("/livez", place=self.port)[0], 200)
        # Once, however many loops there are.
        self.assertEqual(self.log().count(self.SAID), 1)


if __name__ == "__main__":
    main()
