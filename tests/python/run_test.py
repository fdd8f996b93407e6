# SPDX-License-Identifier: Apache-2.0
"""Goal: the agentic loop ends, within its limits, and says why; a tool's
failure is the LLM's to handle.

Method: a service that answers from a list of replies and keeps what it was
asked.
"""

import asyncio
import unittest

from support import Case, answer, reply

from byollm import (Context, LLMError, ProviderError, Service, Stop, Tool)


def use(*calls, **more):
    """Returns a reply that asks for tools, each a name and its input."""
    return reply("", stop="tool_use", content=[
        {"type": "tool_use", "id": f"u{i}", "name": name, "input": given}
        for i, (name, given) in enumerate(calls)], **more)


def add(a: int, b: int) -> int:
    """Adds."""
    return a + b


class LoopCase(Case):

    async def asyncSetUp(self):
        await super().asyncSetUp()
        ctx = Context.of_invocation(Service(socket=self.socket), {
            "token": "t", "turn": "t-1", "provider": "p", "model": "m",
            "is_byollm": True, "message": "what is 1 + 2?"}, "notes")
        self.llm = ctx.llm

    async def script(self, *replies):
        waiting = list(replies)
        await self.answering(lambda asked: waiting.pop(0))

    def results(self, call=-1):
        """Returns the tool results in the last message of a request."""
        return self.asked[call].body["messages"][-1]["content"]


class Rounds(LoopCase):

    async def test_tools_then_an_answer(self):
        await self.script(use(("add", {"a": 1, "b": 2})), reply("3"))
        got = await self.llm.run(..., tools=[add], system="s", purpose="p")
        self.assertEqual((got.stop, got.text, got.rounds, got.tool_calls,
                          got.tokens), (Stop.FINISHED, "3", 2, 1, 30))
        first, second = (x.body for x in self.asked)
        self.assertEqual(first["messages"],
                         [{"role": "user", "content": "what is 1 + 2?"}])
        self.assertEqual(first["tools"][0]["name"], "add")
        self.assertEqual((second["system"], second["purpose"]), ("s", "p"))
        self.assertEqual(second["messages"][1:], [
            {"role": "assistant", "content": [
                {"type": "tool_use", "id": "u0", "name": "add",
                 "input": {"a": 1, "b": 2}}]},
            {"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": "u0", "content": "3",
                 "is_error": False}]}])
        # Another call of the same turn each time.
        self.assertNotEqual(first["id"], second["id"])
        self.assertEqual({x.fields["authorization"] for x in self.asked},
                         {"Bearer t"})
        self.assertEqual(len(got.messages), 4)

    async def test_the_callers_list_stays_as_it_was(self):
        await self.script(use(("add", {"a": 1, "b": 2})), reply("3"))
        said = [{"role": "user", "content": "q"}]
        await self.llm.run(said, tools=[add])
        self.assertEqual(len(said), 1)

    async def test_tools_run_side_by_side_and_answer_in_order(self):
        both = asyncio.Barrier(2)

        async def meet(n: int) -> int:
            await both.wait()
            return n
        await self.script(use(("meet", {"n": 1}), ("meet", {"n": 2})),
                          reply())
        got = await self.llm.run("q", tools=[meet])
        self.assertEqual(got.tool_calls, 2)
        self.assertEqual([(x["tool_use_id"], x["content"])
                          for x in self.results()], [("u0", "1"), ("u1", "2")])

    async def test_a_pause_is_gone_on_from(self):
        await self.script(reply("a", stop="pause"), reply("b"))
        got = await self.llm.run("q", tools=[])
        self.assertEqual((got.text, got.rounds), ("b", 2))
        self.assertNotIn("tools", self.asked[0].body)
        self.assertEqual(self.asked[1].body["messages"][-1]["role"],
                         "assistant")


class Failures(LoopCase):

    async def fed_back(self, tool, call, wanted):
        await self.script(use(call), reply("sorry"))
        got = await self.llm.run("q", tools=[tool] if tool else [])
        self.assertEqual(got.stop, Stop.FINISHED)
        result, = self.results()
        self.assertTrue(result["is_error"])
        self.assertIn(wanted, result["content"])
        self.assertLess(len(result["content"]), 300_000)

    async def test_a_tool_that_raises(self):
        def broken():
            raise KeyError("shelf")
        await self.fed_back(broken, ("broken", {}), "KeyError: 'shelf'")

    async def test_a_tool_that_exits(self):
        async def leave():
            raise SystemExit(3)
        await self.fed_back(leave, ("leave", {}), "SystemExit")

    async def test_a_tool_that_waits_for_what_is_cancelled(self):
        async def wait():
            waited_for = asyncio.get_running_loop().create_future()
            waited_for.cancel()
            await waited_for
        await self.fed_back(wait, ("wait", {}), "was cancelled")

    async def test_arguments_that_do_not_fit(self):
        ran = []

        def tool(n: int):
            ran.append(n)
        await self.fed_back(tool, ("tool", {"n": "x"}),
                            "the arguments do not fit: /n: is no integer")
        self.assertEqual(ran, [])

    async def test_a_tool_that_there_is_not(self):
        await self.fed_back(None, ("nothing", {}), "no tool nothing")

    async def test_an_answer_without_json(self):
        await self.fed_back(lambda: object(), ("<lambda>", {}), "no JSON")

    async def test_an_error_without_end(self):
        def wordy():
            raise ValueError("x" * (1 << 20))
        await self.fed_back(wordy, ("wordy", {}), "[cut here]")

    async def test_a_call_that_fails_raises_with_what_there_was(self):
        await self.script(use(("add", {"a": 1, "b": 2})), answer(
            {"error": {"code": "provider_fault"}}, 502))
        with self.assertRaises(ProviderError) as caught:
            await self.llm.run("q", tools=[add])
        self.assertEqual(caught.exception.run.tool_calls, 1)
        self.assertEqual(len(caught.exception.run.messages), 3)

    async def test_cancelling_ends_tools(self):
        started, ended = asyncio.Event(), asyncio.Event()

        async def hang():
            started.set()
            try:
                await asyncio.Event().wait()
            finally:
                ended.set()
        await self.script(use(("hang", {})))
        task = asyncio.create_task(self.llm.run("q", tools=[hang]))
        await started.wait()
        task.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await task
        self.assertTrue(ended.is_set())


