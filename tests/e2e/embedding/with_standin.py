# SPDX-License-Identifier: Apache-2.0
"""with_standin.py PROGRAM...: runs PROGRAM with BYOLLM_STANDIN_URL set to a
stand-in LLM that lives as long. Exit code: PROGRAM's."""

import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "cli"))

from support import Standin  # noqa: E402

with Standin() as standin:
    sys.exit(subprocess.run(sys.argv[1:], env={
        **os.environ, "BYOLLM_STANDIN_URL": standin.url}).returncode)
