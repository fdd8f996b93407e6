# SPDX-License-Identifier: Apache-2.0
"""Goal: without --once, ./run serves on; what it tells to paste works; a signal
ends it, and all that it started, in order.

Method: paste it, block by block, into a shell with a stand-in LLM in the
provider's place; type on a terminal of our own; signal it at different times.
"""

import asyncio
import concurrent.futures
import contextlib
import os
import pty
import re
import select
import shlex
import signal
import socket
import subprocess
import threading
import unittest
import urllib.request

from demo import (PACKAGE, PATIENCE, SERVING, DemoCase, children_of,
                  is_running)
from support import http_answer, make_key
from byollm import Client, LLMError


def blocks_of(told):
    """Returns the commands to paste, by the comments above them."""
    text = told[told.index(SERVING):]
    lines = [x[4:] for x in text.splitlines() if x.startswith("    ") or not x]
    found = re.findall(r"^# (.*)\n((?:.+\n)+)", "\n".join(lines) + "\n",
                       re.MULTILINE)
    return dict(found)


class Paste(DemoCase):

    def bash(self, text, key=""):
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", self.first + text],
            input=key, capture_output=True, text=True, timeout=PATIENCE,
            cwd=self.root, env={"HOME": self.root, "PATH": "/usr/bin:/bin"})

    def paste(self, block, key=""):
        done = self.bash(block, key)
        self.assertEqual(done.returncode, 0, block + done.stdout + done.stderr)
        return done.stdout, done.stderr

    def start_worker(self, block):
        *before, last = block.strip().splitlines()
        self.paste("\n".join(before))
        variables, _, command = last.partition(" ")
        name, _, value = variables.partition("=")
        self.assertEqual((name, value), ("PYTHONPATH", PACKAGE))
        worker = subprocess.Popen(
            shlex.split(command), stderr=subprocess.PIPE, text=True,
            cwd=self.root, env={"PATH": "/usr/bin:/bin", name: value})
        self.addCleanup(worker.communicate, timeout=PATIENCE)
        self.addCleanup(worker.terminate)
        self.assertIn("attached as mine", worker.stderr.readline())

    def test_every_block_in_turn(self):
        process, told = self.serve()
        blocks = blocks_of(told)
        first, call, pages, client, own, worker, turn = blocks.values()
        self.first = first
        answer, who = self.paste(call)[0].splitlines()
        self.assertIn("You said: Say hello.", answer)
        self.assertIn('"is_byollm":true', answer)
        self.assertIn('"user":"ada"', who)
        for link in self.paste(pages)[0].splitlines():
            with urllib.request.urlopen(link, timeout=PATIENCE) as page:
                self.assertIn(b"<title>", page.read())
        answer, = self.paste(client)[0].splitlines()
        self.assertIn("You said: Say hello.", answer)
        self.assertIn('"object":"chat.completion"', answer)
        # The stand-in in the provider's place; its origin is allowed already.
        standin = re.search(r"stand-in LLM +(http://\S+):", told)[1]
        model = "claude-sonnet-4-5"
        self.assertIn(model, own)
        said, who = self.paste(
            own.replace(model, f"{model} --base-url {standin}"), make_key())
        self.assertIn("You said: Say hello in one sentence.", said)
        self.assertIn("anthropic claude-sonnet-4-5, your own LLM", who)
        self.start_worker(worker)
        got, _ = self.paste(turn)
        self.assertIn("It was a night.", got)
        self.assertIn("model=claude-sonnet-4-5", got)
        self.end(process)


class Held:
    """A provider that answers its one request once it is released."""

    ANSWER = ('{"id":"c","object":"chat.completion","model":"held","choices":['
              '{"index":0,"finish_reason":"stop","message":{"role":'
              '"assistant","content":"At last."}}],"usage":{"prompt_tokens":3,'
              '"completion_tokens":2,"total_tokens":5}}')

    def __enter__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.asked = threading.Event()
        self.released = threading.Event()
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.released.set()
        self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join(PATIENCE)
        self.listener.close()

    def _serve(self):
        with contextlib.suppress(OSError):
            peer, _ = self.listener.accept()
            with peer:
                peer.recv(65536)
                self.asked.set()
                self.released.wait(PATIENCE)
                peer.sendall(http_answer("200 OK", self.ANSWER))