class Stops(LoopCase):

    async def stops(self, replies, stop, calls, **limits):
        await self.script(*replies)
        got = await self.llm.run("q", tools=[add], **limits)
        self.assertEqual((got.stop, len(self.asked)), (stop, calls))
        return got

    AGAIN = ("add", {"a": 1, "b": 2})

    async def test_rounds(self):
        got = await self.stops([use(self.AGAIN)] * 3, Stop.ROUNDS, 3,
                               max_rounds=3)
        # The last tools would have run for nobody.
        self.assertEqual(got.tool_calls, 2)

    async def test_tokens(self):
        await self.stops([use(self.AGAIN)] * 2, Stop.TOKENS, 2,
                         max_tokens_total=30)

    async def test_one_token_more(self):
        await self.stops([use(self.AGAIN)] * 3, Stop.TOKENS, 3,
                         max_tokens_total=31)

    async def test_tokens_that_nobody_counted(self):
        await self.stops([use(self.AGAIN, usage=None)], Stop.UNCOUNTED, 1,
                         max_tokens_total=1000)

    async def test_without_a_limit_nobody_needs_to_count(self):
        await self.stops([use(self.AGAIN, usage=None), reply()], Stop.FINISHED,
                         2)

    async def test_cost(self):
        paid = {"billing": "platform", "is_byollm": False, "cost_micro": 40}
        await self.stops([use(self.AGAIN, **paid)] * 3, Stop.COST, 3,
                         max_cost_micro=100)

    async def test_cost_of_the_users_own_is_nothing(self):
        got = await self.stops([use(self.AGAIN), reply()], Stop.FINISHED, 2,
                               max_cost_micro=1)
        self.assertEqual((got.cost_micro, got.cost_known), (0, True))

    async def test_cost_that_nobody_told(self):
        await self.stops([use(self.AGAIN, billing="platform")],
                         Stop.UNCOUNTED, 1, max_cost_micro=1000)

    async def test_a_finished_answer_is_finished_at_any_limit(self):
        await self.stops([reply()], Stop.FINISHED, 1, max_rounds=1,
                         max_tokens_total=1)

    async def test_length_and_refusal(self):
        await self.stops([reply(stop="max_tokens")], Stop.LENGTH, 1)
        for refused in (reply(stop="refusal"), answer(
                {"error": {"code": "content_policy"}}, 400)):
            self.socket += "x"
            await self.asyncSetUp()
            await self.stops([refused], Stop.REFUSED, 1)

    async def test_an_answer_of_nothing_but_a_cut_call(self):
        cut = {**reply(stop="max_tokens"), "content": []}
        got = await self.stops([cut], Stop.LENGTH, 1)
        # Who goes on from here sends no empty message.
        self.assertEqual(len(got.messages), 1)

    async def test_time_in_a_call(self):
        async def never(_):
            await asyncio.Event().wait()
        await self.answering(never)
        got = await self.llm.run("q", tools=[], max_seconds=0.01)
        self.assertEqual((got.stop, got.rounds, got.reply),
                         (Stop.TIME, 1, None))

    async def test_time_in_a_tool(self):
        async def hang():
            await asyncio.Event().wait()
        await self.script(use(("hang", {})))
        got = await self.llm.run("q", tools=[hang], max_seconds=0.2)
        self.assertEqual(got.stop, Stop.TIME)
        self.assertEqual(got.tool_calls, 0)

    async def test_the_providers_own_time_out_is_an_error(self):
        await self.script(answer({"error": {"code": "idle_timeout"}}, 504))
        with self.assertRaises(LLMError) as caught:
            await self.llm.run("q", tools=[], max_seconds=60)
        self.assertEqual(caught.exception.code, "idle_timeout")

    async def test_a_tool_made_by_hand(self):
        tool = Tool("t", "d", {"type": "object"}, lambda **given: given)
        await self.script(use(("t", {"x": 1})), reply())
        await self.llm.run("q", tools=[tool])
        self.assertEqual(self.results()[0]["content"], '{"x": 1}')


if __name__ == "__main__":
    unittest.main()
