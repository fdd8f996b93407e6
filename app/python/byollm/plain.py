# SPDX-License-Identifier: Apache-2.0
"""JSON of what is not quite JSON: models, dataclasses, blocks, times."""

from __future__ import annotations

import dataclasses
import datetime
import enum
import json
import uuid
from typing import Any


def plain(value: Any) -> Any:
    """Returns `value` in plainer terms, one step; for json.dumps(default=).

    Raises TypeError for what has no JSON.
    """
    if hasattr(value, "to_json"):
        return value.to_json()
    if hasattr(value, "model_dump"):  # pydantic 2
        return value.model_dump(mode="json")
    if hasattr(value, "__fields__") and hasattr(value, "json"):  # pydantic 1
        return json.loads(value.json())
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {x.name: getattr(value, x.name)
                for x in dataclasses.fields(value)}
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    raise TypeError(f"a {type(value).__name__} has no JSON")
