# SPDX-License-Identifier: Apache-2.0
"""What the demonstration runs on: byollmd, a stand-in LLM, a worker."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import os
import re
import sys
from dataclasses import dataclass, field
from typing import Any, AsyncIterator
from urllib.parse import urlencode

from byollm import Client, Service

from cli import TENANT, Cli
from configure import config_text, configure
from own_llm import OwnLLM, standin_llm
from places import EXTENSION, PACKAGE, Places
from programs import Failed, Program, running

HOST, WORKER = "demo-host", "demo-notes"


@dataclass(frozen=True)
class Stage:
    """Everything runs, and is configured."""

    places: Places
    cli: Cli
    #: byollmd's loopback HTTP.
    url: str
    standin: str
    own: OwnLLM
    host: Client
    programs: tuple[Program, ...]
    _service: Service
    _token: str = field(repr=False)

    async def rows(self, turn: str) -> list[dict[str, Any]]:
        """Returns the ledger's rows of a turn."""
        query = urlencode({"tenant": TENANT, "turn": turn})
        found: list[dict[str, Any]] = await self._service.call(
            "GET", f"/v1/audit?{query}", self._token, repeatable=True)
        return found

    async def serve(self) -> None:
        """Waits until one of the programs ends: raises `Failed`."""
        await asyncio.gather(*(x.watch() for x in self.programs))


@contextlib.asynccontextmanager
async def stage(places: Places, own: OwnLLM | None, *, port: int, fast: bool
                ) -> AsyncIterator[Stage]:
    """Starts everything, and ends it behind the block, in turn: the worker
    and then byollmd let what runs end first."""
    places.check()
    if importlib.util.find_spec("pydantic") is None:
        raise Failed("the extension needs pydantic: apt-get install "
                     "python3-pydantic")
    async with contextlib.AsyncExitStack() as ends:
        standin = await ends.enter_async_context(_standin(places, fast))
        standin_url = "http://" + standin.said.split()[-1]
        daemon = await ends.enter_async_context(_byollmd(places, port))
        url = _url_of(daemon.said)
        cli = Cli(places)
        llm = own or standin_llm(standin_url)
        await configure(cli, standin_url, llm)
        token = await ends.enter_async_context(
            _token(cli, HOST, "--scopes", "turns,tokens,audit"))
        worker = await ends.enter_async_context(_worker(
            url, await ends.enter_async_context(_token(
                cli, WORKER, "--scopes", "extensions", "--for", "notes"))))
        host = await ends.enter_async_context(Client(token, url=url))
        service = Service(url=url)
        ends.callback(service.close)
        yield Stage(places, cli, url, standin_url, llm, host,
                    (standin, daemon, worker), service, token)


def _standin(places: Places, fast: bool
             ) -> contextlib.AbstractAsyncContextManager[Program]:
    return running("byollm-standin", [
        str(places.standin), "--port", "0",
        *(["--token-delay-ms", "0"] if fast else [])], "listening on")


@contextlib.asynccontextmanager
async def _byollmd(places: Places, port: int) -> AsyncIterator[Program]:
    os.makedirs(places.data.parent, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        os.mkdir(places.data, 0o700)
    template = await _output(str(places.byollmd), "--print-config")
    places.config.write_text(
        config_text(template, data_directory=str(places.data),
                    http=f"127.0.0.1:{port}", level="warning"),
        encoding="utf-8")
    async with running(
            "byollmd", [str(places.byollmd), "--config", str(places.config)],
            "serving") as program:
        yield program


def _worker(url: str, token: str
            ) -> contextlib.AbstractAsyncContextManager[Program]:
    return running(
        "the extension's worker",
        [sys.executable, "-B", "-m", "byollm", "run", str(EXTENSION), "--url",
         url], "attached as",
        # Its log: what goes wrong there is for us to see.
        stderr=asyncio.subprocess.STDOUT,
        passes_on=lambda line: not line.startswith("INFO "),
        env={**os.environ, "PYTHONPATH": str(PACKAGE),
             "BYOLLM_SERVICE_TOKEN": token})


@contextlib.asynccontextmanager
async def _token(cli: Cli, name: str, *scopes: str) -> AsyncIterator[str]:
    """Makes a service token, and revokes it behind the block."""
    if any(x["name"] == name for x in await cli.json("token", "list")):
        # Of a run that was killed.
        await cli.run("token", "revoke", name)
    made = await cli.run("token", "add", name, *scopes)
    try:
        yield made.strip()
    finally:
        with contextlib.suppress(Failed):
            await cli.run("token", "revoke", name)


async def _output(*command: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    return out.decode()


def _url_of(said: str) -> str:
    found = re.search(r"http://\S+:\d+", said)
    if not found:
        raise Failed("byollmd does not say where it serves HTTP")
    return found.group()
