# SPDX-License-Identifier: Apache-2.0
"""The seed's first snippet as an extension: it uses `chat`, which is the
author's, and nothing else that it does not say."""

import os

from imperal_sdk import ChatExtension

chat = ChatExtension("notes")
_path = os.path.join(os.path.dirname(__file__), "..", "seed", "first.py")
with open(_path, encoding="utf-8") as _file:
    exec(compile(_file.read(), _path, "exec"))
