# SPDX-License-Identifier: Apache-2.0
"""What a function gets: `ctx`."""

from __future__ import annotations

from typing import Any, Mapping

from .llm import LLM, Identity
from .log import Log
from .messages import known
from .service import Service
from .trace import Trace


class AI:
    """`ctx.ai`: the shortest way to an answer."""

    def __init__(self, llm: LLM) -> None:
        self._llm = llm

    async def complete(self, prompt: str, **params: Any) -> str:
        """Returns the text that answers `prompt`; `params` are those of
        `ctx.llm.create_message`."""
        return (await self._llm.create_message(prompt, **params)).text


class Context:
    """One chat turn, as an extension sees it."""

    def __init__(self, service: Service, token: str, identity: Identity, *,
                 message: str | None = None, arguments: Any = None,
                 trace: Trace = Trace()) -> None:
        self._identity = identity
        self._message = message
        self._trace = trace
        service = service.within(trace)
        self.llm = LLM(service, token, identity, message=message,
                       arguments=arguments)
        self.ai = AI(self.llm)
        self.log = Log(service, token)

    @classmethod
    async def open(cls, service: Service, token: str,
                   trace: Trace = Trace()) -> Context:
        """Returns the context that a call token stands for. Who has none to
        run functions in is given one by `Client.context`."""
        raw = await service.within(trace).call("GET", "/v1/llm", token,
                                               repeatable=True)
        return cls(service, token, known(Identity, raw), trace=trace)

    @classmethod
    def of_invocation(cls, service: Service, raw: Mapping[str, Any],
                      extension: str) -> Context:
        """Returns the context of an `invoke` event."""
        return cls(service, raw["token"],
                   known(Identity, raw, extension=extension),
                   message=raw.get("message"), arguments=raw.get("arguments"),
                   trace=Trace.of(raw))

    @property
    def tenant(self) -> str:
        return self._identity.tenant

    @property
    def user(self) -> str:
        return self._identity.user

    @property
    def extension(self) -> str:
        return self._identity.extension

    @property
    def turn(self) -> str:
        return self._identity.turn

    @property
    def message(self) -> str | None:
        """What the user said in this turn, if anything."""
        return self._message

    @property
    def traceparent(self) -> str | None:
        """W3C's trace context of this turn, if it is part of a trace. Calls and
        log lines carry it by themselves; give it to what else you ask."""
        return self._trace.parent

    @property
    def tracestate(self) -> str | None:
        """What goes with `traceparent`."""
        return self._trace.state
