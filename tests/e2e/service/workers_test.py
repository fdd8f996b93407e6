# SPDX-License-Identifier: Apache-2.0
"""Goal: a worker that fails, hangs or dies hurts nobody else; who stops waiting
stops the call at the provider.

Method: workers whose functions misbehave beside one that does not, and a
provider that never answers.
"""

import asyncio
import unittest

from service import PATIENCE, ServiceCase, Silent, Standin

from byollm import (ConfirmationRequiredError, DeadlineError,
                    HandlerFailedError, LLMError, NotFoundError,
                    UnauthenticatedError, Client)

TENANT = ServiceCase.TENANT


class Trouble(ServiceCase):

    def setUp(self):
        super().setUp()
        self.trouble = self.worker("trouble")

    def others_are_well(self):
        """Another extension's function answers."""
        got = self.turn("bob", "drafts", "summarize", message="Well?")
        self.assertIn("You said: Well?", got.result["data"]["text"])

    def refusals(self):
        return [row["fields"]["error"] for row in self.json(
            "ledger", "list", "--type", "refusal")]

    def fails(self, kind, function, *arguments, **more):
        with self.assertRaises(kind) as caught:
            self.turn("bob", "trouble", function, *arguments, **more)
        return caught.exception

    def test_a_handler_that_raises(self):
        error = self.fails(HandlerFailedError, "raise_it")
        self.assertIn("KeyError", error.type + error.message)
        self.assertNotIn("Traceback", str(error))
        self.trouble.wait_for("Traceback")

    def test_a_long_traceback_has_its_end(self):
        self.trouble.stop()
        self.trouble = self.worker("trouble", debugs=True)
        error = self.fails(HandlerFailedError, "raise_deep")
        self.assertEqual(len(error.message.encode()), 1024)
        self.assertTrue(error.message.startswith("Traceback"))
        self.assertTrue(error.message.endswith(
            "KeyError: 'the innermost shelf'\n"))

    def test_a_call_that_fails_is_found_in_the_ledger(self):
        self.own_llm("bob", key="standin-bad")
        for stream in (False, True):
            got = self.turn("bob", "trouble", "failed_call",
                            {"stream": stream}, message="q")
            told = got.result["data"]
            self.assertEqual(told["code"], "authentication")
            self.assertEqual([x["call"] for x in self.outcomes(got.turn)],
                             [told["call"]])

    def test_a_result_without_json(self):
        self.fails(HandlerFailedError, "no_json")

    def test_endless_recursion(self):
        error = self.fails(HandlerFailedError, "recurse")
        self.assertIn("RecursionError", error.type + error.message)

    def test_much_and_too_much(self):
        self.worker("second")
        much = 7 << 20
        got = self.turn("bob", "trouble", "size",
                        {"text": "x" * much, "back": much}).result["data"]
        self.assertEqual((got["got"], len(got["back"])), (much, much))
        for size in (10 << 20, 40 << 20):
            error = self.fails(LLMError, "size", {"text": "x" * size,
                                                  "back": 0})
            self.assertEqual(error.code, "limit_exceeded")
        self.fails(HandlerFailedError, "size", {"text": "", "back": 40 << 20})
        # The server itself refused the second one, before it knew whose it is.
        self.assertEqual(self.refusals(), ["limit_exceeded"])
        self.others_are_well()

    def test_what_there_is_not(self):
        self.fails(NotFoundError, "absent")
        with self.assertRaises(NotFoundError):
            self.turn("bob", "absent", "absent")
        self.assertEqual(self.refusals(), ["not_found"] * 2)

    def test_a_destructive_function_is_confirmed(self):
        self.fails(ConfirmationRequiredError, "destroy")
        got = self.turn("bob", "trouble", "destroy", confirmed=True)
        self.assertEqual(got.result["text"], "gone")

    def test_no_key_and_no_service_token_is_seen(self):
        got = self.turn("bob", "trouble", "leak").result["text"]
        self.assertIn("PATH", got)
        for token in (self.worker_token, self.host_token):
            self.assertNotIn(token, got)

    def test_a_flood_of_calls(self):
        self.worker("second")
        got = self.turn("bob", "trouble", "flood", {"calls": 300},
                        message="q").result["data"]
        self.assertGreater(got["answered"], 0)
        self.assertLessEqual(set(got["refused"]), {"overloaded"})
        self.others_are_well()

    def test_a_handler_that_never_ends(self):
        self.worker("second")
        self.fails(DeadlineError, "never", timeout=0.5)
        self.others_are_well()
        self.fails(HandlerFailedError, "raise_it")

    def test_a_worker_that_hangs_as_a_whole(self):
        self.worker("second")
        self.fails(DeadlineError, "block_the_loop", timeout=0.5)
        self.others_are_well()
        # It does not even take the signal.
        self.trouble.process.kill()

    def test_a_worker_that_dies(self):
        self.worker("second")
        self.fails(LLMError, "die")
        self.others_are_well()
        self.fails(NotFoundError, "raise_it")
        self.worker("trouble")
        self.fails(HandlerFailedError, "raise_it")

    def test_a_daemon_that_starts_again(self):
        self.daemon.terminate()
        self.daemon.communicate(timeout=PATIENCE)
        self.daemon = self.start_daemon()
        self.trouble.wait_for("attached as", times=2)
        self.fails(HandlerFailedError, "raise_it")


