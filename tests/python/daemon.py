# SPDX-License-Identifier: Apache-2.0
"""The worker's side of docs/service.md, as a test scripts it."""

import asyncio
import time

from support import Case, answer, chunked, event, reply

NOTHING = b"HTTP/1.1 204 No Content\r\n\r\n"
INVOKE = {"arguments": {}, "message": "hello", "token": "call.token",
          "turn": "t-1", "tenant": "acme", "user": "ada",
          "provider": "openai", "model": "gpt", "is_byollm": True}


class DaemonCase(Case):
    """A service that workers attach to. `attached` has their connections."""

    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.attached = asyncio.Queue()
        self.answers = asyncio.Queue()
        self.logged = []
        self.refusal = None
        # Codes and statuses for the next answers of invocations.
        self.refuses_answers = []
        # Until then, answers are taken and their takers not told.
        self.telling = asyncio.Event()
        self.telling.set()
        # How many turns of the loop a line of a log takes.
        self.log_turns = 0
        await self.serve(self.script)

    async def script(self, peer, _):
        while asked := await peer.request():
            if asked.target.endswith("/attach"):
                if self.refusal:
                    await peer.say(answer({"error": {"code": self.refusal}},
                                          403))
                    continue
                await peer.say(chunked(event("attached", {"worker": "w-1"}),
                                       last=False))
                peer.attach = asked
                peer.left = asyncio.Event()
                self.attached.put_nowait(peer)
                await peer.gone()
                peer.left.set()
                return
            await peer.say(await self.respond(asked))

    async def respond(self, asked):
        if asked.target == "/v1/llm/messages":
            return answer(reply("summary"))
        if asked.target == "/v1/log":
            for _ in range(self.log_turns):
                await asyncio.sleep(0)
            self.logged.append(asked.body)
        elif asked.target.startswith("/v1/invocations/"):
            if self.refuses_answers:
                code, status = self.refuses_answers.pop(0)
                return answer({"error": {"code": code, "message": code}},
                              status)
            self.answers.put_nowait((asked.target.rpartition("/")[2],
                                     asked.body))
            await self.telling.wait()
        return NOTHING

    async def invoke(self, peer, function, number="i-1", seconds=60, **more):
        """Hands an invocation to a worker."""
        await self.tell(peer, "invoke", {
            **INVOKE, "invocation": number, "function": function,
            "deadline_unix_ms": int((time.time() + seconds) * 1000), **more})

    async def tell(self, peer, name, value):
        data = event(name, value)
        await peer.say(b"%x\r\n%s\r\n" % (len(data), data))
