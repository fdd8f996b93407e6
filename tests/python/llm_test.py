# SPDX-License-Identifier: Apache-2.0
"""Goal: `ctx.llm` asks for what its caller said, and returns what came.

Method: a service on a socket that answers as docs/service.md has it.
"""

import asyncio
import gc
import inspect
import unittest
from unittest import mock

from llm_case import INVOKE, LlmCase
from support import PATIENCE, answer, chunked, event, reply

from byollm import (Context, LLMError, RateLimitedError, Service, TextBlock,
                    ThinkingBlock, ToolUseBlock, TruncatedError, limits)
from byollm.blocks import OtherBlock
from byollm.llm import LLM, Identity

class Messages(LlmCase):

    async def asyncSetUp(self):
        await super().asyncSetUp()
        await self.answering(lambda asked: reply())

    async def test_known_before_anything_is_asked(self):
        self.assertEqual(
            (self.ctx.llm.provider, self.ctx.llm.model, self.ctx.llm.is_byollm,
             self.ctx.llm.turn), ("openai", "gpt", True, "t-1"))
        self.assertEqual(
            (self.ctx.tenant, self.ctx.user, self.ctx.extension, self.ctx.turn,
             self.ctx.message), ("acme", "ada", "notes", "t-1", "hello"))
        self.assertEqual(self.asked, [])
        with self.assertRaises(AttributeError):
            self.ctx.llm.is_byollm = False

    async def test_every_parameter_goes_out_as_it_is(self):
        given = {"system": "s", "max_tokens": 5, "temperature": 0.0,
                 "top_p": 1.0, "presence_penalty": 0.5,
                 "frequency_penalty": -0.5, "stop_sequences": ["x"],
                 "tools": [{"name": "n", "description": "d",
                            "input_schema": {}}],
                 "tool_choice": {"type": "tool", "name": "n"},
                 "purpose": "chain_narrator", "model": "m",
                 "metadata": {"a": "b"}, "id": "call-1",
                 "output": {"schema": {}}, "thinking": {"effort": "off"},
                 "seed": 0, "extra": {"dialect": "openai"}}
        said = [{"role": "user", "content": "q"}]
        body = await self.body_of(self.ctx.llm.create_message(
            messages=said, timeout=1.5, **given))
        self.assertEqual(body, {**given, "messages": said,
                                "timeout_ms": 1500})
        # None is forgotten here.
        parameters = inspect.signature(LLM.create_message).parameters
        self.assertEqual(set(parameters), {*given, "self", "messages",
                                           "timeout"})
        asked = self.asked[0]
        self.assertEqual((asked.method, asked.target,
                          asked.fields["authorization"]),
                         ("POST", "/v1/llm/messages", "Bearer call.token"))

    async def test_what_is_not_given_is_not_sent(self):
        body = await self.body_of(self.ctx.llm.create_message("q"))
        self.assertEqual(set(body), {"messages", "id"})

    async def test_each_call_has_an_id_of_its_own(self):
        ids = {(await self.body_of(self.ctx.llm.create_message("q")))["id"]
               for _ in range(3)}
        self.assertEqual(len(ids), 3)
        for one in ids:
            self.assertRegex(one, r"[0-9a-f]{32}")

    async def test_ellipsis_is_what_the_user_said(self):
        for call in (self.ctx.llm.create_message(...),
                     self.ctx.llm.create_message(messages=...),
                     self.ctx.llm.create_message()):
            body = await self.body_of(call)
            self.assertEqual(body["messages"],
                             [{"role": "user", "content": "hello"}])

    async def test_or_the_arguments_if_the_user_said_nothing(self):
        for nothing in (None, ""):
            llm = self.context(message=nothing).llm
            body = await self.body_of(llm.create_message(...))
            self.assertEqual(body["messages"], [
                {"role": "user", "content": '{"text": "\u00e4"}'}])

    async def test_and_without_either_it_is_an_error(self):
        llm = LLM(Service(socket=self.socket), "t", Identity("p", "m", True))
        with self.assertRaises(LLMError) as caught:
            await llm.create_message(...)
        self.assertEqual((caught.exception.code, caught.exception.parameter),
                         ("invalid_request", "messages"))
        self.assertEqual(self.asked, [])

    async def test_a_conversation_goes_on(self):
        first = await self.ctx.llm.create_message("q")
        body = await self.body_of(self.ctx.llm.create_message(
            [{"role": "user", "content": "q"}, first,
             {"role": "user", "content": [TextBlock("more")]}]))
        self.assertEqual(body["messages"][1:], [
            {"role": "assistant", "content": [{"type": "text", "text": "hi"}]},
            {"role": "user", "content": [{"type": "text", "text": "more"}]}])

    async def test_what_is_no_message(self):
        with self.assertRaises(LLMError) as caught:
            await self.ctx.llm.create_message(["text"])
        self.assertEqual(caught.exception.parameter, "messages")

    async def test_complete(self):
        self.assertEqual(await self.ctx.ai.complete("q", purpose="p"), "hi")
        self.assertEqual(self.asked[0].body["messages"],
                         [{"role": "user", "content": "q"}])
        self.assertEqual(self.asked[0].body["purpose"], "p")

    async def test_a_choice_by_its_type(self):
        body = await self.body_of(self.ctx.llm.create_message(
            "q", tool_choice="any"))
        self.assertEqual(body["tool_choice"], {"type": "any"})


