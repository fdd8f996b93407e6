# SPDX-License-Identifier: Apache-2.0
"""Goal: connections are kept, replaced and closed when they must be, and
waiting ends.

Method: a scripted service that counts connections and sees them close.
"""

import asyncio
import unittest

from support import Case, answer, chunked, event

from byollm.errors import DeadlineError, LLMError
from byollm.pool import Endpoint
from byollm.service import Service


class PoolCase(Case):

    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.service = Service(socket=self.socket)

    def call(self, method="POST", **how):
        return self.service.call(method, "/x", "t", {"id": "1"}, **how)


class KeepAlive(PoolCase):

    async def test_one_connection_carries_many_requests(self):
        await self.answering(lambda asked: 1)
        for _ in range(5):
            await self.call()
        self.assertEqual(self.connections, 1)
        self.assertEqual(len(self.asked), 5)

    async def test_each_request_at_a_time_has_its_own(self):
        both = asyncio.Barrier(2)

        async def respond(_):
            await both.wait()
            return 1
        await self.answering(respond)
        await asyncio.gather(self.call(), self.call())
        self.assertEqual(self.connections, 2)

    async def test_close_is_obeyed(self):
        await self.answering(lambda asked: answer(more=["Connection: close"]))
        await self.call()
        await self.call()
        self.assertEqual(self.connections, 2)

    async def test_surplus_bytes_are_nobodys_answer(self):
        await self.answering(lambda asked: answer(b"1") + answer(b"666"))
        self.assertEqual(await self.call(), 1)
        self.assertEqual(await self.call(), 1)
        self.assertEqual(self.connections, 2)

    async def test_a_loop_of_its_own(self):
        await self.answering(lambda asked: 1)
        await self.call()
        # A handler that is not async may run a loop in its thread.
        self.assertEqual(await asyncio.to_thread(
            lambda: asyncio.run(self.call())), 1)
        await self.call()
        self.assertEqual(self.connections, 2)


class Death(PoolCase):
    """The service closes an idle connection just when it is used again."""

    async def dying(self, last_words=b""):
        self.bodies = []

        async def script(peer, number):
            while asked := await peer.request():
                self.bodies.append(asked.raw)
                if number == 0 and len(self.bodies) == 2:
                    await peer.say(last_words)
                    return
                await peer.say(answer(b"1"))
        await self.serve(script)
        await self.call()

    async def test_a_repeatable_request_is_sent_once_more(self):
        await self.dying()
        self.assertEqual(await self.call(repeatable=True), 1)
        self.assertEqual(len(self.bodies), 3)
        # The very same bytes: the same call id.
        self.assertEqual(self.bodies[1], self.bodies[2])

    async def test_another_is_not(self):
        await self.dying()
        with self.assertRaises(LLMError) as caught:
            await self.call()
        self.assertEqual(caught.exception.code, "connection_lost")
        self.assertEqual(caught.exception.sent, "maybe")
        self.assertEqual(len(self.bodies), 2)

    async def test_nor_is_one_whose_answer_began(self):
        await self.dying(b"H")
        with self.assertRaises(LLMError) as caught:
            await self.call(repeatable=True)
        self.assertEqual(caught.exception.code, "truncated")
        self.assertEqual(len(self.bodies), 2)

    async def test_nor_is_one_on_a_new_connection(self):
        async def script(peer, _):
            await peer.request()
        await self.serve(script)
        with self.assertRaises(LLMError) as caught:
            await self.call(repeatable=True)
        self.assertEqual(caught.exception.code, "connection_lost")
        self.assertEqual(self.connections, 1)

    async def test_one_that_is_known_to_be_dead_is_not_used(self):
        closed = asyncio.Event()

        async def script(peer, number):
            await peer.request()
            await peer.say(answer(b"1"))
            if number == 0:
                peer.hang_up()
                closed.set()
        await self.serve(script)
        await self.call()
        await closed.wait()
        idle = self.service._transport._mine()
        while not idle[0].ended:
            await asyncio.sleep(0)
        # Not repeatable, and still no error.
        self.assertEqual(await self.call(), 1)
        self.assertEqual(self.connections, 2)


