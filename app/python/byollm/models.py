# SPDX-License-Identifier: Apache-2.0
"""pydantic's models, of version 1 or 2. pydantic itself is not imported: a
model is known by what it can do."""

from __future__ import annotations

from typing import Any, Iterable


class Mismatch(ValueError):
    """A value does not fit; `pointer` is a JSON Pointer to what is wrong."""

    def __init__(self, pointer: str, what: str) -> None:
        super().__init__(f"{pointer or '/'}: {what}")
        self.pointer = pointer
        self.what = what


def pointer_of(path: Iterable[Any]) -> str:
    """Returns the JSON Pointer for keys and indices."""
    return "".join("/" + str(x).replace("~", "~0").replace("/", "~1")
                   for x in path)


def is_model(kind: Any) -> bool:
    """Returns whether `kind` is a pydantic model."""
    return isinstance(kind, type) and (
        hasattr(kind, "model_validate")
        or (hasattr(kind, "parse_obj") and hasattr(kind, "__fields__")))


def model_schema(kind: Any) -> dict[str, Any]:
    """Returns the JSON Schema of a model."""
    if hasattr(kind, "model_json_schema"):
        return dict(kind.model_json_schema())
    return dict(kind.schema())


def model_load(kind: Any, value: Any, pointer: str = "") -> Any:
    """Returns an instance made of `value`; raises `Mismatch`."""
    load = getattr(kind, "model_validate", None) or kind.parse_obj
    try:
        return load(value)
    except ValueError as error:
        # Both versions' ValidationError is one, and has `errors()`. The value
        # is not repeated: it is the user's, and this goes to logs.
        first = next(iter(getattr(error, "errors", list)()), None)
        if first is None:
            raise Mismatch(pointer, "does not fit") from None
        raise Mismatch(pointer + pointer_of(
            x for x in first["loc"] if x != "__root__"),
            str(first["msg"])) from None
