# SPDX-License-Identifier: Apache-2.0
"""Goal: `python3 -m byollm run FILE` works as a program: it serves, drains on a
signal, keeps the token to itself, and says what is wrong.

Method: run it beside a scripted daemon.
"""

import asyncio
import os
import signal
import sys
import unittest

from daemon import DaemonCase
from support import PACKAGE

NOTES = '''
import os, subprocess, sys
from byollm import ChatExtension
chat = ChatExtension("notes")

@chat.function(description="d")
async def environment(ctx):
    child = subprocess.run(["env"], capture_output=True, text=True)
    return child.stdout + str(os.environ) + str(sys.argv)

@chat.function(description="d")
async def fail(ctx):
    raise ValueError("why")

@chat.function(description="d")
def block(ctx):
    print("blocking", flush=True)
    import threading
    threading.Event().wait()
'''


class ProgramCase(DaemonCase):

    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.notes = self.file("notes.py", NOTES)

    def file(self, name, text):
        path = os.path.join(self.root, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    async def start(self, *arguments, token="st_secret"):
        environment = {"PYTHONPATH": PACKAGE, "PATH": os.environ["PATH"],
                       "PYTHONDONTWRITEBYTECODE": "1"}
        if token:
            environment["BYOLLM_SERVICE_TOKEN"] = token
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "byollm", "run", *arguments,
            env=environment, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE)
        self.addAsyncCleanup(self.kill, process)
        return process

    async def kill(self, process):
        if process.returncode is None:
            process.kill()
        await process.communicate()

    async def serving(self, *arguments, **how):
        process = await self.start(self.notes, "--socket", self.socket,
                                   *arguments, **how)
        return process, await self.attached.get()

    async def refused(self, wanted, *arguments, code=1, **how):
        process = await self.start(*arguments, **how)
        _, errors = await process.communicate()
        self.assertEqual(process.returncode, code, errors.decode())
        self.assertIn(wanted, errors.decode())
        self.assertNotIn("Traceback", errors.decode())


class Serving(ProgramCase):

    async def test_until_a_signal(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            process, peer = await self.serving()
            # It is told so a little after we told it.
            self.assertIn(b"attached as notes, worker w-1",
                          await process.stderr.readline())
            process.send_signal(number)
            out, errors = await process.communicate()
            self.assertEqual((process.returncode, out), (0, b""), errors)
            await peer.left.wait()

    async def test_the_token_is_the_programs_own(self):
        _, peer = await self.serving()
        self.assertEqual(peer.attach.fields["authorization"],
                         "Bearer st_secret")
        await self.invoke(peer, "environment")
        _, body = await self.answers.get()
        self.assertIn("PATH", body["result"]["text"])
        self.assertNotIn("st_secret", body["result"]["text"])

    async def test_a_token_in_a_file(self):
        path = self.file("token", "st_file\n")
        _, peer = await self.serving("--token-file", path, token="")
        self.assertEqual(peer.attach.fields["authorization"],
                         "Bearer st_file")

    async def test_a_traceback_stays_here(self):
        process, peer = await self.serving()
        await self.invoke(peer, "fail")
        _, body = await self.answers.get()
        self.assertEqual(body, {"error": {"type": "ValueError",
                                          "message": "why"}})
        process.terminate()
        _, errors = await process.communicate()
        self.assertIn(b"Traceback", errors)
        self.assertIn(b"ValueError: why", errors)

    async def test_a_thread_that_hangs_does_not_keep_the_program(self):
        process, peer = await self.serving()
        await self.invoke(peer, "block")
        self.assertEqual(await process.stdout.readline(), b"blocking\n")
        process.terminate()
        while b"stopping: 1" not in await process.stderr.readline():
            pass
        # Told twice, it waits for nobody.
        process.terminate()
        self.assertEqual(await process.wait(), 0)


class Refusing(ProgramCase):

    async def test_what_is_wrong(self):
        where = ("--socket", self.socket)
        await self.refused("no service token", self.notes, *where, token="")
        await self.refused("No such file", self.root + "/absent.py", *where)
        await self.refused("more than one", self.file(
            "two.py", "from byollm import ChatExtension as E\n"
            "a, b = E('a'), E('b')\n"), *where)
        await self.refused("not http://LOOPBACK", self.notes, "--url",
                           "http://10.0.0.1:80")
        await self.refused("--concurrency", self.notes, *where,
                           "--concurrency", "0")
        await self.refused("usage:", code=2)
        self.refusal = "unauthenticated"
        await self.refused("unauthenticated", self.notes, *where)


if __name__ == "__main__":
    unittest.main()
