# SPDX-License-Identifier: Apache-2.0
"""How an extension says what it can do."""

from __future__ import annotations

import dataclasses
import inspect
import re
from dataclasses import dataclass, field
from typing import Any, Callable, TypeVar, get_origin, get_type_hints

from . import threads
from .models import is_model
from .schema import convert, schema_of

Handler = TypeVar("Handler", bound=Callable[..., Any])
ACTION_TYPES = ("read", "write", "destructive")
# The alphabet of every name in the system.
_NAME = re.compile(r"[A-Za-z0-9._:@-]{1,128}")


@dataclass(frozen=True)
class ActionResult:
    """What a function answers. `text` is for the user, `data` for programs.

    A handler may also return a text, which is `text`, or anything else that has
    JSON (dict, list, model, dataclass, None), which is `data`.
    """

    ok: bool = True
    data: Any = None
    text: str | None = None

    @classmethod
    def success(cls, data: Any = None, text: str | None = None) -> ActionResult:
        """It worked."""
        return cls(True, data, text)

    @classmethod
    def error(cls, text: str, data: Any = None) -> ActionResult:
        """It did not work, and `text` tells the user why. (What nobody expects
        is raised instead.)"""
        return cls(False, data, text)

    @classmethod
    def of(cls, value: Any) -> ActionResult:
        """Returns what a handler returned as one of these."""
        if isinstance(value, cls):
            return value
        return cls(text=value) if isinstance(value, str) else cls(data=value)

    def to_json(self) -> dict[str, Any]:
        given = {"data": self.data, "text": self.text}
        return {"ok": self.ok,
                **{k: v for k, v in given.items() if v is not None}}


@dataclass(frozen=True)
class Function:
    """A function of an extension, and how to call it."""

    name: str
    description: str
    action_type: str
    parameters: dict[str, Any]
    handler: Callable[..., Any] = field(repr=False)
    #: What the handler's second parameter is; None if it has none.
    kind: Any = field(repr=False, default=dict)

    def to_json(self) -> dict[str, Any]:
        """Returns what the daemon is told."""
        return {"name": self.name, "description": self.description,
                "action_type": self.action_type, "parameters": self.parameters}

    async def __call__(self, context: Any, arguments: Any) -> ActionResult:
        """Runs the handler; raises `Mismatch` before, if `arguments` do not
        fit. A handler that is not async runs in a thread."""
        more = () if self.kind is None else (convert(self.kind, arguments),)
        return ActionResult.of(
            await threads.call(self.handler, context, *more))


class ChatExtension:
    """An extension of the platform: a name, and functions.

        chat = ChatExtension("notes")

        @chat.function(description="...", action_type="read")
        async def summarize(ctx, params: SummarizeParams): ...
    """

    def __init__(self, name: str) -> None:
        self.name = _checked(name)
        self.functions: dict[str, Function] = {}

    def function(self, *, description: str, action_type: str = "read",
                 name: str | None = None) -> Callable[[Handler], Handler]:
        """Registers a handler `(ctx)` or `(ctx, params)`, and returns it.

        The annotation of `params` (a pydantic model, a dataclass, or dict for
        anything) makes the JSON Schema that arguments are checked against.
        A `destructive` function runs only if the user confirmed it.
        """
        if action_type not in ACTION_TYPES:
            raise ValueError(f"action_type {action_type!r} is none of "
                             + ", ".join(ACTION_TYPES))

        def register(handler: Handler) -> Handler:
            known_as = _checked(name or handler.__name__)
            if known_as in self.functions:
                raise ValueError(f"there are two functions {known_as!r}")
            kind = _parameter_kind(handler)
            self.functions[known_as] = Function(
                known_as, description, action_type, _schema(handler, kind),
                handler, kind)
            return handler
        return register


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name: 1 to 128 of A-Za-z0-9._:@-")
    return name


def _parameter_kind(handler: Callable[..., Any]) -> Any:
    parameters = list(inspect.signature(handler).parameters.values())
    needed = [x for x in parameters if x.default is x.empty]
    if not parameters or len(needed) > 2:
        raise TypeError(f"{handler.__name__} must take (ctx) or (ctx, params)")
    if len(parameters) == 1:
        return None
    return get_type_hints(handler).get(parameters[1].name, dict)


def _schema(handler: Callable[..., Any], kind: Any) -> dict[str, Any]:
    if kind is None:
        return {"type": "object", "additionalProperties": False}
    if (is_model(kind) or dataclasses.is_dataclass(kind)
            or dict in (kind, get_origin(kind))):
        return schema_of(kind)
    raise TypeError(f"{handler.__name__}: params is a pydantic model, a "
                    f"dataclass or dict, not {kind!r}")
