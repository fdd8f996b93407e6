# SPDX-License-Identifier: Apache-2.0
"""JSON Schema from type hints, and values checked against the same hints."""

from __future__ import annotations

import collections.abc
import dataclasses
import enum
import types
from typing import (Annotated, Any, Iterable, Literal, NamedTuple, Union,
                    get_args, get_origin, get_type_hints)

from .models import (Mismatch, is_model, model_load, model_schema, pointer_of,
                     without_references)

_DEPTH_MAX = 16
# Up to here a float tells each integer from its neighbours.
_EXACT_MAX = 2.0 ** 53
_SCALARS: dict[Any, str] = {str: "string", bool: "boolean", int: "integer",
                            float: "number", type(None): "null"}
_LISTS = (list, tuple, collections.abc.Sequence, collections.abc.Iterable)
_OBJECTS = (dict, collections.abc.Mapping)


class Field(NamedTuple):
    """A member of an object, or a parameter of a function."""

    name: str
    kind: Any
    required: bool
    description: str = ""


def fields_of(kind: Any) -> list[Field]:
    """Returns the fields of a dataclass."""
    hints = get_type_hints(kind, include_extras=True)
    return [Field(x.name, hints[x.name],
                  x.default is dataclasses.MISSING
                  and x.default_factory is dataclasses.MISSING,
                  str(x.metadata.get("description", "")))
            for x in dataclasses.fields(kind) if x.init]


def _split(kind: Any) -> tuple[Any, tuple[Any, ...], str]:
    """Returns origin (or the type), arguments, and Annotated's text."""
    said = ""
    if get_origin(kind) is Annotated:
        kind, *notes = get_args(kind)
        said = next((x for x in notes if isinstance(x, str)), "")
    origin = get_origin(kind) or kind
    return (Union if origin is types.UnionType else origin), get_args(
        kind), said


def _item(origin: Any, args: tuple[Any, ...]) -> Any:
    if origin is tuple and args and args[-1] is not Ellipsis:
        raise TypeError("a tuple of a list's kind is tuple[T, ...]")
    return args[0] if args else Any


# -- the schema ---------------------------------------------------------------

def schema_of(kind: Any, depth: int = 0) -> dict[str, Any]:
    """Returns the JSON Schema of a type; raises TypeError if it has none."""
    if depth > _DEPTH_MAX:
        raise TypeError(f"{kind!r} nests too deep for a schema")
    origin, args, said = _split(kind)
    schema = _schema(origin, args, depth + 1)
    return {**schema, "description": said} if said else schema


def _schema(kind: Any, args: tuple[Any, ...], depth: int) -> dict[str, Any]:
    if kind is Any or kind is object:
        return {}
    if kind in _SCALARS:
        return {"type": _SCALARS[kind]}
    if kind is Literal:
        return {"enum": list(args)}
    if kind is Union:
        return {"anyOf": [schema_of(x, depth) for x in args]}
    if kind in _LISTS:
        return {"type": "array", "items": schema_of(_item(kind, args), depth)}
    if kind in _OBJECTS:
        more = schema_of(args[1], depth) if args else {}
        return {"type": "object", "additionalProperties": more or True}
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return {"enum": [x.value for x in kind]}
    if is_model(kind):
        schema = model_schema(kind)
        return schema if depth == 1 else without_references(schema)
    if dataclasses.is_dataclass(kind):
        return object_schema(fields_of(kind), depth)
    raise TypeError(f"{kind!r} has no JSON Schema")


def object_schema(fields: Iterable[Field], depth: int = 1) -> dict[str, Any]:
    """Returns the schema of an object with exactly these fields."""
    properties: dict[str, Any] = {}
    required: list[str] = []
    for field in fields:
        properties[field.name] = schema_of(field.kind, depth)
        if field.description:
            properties[field.name]["description"] = field.description
        if field.required:
            required.append(field.name)
    schema = {"type": "object", "properties": properties,
              "additionalProperties": False}
    return {**schema, "required": required} if required else schema