class Replies(LlmCase):

    async def say(self, what):
        await self.answering(lambda asked: what)
        return await self.ctx.llm.create_message("q")

    async def test_all_of_it(self):
        got = await self.say(reply("hi", content=[
            {"type": "thinking", "thinking": "hm", "signature": "s"},
            {"type": "text", "text": "hi"},
            {"type": "tool_use", "id": "1", "name": "n", "input": {"a": 1}},
            {"type": "hologram", "x": 1}], params=[
                {"parameter": "temperature", "set_by": "purpose",
                 "fate": "sent", "value": 0.4}], from_the_future=1))
        self.assertEqual(got.text, "hi")
        self.assertEqual(got.content, (
            ThinkingBlock("hm", "s"), TextBlock("hi"),
            ToolUseBlock("1", "n", {"a": 1}),
            OtherBlock({"type": "hologram", "x": 1})))
        self.assertEqual(got.tool_uses, [got.content[2]])
        self.assertEqual((got.stop_reason, got.provider, got.model,
                          got.is_byollm, got.billing),
                         ("end_turn", "openai", "m-1", True, "byollm"))
        self.assertEqual((got.params[0].set_by, got.params[0].value),
                         ("purpose", 0.4))
        self.assertEqual(got.usage.total, 15)

    async def test_unknown_is_not_zero(self):
        got = await self.say(reply(usage=None))
        self.assertIsNone(got.usage.output)
        self.assertIsNone(got.usage.total)

    async def test_what_is_no_reply(self):
        whole = reply()
        wrong = [None, [], "x", {}, {**whole, "content": "x"},
                 {**whole, "content": ["x"]}, {**whole, "is_byollm": "false"},
                 {**whole, "text": 1}, {**whole, "usage": []}]
        wrong += [{k: v for k, v in whole.items() if k != name} for name in
                  ("provider", "model", "is_byollm", "call", "stop_reason")]
        waiting = list(wrong)
        await self.answering(lambda asked: waiting.pop(0))
        for what in wrong:
            with self.subTest(what), self.assertRaises(LLMError) as caught:
                await self.ctx.llm.create_message("q")
            self.assertEqual(caught.exception.code, "protocol")

    async def test_losses(self):
        got = await self.say(reply("hi", losses=[
            {"what": "seed", "why": "Anthropic takes no seed"}]))
        self.assertEqual([(x.what, x.why) for x in got.losses],
                         [("seed", "Anthropic takes no seed")])

    async def test_an_error_is_typed(self):
        error = {"error": {"code": "rate_limited", "message": "m",
                           "retry_after_ms": 10, "sent": "yes"}}
        await self.answering(lambda asked: answer(error, 429))
        with self.assertRaises(RateLimitedError) as caught:
            await self.ctx.llm.create_message("q")
        self.assertEqual(caught.exception.retry_after, 0.01)


