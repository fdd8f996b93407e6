# SPDX-License-Identifier: Apache-2.0
"""Goal: what is done in a turn is part of its trace by itself, and a trace never
is why a request fails.

Method: scripted daemons that look at each request's head.
"""

import asyncio
import unittest

from daemon import DaemonCase
from support import Case, answer, chunked, event, reply

from byollm import ChatExtension, Client, LLMError, Service, Worker

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
OTHER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def trace_of(asked):
    return (asked.fields.get("traceparent"), asked.fields.get("tracestate"))


class Turns(DaemonCase):

    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.seen = {}

    async def respond(self, asked):
        self.seen.setdefault(asked.target, []).append(trace_of(asked))
        if asked.target == "/v1/llm/count_tokens":
            return answer({"tokens": 1})
        if asked.body and asked.body.get("stream"):
            return chunked(event("reply", reply()))
        return await super().respond(asked)

    async def run_once(self, handler, **more):
        """Runs `handler` in an invocation; returns what it returned."""
        chat = ChatExtension("notes")
        chat.function(description="d")(handler)
        worker = asyncio.create_task(
            Worker(chat, Service(socket=self.socket), "st").run())
        peer = await self.attached.get()
        await self.invoke(peer, handler.__name__, **more)
        _, body = await self.answers.get()
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
        return body["result"]["data"]

    async def test_all_that_a_function_does_is_part_of_it(self):
        async def all_of_it(ctx):
            await ctx.llm.create_message(...)
            await ctx.llm.stream(...).reply()
            await ctx.llm.count_tokens(...)
            ctx.log.info("done")
            try:
                await ctx.llm.embed("x")
            except LLMError:
                pass  # the script makes no vectors
            return [ctx.traceparent, ctx.tracestate]
        told = await self.run_once(all_of_it, traceparent=PARENT,
                                   tracestate="their=state")
        self.assertEqual(told, [PARENT, "their=state"])
        both = (PARENT, "their=state")
        self.assertEqual(self.seen, {
            "/v1/llm/messages": [both, both], "/v1/llm/count_tokens": [both],
            "/v1/llm/embeddings": [both], "/v1/log": [both],
            "/v1/invocations/i-1": [both]})

    async def test_a_call_may_name_another(self):
        async def other(ctx):
            own = {"dialect": "any", "headers": {"Traceparent": OTHER}}
            await ctx.llm.create_message(..., extra=own)
            await ctx.llm.create_message(...)
            return []
        await self.run_once(other, traceparent=PARENT, tracestate="their=state")
        self.assertEqual(self.seen["/v1/llm/messages"],
                         [(OTHER, None), (PARENT, "their=state")])

    async def test_a_turn_without_one(self):
        async def none(ctx):
            await ctx.llm.create_message(...)
            return [ctx.traceparent, ctx.tracestate]
        for more in ({}, {"traceparent": 7, "tracestate": "their=state"}):
            self.seen.clear()
            told = await self.run_once(none, **more)
            self.assertIsNone(told[0])
            self.assertEqual(self.seen["/v1/llm/messages"], [(None, None)])


class Hosts(Case):

    async def test_what_a_host_names_goes_along(self):
        await self.answering(lambda asked: {
            "result": {}, "turn": "t", "function": "f", "action_type": "read"})
        async with Client("st", socket=self.socket) as host:
            await host.turn("acme", "ada", "notes", "f", traceparent=PARENT,
                            tracestate="their=state")
            await host.turn("acme", "ada", "notes", "f")
            # What leads into other headers is no trace.
            for bad in (PARENT + "\r\nX: y", "ä", "\0"):
                await host.turn("acme", "ada", "notes", "f", traceparent=bad,
                                tracestate="their=state")
        self.assertEqual([trace_of(x) for x in self.asked],
                         [(PARENT, "their=state")] + [(None, None)] * 4)
        self.assertNotIn("x", self.asked[2].fields)

    async def test_a_context_of_a_token(self):
        await self.answering(lambda asked: reply()
                             if asked.method == "POST" else {
                                 "provider": "openai", "model": "m",
                                 "is_byollm": True})
        async with Client("st", socket=self.socket) as host:
            ctx = await host.context("call.token", traceparent=PARENT)
            await ctx.llm.create_message("hi")
        self.assertEqual([trace_of(x) for x in self.asked],
                         [(PARENT, None)] * 2)


if __name__ == "__main__":
    unittest.main()