def output_schema(kind: Any) -> dict[str, Any]:
    """Returns the schema of an answer: objects have no other members, which
    providers want said."""
    def closed(part: Any) -> Any:
        if isinstance(part, list):
            return [closed(x) for x in part]
        if not isinstance(part, dict):
            return part
        part = {key: closed(value) for key, value in part.items()}
        if part.get("type") == "object" and "properties" in part:
            part.setdefault("additionalProperties", False)
        return part
    schema = closed(schema_of(kind))
    assert isinstance(schema, dict)
    return schema


# -- values -------------------------------------------------------------------

def convert(kind: Any, value: Any, path: tuple[Any, ...] = ()) -> Any:
    """Returns `value` as a `kind`; raises `Mismatch`. Guesses nothing: "3" is
    no number, and 1 is not true; a whole number is an `int` however it is
    written."""
    kind, args, _ = _split(kind)
    if kind is Any or kind is object:
        return value
    if kind in _SCALARS:
        return _scalar(kind, value, path)
    if kind is Literal:
        return _choice({x: x for x in args}, value, path)
    if kind is Union:
        return _union(args, value, path)
    if kind in _LISTS:
        _must(isinstance(value, list), path, "is not a list")
        item = _item(kind, args)
        items = [convert(item, x, (*path, i)) for i, x in enumerate(value)]
        return tuple(items) if kind is tuple else items
    if kind in _OBJECTS:
        _must(isinstance(value, dict), path, "is not an object")
        item = args[1] if args else Any
        return {k: convert(item, x, (*path, k)) for k, x in value.items()}
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return _choice({x.value: x for x in kind}, value, path)
    if is_model(kind):
        return model_load(kind, value, pointer_of(path))
    if dataclasses.is_dataclass(kind):
        return kind(**convert_object(fields_of(kind), value, path))
    raise TypeError(f"{kind!r} has no JSON Schema")


def convert_object(fields: Iterable[Field], value: Any,
                   path: tuple[Any, ...] = ()) -> dict[str, Any]:
    """Returns the converted members of an object with these fields."""
    _must(isinstance(value, dict), path, "is not an object")
    known = {x.name: x for x in fields}
    for name in value:
        _must(name in known, (*path, name), "is not known")
    for name, field in known.items():
        _must(name in value or not field.required, (*path, name), "is missing")
    return {name: convert(known[name].kind, x, (*path, name))
            for name, x in value.items()}


def _must(holds: bool, path: tuple[Any, ...], what: str) -> None:
    if not holds:
        raise Mismatch(pointer_of(path), what)


def _scalar(kind: Any, value: Any, path: tuple[Any, ...]) -> Any:
    if kind is float and type(value) is int:
        return float(value)
    # 5.0 is an integer in JSON Schema, and models write it.
    if (kind is int and type(value) is float and value.is_integer()
            and abs(value) <= _EXACT_MAX):
        return int(value)
    _must(type(value) is kind, path, f"is no {_SCALARS[kind]}")
    return value


def _kind_of(value: Any) -> Any:
    """1 and 1.0 are one number; true is none."""
    return float if type(value) is int else type(value)


def _choice(choices: dict[Any, Any], value: Any, path: tuple[Any, ...]) -> Any:
    for choice, meant in choices.items():
        if choice == value and _kind_of(choice) is _kind_of(value):
            return meant
    raise Mismatch(pointer_of(path), "is none of "
                   + ", ".join(str(x) for x in choices))


def _union(kinds: tuple[Any, ...], value: Any, path: tuple[Any, ...]) -> Any:
    first: Mismatch | None = None
    for kind in kinds:
        try:
            return convert(kind, value, path)
        except Mismatch as error:
            # What went deepest was most likely meant.
            if first is None or len(error.pointer) > len(first.pointer):
                first = error
    assert first is not None
    raise first
