# SPDX-License-Identifier: Apache-2.0
"""The extension in an author's file."""

from __future__ import annotations

import importlib.util
import os
import sys
from types import ModuleType

from .extension import ChatExtension


def load(path: str, name: str | None = None) -> ChatExtension:
    """Runs the file and returns its extension: the one called `name`, or the
    only one. Raises ValueError if that is not one, and what the file raises."""
    found = {x.name: x for x in vars(_module(path)).values()
             if isinstance(x, ChatExtension)}
    if name is None and len(found) == 1:
        return next(iter(found.values()))
    if name in found:
        return found[name]
    wanted = "no ChatExtension" if not found else (
        f"none called {name!r}" if name else "more than one")
    raise ValueError(f"{path} has {wanted}"
                     + (f", but {', '.join(sorted(found))}" if found else ""))


def _module(path: str) -> ModuleType:
    # As `python3 FILE` does, so that the author's other files are found.
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    stem = os.path.splitext(os.path.basename(path))[0]
    # Under a name of its own: notes.py must not hide another `notes`.
    spec = importlib.util.spec_from_file_location(f"extension {stem}", path)
    if spec is None or spec.loader is None:
        raise ValueError(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
