# SPDX-License-Identifier: Apache-2.0
"""Goal: a worker answers every invocation once, whatever its function does, and
outlives both its functions and the daemon's connection.

Method: a scripted daemon that hands out invocations (daemon.py).
"""

import asyncio
import logging
import threading
import unittest

from daemon import DaemonCase

from byollm import ChatExtension, ForbiddenError, Service, Worker

SECRET = "what a traceback shows"


class WorkerCase(DaemonCase):

    async def asyncSetUp(self):
        await super().asyncSetUp()
        logging.getLogger("byollm").setLevel(logging.CRITICAL + 1)
        self.addCleanup(logging.getLogger("byollm").setLevel, logging.NOTSET)
        self.chat = ChatExtension("notes")
        self.started = asyncio.Event()
        self.cancelled = asyncio.Event()

        @self.chat.function(description="Hangs.")
        async def hang(ctx):
            self.started.set()
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.cancelled.set()
                raise

    def function(self, handler):
        self.chat.function(description="d")(handler)

    async def work(self, **how):
        """Starts a worker; returns its connection."""
        self.worker = Worker(self.chat, Service(socket=self.socket), "st",
                             **how)
        self.task = asyncio.create_task(self.worker.run())
        self.addAsyncCleanup(self.end)
        return await self.attached.get()

    async def end(self):
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)

    async def outcome(self, peer, function, **more):
        await self.invoke(peer, function, **more)
        number, body = await self.answers.get()
        self.assertEqual(number, "i-1")
        return body

    async def error(self, peer, function, **more):
        body = await self.outcome(peer, function, **more)
        self.assertEqual(set(body), {"error"})
        return body["error"]


class Working(WorkerCase):

    async def test_attaching(self):
        peer = await self.work(concurrency=7)
        asked = peer.attach
        self.assertEqual((asked.method, asked.target,
                          asked.fields["authorization"]),
                         ("POST", "/v1/extensions/notes/attach", "Bearer st"))
        self.assertEqual(asked.body, {"concurrency": 7, "functions": [
            {"name": "hang", "description": "Hangs.", "action_type": "read",
             "parameters": {"type": "object",
                            "additionalProperties": False}}]})

    async def test_a_function_with_all_that_it_has(self):
        async def summarize(ctx, params):
            if ctx.llm.is_byollm:
                ctx.log.info("Using user's own LLM", provider=ctx.llm.provider)
            response = await ctx.llm.create_message(...)
            return {"text": response.text, "who": [ctx.tenant, ctx.user,
                                                   ctx.extension, ctx.turn]}
        self.function(summarize)
        peer = await self.work()
        body = await self.outcome(peer, "summarize")
        self.assertEqual(body, {"result": {"ok": True, "data": {
            "text": "summary", "who": ["acme", "ada", "notes", "t-1"]}}})
        # Sent before the answer is.
        self.assertEqual(self.logged, [{
            "level": "info", "text": "Using user's own LLM",
            "fields": {"provider": "openai"}}])

    async def test_an_answer_that_is_not_taken_is_told_in_few_words(self):
        async def many(ctx):
            return ["x"] * 10
        self.function(many)
        peer = await self.work()
        self.refuses_answers = [("limit_exceeded", 400)]
        told = await self.error(peer, "many")
        self.assertIn("limit_exceeded", told["message"])

    async def test_an_answer_is_handed_in_again(self):
        async def one(ctx):
            return "one"
        self.function(one)
        peer = await self.work()
        self.refuses_answers = [("overloaded", 429), ("unavailable", 503)]
        body = await self.outcome(peer, "one")
        self.assertEqual(body["result"]["text"], "one")

    async def test_an_answer_under_way_is_no_work(self):
        async def one(ctx):
            return "one"
        self.function(one)
        peer = await self.work(concurrency=1)
        self.telling.clear()
        for number in ("i-1", "i-2", "i-3"):
            await self.invoke(peer, "one", number)
            self.assertIn("result", (await self.answers.get())[1])
        self.telling.set()

    async def test_an_error_is_told_whatever_its_text(self):
        async def odd(ctx):
            raise ValueError("\udcff")
        self.function(odd)
        told = await self.error(await self.work(), "odd")
        self.assertEqual((told["type"], told["message"]), ("ValueError", "?"))

    async def test_a_log_is_flushed_before_the_answer(self):
        async def brief(ctx):
            ctx.log.info("one")
            ctx.log.info("two")
        self.function(brief)
        self.log_turns = 50
        peer = await self.work()
        await self.outcome(peer, "brief")
        self.assertEqual([x["text"] for x in self.logged], ["one", "two"])

    async def test_side_by_side(self):
        both = asyncio.Barrier(2)

        async def meet(ctx):
            await both.wait()
        self.function(meet)
        peer = await self.work()
        await self.invoke(peer, "meet", "i-1")
        await self.invoke(peer, "meet", "i-2")
        numbers = {(await self.answers.get())[0] for _ in range(2)}
        self.assertEqual(numbers, {"i-1", "i-2"})

    async def test_no_more_than_it_said(self):
        peer = await self.work(concurrency=1)
        await self.invoke(peer, "hang", "i-0")
        await self.started.wait()
        self.assertEqual((await self.error(peer, "hang"))["type"],
                         "worker_busy")


