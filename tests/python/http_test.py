# SPDX-License-Identifier: Apache-2.0
"""Goal: an answer is whole or an error, however it arrives; a request is sent
twice only where that is harmless; and who stops waiting hangs up.

Method: the client against a socket that says exactly the bytes of the test.
"""

import asyncio
import unittest

from support import Case, answer, chunked

from byollm import limits
from byollm.errors import LLMError, TruncatedError
from byollm.service import Service

ODD_BODY = b'{"a": "\xc3\xa4", "b": [1, 2, 3]}'
ODD_VALUE = {"a": "\u00e4", "b": [1, 2, 3]}


class HttpCase(Case):

    def get(self, **how):
        return self.service.call("GET", "/x", "t", **how)

    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.service = Service(socket=self.socket)

    async def fails(self, code, **how):
        with self.assertRaises(LLMError) as caught:
            await self.get(**how)
        self.assertEqual(caught.exception.code, code, caught.exception)
        return caught.exception


class Answers(HttpCase):

    async def each_split(self, data):
        """Answers with `data` in two parts, for every place to split it."""
        await self.serve_parts([(data[:i], data[i:])
                                for i in range(1, len(data))])
        for _ in range(1, len(data)):
            self.assertEqual(await self.get(), ODD_VALUE)

    async def serve_parts(self, answers):
        waiting = list(answers)

        async def script(peer, _):
            while await peer.request():
                for part in waiting.pop(0):
                    await peer.say(part)
                    # The client reads this part before the next is written.
                    for _ in range(3):
                        await asyncio.sleep(0)
        await self.serve(script)

    async def test_a_length_in_every_split(self):
        await self.each_split(answer(ODD_BODY))
        self.assertEqual(self.connections, 1)

    async def test_chunks_in_every_split(self):
        await self.each_split(chunked(ODD_BODY[:5], ODD_BODY[5:9],
                                      ODD_BODY[9:], kind="application/json"))
        self.assertEqual(self.connections, 1)

    async def test_chunks_with_extensions_and_trailers(self):
        body = (b"HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n"
                b"A;x=y\r\n" + ODD_BODY[:10] + b"\r\n%X\r\n" %
                (len(ODD_BODY) - 10) + ODD_BODY[10:]
                + b"\r\n000\r\nX: y\r\n\r\n")
        await self.each_split(body)

    async def test_byte_by_byte(self):
        await self.serve_parts([[bytes([x]) for x in answer(ODD_BODY)]])
        self.assertEqual(await self.get(), ODD_VALUE)

    async def test_interim_answers_are_skipped(self):
        async def script(peer, _):
            await peer.request()
            await peer.say(b"HTTP/1.1 100 Continue\r\n\r\n" * 2 + answer(b"7"))
        await self.serve(script)
        self.assertEqual(await self.get(), 7)

    async def test_nothing_at_all_is_an_answer(self):
        async def script(peer, _):
            while await peer.request():
                await peer.say(b"HTTP/1.1 204 No Content\r\n\r\n")
        await self.serve(script)
        self.assertIsNone(await self.get())
        self.assertIsNone(await self.get())
        self.assertEqual(self.connections, 1)


class Torn(HttpCase):

    async def each_cut(self, data):
        """Hangs up after every count of bytes but all."""
        async def script(peer, number):
            await peer.request()
            await peer.say(data[:number])
        await self.serve(script)
        for cut in range(len(data)):
            with self.subTest(cut=cut):
                error = await self.fails(
                    "truncated" if cut else "connection_lost")
                self.assertEqual(error.sent, "maybe")
                self.assertIsInstance(error, ConnectionError)
                if cut:
                    self.assertIsInstance(error, TruncatedError)

    async def test_a_length(self):
        await self.each_cut(answer(ODD_BODY))

    async def test_chunks(self):
        # Up to the very last byte, behind the whole of the JSON.
        await self.each_cut(chunked(ODD_BODY, kind="application/json"))

    async def test_a_reset(self):
        async def script(peer, _):
            await peer.request()
            await peer.say(answer(ODD_BODY)[:-1])
            peer.hang_up()
        await self.serve(script)
        await self.fails("truncated")


