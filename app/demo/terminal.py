# SPDX-License-Identifier: Apache-2.0
"""What is written for people."""

from __future__ import annotations

import sys


def printable(text: str) -> str:
    """Returns `text` without what a terminal would take for a command."""
    return "".join(x if x.isprintable() or x in "\n\t" else "?" for x in text)


def show(text: str) -> None:
    """Prints a piece of an answer at once."""
    print(printable(text), end="", flush=True)


def bold(text: str) -> str:
    return _styled("1", text)


def dim(text: str) -> str:
    return _styled("2", text)


def _styled(code: str, text: str) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if sys.stdout.isatty() else text
