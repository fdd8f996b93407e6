# SPDX-License-Identifier: Apache-2.0
"""What can go wrong, as exceptions by family.

`code` is what the daemon said, one of those in docs/operations.md; a code that
this package does not know is an `LLMError` itself. `sent` says whether the
provider was asked: "no", "maybe" or "yes".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

if TYPE_CHECKING:
    from .run import RunResult


class LLMError(Exception):
    """A call or request that failed. Every other error here is one."""

    def __init__(self, code: str, message: str = "", *, remedy: str = "",
                 sent: str = "no", parameter: str | None = None,
                 retry_after: float | None = None,
                 http_status: int | None = None,
                 provider_code: str | None = None,
                 provider_request_id: str | None = None,
                 call: str | None = None,
                 provider_type: str | None = None) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.remedy = remedy
        self.sent = sent
        #: Which field is wrong, or a JSON Pointer to it.
        self.parameter = parameter
        #: Seconds.
        self.retry_after = retry_after
        #: The provider's, not the daemon's.
        self.http_status = http_status
        self.provider_code = provider_code
        #: The provider's type, where `provider_code` is its code.
        self.provider_type = provider_type
        self.provider_request_id = provider_request_id
        self.call = call
        #: In `ctx.llm.run`: what there was before this call failed.
        self.run: RunResult | None = None

    def __str__(self) -> str:
        where = f" ({self.parameter})" if self.parameter else ""
        text = f"{self.code}{where}"
        if self.message:
            text += f": {self.message}"
        return f"{text} {self.remedy}".rstrip() if self.remedy else text


class InvalidRequestError(LLMError):
    """The request is malformed, out of range, or above a limit."""


class ContextLengthError(InvalidRequestError):
    """The conversation is too long for the model."""


class ValidationRejectedError(InvalidRequestError):
    """A function's arguments do not match its schema; see `parameter`."""


class ConfirmationRequiredError(LLMError):
    """A destructive function, and the user did not confirm it."""


class RefusedError(LLMError):
    """The provider refused the content."""


class UnauthenticatedError(LLMError):
    """The token is missing, forged, expired, revoked or used up."""


class ForbiddenError(LLMError):
    """The token, or the extension's policy, does not allow that."""


class AllowanceExhaustedError(ForbiddenError):
    """The extension used up its policy's calls or tokens for this user and day;
    `parameter` says which."""


class NotFoundError(LLMError):
    """What was asked for does not exist."""


class UnsupportedError(LLMError):
    """The provider that answers this user has no such thing."""


class ModelNotFoundError(NotFoundError):
    """The provider does not offer this model to this key."""


class NoProviderError(LLMError):
    """Nobody is there to answer: not the user's own LLM, nor a platform's."""


class ConflictError(LLMError):
    """The call id is in use or used up, or the configuration changed."""


class KeyRefusedError(LLMError):
    """The provider refused the key, or it does not open. Its user must act."""


class BalanceError(LLMError):
    """No money or quota is left for this call, or no price is known."""


class OverloadedError(LLMError):
    """Too much at once; try again, after `retry_after` if it is known."""


class RateLimitedError(OverloadedError):
    """The provider asks to slow down."""


class DeadlineError(LLMError, TimeoutError):
    """Time ran out: before it was sent, or at the provider (see `sent`)."""


class CancelledCallError(LLMError):
    """Somebody else cancelled the call. (Cancelling the task that waits for it
    raises `asyncio.CancelledError`, as always.)"""


class UnavailableError(LLMError):
    """The daemon, its ledger or its store cannot serve this now."""


class ProviderError(LLMError):
    """The provider failed, or refused for a reason of its own."""


class ConnectionFailedError(LLMError, ConnectionError):
    """The way to the provider or to the daemon failed."""


class TruncatedError(ConnectionFailedError):
    """The answer broke off. What arrived is not the answer."""


class HandlerFailedError(LLMError):
    """The extension's function raised; `type` is what it named."""

    type: str = ""


_FAMILIES: dict[type[LLMError], str] = {
    InvalidRequestError: "invalid_request invalid_config invalid_key"
                         " origin_denied key_rebind limit_exceeded",
    ContextLengthError: "context_length",
    ValidationRejectedError: "validation_rejected",
    ConfirmationRequiredError: "confirmation_required",
    RefusedError: "content_policy",
    UnauthenticatedError: "unauthenticated",
    ForbiddenError: "forbidden",
    AllowanceExhaustedError: "allowance_exhausted",
    UnsupportedError: "unsupported",
    NotFoundError: "not_found",
    ModelNotFoundError: "model_not_found",
    NoProviderError: "no_provider provider_disabled",
    ConflictError: "duplicate_call call_conflict config_changed",
    KeyRefusedError: "authentication permission secret_integrity",
    BalanceError: "balance_exhausted quota_exhausted price_unknown",
    OverloadedError: "overloaded provider_overloaded circuit_open",
    RateLimitedError: "rate_limited",
    DeadlineError: "deadline_exceeded connect_timeout first_byte_timeout"
                   " idle_timeout total_timeout provider_timeout",
    CancelledCallError: "cancelled",
    UnavailableError: "stopping audit_unavailable unavailable"
                      " config_unavailable would_deadlock store_unavailable"
                      " store_newer store_owned store_corrupt",
    ProviderError: "provider_rejected provider_fault",
    ConnectionFailedError: "dns_failed connect_failed tls_failed tls_untrusted"
                           " connection_lost protocol redirected"
                           " answer_too_large",
    TruncatedError: "truncated",
    HandlerFailedError: "handler_failed",
}

#: The class of each code.
BY_CODE: dict[str, type[LLMError]] = {
    code: family for family, codes in _FAMILIES.items()
    for code in codes.split()}


def make_error(code: str, message: str = "", **more: Any) -> LLMError:
    """Returns the exception for `code`."""
    return BY_CODE.get(code, LLMError)(code, message, **more)


def error_from_json(what: Any, status: int | None = None) -> LLMError:
    """Returns the exception for the daemon's error object.

    What is none becomes `protocol`, with `status` in the text.
    """
    inner = what.get("error") if isinstance(what, Mapping) else None
    if not isinstance(inner, Mapping) or not isinstance(inner.get("code"), str):
        return make_error("protocol", "the service answered with status "
                          f"{status} and no error object", sent="maybe")

    told: Mapping[str, Any] = inner

    def text(name: str) -> str | None:
        value = told.get(name)
        return value if isinstance(value, str) and value else None

    wait = told.get("retry_after_ms")
    answered = told.get("http_status")
    error = make_error(
        told["code"], text("message") or "", remedy=text("remedy") or "",
        sent=text("sent") or "maybe", parameter=text("parameter"),
        retry_after=wait / 1000 if isinstance(wait, (int, float)) else None,
        http_status=answered if isinstance(answered, int) else None,
        provider_code=text("provider_code"),
        provider_request_id=text("provider_request_id"), call=text("call"),
        provider_type=text("provider_type"))
    if isinstance(error, HandlerFailedError):
        error.type = text("type") or ""
    return error
