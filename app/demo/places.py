# SPDX-License-Identifier: Apache-2.0
"""Where everything lies."""

from __future__ import annotations

import os
from pathlib import Path

from programs import Failed

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "app" / "python"
EXTENSION = Path(__file__).resolve().parent / "notes.py"


class Places:
    """The data directory, and the programs of a build tree."""

    def __init__(self, data: str, build: str) -> None:
        self.data = Path(data).absolute()
        self.config = self.data / "demo.toml"
        self.socket = self.data / "byollmd.sock"
        programs = Path(build).absolute() / "app"
        self.byollm = programs / "cli" / "byollm"
        self.byollmd = programs / "daemon" / "byollmd"
        self.standin = programs / "standin" / "byollm-standin"

    def check(self) -> None:
        """Raises `Failed` if a program is not built."""
        for program in (self.byollm, self.byollmd, self.standin):
            if not os.access(program, os.X_OK):
                raise Failed(f"{program} is not built; ./run builds it")
