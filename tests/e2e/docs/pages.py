# SPDX-License-Identifier: Apache-2.0
"""Reads README.md and docs/."""

import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "cli"))

from support import files_under  # noqa: E402

SOURCE = os.environ["BYOLLM_SOURCE"]


def documents():
    yield os.path.join(SOURCE, "README.md")
    for path in files_under(os.path.join(SOURCE, "docs")):
        if path.endswith(".md"):
            yield path


def read(path):
    with open(os.path.join(SOURCE, path)) as file:
        return file.read()


def blocks(path):
    """Yields line, marker and text of each ```sh block."""
    text = read(path)
    for found in re.finditer(r"^```sh *(.*)\n((?:.*\n)*?)```$", text,
                             re.MULTILINE):
        line = text[:found.start()].count("\n") + 1
        yield line, found.group(1).split(" ")[0], found.group(2)


def anchors(text):
    """Returns the anchors of a document's headings, as a reader sees them."""
    found = re.findall(r"^#+ +(.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", x.lower()).replace(" ", "-") for x in found}
