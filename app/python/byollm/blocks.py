# SPDX-License-Identifier: Apache-2.0
"""Content blocks, as requests and replies hold them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, Mapping, Union


class _Block:
    """Writes itself without what is not set."""

    type: ClassVar[str]

    def to_json(self) -> dict[str, Any]:
        given = {name: value for name, value in vars(self).items()
                 if value is not None}
        return {"type": self.type, **given}


@dataclass(frozen=True)
class TextBlock(_Block):
    type: ClassVar[str] = "text"
    text: str


@dataclass(frozen=True)
class ImageBlock(_Block):
    """`data` is base64 and has a `media_type`; or there is a `url`."""

    type: ClassVar[str] = "image"
    media_type: str | None = None
    data: str | None = field(default=None, repr=False)
    url: str | None = None


@dataclass(frozen=True)
class ToolUseBlock(_Block):
    """The model asks for a tool."""

    type: ClassVar[str] = "tool_use"
    id: str
    name: str
    input: dict[str, Any]


@dataclass(frozen=True)
class ToolResultBlock(_Block):
    """What a tool answered, or why it failed."""

    type: ClassVar[str] = "tool_result"
    tool_use_id: str
    #: A text, or a list of text and image blocks.
    content: str | list[TextBlock | ImageBlock]
    is_error: bool = False


@dataclass(frozen=True)
class ThinkingBlock(_Block):
    """The model's reasoning; to be sent back as it came."""

    type: ClassVar[str] = "thinking"
    thinking: str | None = None
    signature: str | None = field(default=None, repr=False)
    redacted: str | bool | None = field(default=None, repr=False)


@dataclass(frozen=True)
class OpaqueBlock(_Block):
    """A block that only the provider of `dialect` knows, such as a search that
    it made by itself; to be sent back as it came."""

    type: ClassVar[str] = "opaque"
    dialect: str
    block: dict[str, Any]


@dataclass(frozen=True)
class OtherBlock(_Block):
    """A block that this package does not know; kept to be sent back."""

    raw: dict[str, Any]

    @property
    def type(self) -> str:  # type: ignore[override]
        return str(self.raw.get("type"))

    def to_json(self) -> dict[str, Any]:
        return self.raw


Block = Union[TextBlock, ImageBlock, ToolUseBlock, ToolResultBlock,
              ThinkingBlock, OpaqueBlock, OtherBlock]

_KNOWN: dict[str, type[Any]] = {
    "text": TextBlock, "image": ImageBlock, "tool_use": ToolUseBlock,
    "tool_result": ToolResultBlock, "thinking": ThinkingBlock,
    "opaque": OpaqueBlock}


def block_from_json(raw: Mapping[str, Any]) -> Block:
    """Returns the block; one with unknown or missing parts stays as it is."""
    fields = {key: value for key, value in raw.items() if key != "type"}
    try:
        block: Block = _KNOWN[raw.get("type", "")](**fields)
    except (KeyError, TypeError):
        block = OtherBlock(dict(raw))
    return block
