# SPDX-License-Identifier: Apache-2.0
"""What the tests of the service share: byollmd, workers beside it, and a host.

Everything is in the test's own directory, and what is started is ended by its
own handle.
"""

import asyncio
import contextlib
import os
import subprocess
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.normpath(os.path.join(HERE, "..", "..", ".."))
PACKAGE = os.path.join(SOURCE, "app", "python")
EXTENSIONS = os.path.join(HERE, "extensions")
sys.path[:0] = [os.path.join(HERE, "..", "cli"), PACKAGE]

from support import (Case, Listener, PATIENCE, Standin,  # noqa: E402, F401
                     make_key, serving)
from byollm import Client  # noqa: E402

BYOLLMD = os.environ["BYOLLMD"]


class Program:
    """A process whose stderr is read all along."""

    def __init__(self, arguments, **more):
        self.process = subprocess.Popen(
            arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL, text=True, **more)
        self.lines = []
        self.news = threading.Condition()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stderr:
            with self.news:
                self.lines.append(line)
                self.news.notify_all()
        with self.news:
            self.lines.append("")
            self.news.notify_all()

    def said(self):
        return "".join(self.lines)

    def wait_for(self, text, times=1):
        """Returns once stderr has `text` so many times."""
        with self.news:
            done = self.news.wait_for(
                lambda: self.said().count(text) >= times
                or "" in self.lines, PATIENCE)
        if not done or self.said().count(text) < times:
            raise AssertionError(f"never said {text!r}:\n{self.said()}")

    def stop(self, code=0):
        """Ends it by SIGTERM."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            got = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        finally:
            self.reader.join(PATIENCE)
            self.process.stderr.close()
        if code is not None and got != code:
            raise AssertionError(f"ended with {got}:\n{self.said()}")


class Silent(Listener):
    """A provider that never answers; tells when it is asked, and when whoever
    asked has hung up."""

    def __init__(self):
        self.asked = threading.Event()
        self.gone = threading.Event()

    def serve(self, peer):
        with peer, contextlib.suppress(OSError):
            while peer.recv(65536):
                self.asked.set()
        self.gone.set()


class ServiceCase(Case):
    """A byollmd with a platform's LLM for everybody; `self.host` may run
    functions and mint tokens."""

    TENANT = "default"

    def setUp(self):
        super().setUp()
        self.llm = self.enterContext(Standin())
        self.socket = os.path.join(self.data, "byollmd.sock")
        self.daemon = self.start_daemon()
        self.byollm("origin", "allow", "--platform", self.llm.url)
        self.byollm("config", "set", "--platform", "--provider", "openai",
                    "--model", "platform-model", "--base-url", self.llm.url,
                    stdin=make_key())
        self.host_token = self.add_token("host", "turns,tokens")
        self.worker_token = self.add_token("workers", "extensions", "--for", "*")

    # Beside data directory and log, for who needs more of byollmd.
    SETTINGS = ""
    ENVIRONMENT = {}
    # Before the command.
    PREFIX = []

    def start_daemon(self):
        """Starts byollmd, which the test's end stops."""
        path = os.path.join(self.root, "byollmd.toml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f'data_directory = "{self.data}"\n'
                       f'{self.SETTINGS}[log]\nlevel = "debug"\n')
        return self.start_with(path)

    def start_with(self, path):
        with open(os.path.join(self.root, "byollmd.log"), "ab") as log:
            return self.enterContext(serving(
                [*self.PREFIX, BYOLLMD, "--config", path], log,
                env={**os.environ, **self.ENVIRONMENT}))

    def log(self):
        """Returns what byollmd has logged so far."""
        with open(os.path.join(self.root, "byollmd.log"),
                  encoding="utf-8") as file:
            return file.read()

    def add_token(self, name, scopes, *more):
        out, _ = self.byollm("token", "add", name, "--scopes", scopes, *more)
        return out.strip()

    def own_llm(self, user, url=None, provider="anthropic", key=None):
        """Gives `user` an LLM of their own."""
        url = url or self.llm.url
        self.byollm("origin", "allow", url)
        self.byollm("--user", user, "config", "set", "--provider", provider,
                    "--model", f"{user}-model", "--base-url", url,
                    stdin=key or make_key())

    def worker(self, name, file=None, debugs=False):
        """Starts a worker of tests/e2e/service/extensions; returns it once it
        is attached."""
        file = file or os.path.join(EXTENSIONS, name + ".py")
        program = Program(
            # Debian's, which has pydantic.
            [os.environ["DEBIAN_PYTHON"], "-B", "-m", "byollm", "run", file,
             "--socket", self.socket, *(["--debug"] if debugs else [])],
            env={"PATH": os.environ["PATH"],
                 "BYOLLM_SERVICE_TOKEN": self.worker_token,
                 "PYTHONPATH": os.pathsep.join(
                     [PACKAGE, os.path.join(HERE, "alias")])})
        self.addCleanup(program.stop, None)
        program.wait_for("attached as")
        return program

    def turn(self, *arguments, **more):
        """Runs a function as a host would; returns the turn's result."""
        async def ask():
            async with self.client() as host:
                return await host.turn(self.TENANT, *arguments, **more)
        return asyncio.run(ask())

    def client(self):
        return Client(self.host_token, socket=self.socket)

    def outcomes(self, turn):
        """Returns what the ledger says of the calls of a turn."""
        return [row["fields"]
                for row in self.json("ledger", "list", "--turn", turn)
                if row["type"] == "outcome"]
