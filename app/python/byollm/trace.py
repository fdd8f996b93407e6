# SPDX-License-Identifier: Apache-2.0
"""W3C's trace context, as HTTP carries it. The daemon judges what it says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Mapping

# What fits a header, and leads into no other.
_VISIBLE = re.compile(r"[ -~]*")


@dataclass(frozen=True)
class Trace:
    """What requests are part of; without a `parent` of nothing."""

    parent: str | None = None
    state: str | None = None

    @classmethod
    def of(cls, names: Any) -> Trace:
        """Returns what an object's `traceparent` and `tracestate` say."""
        if not isinstance(names, Mapping):
            return cls()
        given = {str(name).lower(): value for name, value in names.items()}
        return cls(_text(given.get("traceparent")),
                   _text(given.get("tracestate")))

    def fields(self) -> dict[str, str]:
        """Returns the header fields. A trace never is why a request fails: what
        fits no header is left out."""
        given = {"traceparent": self.parent, "tracestate": self.state}
        fit = {name: text for name, text in given.items()
               if text and _VISIBLE.fullmatch(text)}
        return fit if "traceparent" in fit else {}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