class Ending(DemoCase):

    def test_a_signal_ends_all_of_it(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number):
                process, _ = self.serve()
                children = children_of(process.pid)
                self.assertEqual(len(children), 3)
                # A terminal's Ctrl-C is for us alone, who end them in order.
                self.assertNotIn(os.getpgid(process.pid),
                                 [os.getpgid(x) for x in children])
                out, err = self.end(process, number)
                self.assertIn("stopping", out)
                self.assertEqual(err, "")
                self.assertEqual([x for x in children if is_running(x)], [])
                self.assertEqual(self.json("token", "list"), [])

    def test_a_signal_in_the_middle_of_it(self):
        command = [x for x in self.run_command() if x != "--fast"]
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, env=self.environment)
        while not process.stdout.readline().startswith("1  ada"):
            self.assertIsNone(process.poll())
        children = children_of(process.pid)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE)
        self.assertEqual((process.returncode, err), (1, "./run: interrupted\n"))
        self.assertNotIn("2  bob", out)
        self.assertEqual([x for x in children if is_running(x)], [])

    def held_turn(self, told, provider):
        """Starts a turn whose function waits for `provider`; returns what it
        will have answered."""
        demo = ("--tenant", "demo")
        self.byollm(*demo, "origin", "allow", provider.url)
        self.byollm(*demo, "--user", "dora", "config", "set", "--provider",
                    "openai", "--model", "held", "--base-url", provider.url,
                    stdin=make_key())
        token, _ = self.byollm("token", "add", "test", "--scopes", "turns")
        url = re.search(r"byollmd +(http://\S+) ", told)[1]

        async def ask():
            async with Client(token.strip(), url=url) as host:
                return await host.turn("demo", "dora", "notes", "summarize",
                                       {"text": "x"})

        pool = concurrent.futures.ThreadPoolExecutor(1)
        self.addCleanup(pool.shutdown)
        turn = pool.submit(asyncio.run, ask())
        self.assertTrue(provider.asked.wait(PATIENCE))
        return turn

    def test_a_function_that_runs_may_end_first(self):
        process, told = self.serve()
        with Held() as provider:
            turn = self.held_turn(told, provider)
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.stdout.readline(), "\n")
            self.assertIn("stopping", process.stdout.readline())
            provider.released.set()
            got = turn.result(PATIENCE)
            self.assertEqual(got.result["data"]["text"], "At last.")
            _, err = process.communicate(timeout=PATIENCE)
        self.assertEqual((process.returncode, err), (0, ""))

    def test_a_second_signal_waits_for_nothing(self):
        process, told = self.serve()
        children = children_of(process.pid)
        with Held() as provider:
            turn = self.held_turn(told, provider)
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.stdout.readline(), "\n")
            self.assertIn("stopping", process.stdout.readline())
            process.send_signal(signal.SIGINT)
            with self.assertRaises(LLMError):
                turn.result(PATIENCE)
            _, err = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 1)
        # Nobody was asked to end: the call is still held.
        self.assertIn("ended with -9", err)
        self.assertEqual([x for x in children if is_running(x)], [])

    def all_end(self, pidfds):
        """Waits for the end of processes that are not ours."""
        for each in pidfds:
            self.assertTrue(select.select([each], [], [], PATIENCE)[0])
            os.close(each)

    def test_nothing_outlives_one_that_is_killed(self):
        process, _ = self.serve()
        children = [os.pidfd_open(x) for x in children_of(process.pid)]
        process.kill()
        process.communicate(timeout=PATIENCE)
        self.all_end(children)
        # And the next one goes on from there.
        process, _ = self.serve()
        self.end(process)

    def test_one_that_ends_by_itself_ends_the_rest(self):
        names = ("byollmd", "byollm-standin", "the extension's worker")
        ended = set()
        for at in range(3):
            process, _ = self.serve()
            os.kill(children_of(process.pid)[at], signal.SIGKILL)
            _, err = process.communicate(timeout=PATIENCE)
            self.assertEqual(process.returncode, 1)
            found = [x for x in names if f"./run: {x} ended by itself" in err]
            self.assertEqual(len(found), 1, err)
            ended.update(found)
        self.assertEqual(ended, set(names))


class Terminal(DemoCase):

    def test_it_chats_until_the_end_of_input_and_serves_until_ctrl_c(self):
        child, terminal = pty.fork()
        if child == 0:
            os.environ.update(self.environment)
            command = self.run_command()
            os.execv(command[0], command)
        # The scenes say "ada>" too: the chat begins behind the first line.
        script = [(b"Your turn.", b""), (b"ada> ", b"first words\n"),
                  (b"You said: first words", b"/bob\n"),
                  (b"bob> ", b"second words\n"),
                  (b"You said: second words", b""), (b"bob> ", b"\x04"),
                  (b"Still serving", b"\x03"), (b"stopping", b"")]
        seen, searched = b"", 0
        while select.select([terminal], [], [], PATIENCE)[0]:
            try:
                seen += os.read(terminal, 4096)
            except OSError:
                break
            while script and script[0][0] in seen[searched:]:
                wanted, words = script.pop(0)
                searched = seen.index(wanted, searched) + len(wanted)
                os.write(terminal, words)
        _, status = os.waitpid(child, 0)
        os.close(terminal)
        self.assertEqual(os.waitstatus_to_exitcode(status), 0, seen)
        self.assertEqual(script, [])
        self.assertIn(b"\x1b[1m", seen)


if __name__ == "__main__":
    unittest.main()
