# SPDX-License-Identifier: Apache-2.0
"""The name that the seed's snippets import: an alias, for tests."""

from byollm import ActionResult, ChatExtension  # noqa: F401
