#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints "PASSED FAILED SKIPPED" of a JUnit file that CTest wrote."""

import sys
import xml.etree.ElementTree as xml

suite = xml.parse(sys.argv[1]).getroot()
total, failed, skipped, disabled = (
    int(suite.get(name, 0))
    for name in ("tests", "failures", "skipped", "disabled")
)
print(total - failed - skipped - disabled, failed, skipped + disabled)
