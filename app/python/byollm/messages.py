# SPDX-License-Identifier: Apache-2.0
"""What the LLM answers, typed; and what may be said to it."""

from __future__ import annotations

import base64
import struct
from dataclasses import dataclass
from typing import Any, Iterable, Mapping, TypeVar, Union

from .blocks import Block, TextBlock, ToolUseBlock, block_from_json
from .errors import make_error
from .http import broken

T = TypeVar("T")


@dataclass(frozen=True)
class Usage:
    """Token counts. One that is not known is None; that is not zero.

    `reasoning` is part of `output`; no other token is counted twice.
    """

    source: str = "none"
    input_uncached: int | None = None
    cache_read: int | None = None
    cache_write: int | None = None
    output: int | None = None
    reasoning: int | None = None

    @property
    def total(self) -> int | None:
        """All tokens; None if input or output is not known."""
        if self.input_uncached is None or self.output is None:
            return None
        return (self.input_uncached + (self.cache_read or 0)
                + (self.cache_write or 0) + self.output)


@dataclass(frozen=True)
class Parameter:
    """A parameter of the call: who set it, and what became of it."""

    parameter: str
    set_by: str
    fate: str
    value: Any = None
    reason: str = ""


@dataclass(frozen=True)
class Loss:
    """Something of the call that did not get through, because the provider that
    answered has no place for it, or stopped in the middle of it."""

    #: thoughts, thinking, effort, seed, metadata, cache_marks, error_marks,
    #: one_at_a_time, extra, answer_parts, blocks, result_images,
    #: cut_call, output
    what: str
    why: str = ""


@dataclass(frozen=True)
class Delta:
    """A piece of an answer. `kind` is text, thinking, signature, tool_start,
    tool_input or block; pieces of one block have one `index`."""

    kind: str
    index: int = 0
    text: str = ""
    tool_id: str = ""
    tool_name: str = ""


@dataclass(frozen=True)
class Reply:
    """A final reply; its outcome is in the ledger."""

    text: str
    content: tuple[Block, ...]
    #: end_turn, max_tokens, stop_sequence, tool_use, refusal, pause, unknown
    stop_reason: str
    usage: Usage
    provider: str
    #: As the provider named it.
    model: str
    is_byollm: bool
    #: byollm (costs 0) or platform
    billing: str
    params: tuple[Parameter, ...]
    call: str
    turn: str
    attempts: int
    #: The provider that failed before this one answered; empty if none did.
    fallback_from: str
    provider_request_id: str
    #: Micro-units on the platform's bill; None if it is not known.
    cost_micro: int | None = None
    losses: tuple[Loss, ...] = ()
    #: The one that the answer ended at, if the provider tells which.
    stop_sequence: str | None = None

    @property
    def tool_uses(self) -> list[ToolUseBlock]:
        """The tools that the model asks for."""
        return [x for x in self.content if isinstance(x, ToolUseBlock)]

    def to_message(self) -> dict[str, Any]:
        """Returns this as a message, to go on with the conversation."""
        return {"role": "assistant",
                "content": list(self.content)}


@dataclass(frozen=True)
class Embeddings:
    """A vector for each text, in their order."""

    embeddings: list[list[float]]
    #: As the provider named it.
    model: str
    usage: Usage
    provider: str
    is_byollm: bool
    #: byollm (costs 0) or platform
    billing: str
    call: str
    turn: str
    attempts: int = 1
    provider_request_id: str = ""
    #: Micro-units on the platform's bill; None if it is not known.
    cost_micro: int | None = None


# -- from JSON ----------------------------------------------------------------

def known(kind: type[T], raw: Any, **more: Any) -> T:
    """Makes a `kind` of the fields of `raw` that it has; raises `protocol`.

    A newer daemon may say more than this package knows.
    """
    if not isinstance(raw, Mapping):
        raise broken(f"has no {kind.__name__.lower()}")
    names = kind.__dataclass_fields__  # type: ignore[attr-defined]
    try:
        return kind(**{**{name: raw[name] for name in names if name in raw},
                       **more})
    except TypeError:
        missing = sorted(n for n in names if n not in raw and n not in more)
        raise broken(f"lacks one of {', '.join(missing)}") from None


def _objects(raw: Any, name: str) -> list[Any]:
    values = raw.get(name, []) if isinstance(raw, Mapping) else None
    if not isinstance(values, list) or not all(
            isinstance(x, Mapping) for x in values):
        raise broken(f"has no list of {name}")
    return values


def reply_from_json(raw: Any) -> Reply:
    """Returns the daemon's reply; raises `protocol` if it is none."""
    content = tuple(block_from_json(x) for x in _objects(raw, "content"))
    params = tuple(known(Parameter, x) for x in _objects(raw, "params"))
    text = raw.get("text")
    if text is None:
        text = "".join(x.text for x in content if isinstance(x, TextBlock))
    if not isinstance(text, str) or not isinstance(raw.get("is_byollm"), bool):
        raise broken("is no reply")
    return known(Reply, {"attempts": 1, "fallback_from": "",
                         "provider_request_id": "", **raw}, text=text,
                 content=content, params=params,
                 losses=tuple(known(Loss, x) for x in _objects(raw, "losses")),
                 usage=known(Usage, raw.get("usage", {})))


def embeddings_from_json(raw: Any, count: int) -> Embeddings:
    """Returns the daemon's vectors; raises `protocol` if one is missing."""
    if not isinstance(raw, Mapping):
        raise broken("has no embeddings")
    vectors = raw.get("embeddings")
    if not isinstance(vectors, list) or len(vectors) != count:
        raise broken("has another number of embeddings than of texts")
    return known(Embeddings, raw, usage=known(Usage, raw.get("usage", {})),
                 embeddings=[_vector(x) for x in vectors])


def _vector(raw: Any) -> list[float]:
    """Returns the numbers of one vector: base64 of little-endian floats."""
    if not isinstance(raw, str):
        raise broken("has a vector that is no base64")
    try:
        packed = base64.b64decode(raw, validate=True)
    except ValueError:
        raise broken("has a vector that is no base64") from None
    if len(packed) % 4 != 0:
        raise broken("has a vector that ends within a number")
    return list(struct.unpack(f"<{len(packed) // 4}f", packed))


# -- to JSON ------------------------------------------------------------------

#: A message as an object, a reply to go on from, or a text of the user's.
Message = Union[Mapping[str, Any], Reply]
Messages = Union[str, Iterable[Message]]


def messages_to_json(messages: Messages) -> list[Any]:
    """Returns messages as the daemon takes them. Checks no more than that they
    are messages: what is wrong inside of one, the daemon names."""
    if isinstance(messages, str):
        return [{"role": "user", "content": messages}]
    out: list[Any] = []
    for message in messages:
        if isinstance(message, Reply):
            out.append(message.to_message())
        elif isinstance(message, Mapping):
            out.append(dict(message))
        else:
            raise make_error("invalid_request", "a message is an object with "
                             "role and content", parameter="messages")
    return out
