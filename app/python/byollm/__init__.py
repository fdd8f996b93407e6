# SPDX-License-Identifier: Apache-2.0
"""The user's own LLM, for extensions of a platform: see docs/extensions.md."""

from .blocks import (Block, ImageBlock, OpaqueBlock, OtherBlock, TextBlock,
                     ThinkingBlock, ToolResultBlock, ToolUseBlock)
from .client import Client, MintedToken, TurnResult
from .context import AI, Context
from .errors import (AllowanceExhaustedError, BalanceError,
                     CancelledCallError, ConfirmationRequiredError,
                     ConflictError, ConnectionFailedError, ContextLengthError,
                     DeadlineError, ForbiddenError, HandlerFailedError,
                     InvalidRequestError, KeyRefusedError, LLMError,
                     ModelNotFoundError, NoProviderError, NotFoundError,
                     OverloadedError, ProviderError, RateLimitedError,
                     RefusedError, TruncatedError, UnauthenticatedError,
                     UnavailableError, UnsupportedError,
                     ValidationRejectedError)
from .extension import ActionResult, ChatExtension
from .llm import LLM
from .log import Log
from .messages import Delta, Embeddings, Loss, Parameter, Reply, Usage
from .run import RunResult, Stop
from .service import Service
from .stream import MessageStream
from .tools import Tool
from .worker import Worker

__all__ = [
    "AI", "ActionResult", "AllowanceExhaustedError", "BalanceError", "Block",
    "CancelledCallError", "ChatExtension", "Client",
    "ConfirmationRequiredError", "ConflictError", "ConnectionFailedError",
    "Context", "ContextLengthError", "DeadlineError", "Delta", "Embeddings",
    "ForbiddenError", "HandlerFailedError", "ImageBlock",
    "InvalidRequestError", "KeyRefusedError", "LLM", "LLMError", "Log", "Loss",
    "MessageStream", "MintedToken", "ModelNotFoundError", "NoProviderError",
    "NotFoundError", "OpaqueBlock", "OtherBlock", "OverloadedError",
    "Parameter",
    "ProviderError", "RateLimitedError", "RefusedError", "Reply", "RunResult",
    "Service", "Stop", "TextBlock", "ThinkingBlock", "Tool", "ToolResultBlock",
    "ToolUseBlock", "TruncatedError", "TurnResult", "UnauthenticatedError",
    "UnavailableError", "UnsupportedError", "Usage", "ValidationRejectedError",
    "Worker",
]