class Streams(LlmCase):

    PIECES = [event("delta", {"kind": "text", "index": 0, "text": "h"}),
              event("delta", {"kind": "text", "index": 0, "text": "i"})]

    async def streaming(self, *parts, last=True):
        self.gone = asyncio.Event()
        self.seen = []

        async def script(peer, _):
            while asked := await peer.request():
                self.seen.append(asked.body)
                await peer.say(chunked(*parts, last=last))
                if not last:
                    break
            await peer.gone()
            self.gone.set()
        await self.serve(script)

    async def test_deltas_then_the_reply(self):
        await self.streaming(*self.PIECES, event("reply", reply()))
        async with self.ctx.llm.stream("q", purpose="p") as stream:
            text = [delta.text async for delta in stream]
            got = await stream.reply()
        self.assertEqual((text, got.text), (["h", "i"], "hi"))
        self.assertTrue(self.seen[0]["stream"])
        self.assertEqual(self.seen[0]["purpose"], "p")
        # The connection is as good as new.
        async for _ in self.ctx.llm.stream("q"):
            pass
        self.assertEqual(await self.ctx.llm.stream("q").reply(), got)
        self.assertEqual(self.connections, 1)

    async def test_a_parameter_that_there_is_not(self):
        with self.assertRaises(TypeError):
            self.ctx.llm.stream("q", temprature=1)

    async def fails(self, code):
        with self.assertRaises(LLMError) as caught:
            await self.ctx.llm.stream("q").reply()
        self.assertEqual(caught.exception.code, code)
        return caught.exception

    async def test_an_error_event(self):
        await self.streaming(*self.PIECES, event("error", {
            "error": {"code": "provider_fault", "sent": "yes"}}))
        self.assertEqual((await self.fails("provider_fault")).sent, "yes")

    async def test_an_end_without_a_reply(self):
        await self.streaming(*self.PIECES)
        self.assertIsInstance(await self.fails("truncated"), TruncatedError)

    async def test_torn(self):
        async def script(peer, _):
            await peer.request()
            await peer.say(chunked(*self.PIECES, last=False))
        await self.serve(script)
        await self.fails("truncated")

    async def test_more_after_the_reply(self):
        await self.streaming(event("reply", reply()), *self.PIECES)
        await self.fails("protocol")

    async def test_refused_before_it_began(self):
        await self.answering(lambda asked: answer(
            {"error": {"code": "forbidden"}}, 403))
        await self.fails("forbidden")

    async def test_no_stream(self):
        await self.answering(lambda asked: reply())
        await self.fails("protocol")

    async def test_leaving_the_block_hangs_up(self):
        await self.streaming(*self.PIECES, last=False)
        async with self.ctx.llm.stream("q") as stream:
            async for _ in stream:
                break
        await self.gone.wait()
        with self.assertRaises(LLMError):
            await stream.reply()

    async def test_leaving_a_plain_loop_hangs_up(self):
        await self.streaming(*self.PIECES, last=False)
        gc.disable()
        self.addCleanup(gc.enable)
        async for _ in self.ctx.llm.stream("q"):
            break
        await self.gone.wait()

    async def test_cancelling_hangs_up(self):
        await self.streaming(*self.PIECES, last=False)
        first = asyncio.Event()

        async def read():
            async for _ in self.ctx.llm.stream("q"):
                first.set()
        task = asyncio.create_task(read())
        await first.wait()
        task.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await task
        await self.gone.wait()


