# SPDX-License-Identifier: Apache-2.0
"""What a host asks the daemon for, with a service token."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Mapping, Sequence

from . import limits
from .context import Context
from .http import broken
from .messages import known
from .service import Service
from .trace import Trace


@dataclass(frozen=True)
class TurnResult:
    """What a function answered in a chat turn."""

    result: Any
    turn: str
    function: str
    action_type: str


@dataclass(frozen=True)
class MintedToken:
    """A call token, for one user through one extension."""

    token: str = field(repr=False)
    id: str
    expires_unix_ms: int
    #: The chat turn that it is for, if it was named.
    turn: str = ""


class Client:
    """A host's connection. Usable from any number of tasks at once."""

    def __init__(self, token: str, *, socket: str | None = None,
                 url: str | None = None) -> None:
        self._token = token
        self._service = Service(socket=socket, url=url)

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(self, *_: Any) -> None:
        self.close()

    async def turn(self, tenant: str, user: str, extension: str, function: str,
                   arguments: Mapping[str, Any] | None = None, *,
                   message: str | None = None, confirmed: bool = False,
                   source: str = "chat", turn: str | None = None,
                   timeout: float | None = None,
                   traceparent: str | None = None,
                   tracestate: str | None = None) -> TurnResult:
        """Runs a function of an extension in a chat turn, whose calls are part
        of the trace.

        Cancelling the task cancels the function. Raises
        `ValidationRejectedError`, `ConfirmationRequiredError`,
        `HandlerFailedError` (see its `type`) and every other `LLMError`. It is
        never sent twice: if `sent` is "maybe", the function may have run.
        """
        patience = limits.CALL_TIMEOUT_MAX if timeout is None else timeout
        body = {"tenant": tenant, "user": user, "extension": extension,
                "function": function, "arguments": arguments or {},
                "message": message, "confirmed": confirmed, "source": source,
                "turn": turn, "timeout_ms": None if timeout is None
                else max(1, round(timeout * 1000))}
        within = self._service.within(Trace(traceparent, tracestate))
        raw = await within.call("POST", "/v1/turns", self._token, _given(body),
                                timeout=patience + limits.CALL_TIMEOUT_GRACE)
        if isinstance(raw, Mapping) and "result" not in raw:
            raise broken("has no result")
        return known(TurnResult, raw)

    async def mint(self, tenant: str, user: str, extension: str, *,
                   kind: str = "chat_fn",
                   purposes: Sequence[str] | None = None,
                   calls: int | None = None, single_use: bool = False,
                   ttl: int | None = None, source: str | None = None,
                   turn: str | None = None) -> MintedToken:
        """Returns a call token that lives `ttl` seconds."""
        body = {"tenant": tenant, "user": user, "extension": extension,
                "kind": kind, "purposes": purposes, "calls": calls,
                "single_use": single_use, "ttl_s": ttl, "source": source,
                "turn": turn}
        return known(MintedToken, await self._call("POST", "/v1/tokens",
                                                   _given(body)))

    async def extensions(self) -> Any:
        """Returns the extensions and functions that workers offer."""
        return await self._service.call("GET", "/v1/extensions", self._token,
                                        repeatable=True)

    async def disable_llm(self, tenant: str, user: str) -> None:
        """Keeps a user's own LLM from answering, as an admin does; needs the
        scope `config`. It stays disabled when its user enters it again. Raises
        an `LLMError` with the code "not_found" if there is none."""
        await self._call("POST", "/v1/internal/config/llm/disable",
                         {"tenant": tenant, "user": user})

    async def enable_llm(self, tenant: str, user: str) -> None:
        """Lets it answer again."""
        await self._call("POST", "/v1/internal/config/llm/enable",
                         {"tenant": tenant, "user": user})

    async def rules(self) -> Any:
        """Returns the platform's rules by name; needs the scope `config`."""
        return await self._service.call(
            "GET", "/v1/internal/config/llm/rules", self._token,
            repeatable=True)

    async def set_rules(self, *, when_disabled: str | None = None,
                        caller_may_name_model: bool | None = None,
                        ambiguous_retries: int | None = None,
                        unknown_price: str | None = None) -> None:
        """Sets the rules that are given, for turns that open from now on."""
        body = {"when_disabled": when_disabled,
                "caller_may_name_model": caller_may_name_model,
                "ambiguous_retries": ambiguous_retries,
                "unknown_price": unknown_price}
        await self._call("PUT", "/v1/internal/config/llm/rules", _given(body))

    async def context(self, token: str, *, traceparent: str | None = None,
                      tracestate: str | None = None) -> Context:
        """Returns the context that a call token stands for; what is done in it
        is part of the trace."""
        return await Context.open(self._service, token,
                                  Trace(traceparent, tracestate))

    async def _call(self, method: str, path: str, body: Any) -> Any:
        return await self._service.call(method, path, self._token, body)

    def close(self) -> None:
        """Closes idle connections."""
        self._service.close()


def _given(fields: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value is not None}