class Malformed(HttpCase):

    async def refused(self, data, code="protocol"):
        async def script(peer, _):
            await peer.request()
            await peer.say(data)
            await peer.gone()
        self.socket = self.root + f"/{self.connections}"
        self.service = Service(socket=self.socket)
        await self.serve(script)
        await self.fails(code)

    async def test_heads(self):
        ok = b"HTTP/1.1 200 OK\r\n"
        for name, head in {
                "version": b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n",
                "status": b"HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n",
                "no length": ok,
                "two lengths": ok + b"Content-Length: 1\r\n" * 2,
                "both": ok + b"Content-Length: 1\r\n"
                        b"Transfer-Encoding: chunked\r\n",
                "signed": ok + b"Content-Length: +1\r\n",
                "coding": ok + b"Transfer-Encoding: gzip, chunked\r\n",
                "folded": ok + b"Content-Length: 1\r\n X: y\r\n",
                "space": ok + b"Content-Length : 1\r\n",
                "bare LF": ok + b"X: y\nContent-Length: 1\r\n",
                "NUL": ok + b"X: \0\r\nContent-Length: 1\r\n",
                "switch": b"HTTP/1.1 101 x\r\n",
                "interim": b"HTTP/1.1 100 x\r\n\r\n" * 8,
                "fields": ok + b"X: y\r\n" * 129 + b"Content-Length: 1\r\n",
        }.items():
            with self.subTest(name):
                await self.refused(head + b"\r\n1")

    async def test_a_head_has_a_bound(self):
        most = limits.HEAD_BYTES_MAX
        start = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nX: "
        await self.refused(start + b"y" * most + b"\r\n\r\n1")
        await self.refused(start + b"y" * (4 * most))

    async def test_chunks(self):
        head = (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for body in (b"x\r\n", b"-1\r\n", b"0x1\r\n7\r\n", b"\r\n",
                     b"123456789\r\n", b"1\r\n77\r\n0\r\n\r\n",
                     b"1 \r\n7\r\n", b"1\n7\r\n0\r\n\r\n",
                     b"1;" + b"x" * limits.CHUNK_LINE_BYTES_MAX + b"\r\n7\r\n",
                     b"0\r\n" + b"X: y\r\n" * 129):
            with self.subTest(body[:20]):
                await self.refused(head + body)

    async def test_what_is_not_json(self):
        await self.refused(answer(b"<html>"))
        await self.refused(answer(b"[" * 100_000))
        await self.refused(answer(b"<html>", status=502))
        await self.refused(answer({"error": "x"}, status=500))

    async def test_an_error_is_bounded(self):
        big = b" " * (limits.ERROR_BODY_BYTES_MAX + 1)
        await self.refused(answer(big, status=500), "answer_too_large")


class Requests(HttpCase):

    async def test_what_is_sent(self):
        await self.answering(lambda asked: {})
        await self.service.call("POST", "/v1/x", "a.b-_", {"k": "\u00e4"})
        asked, = self.asked
        self.assertEqual((asked.method, asked.target), ("POST", "/v1/x"))
        self.assertEqual(asked.fields["authorization"], "Bearer a.b-_")
        self.assertEqual(asked.fields["content-type"], "application/json")
        self.assertEqual(asked.raw, '{"k":"\u00e4"}'.encode())

    async def test_nothing_gets_into_the_head(self):
        for token in ("a\r\nX: y", "a b", "\u00e4"):
            with self.assertRaises(LLMError) as caught:
                await self.service.call("GET", "/x", token)
            self.assertEqual(caught.exception.code, "unauthenticated")
            self.assertNotIn(token, str(caught.exception))
        for path in ("x", "/x y", "/x\r\nX: y", "/\u00e4"):
            with self.assertRaises(LLMError) as caught:
                await self.service.call("GET", path, "t")
            self.assertEqual(caught.exception.code, "invalid_request")

    async def test_what_has_no_json_is_not_sent(self):
        loop = []
        loop.append(loop)
        for body in (float("nan"), object(), loop, {"x": b"y"}, {(1, 2): 3},
                     "\ud800"):
            with self.assertRaises(LLMError) as caught:
                await self.service.call("POST", "/x", "t", body)
            self.assertEqual(caught.exception.code, "invalid_request")
            self.assertEqual(caught.exception.sent, "no")

    async def test_a_request_has_a_bound(self):
        with self.assertRaises(LLMError) as caught:
            await self.service.call("POST", "/x", "t",
                                    "x" * limits.REQUEST_BYTES_MAX)
        self.assertEqual(caught.exception.code, "limit_exceeded")

    async def test_a_large_request_is_sent_whole(self):
        await self.answering(lambda asked: len(asked.body))
        self.assertEqual(await self.service.call(
            "POST", "/x", "t", "x" * (8 << 20)), 8 << 20)

    async def test_refused_before_it_was_read(self):
        async def script(peer, _):
            await peer.say(answer({"error": {"code": "limit_exceeded"}}, 400))
            await peer.gone()
        await self.serve(script)
        with self.assertRaises(LLMError) as caught:
            await self.service.call("POST", "/x", "t", "x" * (8 << 20))
        self.assertEqual(caught.exception.code, "limit_exceeded")


if __name__ == "__main__":
    unittest.main()
