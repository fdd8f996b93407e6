# SPDX-License-Identifier: Apache-2.0
"""Tools that an LLM may use: callables with a schema."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass, field
from typing import Any, Callable, Mapping, get_type_hints

from . import threads
from .models import is_model, model_load, model_schema
from .schema import Field, convert_object, object_schema

Loader = Callable[[Any], dict[str, Any]]
_ARGUMENT = re.compile(r"\s+(\w+)(?: \([^)]*\))?:\s*(.+)")


@dataclass(frozen=True)
class Tool:
    """A tool: `Tool.of(function)`, or every part by hand.

    `load` makes keyword arguments of the model's arguments, or raises
    `Mismatch`.
    """

    name: str
    description: str
    input_schema: dict[str, Any]
    function: Callable[..., Any] = field(repr=False)
    load: Loader = field(repr=False, default=dict)

    @classmethod
    def of(cls, function: Callable[..., Any], *, name: str | None = None,
           description: str | None = None) -> Tool:
        """Describes `function` by its name, docstring and type hints.

        The docstring's first paragraph says what it does; lines `name: text`
        below `Args:` describe parameters, and so does `Annotated[T, "text"]`. A
        single parameter that is a pydantic model is the arguments as a whole.
        """
        text = inspect.getdoc(function) or ""
        schema, load = _parameters(function, _described(text))
        return cls(name or function.__name__,
                   description or " ".join(text.partition("\n\n")[0].split()),
                   schema, function, load)

    def definition(self) -> dict[str, Any]:
        """Returns what the LLM is told."""
        return {"name": self.name, "description": self.description,
                "input_schema": self.input_schema}

    async def __call__(self, arguments: Any) -> Any:
        """Checks `arguments`, then runs the tool; raises `Mismatch` first."""
        return await threads.call(self.function, **self.load(arguments))


def as_tool(what: Tool | Callable[..., Any]) -> Tool:
    """Returns `what` as a tool."""
    return what if isinstance(what, Tool) else Tool.of(what)


def tool_definition(what: Tool | Callable[..., Any] | Mapping[str, Any]) -> Any:
    """Returns what the LLM is told about `what`."""
    return what if isinstance(what, Mapping) else as_tool(what).definition()


def _described(docstring: str) -> dict[str, str]:
    _, _, rest = docstring.partition("Args:\n")
    found: dict[str, str] = {}
    for line in rest.splitlines():
        if not line[:1].isspace():
            break
        if match := _ARGUMENT.fullmatch(line):
            found[match[1]] = match[2]
    return found


def _parameters(function: Callable[..., Any], described: Mapping[str, str]
                ) -> tuple[dict[str, Any], Loader]:
    hints = get_type_hints(function, include_extras=True)
    parameters = list(inspect.signature(function).parameters.values())
    for one in parameters:
        if one.kind not in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY):
            raise TypeError(f"{function.__name__}: {one} cannot be a tool's "
                            "parameter")
    if len(parameters) == 1 and is_model(hints.get(parameters[0].name)):
        name, model = parameters[0].name, hints[parameters[0].name]
        return model_schema(model), lambda raw: {name: model_load(model, raw)}
    fields = [Field(x.name, hints.get(x.name, Any), x.default is x.empty,
                    described.get(x.name, "")) for x in parameters]
    return object_schema(fields), lambda raw: convert_object(fields, raw)
