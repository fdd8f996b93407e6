# SPDX-License-Identifier: Apache-2.0
"""`ctx.llm`: the user's LLM, whoever's it is."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from types import EllipsisType
from typing import Any, Callable, Iterable, Mapping, Sequence

from . import limits, run as loop
from .errors import make_error
from .http import broken
from .messages import (Embeddings, Messages, Reply, embeddings_from_json,
                       messages_to_json, reply_from_json)
from .schema import output_schema
from .service import EventStream, Service
from .stream import MessageStream
from .tools import Tool, tool_definition
from .trace import Trace

#: What `create_message` takes for `messages`; see there.
Said = Messages | EllipsisType
Tools = Iterable[Tool | Callable[..., Any] | Mapping[str, Any]]


@dataclass(frozen=True)
class Identity:
    """Who answers and for whom, as the turn pinned it."""

    provider: str
    model: str
    is_byollm: bool
    turn: str = ""
    tenant: str = ""
    user: str = ""
    extension: str = ""


class LLM:
    """The user's own LLM if one is configured, else the platform's.

    Credentials never come here: calls are made by the daemon, which decides who
    answers, records the call and bills it. Failures are `LLMError`s. Cancelling
    a task that waits for a call cancels the call, down to the provider.
    """

    def __init__(self, service: Service, token: str, identity: Identity, *,
                 message: str | None = None, arguments: Any = None) -> None:
        self._service = service
        self._token = token
        self._identity = identity
        self._message = message
        self._arguments = arguments

    @property
    def provider(self) -> str:
        """Who answers: `anthropic`, `openai`, `local-ollama`."""
        return self._identity.provider

    @property
    def model(self) -> str:
        """The configured model."""
        return self._identity.model

    @property
    def is_byollm(self) -> bool:
        """Whether it is the user's own, which costs the bill 0."""
        return self._identity.is_byollm

    @property
    def turn(self) -> str:
        """The chat turn that all calls of this accessor belong to."""
        return self._identity.turn

    async def create_message(
            self, messages: Said = ..., *, system: str | None = None,
            max_tokens: int | None = None, temperature: float | None = None,
            top_p: float | None = None, presence_penalty: float | None = None,
            frequency_penalty: float | None = None,
            stop_sequences: Sequence[str] | None = None,
            tools: Tools | None = None,
            tool_choice: str | Mapping[str, Any] | None = None,
            output: type[Any] | Mapping[str, Any] | None = None,
            thinking: str | Mapping[str, Any] | None = None,
            seed: int | None = None,
            extra: Mapping[str, Any] | None = None,
            purpose: str | None = None, model: str | None = None,
            metadata: Mapping[str, str] | None = None,
            timeout: float | None = None, id: str | None = None) -> Reply:
        """Asks, and returns the whole reply.

        `messages` is a list of `{"role", "content"}`, or a text that the user
        says. A literal `...` in place of the messages asks with what the user
        said in this turn; if the user said nothing, with the function's
        arguments as JSON.

        `output` asks for one JSON value: a pydantic model, a dataclass, or
        `{"schema": ..., "name": ..., "strict": ...}`; without a schema, any
        JSON object. `thinking` is `"off"`, `"low"`, `"medium"`, `"high"`, or
        `{"effort": ..., "budget_tokens": ...}`.
        `extra` is what you say in a provider's own words:
        `{"dialect": "anthropic", "fields": {"top_k": 5}}`. What has no place at
        the provider that answers is in the reply's `losses`.

        What is not given is set by the admin for this `purpose`, if at all.
        `timeout` is in seconds. `id` names the call; a second call with it is
        refused, so that a repetition by mistake is asked and billed once.
        """
        params = {key: value for key, value in locals().items()
                  if key not in ("self", "messages", "timeout")}
        body = self._body(messages, timeout, params)
        raw = await self._for(body).call(
            "POST", "/v1/llm/messages", self._token, body, repeatable=True,
            timeout=_patience(timeout))
        return reply_from_json(raw)

    def stream(self, messages: Said = ..., *, timeout: float | None = None,
               **params: Any) -> MessageStream:
        """Asks with the arguments of `create_message`; the reply arrives in
        pieces. See `MessageStream`."""
        body = self._body(messages, timeout, _checked(params))
        body["stream"] = True

        async def start() -> EventStream:
            return await self._for(body).events(
                "POST", "/v1/llm/messages", self._token, body,
                repeatable=True, timeout=_patience(timeout))
        return MessageStream(start)

    async def embed(self, input: str | Sequence[str], *,
                    dimensions: int | None = None, purpose: str | None = None,
                    model: str | None = None, timeout: float | None = None,
                    id: str | None = None) -> Embeddings:
        """Returns a vector for each text, by the embedding model of the LLM
        that answers.

        Vectors of different models do not compare: keep `model` of the result
        beside them. A provider that has no embeddings (Anthropic) is an
        `UnsupportedError`; no other LLM is asked in its place.
        """
        texts = [input] if isinstance(input, str) else list(input)
        body = _given({"input": texts, "dimensions": dimensions,
                       "encoding_format": "base64",
                       "purpose": purpose, "model": model,
                       "timeout_ms": _milliseconds(timeout),
                       "id": id or uuid.uuid4().hex})
        raw = await self._service.call(
            "POST", "/v1/llm/embeddings", self._token, body, repeatable=True,
            timeout=_patience(timeout))
        return embeddings_from_json(raw, len(texts))

    async def count_tokens(self, messages: Said = ..., *,
                           timeout: float | None = None, **params: Any) -> int:
        """Returns how many tokens a call with the arguments of `create_message`
        would send, as the provider counts them. Nothing is generated.

        A provider that does not count (OpenAI, Ollama) is an
        `UnsupportedError`.
        """
        body = self._body(messages, timeout, _checked(params))
        raw = await self._for(body).call(
            "POST", "/v1/llm/count_tokens", self._token, body, repeatable=True,
            timeout=_patience(timeout))
        count = raw.get("tokens") if isinstance(raw, Mapping) else None
        if not isinstance(count, int):
            raise broken("has no count")
        return count

    async def run(self, messages: Said = ..., *,
                  tools: Iterable[Tool | Callable[..., Any]],
                  **how: Any) -> loop.RunResult:
        """Lets the LLM use `tools` until it is done or a limit is met: see
        `byollm.run.run`."""
        return await loop.run(self, self.said(messages), tools=tools, **how)

    def said(self, messages: Said) -> list[Any]:
        """Returns `messages` as the daemon takes them; resolves `...`."""
        if not isinstance(messages, EllipsisType):
            return messages_to_json(messages)
        if self._message:
            return messages_to_json(self._message)
        if self._arguments is None:
            raise make_error("invalid_request", "nobody said anything in this "
                             "turn that ... could stand for",
                             parameter="messages")
        return messages_to_json(json.dumps(self._arguments,
                                           ensure_ascii=False))

    def _for(self, body: Mapping[str, Any]) -> Service:
        """A trace among a call's own headers goes before the turn's."""
        extra = body.get("extra")
        own = Trace.of(extra.get("headers")
                       if isinstance(extra, Mapping) else None)
        return self._service.within(own) if own.parent else self._service

    def _body(self, messages: Said, timeout: float | None,
              params: dict[str, Any]) -> dict[str, Any]:
        tools = params.get("tools")
        choice = params.get("tool_choice")
        return _given({
            **params, "messages": self.said(messages),
            "tools": None if tools is None
            else [tool_definition(x) for x in tools],
            "tool_choice": {"type": choice} if isinstance(choice, str)
            else choice,
            "output": _output(params.get("output")),
            "thinking": _thinking(params.get("thinking")),
            "timeout_ms": _milliseconds(timeout),
            "id": params.get("id") or uuid.uuid4().hex})


_PARAMETERS = frozenset(LLM.create_message.__kwdefaults__ or ()) - {"timeout"}


def _checked(params: dict[str, Any]) -> dict[str, Any]:
    for name in params:
        if name not in _PARAMETERS:
            raise TypeError(f"stream() has no parameter {name!r}")
    return params


def _output(wanted: Any) -> Any:
    if isinstance(wanted, type):
        return {"schema": output_schema(wanted), "name": wanted.__name__}
    return wanted


def _thinking(wanted: Any) -> Any:
    return {"effort": wanted} if isinstance(wanted, str) else wanted


def _given(fields: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value is not None}


def _milliseconds(timeout: float | None) -> int | None:
    return None if timeout is None else max(1, round(timeout * 1000))


def _patience(timeout: float | None) -> float:
    # Nobody named one: the daemon's own, which is no longer than this.
    own = limits.CALL_TIMEOUT_MAX if timeout is None else timeout
    return own + limits.CALL_TIMEOUT_GRACE