class Failing(WorkerCase):

    async def test_raising(self):
        def leak():
            password = SECRET  # noqa: F841
            raise ValueError("x" * 5000)

        async def fail(ctx):
            leak()
        self.function(fail)
        peer = await self.work()
        error = await self.error(peer, "fail")
        self.assertEqual(error, {"type": "ValueError", "message":
                                 "x" * 500 + "\n[...]\n" + "x" * 1493})
        # It goes on.
        self.assertEqual(await self.error(peer, "fail"), error)

    async def test_a_traceback_only_where_it_was_asked_for(self):
        def fail(ctx):
            raise ValueError("why")
        self.function(fail)
        peer = await self.work(debug=True)
        message = (await self.error(peer, "fail"))["message"]
        self.assertIn("Traceback", message)
        self.assertIn("ValueError: why", message)

    async def test_a_long_traceback_has_its_end(self):
        def fail(ctx):
            raise ValueError("why" * 10_000 + " this is it")
        self.function(fail)
        peer = await self.work(debug=True)
        message = (await self.error(peer, "fail"))["message"]
        self.assertEqual(len(message), 16_000)
        self.assertTrue(message.startswith("Traceback"))
        self.assertTrue(message.endswith(" this is it\n"))

    async def test_everything_else_that_a_function_may_do(self):
        class Odd(Exception):
            def __str__(self):
                raise RuntimeError

        def odd(ctx):
            raise Odd()

        def recurse(ctx):
            return recurse(ctx)

        async def leave(ctx):
            raise SystemExit(1)

        def leave_thread(ctx):
            raise SystemExit(1)

        async def cancel(ctx):
            raise asyncio.CancelledError

        async def unencodable(ctx):
            return {"x": object()}

        async def endless(ctx):
            loop = []
            loop.append(loop)
            return loop

        async def huge(ctx):
            return "x" * (33 << 20)

        async def not_a_number(ctx):
            return float("nan")
        wanted = {odd: "Odd", recurse: "RecursionError", leave: "SystemExit",
                  leave_thread: "RuntimeError", cancel: "CancelledError",
                  unencodable: "invalid_request", endless: "invalid_request",
                  huge: "limit_exceeded", not_a_number: "invalid_request"}
        for handler in wanted:
            self.function(handler)
        peer = await self.work()
        for handler, kind in wanted.items():
            with self.subTest(handler.__name__):
                error = await self.error(peer, handler.__name__)
                self.assertEqual(error["type"], kind)

    async def test_arguments_that_do_not_fit(self):
        peer = await self.work()
        self.assertEqual((await self.error(peer, "absent"))["type"],
                         "not_found")

        async def typed(ctx, params: dict[str, int]):
            return 1
        self.function(typed)
        error = await self.error(peer, "typed", arguments={"a": "x"})
        self.assertEqual((error["type"], error["parameter"]),
                         ("validation_rejected", "/a"))

    async def test_an_invocation_that_makes_no_sense(self):
        peer = await self.work()
        await self.tell(peer, "invoke", {"invocation": "i-1",
                                         "function": "hang"})
        number, body = await self.answers.get()
        self.assertEqual((number, set(body)), ("i-1", {"error"}))
        await self.tell(peer, "invoke", 7)
        await self.tell(peer, "from the future", {})
        self.assertEqual((await self.error(peer, "absent"))["type"],
                         "not_found")


class Ending(WorkerCase):

    async def test_cancel(self):
        peer = await self.work()
        await self.invoke(peer, "hang")
        await self.started.wait()
        await self.tell(peer, "cancel", {"invocation": "i-1"})
        await self.tell(peer, "cancel", {"invocation": "unknown"})
        await self.cancelled.wait()
        # Nobody waits for an answer, so none is sent.
        await self.invoke(peer, "absent", "i-2")
        self.assertEqual((await self.answers.get())[0], "i-2")

    async def test_the_deadline(self):
        peer = await self.work()
        error = await self.error(peer, "hang", seconds=0.05)
        self.assertEqual(error["type"], "deadline_exceeded")

    async def test_a_thread_that_never_returns_holds_up_nobody(self):
        release = threading.Event()
        self.addCleanup(release.set)

        def block(ctx):
            release.wait()
        self.function(block)
        peer = await self.work()
        error = await self.error(peer, "block", seconds=0.05)
        self.assertEqual(error["type"], "deadline_exceeded")
        self.assertEqual((await self.error(peer, "absent"))["type"],
                         "not_found")

    async def test_the_connection_ends(self):
        peer = await self.work()
        await self.invoke(peer, "hang")
        await self.started.wait()
        peer.hang_up()
        await self.cancelled.wait()
        peer = await self.attached.get()
        self.assertEqual((await self.error(peer, "absent"))["type"],
                         "not_found")

    async def test_a_daemon_that_refuses(self):
        self.refusal = "forbidden"
        worker = Worker(self.chat, Service(socket=self.socket), "st")
        with self.assertRaises(ForbiddenError):
            await worker.run()

    async def test_draining(self):
        go = asyncio.Event()

        async def slow(ctx):
            self.started.set()
            await go.wait()
            return "done"
        self.function(slow)
        peer = await self.work()
        await self.invoke(peer, "slow", "i-0")
        await self.started.wait()
        self.worker.drain()
        self.assertEqual((await self.error(peer, "slow"))["type"],
                         "worker_stopping")
        go.set()
        number, body = await self.answers.get()
        self.assertEqual((number, body["result"]["text"]), ("i-0", "done"))
        await self.task
        await peer.left.wait()

    async def test_draining_with_nothing_to_do(self):
        await self.work()
        self.worker.drain()
        await self.task

    async def test_draining_twice_waits_for_nobody(self):
        peer = await self.work()
        await self.invoke(peer, "hang")
        await self.started.wait()
        self.worker.drain()
        self.worker.drain()
        await self.task
        await self.cancelled.wait()

    async def test_cancelling_the_worker(self):
        peer = await self.work()
        await self.invoke(peer, "hang")
        await self.started.wait()
        self.task.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await self.task
        await self.cancelled.wait()
        await peer.left.wait()


if __name__ == "__main__":
    unittest.main()