class Waiting(PoolCase):

    async def silent(self, said=b""):
        self.arrived = asyncio.Event()
        self.gone = asyncio.Event()

        async def script(peer, _):
            await peer.request()
            await peer.say(said)
            self.arrived.set()
            await peer.gone()
            self.gone.set()
        await self.serve(script)

    async def test_cancelling_hangs_up(self):
        for said in (b"", answer(b"123")[:-1], chunked(b"1", last=False)):
            with self.subTest(said):
                self.socket = f"{self.root}/{len(said)}"
                self.service = Service(socket=self.socket)
                await self.silent(said)
                task = asyncio.create_task(self.call(repeatable=True))
                await self.arrived.wait()
                task.cancel()
                with self.assertRaises(asyncio.CancelledError):
                    await task
                await self.gone.wait()
                self.assertEqual(len(self.service._transport._mine()), 0)

    async def test_silence_ends(self):
        await self.silent()
        with self.assertRaises(DeadlineError) as caught:
            await self.call(timeout=0.01)
        self.assertEqual(caught.exception.code, "total_timeout")
        self.assertEqual(caught.exception.sent, "maybe")
        self.assertIsInstance(caught.exception, TimeoutError)
        await self.gone.wait()

    async def test_an_answer_that_trickles_ends(self):
        async def script(peer, _):
            await peer.request()
            await peer.say(chunked(last=False))
            while True:
                await peer.say(b"1\r\n \r\n")
                await asyncio.sleep(0)
        await self.serve(script)
        with self.assertRaises(DeadlineError):
            await self.call(timeout=0.05)

    async def test_a_stream_that_is_left_is_closed(self):
        await self.silent(chunked(event("a", 1), last=False))
        stream = await self.service.events("POST", "/x", "t", {}, timeout=60)
        async for name, value in (events := stream.read()):
            self.assertEqual((name, value), ("a", 1))
            break
        await events.aclose()
        await self.gone.wait()

    async def test_a_reader_that_is_slow_slows_the_writer(self):
        written = 0

        async def script(peer, _):
            nonlocal written
            await peer.request()
            await peer.say(chunked(last=False))
            part = b"10000\r\n" + b":" + b"x" * 65534 + b"\n\r\n"
            for _ in range(500):
                await peer.say(part)
                written += len(part)
            await peer.say(chunked(event("end", 1)).partition(b"\r\n\r\n")[2])
        await self.serve(script)
        stream = await self.service.events("POST", "/x", "t", {}, timeout=60)
        before = -1
        while written != before:
            before = written
            for _ in range(1000):
                await asyncio.sleep(0)
        self.assertLess(written, 4 << 20)
        self.assertEqual([x async for x in stream.read()], [("end", 1)])


class Where(PoolCase):

    async def test_nobody_there(self):
        with self.assertRaises(LLMError) as caught:
            await self.call()
        self.assertEqual(caught.exception.code, "connect_failed")
        self.assertEqual(caught.exception.sent, "no")
        self.assertIn("byollmd", str(caught.exception))

    async def test_loopback(self):
        async def connected(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer(b"1"))
            writer.close()
        server = await asyncio.start_server(connected, "127.0.0.1", 0)
        self.addCleanup(server.close)
        port = server.sockets[0].getsockname()[1]
        service = Service(url=f"http://127.0.0.1:{port}")
        self.assertEqual(await service.call("GET", "/x", "t"), 1)

    def test_only_loopback(self):
        for url in ("http://10.0.0.1:80", "https://127.0.0.1:80", "127.0.0.1",
                    "http://example.org:80", "http://127.0.0.1",
                    "http://127.0.0.1:80/x", "http://u@127.0.0.1:80",
                    "http://127.0.0.1.example.org:80", "http://127.0.0.1:x"):
            with self.subTest(url), self.assertRaises(ValueError):
                Endpoint.from_url(url)
        for url in ("http://localhost:1", "http://[::1]:1",
                    "http://127.1.2.3:1/"):
            Endpoint.from_url(url)


if __name__ == "__main__":
    unittest.main()
