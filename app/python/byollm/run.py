# SPDX-License-Identifier: Apache-2.0
"""The agentic loop: an LLM that uses tools, within limits."""

from __future__ import annotations

import asyncio
import enum
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Callable, Iterable

from . import limits
from .blocks import ToolResultBlock, ToolUseBlock
from .errors import LLMError, RefusedError
from .messages import Reply
from .models import Mismatch
from .plain import plain
from .tools import Tool, as_tool

if TYPE_CHECKING:
    from .llm import LLM


class Stop(str, enum.Enum):
    """Why a loop ended."""

    FINISHED = "finished"    #: The LLM said all it wanted to.
    ROUNDS = "rounds"        #: `max_rounds` calls were made.
    TOKENS = "tokens"        #: `max_tokens_total` is used up.
    TIME = "time"            #: `max_seconds` are over.
    COST = "cost"            #: `max_cost_micro` is used up.
    UNCOUNTED = "uncounted"  #: A limit is set, and nobody told what was used.
    LENGTH = "length"        #: An answer was cut at its own `max_tokens`.
    REFUSED = "refused"      #: The LLM or its provider declined.


@dataclass
class RunResult:
    """How a loop ended, and everything that was said in it."""

    stop: Stop = Stop.FINISHED
    #: The last reply; None if there was none.
    reply: Reply | None = None
    #: The conversation, to go on with.
    messages: list[Any] = field(default_factory=list)
    rounds: int = 0
    tool_calls: int = 0
    #: Known tokens; of a reply without counts there are none in it.
    tokens: int = 0
    #: On the platform's bill; the user's own LLM costs it 0.
    cost_micro: int = 0
    #: Whether all replies told tokens, and costs.
    tokens_known: bool = True
    cost_known: bool = True

    @property
    def text(self) -> str:
        """The last reply's text."""
        return self.reply.text if self.reply else ""


@dataclass(frozen=True)
class Budget:
    """What a loop may use. Looked at between calls: the last may exceed it."""

    rounds: int
    tokens: int | None
    cost_micro: int | None

    def spent(self, run: RunResult) -> Stop | None:
        """Returns the limit that forbids another call, if one does."""
        for most, used, is_known, stop in (
                (self.tokens, run.tokens, run.tokens_known, Stop.TOKENS),
                (self.cost_micro, run.cost_micro, run.cost_known, Stop.COST)):
            if most is not None and used >= most:
                return stop
            # Unknown is not zero.
            if most is not None and not is_known:
                return Stop.UNCOUNTED
        return Stop.ROUNDS if run.rounds >= self.rounds else None


async def run(llm: LLM, messages: list[Any], *,
              tools: Iterable[Tool | Callable[..., Any]],
              max_rounds: int = limits.ROUNDS_DEFAULT,
              max_tokens_total: int | None = None,
              max_seconds: float | None = None,
              max_cost_micro: int | None = None, **params: Any) -> RunResult:
    """Calls the LLM, runs the tools it asks for, and again, until it is done.

    `params` are `create_message`'s (system, purpose, max_tokens, ...). All
    calls belong to one chat turn. Tools that one reply asks for run side by
    side; one that fails, does not exist or gets arguments that do not fit
    answers with an error that the LLM sees. A limit ends the loop with its
    `Stop`; a call that fails raises, and the exception's `run` is what there
    was until then.
    """
    known = {tool.name: tool for tool in map(as_tool, tools)}
    budget = Budget(max_rounds, max_tokens_total, max_cost_micro)
    result = RunResult(messages=list(messages))
    if "id" in params:
        raise TypeError("a loop makes several calls, which one id cannot name")
    params["tools"] = list(known.values()) or None
    try:
        async with asyncio.timeout(max_seconds) as clock:
            result.stop = await _rounds(llm, known, budget, result, params)
    except TimeoutError:
        # An LLM's own time-out is a TimeoutError, too.
        if not clock.expired():
            raise
        result.stop = Stop.TIME
    return result


async def _rounds(llm: LLM, tools: dict[str, Tool], budget: Budget,
                  result: RunResult, params: dict[str, Any]) -> Stop:
    while True:
        if stop := budget.spent(result):
            return stop
        result.rounds += 1
        try:
            reply = await llm.create_message(result.messages, **params)
        except RefusedError:
            return Stop.REFUSED
        except LLMError as error:
            error.run = result
            raise
        _count(result, reply)
        if reply.stop_reason in ("refusal", "max_tokens"):
            return (Stop.REFUSED if reply.stop_reason == "refusal"
                    else Stop.LENGTH)
        if reply.stop_reason == "pause":
            continue
        if not reply.tool_uses:
            return Stop.FINISHED
        # Nobody would see what the tools did.
        if stop := budget.spent(result):
            return stop
        answers = await _use_tools(tools, reply.tool_uses)
        result.tool_calls += len(answers)
        result.messages.append({"role": "user", "content": answers})


def _count(result: RunResult, reply: Reply) -> None:
    result.reply = reply
    # A message without content, who goes on could not send.
    if reply.content:
        result.messages.append(reply.to_message())
    tokens = reply.usage.total
    result.tokens += tokens or 0
    result.tokens_known &= tokens is not None
    cost = 0 if reply.billing == "byollm" else reply.cost_micro
    result.cost_micro += cost or 0
    result.cost_known &= cost is not None


async def _use_tools(tools: dict[str, Tool], uses: list[ToolUseBlock]
                     ) -> list[ToolResultBlock]:
    room = asyncio.Semaphore(limits.TOOLS_AT_A_TIME)

    async def one(use: ToolUseBlock) -> ToolResultBlock:
        async with room:
            return await _use_tool(tools.get(use.name), use)
    return list(await asyncio.gather(*map(one, uses)))


async def _use_tool(tool: Tool | None, use: ToolUseBlock) -> ToolResultBlock:
    def failed(why: str) -> ToolResultBlock:
        return ToolResultBlock(use.id, _cut(why), True)

    if tool is None:
        return failed(f"there is no tool {use.name}")
    try:
        answer = await tool(use.input)
        text = answer if isinstance(answer, str) else json.dumps(
            answer, default=plain, ensure_ascii=False)
    except Mismatch as error:
        return failed(f"the arguments do not fit: {error}")
    except asyncio.CancelledError:
        # Of something that the tool waited for, unless we are to end.
        task = asyncio.current_task()
        if task and task.cancelling():
            raise
        return failed("what the tool waited for was cancelled")
    except (Exception, SystemExit) as error:
        return failed(f"{type(error).__name__}: {error}")
    return ToolResultBlock(use.id, _cut(text))


def _cut(text: str) -> str:
    most = limits.TOOL_RESULT_CHARS_MAX
    return text if len(text) <= most else text[:most] + " [cut here]"