class Logs(LlmCase):

    async def test_lines_arrive_in_order(self):
        await self.answering(lambda asked: answer(b"", 204).replace(
            b"Content-Type: application/json\r\n", b""))
        self.ctx.log.info("one", provider="openai", count=3)
        await asyncio.to_thread(self.ctx.log.warning, "two")
        self.ctx.log.debug("three")
        self.ctx.log.error("four", bad="\ud800", none=None)
        await self.ctx.log.close()
        self.assertEqual([x.body for x in self.asked], [
            {"level": "info", "text": "one",
             "fields": {"provider": "openai", "count": "3"}},
            {"level": "warning", "text": "two"},
            {"level": "debug", "text": "three"},
            {"level": "error", "text": "four",
             "fields": {"bad": "?", "none": "None"}}])
        self.assertEqual(self.asked[0].target, "/v1/log")

    async def logged(self, *texts, **fields):
        """Returns the one line that the service got."""
        await self.answering(lambda asked: {})
        self.ctx.log.info(*texts, **fields)
        await self.ctx.log.close()
        (line,) = (asked.body for asked in self.asked)
        return line

    async def test_names_of_the_service_are_told_apart(self):
        line = await self.logged("done", user="ada", own_user="eve", level=3,
                                 text="a text", note="kept")
        self.assertEqual(line, {
            "level": "info", "text": "done",
            "fields": {"own_user": "ada", "own_own_user": "eve",
                       "own_level": "3", "own_text": "a text",
                       "note": "kept"}})

    async def test_a_line_is_cut_by_its_bytes(self):
        line = await self.logged("\u00e9" * 8000, first="\u20ac" * 4000,
                                 second="never")
        fields = line["fields"]
        size = sum(len(part.encode()) for part in
                   (line["text"], *fields, *fields.values()))
        self.assertLessEqual(size, 8192)
        self.assertGreater(size, 8192 - 8)
        # A long text leaves half of the line to the fields.
        self.assertGreater(len(fields["first"].encode()), 4096 - 12)
        self.assertEqual(set(line["text"]), {"\u00e9"})

    async def test_what_has_no_room_is_left_out(self):
        line = await self.logged("", **{"n" * 9000: "x", "later": "y"})
        self.assertEqual(line, {"level": "info", "text": "-", "fields": {}})

    async def test_a_line_has_at_most_32_fields(self):
        line = await self.logged("x", **{f"f{i}": i for i in range(40)})
        self.assertEqual(list(line["fields"]), [f"f{i}" for i in range(32)])

    async def test_a_flood_is_bounded_and_told(self):
        await self.answering(lambda asked: {})
        # However slow this machine is.
        self.enterContext(mock.patch.object(limits, "LOG_FLUSH_TIMEOUT",
                                            PATIENCE))
        for _ in range(1005):
            self.ctx.log.info("x" * 10_000)
        await self.ctx.log.close()
        self.assertEqual(len(self.asked), 1001)
        self.assertEqual(len(self.asked[0].body["text"]), 8192)
        self.assertEqual(self.asked[-1].body, {
            "level": "warning", "text": "lines were dropped",
            "fields": {"count": "5"}})

    async def test_a_service_that_is_away_harms_nobody(self):
        with self.assertLogs("byollm"):
            self.ctx.log.info("x")
            await self.ctx.log.close()


class Opened(LlmCase):

    async def test_a_context_from_a_token(self):
        await self.answering(lambda asked: {
            "provider": "openai", "model": "m", "is_byollm": False,
            "turn": "t", "tenant": "acme", "user": "ada", "extension": "notes",
            "kind": "panel", "expires_unix_ms": 1})
        ctx = await Context.open(Service(socket=self.socket), "tok.en")
        self.assertEqual((self.asked[0].method, self.asked[0].target),
                         ("GET", "/v1/llm"))
        self.assertEqual((ctx.user, ctx.extension, ctx.llm.is_byollm),
                         ("ada", "notes", False))
        self.assertIsNone(ctx.message)


if __name__ == "__main__":
    unittest.main()
