# SPDX-License-Identifier: Apache-2.0
"""A context of an invocation, before a scripted service."""

from support import Case

from byollm import Context, Service

INVOKE = {"token": "call.token", "turn": "t-1", "tenant": "acme", "user": "ada",
          "provider": "openai", "model": "gpt", "is_byollm": True,
          "arguments": {"text": "\u00e4"}, "message": "hello"}


class LlmCase(Case):

    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.ctx = self.context()

    def context(self, **more):
        return Context.of_invocation(Service(socket=self.socket),
                                     {**INVOKE, **more}, "notes")

    async def body_of(self, awaitable):
        await awaitable
        return self.asked[-1].body
