# SPDX-License-Identifier: Apache-2.0
"""Goal: a host's requests are what docs/service.md says, and are sent once.

Method: a scripted service that keeps what it was asked.
"""

import asyncio
import unittest

from support import Case, answer

import byollm
from byollm import (Client, ConfirmationRequiredError, HandlerFailedError,
                    LLMError, ValidationRejectedError)


class ClientCase(Case):

    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.client = Client("byollm_st_x", socket=self.socket)

    async def fails(self, kind, error, status):
        await self.answering(lambda asked: answer({"error": error}, status))
        with self.assertRaises(kind) as caught:
            await self.client.turn("acme", "ada", "notes", "f")
        self.socket += "x"
        self.client = Client("byollm_st_x", socket=self.socket)
        return caught.exception


class Turns(ClientCase):

    async def test_a_turn(self):
        await self.answering(lambda asked: {
            "result": {"ok": True}, "turn": "t", "function": "f",
            "action_type": "write"})
        async with self.client as client:
            got = await client.turn("acme", "ada", "notes", "f", {"a": 1},
                                    message="hi", confirmed=True,
                                    source="mcp", turn="t", timeout=1.5)
            await client.turn("acme", "ada", "notes", "f")
        self.assertEqual((got.result, got.turn, got.action_type),
                         ({"ok": True}, "t", "write"))
        self.assertEqual(self.asked[0].fields["authorization"],
                         "Bearer byollm_st_x")
        self.assertEqual([x.body for x in self.asked], [
            {"tenant": "acme", "user": "ada", "extension": "notes",
             "function": "f", "arguments": {"a": 1}, "message": "hi",
             "confirmed": True, "source": "mcp", "turn": "t",
             "timeout_ms": 1500},
            {"tenant": "acme", "user": "ada", "extension": "notes",
             "function": "f", "arguments": {}, "confirmed": False,
             "source": "chat"}])

    async def test_errors(self):
        error = await self.fails(ValidationRejectedError, {
            "code": "validation_rejected", "parameter": "/text"}, 422)
        self.assertEqual(error.parameter, "/text")
        await self.fails(ConfirmationRequiredError,
                         {"code": "confirmation_required"}, 409)
        error = await self.fails(HandlerFailedError, {
            "code": "handler_failed", "type": "KeyError", "message": "k"}, 500)
        self.assertEqual((error.type, error.message), ("KeyError", "k"))

    async def test_a_null_is_a_result_and_nothing_is_not(self):
        waiting = [{"result": None}, {}]
        await self.answering(lambda asked: {
            "turn": "t", "function": "f", "action_type": "read",
            **waiting.pop(0)})
        got = await self.client.turn("acme", "ada", "notes", "f")
        self.assertIsNone(got.result)
        with self.assertRaises(LLMError):
            await self.client.turn("acme", "ada", "notes", "f")

    async def test_it_is_never_sent_twice(self):
        seen = []

        async def script(peer, _):
            while asked := await peer.request():
                seen.append(asked.target)
                if len(seen) == 2:
                    return
                await peer.say(answer({}))
        await self.serve(script)
        await self.client.extensions()
        with self.assertRaises(LLMError) as caught:
            await self.client.turn("acme", "ada", "notes", "f")
        self.assertEqual(caught.exception.sent, "maybe")
        self.assertEqual(seen, ["/v1/extensions", "/v1/turns"])

    async def test_cancelling_hangs_up(self):
        asked, gone = asyncio.Event(), asyncio.Event()

        async def script(peer, _):
            await peer.request()
            asked.set()
            await peer.gone()
            gone.set()
        await self.serve(script)
        task = asyncio.create_task(
            self.client.turn("acme", "ada", "notes", "f"))
        await asked.wait()
        task.cancel()
        await gone.wait()


class Settings(ClientCase):

    async def test_what_an_admin_sets(self):
        rules = {"when_disabled": "refuse", "ambiguous_retries": 1}
        await self.answering(lambda asked: rules if asked.method == "GET"
                             else {"ok": True})
        await self.client.disable_llm("acme", "ada")
        await self.client.enable_llm("acme", "ada")
        await self.client.set_rules(when_disabled="refuse",
                                    caller_may_name_model=False)
        self.assertEqual(await self.client.rules(), rules)
        ada = {"tenant": "acme", "user": "ada"}
        self.assertEqual(
            [(x.method, x.target.removeprefix("/v1/internal/config/llm"),
              x.body) for x in self.asked],
            [("POST", "/disable", ada), ("POST", "/enable", ada),
             ("PUT", "/rules", {"when_disabled": "refuse",
                                "caller_may_name_model": False}),
             ("GET", "/rules", None)])

    async def test_whose_llm_there_is_none(self):
        await self.answering(lambda asked: answer(
            {"error": {"code": "not_found"}}, 404))
        with self.assertRaises(LLMError) as caught:
            await self.client.disable_llm("acme", "ada")
        self.assertEqual(caught.exception.code, "not_found")


class Tokens(ClientCase):

    async def test_minting(self):
        await self.answering(lambda asked: {
            "token": "call.token", "id": "i", "expires_unix_ms": 5})
        got = await self.client.mint(
            "acme", "ada", "notes", kind="panel", purposes=["p"], calls=3,
            single_use=True, ttl=60, source="panel", turn="t")
        self.assertEqual((got.token, got.id, got.expires_unix_ms),
                         ("call.token", "i", 5))
        # A token in a log is a token lost.
        self.assertNotIn("call.token", repr(got))
        self.assertEqual(self.asked[0].body, {
            "tenant": "acme", "user": "ada", "extension": "notes",
            "kind": "panel", "purposes": ["p"], "calls": 3,
            "single_use": True, "ttl_s": 60, "source": "panel", "turn": "t"})

    async def test_using_one(self):
        await self.answering(lambda asked: {
            "provider": "p", "model": "m", "is_byollm": True})
        ctx = await self.client.context("call.token")
        self.assertEqual(ctx.llm.model, "m")
        self.assertEqual(self.asked[0].fields["authorization"],
                         "Bearer call.token")


class Public(unittest.TestCase):

    def test_what_is_public_is_there(self):
        for name in byollm.__all__:
            self.assertTrue(hasattr(byollm, name), name)
        classes = {name for name, value in vars(byollm).items()
                   if isinstance(value, type)}
        self.assertEqual(classes - set(byollm.__all__), set())


if __name__ == "__main__":
    unittest.main()