class LongAnswers(ServiceCase):
    # More than one event of a provider's stream may have.
    BYTES = 9 << 20

    def test_a_reply_arrives_whole_however_it_is_asked_for(self):
        async def ask(stream):
            async with self.client() as host:
                token = (await host.mint(TENANT, "ada", "notes")).token
                llm = (await host.context(token)).llm
                return (await llm.stream("q").reply() if stream
                        else await llm.create_message("q"))
        with Standin("--fixed-body-bytes", str(self.BYTES)) as llm:
            self.own_llm("ada", llm.url)
            for stream in (False, True):
                got = asyncio.run(ask(stream))
                self.assertEqual(len(got.text), self.BYTES)


class Cancelling(ServiceCase):

    def cancelled(self, cancel):
        """Runs `ask` on a silent provider until `cancel` ends it."""
        async def ask_and_cancel():
            async with self.client() as host:
                turn = asyncio.create_task(
                    host.turn(TENANT, "ada", "trouble", "ask", message="q"))
                await asyncio.to_thread(provider.asked.wait, PATIENCE)
                cancel(turn)
                with self.assertRaises((asyncio.CancelledError, LLMError)):
                    await turn
        with Silent() as provider:
            self.own_llm("ada", provider.url, "openai")
            self.trouble = self.worker("trouble")
            asyncio.run(ask_and_cancel())
            self.assertTrue(provider.gone.wait(PATIENCE))
        rows = self.json("ledger", "list", "--of-user", "ada", "--type",
                         "outcome")
        self.assertEqual([x["fields"]["status"] for x in rows], ["cancelled"])

    def test_a_host_that_cancels(self):
        self.cancelled(lambda turn: turn.cancel())

    def test_a_worker_that_is_killed(self):
        self.cancelled(lambda _: self.trouble.process.kill())


class Tokens(ServiceCase):

    def use(self, token):
        async def use():
            async with Client(self.host_token, socket=self.socket) as host:
                ctx = await host.context(token)
                return ctx.user, (await ctx.llm.create_message("hi")).text
        return asyncio.run(use())

    def mint(self, **more):
        async def mint():
            async with self.client() as host:
                return await host.mint(TENANT, "bob", "panel", kind="panel",
                                       **more)
        return asyncio.run(mint()).token

    def test_a_call_token(self):
        user, text = self.use(self.mint())
        self.assertEqual(user, "bob")
        self.assertIn("You said: hi", text)

    def test_wrong_tokens(self):
        good = self.mint()
        payload, _, signature = good.partition(".")
        for bad in ("x", payload, good[:-4] + "AAAA", "." + signature,
                    self.worker_token, self.host_token):
            with self.subTest(bad), self.assertRaises(LLMError) as caught:
                self.use(bad)
            self.assertIn(caught.exception.code, ("unauthenticated",
                                                  "forbidden"))

    def test_the_token_of_a_run_that_ended(self):
        self.worker("trouble")
        token = self.turn("bob", "trouble", "own_token").result["text"]
        for _ in range(2):
            with self.assertRaises(UnauthenticatedError):
                self.use(token)
            # What the daemon remembers is gone; the token has not expired.
            self.daemon.terminate()
            self.daemon.communicate(timeout=PATIENCE)
            self.daemon = self.start_daemon()

    def test_a_revoked_service_token(self):
        self.byollm("token", "revoke", "host")
        with self.assertRaises(UnauthenticatedError):
            self.mint()


class Agents(ServiceCase):

    def setUp(self):
        super().setUp()
        self.worker("agent")

    def test_a_stream(self):
        got = self.turn("bob", "agent", "stream", message="Tell me.")
        self.assertTrue(got.result["data"]["whole"])
        self.assertGreater(got.result["data"]["pieces"], 3)

    def test_a_loop_with_a_tool(self):
        got = self.turn("bob", "agent", "use_tool")
        data = got.result["data"]
        self.assertEqual((data["stop"], data["rounds"], data["asked"]),
                         ("finished", 2, ["stand-in"]))
        # One turn: two calls.
        calls = {outcome["call"] for outcome in self.outcomes(got.turn)}
        self.assertEqual(len(calls), 2)


if __name__ == "__main__":
    unittest.main()
