# SPDX-License-Identifier: Apache-2.0
"""pydantic's models, of version 1 or 2. pydantic itself is not imported: a
model is known by what it can do."""

from __future__ import annotations

import re
from typing import Any, Iterable

# Look-around and back-references: no pattern of byollmd's (RE2's) and of most
# providers has them. pydantic 2 writes one for a `Decimal`.
_IRREGULAR = re.compile(r"\(\?<?[=!]|\(\?P=|\\[1-9]")


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
    """Returns the JSON Schema of a model, without the patterns that only some
    readers know: the model holds values against them itself, arguments here
    (`model_load`), an answer where its author reads it."""
    made = (kind.model_json_schema() if hasattr(kind, "model_json_schema")
            else kind.schema())
    return dict(_without_irregular(made))


def _without_irregular(part: Any) -> Any:
    if isinstance(part, list):
        return [_without_irregular(x) for x in part]
    if not isinstance(part, dict):
        return part
    return {key: _without_irregular(value) for key, value in part.items()
            if not (key == "pattern" and isinstance(value, str)
                    and _IRREGULAR.search(value))}


_PLACES = ("$defs", "definitions")


def without_references(schema: dict[str, Any]) -> dict[str, Any]:
    """Returns a model's schema for a place inside of another one. What it
    refers to stands at its own root, which is not the root there: it is written
    where it is used. Raises TypeError for a model that holds itself."""
    defined = {f"#/{place}/{name}": part for place in _PLACES
               for name, part in schema.get(place, {}).items()}

    def written(part: Any, inside: tuple[str, ...] = ()) -> Any:
        if isinstance(part, list):
            return [written(x, inside) for x in part]
        if not isinstance(part, dict):
            return part
        name = part.get("$ref")
        if name in inside:
            raise TypeError(f"{name} holds itself, which no JSON Schema here "
                            "can say")
        meant = (written(defined[name], (*inside, name))
                 if name in defined else {})
        return {**meant, **{key: written(value, inside)
                            for key, value in part.items()
                            if not (key == "$ref" and meant)}}
    return dict(written({key: value for key, value in schema.items()
                         if key not in _PLACES}))


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
