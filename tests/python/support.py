# SPDX-License-Identifier: Apache-2.0
"""What the tests of the Python package share: a service that says what a test
wants, byte by byte or request by request, on a Unix socket."""

import asyncio
import json
import os
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.normpath(os.path.join(HERE, "..", ".."))
PACKAGE = os.path.join(SOURCE, "app", "python")
sys.path.insert(0, PACKAGE)

# A hang ends here; no verdict depends on it.
PATIENCE = 60


def answer(body=b"{}", status=200, kind="application/json", more=()):
    """Returns the bytes of an answer with a length."""
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
    fields = [f"HTTP/1.1 {status} x", f"Content-Type: {kind}",
              f"Content-Length: {len(body)}", *more]
    return "\r\n".join(fields).encode() + b"\r\n\r\n" + body


def chunked(*parts, kind="text/event-stream", last=True):
    """Returns the bytes of a chunked answer; without its end if not `last`."""
    head = ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
            f"Content-Type: {kind}\r\n\r\n").encode()
    body = b"".join(b"%x\r\n%s\r\n" % (len(x), x) for x in parts)
    return head + body + (b"0\r\n\r\n" if last else b"")


def event(name, value):
    return f"event: {name}\ndata: {json.dumps(value)}\n\n".encode()


def reply(text="hi", *, stop="end_turn", content=None, usage=(12, 3), **more):
    """Returns a reply as docs/service.md has it."""
    counts = {} if usage is None else {
        "input_uncached": usage[0], "cache_read": 0, "cache_write": 0,
        "output": usage[1], "reasoning": 0}
    return {"text": text,
            "content": content or [{"type": "text", "text": text}],
            "stop_reason": stop, "usage": {"source": "provider", **counts},
            "provider": "openai", "model": "m-1", "is_byollm": True,
            "billing": "byollm", "params": [], "call": "c", "turn": "t",
            "attempts": 1, "fallback_from": "", "provider_request_id": "",
            **more}


class Asked:
    """A request that arrived."""

    def __init__(self, head, body):
        line, *fields = head.decode().split("\r\n")
        self.method, self.target, _ = line.split(" ")
        self.fields = {x.partition(":")[0].lower(): x.partition(":")[2].strip()
                       for x in fields}
        self.raw = body
        self.body = json.loads(body) if body else None


async def read_request(reader):
    """Returns the next request; None if the client hung up."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n"))[:-4]
        length = 0
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return Asked(head, await reader.readexactly(length))
    except (asyncio.IncompleteReadError, ConnectionError):
        return None


class Peer:
    """One connection, as a test's script sees it."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer

    async def request(self):
        return await read_request(self.reader)

    async def say(self, data):
        self.writer.write(data)
        await self.writer.drain()

    async def gone(self):
        """Returns when the client has closed; what it sends is read."""
        try:
            while await self.reader.read(65536):
                pass
        except ConnectionError:
            pass

    def hang_up(self):
        self.writer.transport.abort()


class Case(unittest.IsolatedAsyncioTestCase):
    """Tests with a scripted service.

    `serve(script)` runs `script(peer, n)` for the n-th connection and closes it
    afterwards; what a script raises fails the test.
    """

    async def asyncSetUp(self):
        holder = tempfile.TemporaryDirectory(prefix="byollm-py-")
        self.addCleanup(holder.cleanup)
        self.root = holder.name
        self.socket = os.path.join(self.root, "s")
        self.connections = 0
        self.scripts = []

    async def serve(self, script):
        async def connected(reader, writer):
            number = self.connections
            self.connections += 1
            task = asyncio.current_task()
            self.scripts.append(task)
            try:
                await script(Peer(reader, writer), number)
            except ConnectionError:
                pass
            finally:
                writer.close()
        server = await asyncio.start_unix_server(
            connected, self.socket, limit=64 << 20)
        self.addAsyncCleanup(self._stop, server)

    async def _stop(self, server):
        server.close()
        for task in self.scripts:
            task.cancel()
        for result in await asyncio.gather(*self.scripts,
                                           return_exceptions=True):
            if isinstance(result, Exception):
                raise result

    async def answering(self, respond):
        """Serves every request with `respond(asked)`: bytes, or a value."""
        self.asked = []

        async def script(peer, _):
            while asked := await peer.request():
                self.asked.append(asked)
                out = respond(asked)
                if asyncio.iscoroutine(out):
                    out = await out
                await peer.say(out if isinstance(out, bytes) else answer(out))
        await self.serve(script)
