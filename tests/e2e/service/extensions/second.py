# SPDX-License-Identifier: Apache-2.0
"""The seed's second snippet, registered as its first is."""

import os

from imperal_sdk import ChatExtension

chat = ChatExtension("drafts")
_path = os.path.join(os.path.dirname(__file__), "..", "seed", "second.py")
with open(_path, encoding="utf-8") as _file:
    exec(compile(_file.read(), _path, "exec"))
chat.function(description="Summarize what the user says.")(
    summarize)  # noqa: F821
